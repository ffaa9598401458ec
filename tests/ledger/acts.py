"""What others do while janitor works: they build on what is still there, and come back under old names."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from random import Random

from ledger import plots
from ledger.ledger import Whose
from ledger.owners import Owner
from ledger.plots import Lot
from ledger.site import Site, hang

BUILDS = (plots.ports, plots.address, plots.volumes, plots.listener, plots.attach, plots.server, plots.network)
"""No rules: one that names a group of the run's after the scan is not seen by a reading of that group."""


@dataclass
class Acts:
    """Now and then, before janitor reads an object, somebody acts. Never between its reading and its deletion: that
    moment no client can close.
    """

    site: Site
    share: float
    left: int = 6
    dice: Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = Random(f"acts {self.site.seed}")  # noqa: S311 - seeded

    def perhaps(self) -> None:
        """Somebody acts, or nobody."""
        if self.left and self.dice.random() < self.share:
            self.left -= 1
            self._act()

    def _act(self) -> None:
        ledger, lot = self.site.ledger, self.dice.choice(self.site.lots)
        owner = self.dice.choice([one for one in lot.owners if one.whose is Whose.OTHERS and one.project == "home"])
        ledger.note()
        before, known = {id(line): deepcopy(line.body) for line in ledger.of(Whose.OTHERS)}, set(ledger.lines)
        was, owner.span = owner.span, "now"
        self.dice.choice([*BUILDS, _return])(Lot(lot.owners, mixing=0.6), owner)
        owner.span = was
        mine = {line.key for line in ledger.of(Whose.RUN)}
        for key in ledger.lines.keys() - known:
            hang(self.site, ledger.lines[key], mine)
        for line in ledger.of(Whose.OTHERS):
            if before.get(id(line)) != line.body:
                line.before = deepcopy(line.body)  # its owner has made that of it


def _return(lot: Lot, owner: Owner) -> None:
    """A key pair of the run's is gone, and somebody makes another one of its name."""
    for name in lot.owners[0].ids["keypair"]:
        if name not in owner.cloud.bodies["keypair"]:
            owner.make("keypair", name=name)
            owner.cloud.bodies["keypair"][name]["fingerprint"] = "another"
            return
