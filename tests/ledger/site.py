"""A random site: clouds of one or two regions, in which a run and its neighbours have built, wildly mixed."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from engine.memory_cloud import MemoryCloud, Times
from ledger.ledger import Key, Ledger, Line, Whose
from ledger.owners import RUN, Made, Owner
from ledger.plots import FIRST, PLOTS, Lot
from ledger.virtual import Hands

from janitor.core.marks import runs_in

OTHER_RUN = "ci-47110"
PLAIN = ("volume", "image", "server_group", "security_group", "router", "network")
PLOT, WEIGHTS = zip(*PLOTS, strict=True)


@dataclass
class Site:
    """What there is, and who made it. `mixing`: how often one builds on what another one has."""

    seed: int
    size: int
    mixing: float = 0.15
    regions: tuple[str, ...] = ("RegionOne",)
    marked: bool = False
    calm: bool = False  # nobody has the run's names, uses its things, or protects them: all of it can go
    is_configured: bool = True  # somebody reads the configuration, and what it protects
    dice: Random = field(init=False)
    hands: Hands = field(init=False)
    clouds: dict[str, MemoryCloud] = field(init=False)
    ledger: Ledger = field(init=False)
    lots: list[Lot] = field(default_factory=list)
    protected: dict[str, str] = field(default_factory=dict)  # addresses that the configuration protects
    skipped: set[str] = field(default_factory=set)  # addresses with skip_destroy in the state

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)  # noqa: S311 - a seeded site
        self.hands = Hands(self.seed)
        self.clouds = {region: MemoryCloud(self.hands.now, times=Times()) for region in self.regions}
        self.ledger = Ledger(self.clouds)

    @property
    def made(self) -> list[Made]:
        """What the run has made, in its order."""
        return [one for lot in self.lots for owner in lot.owners for one in owner.made]

    def alone(self) -> Owner:
        """The run, which has the first region for itself."""
        region = self.regions[0]
        owner = Owner(self.clouds[region], self.ledger, self.dice, region, Whose.RUN, counted=True)
        self.lots.append(Lot([owner]))
        return owner

    @property
    def objects(self) -> int:
        return len(self.ledger.lines)


def build(site: Site) -> Site:
    """Let everybody build, in turns, until there are as many objects as asked for; then protect and forge a few."""
    for region in site.regions:
        site.lots.append(Lot([*_owners(site, region)], site.mixing, site.calm))
    while site.objects < site.size:
        lot = site.dice.choice(site.lots)
        owner = site.dice.choices(lot.owners, weights=[4, 3, 2, 1, 1, 1][: len(lot.owners)])[0]
        for plot in FIRST if not owner.ids["network"] else ():
            plot(lot, owner)
        site.dice.choices(PLOT, weights=WEIGHTS)[0](lot, owner)
    for wild in () if site.calm else (_hang, _protect, _forge, _reuse):
        wild(site)
    site.ledger.remember()
    return site


def _owners(site: Site, region: str) -> list[Owner]:
    def owner(whose: Whose = Whose.OTHERS, project: str = "home", prefix: str = RUN, **more: str) -> Owner:
        return Owner(site.clouds[region], site.ledger, site.dice, region, whose, project, prefix, **more)

    run = owner(Whose.RUN, mark=RUN if site.marked else "")
    neighbours = [owner(prefix="web", span="before"), owner(prefix="ci-9999", mark=OTHER_RUN)]
    if site.calm:
        return [run, *neighbours]
    return [run, *neighbours, owner(span="before"), owner(), owner(project="away", prefix=RUN)]


def _hang(site: Site) -> None:
    """What others hung on the run's networks without using it: ports and interfaces, which may go with those."""
    mine = {line.key for line in site.ledger.of(Whose.RUN)}
    for line in [*site.ledger.of(Whose.OTHERS)]:
        hang(site, line, mine)


def hang(site: Site, line: Line, mine: set[Key]) -> None:
    """Whether somebody else's object hangs on the run's network or subnet, and nobody uses it."""
    region, kind, identifier = line.key
    body = line.body
    if body is None and kind == "router_interface":
        body = site.clouds[region].bodies["port"][identifier]
    if body is None or "device_owner" not in body or body["_p"] != "home":
        return
    on_mine = (region, "network", body["network_id"]) in mine
    on_mine |= any((region, "subnet", ip["subnet_id"]) in mine for ip in body["fixed_ips"])
    if on_mine and (kind == "router_interface" or not body["device_owner"]):
        line.whose = Whose.EITHER


def _protect(site: Site) -> None:
    """A few of the run's own things must stay, each for another reason."""
    for one in site.made:
        body = one.line.body
        if body is None or site.dice.random() > 0.03 or str(body.get("device_owner", "")).startswith("network:"):
            continue
        why = site.dice.choice(["keep", "shared", "other run", *(["prevent", "skip"] if site.is_configured else [])])
        if why == "keep":
            body["description"] = f"{body.get('description') or ''} janitor:keep"
        elif why == "shared" and one.kind in {"network", "security_group"}:
            body["shared"] = True
        elif why == "other run" and one.kind in {"network", "router", "port", "volume", "security_group"}:
            body["description"] = f"janitor:run={OTHER_RUN}"
        elif why == "prevent":
            site.protected[one.address] = "prevent_destroy is set"
        elif why == "skip":
            site.skipped.add(one.address)
            site.protected[one.address] = "destroy = false"
        else:
            continue
        one.line.stays = why


def _forge(site: Site) -> None:
    """Marks of the run on what is others': where one counts it may go; where a kind carries none it proves nothing."""
    for line in [*site.ledger.of(Whose.OTHERS)]:
        if line.body is None or site.dice.random() > 0.03:
            continue
        _forged(site, line, line.body)


def _reuse(site: Site) -> None:
    """Ids of the run's that name others' objects of another kind, too."""
    for lot in site.lots:
        neighbour = lot.owners[1]
        for one in lot.owners[0].made:
            kind = site.dice.choice(PLAIN)
            if one.kind != kind and one.line.body is not None and site.dice.random() < 0.05:
                neighbour.make(kind, reuse=one.id)


def _forged(site: Site, line: Line, body: dict[str, object]) -> None:
    kind = line.key[1]
    if kind in {"keypair", "server_group", "image"}:
        body |= {"description": f"janitor:run={RUN}"} if kind == "image" else {"tags": [f"janitor:run={RUN}"]}
    elif kind in {"port", "router"} and site.dice.random() < 0.5:
        body["description"] = f"copied from the run (janitor:run={RUN})"
        line.whose = Whose.EITHER
    elif kind in {"volume", "network", "server"}:
        body["description"] = f"was not janitor:run={RUN}x, nor xjanitor:run={RUN}"
    assert line.whose is Whose.EITHER or kind == "image" or RUN not in runs_in(description=str(body.get("description")))
