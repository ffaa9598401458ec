"""What is left of a run, and what janitor makes of it: rows, and the table that a run of the tests writes.

What was there and what is missed is counted in a listing that is not janitor's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from stage import Ran
from tables import head, line

from ground.neighbour import Seen

NOTHING = "-"
PLANNED = "planned"
TITLES = ("wreck", "command", "read", "exit", "there", "found", "by", "missed")
LEGEND = (
    "read: the sources that the report names. there: objects of the run by another listing, before. found: of those, "
    f"gone by that listing, or {PLANNED}. by: the evidence for them. missed: the rest by that listing; (named): in the "
    "report, with their ids."
)


class Row(NamedTuple):
    """One call of janitor on one wreck."""

    wreck: str
    command: str
    read: str
    code: int
    there: int
    found: int
    by: str
    missed: str


def row(wreck: str, ran: Ran, there: Mapping[str, Seen], left: Mapping[str, Seen], *given: str) -> Row:
    """What this call, `given` these options, found of what was there.

    `left`: the listing afterwards; of a plan, what was planned is found.
    """
    rows = {f"{o['kind']}/{o['id']}": o for o in ran.report.get("objects", ())}
    planned = {key for key, o in rows.items() if o["outcome"] == PLANNED}
    found = (there.keys() & planned) if planned else there.keys() - left.keys()
    evidence = {word for key in found if key in rows for word in rows[key]["evidence"]}
    named = {o["id"] for o in rows.values() if o["outcome"] not in {"deleted", PLANNED}}
    named |= {holder["id"] for o in rows.values() for holder in o["holders"]}
    lost = [there[key] for key in sorted(there.keys() - found)]
    missed = [f"{seen.kind}{' (named)' if seen.id in named else ''}" for seen in lost]
    return Row(
        wreck=wreck,
        command=" ".join([ran.report.get("command", NOTHING), *given]),
        read=_listed(_source(source) for source in ran.report.get("sources", ())),
        code=ran.code,
        there=len(there),
        found=len(found),
        by=_listed(sorted(evidence)),
        missed=_listed(missed),
    )


def table(rows: Iterable[Row]) -> str:
    """All rows as Markdown, then how many were seen and what was missed without a word."""
    every = sorted(set(rows))
    there, found = sum(one.there for one in every), sum(one.found for one in every)
    return "\n".join(
        [
            *head(TITLES),
            *(line(one) for one in every),
            "",
            LEGEND,
            "",
            f"{len(every)} calls on {len({one.wreck for one in every})} wrecks: {found} of {there} objects found.",
            "",
        ]
    )


def _source(source: Mapping[str, object]) -> str:
    """A source without the folder of this run."""
    path = str(source["path"]).rsplit("/", 1)[-1]
    return f"{source['kind']}: {path}" if source["kind"] in {"state", "configuration"} else str(source["kind"])


def _listed(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words)) or NOTHING
