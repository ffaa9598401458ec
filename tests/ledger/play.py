"""One round: a random site, a way in which its run is known, janitor's own workflow over it, and the ledger's verdict.

A round is its seed: the same one gives the same site, the same sources, the same faults and the same end.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from engine.memory_cloud import Faults
from ledger import sources
from ledger.acts import Acts
from ledger.ledger import Whose
from ledger.live import MemoryLive, connect
from ledger.owners import BEGAN, RUN, Made
from ledger.site import Site, build
from ledger.terraform import MemoryTerraform
from ledger.virtual import call, living

from janitor.core.catalogue.reading import epoch
from janitor.core.errors import JanitorError
from janitor.core.model import Configuration, Scope
from janitor.core.outcome import RunReport
from janitor.core.selection import Selection
from janitor.journal import Entry
from janitor.settings import Evaluate, Settings
from janitor.settings.sweeping import Asked
from janitor.terraform import backends
from janitor.terraform.runner import Initialised
from janitor.terraform.state import parse
from janitor.workflows import destroy, knowing, opening, rollback, sweep

WAYS = ("state", "state", "state", "salvaged", "log", "log", "mark", "names", "journal", "journal", "sweep", "rollback")
LATER_MADE = "2026-11-21T11:30:00+00:00"
LATER = epoch("2026-11-21T11:29:00Z") or 0.0
SIZES = (50,) * 70 + (80,) * 15 + (120,) * 8 + (200,) * 5 + (500,) * 2
SETTLED = 60.0
"""Seconds in which services finish what was asked of them: a share server goes after its share network."""

READ, LARGE = 0.1, 100

SHM = Path("/dev/shm")


@dataclass
class Round:
    """A site on its ground: a root module, a state, a journal, and terraform, all of which outlive a run."""

    site: Site
    folder: Path
    way: str
    dice: Random
    settings: Settings
    terraform: MemoryTerraform
    acts: Acts
    configuration: Configuration = field(default_factory=Configuration)
    whole: bool = False
    is_read: bool = False  # the configuration is a text, which janitor reads and evaluates itself
    entries: list[Entry] = field(default_factory=list)  # of the journal, before the apply that is rolled back
    then: list[Entry] = field(default_factory=list)  # and of that apply
    report: RunReport | None = None
    refused: str = ""

    def ending(self, made: list[Made]) -> int:
        """How many creations an apply had told of when it was killed; all of them, where it was not."""
        return len(made) if self.whole else self.dice.choice([len(made), self.dice.randint(0, len(made))])

    @property
    def exit_code(self) -> int:
        return self.report.exit_code if self.report else 3


@contextmanager
def ground() -> Iterator[Path]:
    """A folder of its own; a journal is synced at each line, which takes no time in memory."""
    with tempfile.TemporaryDirectory(dir=SHM if SHM.is_dir() else None, prefix="janitor-ledger-") as folder:
        yield Path(folder)


def staged(
    seed: int, folder: Path, *, size: int = 0, way: str = "", whole: bool = False, timeout: float = 3300.0, **more: Any
) -> Round:
    """Everything as a run of janitor finds it. `whole`: no apply was killed, so that all of the run is known."""
    dice = Random(f"round {seed}")  # noqa: S311 - a seeded round
    chosen = way or dice.choice(WAYS)
    regions = ("RegionOne", "RegionTwo") if chosen == "state" and dice.random() < 0.3 else ("RegionOne",)
    marked = chosen in {"mark", "sweep"} or dice.random() < 0.3
    more.setdefault("mixing", 0.0 if more.get("calm") else dice.choice([0.0, 0.03, 0.1, 0.2, 0.4]))
    more.setdefault("is_configured", chosen != "sweep")
    site = Site(seed, size or dice.choice(SIZES), regions=regions, marked=marked, **more)
    build(site)
    is_read = _is_read(site, chosen)
    folder.joinpath("main.tf").write_text(sources.text(site, site.made) if is_read else "", encoding="utf-8")
    tofu = folder / dice.choice(["tofu", "terraform"])
    tofu.touch(mode=0o700)
    settings = Settings(
        chdir=folder,
        binary=str(tofu),
        environment={"PATH": str(folder)},
        yes=True,
        direct=dice.random() < 0.5,
        evaluate=Evaluate.STATIC,
        var={"run": RUN},
        timeout=timeout,
        mark=(RUN,) if marked and (chosen == "mark" or dice.random() < 0.5) else (),
    )
    if not settings.mark and chosen != "sweep":
        for line in site.ledger.of(Whose.RUN):
            line.told.discard("mark")
    terraform = MemoryTerraform(folder / "terraform.tfstate", site.clouds, site.hands, frozenset(site.protected))
    acts = Acts(site, 0.0 if site.calm else dice.choice([0.0, 0.02, 0.1]))
    made = Round(site, folder, chosen, dice, settings, terraform, acts, whole=whole, is_read=is_read)
    KNOWN[chosen](made)
    for cloud in () if site.calm else site.clouds.values():
        trouble = dice.choice([0.0, 0.0, 0.0, 0.1, 0.3])
        cloud.faults = Faults(share=trouble, lost=trouble / 3, seed=seed, until=site.hands.clock + 20.0)
    return made


def _is_read(site: Site, way: str) -> bool:
    """Some small sites have their configuration as text: to parse it takes longer than all the rest."""
    chance = Random(f"text {site.seed}").random()  # noqa: S311 - seeded
    return way not in {"sweep", "rollback"} and site.objects < LARGE and chance < READ


def _state(here: Round) -> None:
    sources.state(here.site, here.terraform, here.site.made)
    here.configuration = sources.configured(here.site, here.site.made, counts=False)


def _salvaged(here: Round) -> None:
    """The file was cut while it was written; the ends of what it lists are lost."""
    sources.state(here.site, here.terraform, here.site.made)
    raw = here.terraform.state.read_bytes()
    cut = here.dice.randint(len(raw) // 4, len(raw) - 3)
    here.terraform.state.write_bytes(raw[:cut])
    whole = {(found.type, found.id) for found in parse(raw[:cut], source="").managed}
    for one in here.site.made:
        if (one.type, one.id) not in whole:
            one.line.told.discard("state")
    here.configuration = sources.configured(here.site, here.site.made, counts=True)
    here.settings = replace(here.settings, since=here.dice.choice([BEGAN, None]))


def _log(here: Round) -> None:
    made = here.site.made
    cut = here.ending(made)
    human = here.dice.random() < 0.5
    sources.log(here.site, here.folder, made, cut=cut, human=human)
    here.configuration = sources.configured(here.site, made, counts=True)
    since = BEGAN if human else here.dice.choice([BEGAN, None])
    here.settings = replace(here.settings, from_log=(here.folder / "apply.log",), since=since)


def _mark(here: Round) -> None:
    here.configuration = sources.configured(here.site, here.site.made, counts=True)
    here.settings = replace(here.settings, since=here.dice.choice([BEGAN, None]))


def _names(here: Round) -> None:
    here.configuration = sources.configured(here.site, here.site.made, counts=True)
    here.settings = replace(here.settings, since=BEGAN)


def _journal(here: Round) -> None:
    made = here.site.made
    cut = here.ending(made)
    found = sources.journalled(made, here.site, scope_of, cut=cut, at=BEGAN)
    with living_in(here), ExitStack() as stack:
        knowing.gather(call(here.settings, here.site.hands), stack, configured=Configuration).book.write(*found)
    here.configuration = sources.configured(here.site, made, counts=True)


def _rollback(here: Round) -> None:
    """Two applies: what the first one made stays; the second one failed, and is rolled back."""
    made = here.site.made
    half = here.dice.randint(0, len(made))
    first, second = made[:half], made[half:]
    for line in here.site.ledger.of(Whose.RUN):
        line.told.discard("mark")  # a rollback goes by the journal alone
    for one in first:
        one.line.stays = one.line.stays or "of an earlier apply"
    for one in second:
        if one.line.body is not None:
            one.line.body |= {"created_at": LATER_MADE, "created": LATER_MADE}
    here.site.ledger.remember()
    here.entries = sources.journalled(first, here.site, scope_of, cut=len(first), at=BEGAN)
    cut = here.ending(second)
    here.then = sources.journalled(second, here.site, scope_of, cut=cut, at=LATER)
    here.configuration = sources.configured(here.site, made, counts=False)
    sources.configured(here.site, second[:cut], counts=True)


def _sweep(here: Round) -> None:
    """By the mark alone: only what carries it is promised."""


KNOWN: dict[str, Callable[[Round], None]] = {
    "state": _state,
    "salvaged": _salvaged,
    "log": _log,
    "mark": _mark,
    "names": _names,
    "journal": _journal,
    "sweep": _sweep,
    "rollback": _rollback,
}


def scope_of(region: str) -> Scope:
    return Scope("cloud", region, "home", "home")


@contextmanager
def living_in(here: Round) -> Iterator[None]:
    """Let janitor's workflows work in this round's clouds, with its terraform, by its clock."""
    live = partial(_live, here)
    instead = {"LiveCloud": live, "connect": connect, "init_if_needed": lambda *_, **__: Initialised()}
    with living(here.site.hands, **instead), here.terraform.installed():
        yield


def _live(here: Round, sessions: Any, **_: Any) -> MemoryLive:
    return MemoryLive(sessions, here.site.clouds, here.site.hands, here.acts.perhaps)


def run(here: Round) -> Round:
    """What `janitor destroy`, or `sweep`, does. A refusal is an end like any other."""
    random.seed(here.site.seed)  # the scan's jitter
    here.report, here.refused = None, ""
    try:
        with living_in(here):
            here.report = WORK.get(here.way, _destroyed)(here)
    except JanitorError as refused:
        here.refused = str(refused)
    return here


def _destroyed(here: Round) -> RunReport:
    one = call(here.settings, here.site.hands)
    with ExitStack() as stack:
        given = None if here.is_read else lambda: here.configuration
        known = knowing.gather(one, stack, configured=given)
        return destroy.carry_out(one, known, began=here.site.hands.wall())


def _swept(here: Round) -> RunReport:
    one = call(here.settings, here.site.hands)
    asked = Asked(Selection(marks=frozenset({RUN})))
    return sweep.run(one.settings, asked, one.console, stop=one.stop)


def _rolled_back(here: Round) -> RunReport:
    """As `janitor apply --rollback-on-failure` does it, once its terraform has failed."""
    settings = rollback.settings_of(here.settings)
    one, session = call(settings, here.site.hands), connect(None)
    with ExitStack() as stack:
        root = opening.root_of(settings)
        stack.enter_context(opening.book(root, settings, session)).write(*here.entries)
        book = stack.enter_context(opening.book(root, settings, session))  # opened before the apply began
        book.write(*here.then)
        given = {"snapshot": backends.read_state(root), "configuration": here.configuration, "since": LATER}
        return rollback.run(one, root=root, sessions=[session], book=book, **given)


WORK: dict[str, Callable[[Round], RunReport]] = {"sweep": _swept, "rollback": _rolled_back}


def play(seed: int, **more: Any) -> dict[str, Any]:
    """Play one round to its end, and say what the ledger found."""
    began = time.perf_counter()
    with ground() as folder:
        here = staged(seed, folder, **more)
        exit_code = run(here).exit_code
        here.site.hands.clock += SETTLED
        found = here.site.ledger.violations(exit_code)
        return {
            "seed": seed,
            "way": here.way,
            "objects": here.site.objects,
            "deletes": sum(len(cloud.deleted) for cloud in here.site.clouds.values()),
            "exit": here.exit_code,
            "seconds": round(time.perf_counter() - began, 3),
            "violations": found,
        }
