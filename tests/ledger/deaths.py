"""janitor killed at a random step, once or several times: the next run ends with 0, and nothing foreign is touched.

A death is an exception that nothing catches. What was sent before is carried out; what was to be written after, is not.
"""

from __future__ import annotations

import time
from random import Random
from typing import Any

from ledger.play import SETTLED, Round, ground, run, staged
from ledger.virtual import Killed

WAYS = ("state", "state", "journal", "log")
"""Ways in which all of the run is known, so that a run ends with 0."""

MOST = 3


def play(seed: int, *, size: int = 0) -> dict[str, Any]:
    """Play a run that dies, up to a few times, and the one after."""
    began, dice = time.perf_counter(), Random(f"deaths {seed}")  # noqa: S311 - seeded
    way = dice.choice(WAYS)
    steps = _steps(seed, way, size)
    with ground() as folder:
        here = _known(seed, way, folder, size)
        deaths, wanted = 0, dice.randint(1, MOST)
        while deaths < wanted and _dies(here, dice.randint(1, steps)):
            deaths += 1
        if deaths == wanted:
            here.site.hands.dies_at = None
            run(here)
        found = [] if here.exit_code == 0 else [f"ended with {here.exit_code}, and not with 0: {_why(here)}"]
        here.site.hands.clock += SETTLED
        found += here.site.ledger.violations(here.exit_code)
        return {
            "seed": seed,
            "way": f"{way}, {'direct' if here.settings.direct else 'with terraform'}",
            "objects": here.site.objects,
            "deletes": sum(len(cloud.deleted) for cloud in here.site.clouds.values()),
            "deaths": deaths,
            "exit": here.exit_code,
            "seconds": round(time.perf_counter() - began, 3),
            "violations": found,
        }


def _known(seed: int, way: str, folder: Any, size: int) -> Round:
    """A site that can be emptied, and sources that know all of it."""
    return staged(seed, folder, size=size, way=way, calm=True, whole=True)


def _steps(seed: int, way: str, size: int) -> int:
    """How many steps an undisturbed run takes."""
    with ground() as folder:
        return run(_known(seed, way, folder, size)).site.hands.steps


def _dies(here: Round, after: int) -> bool:
    """Whether it dies before it is done. A torn line is what a killed process leaves in its journal."""
    here.site.hands.dies_at = here.site.hands.steps + after
    try:
        run(here)
    except Killed:
        for journal in here.settings.journal_folder.glob("*.jsonl"):
            with journal.open("a", encoding="utf-8") as file:
                file.write('{"v":1,"at":17952')
        return True
    return False


def _why(here: Round) -> str:
    rows = [row for row in (here.report.results if here.report else ()) if row.outcome not in {"deleted", "absent"}]
    return here.refused or "; ".join(f"{row.ref} {row.outcome}: {row.reason}" for row in rows[:5])
