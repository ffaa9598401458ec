"""What was seen of which type, in which way: rows, and the table that a run of the tests writes.

A row comes from a test that has just seen it happen; the table adds only what is claimed and missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kinds.claims import Way, gaps, kind, ways
from tables import head, line

LIVE, GAP, UNCLAIMED, NOT_RUN = "live", "gap", "", "?"
LEGEND = (
    f"{LIVE}: seen on the local cloud. {GAP}: claimed and not shown, the reason is below. {NOT_RUN}: not in this run. "
    "Empty: not claimed."
)


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """One type in one way, made by the provider; or a kind without a type, made through the SDK."""

    type: str
    kind: str
    way: str
    maker: str = "provider"


class Witnessed:
    """The rows of one test. Who claims a way and does not show it fails the test, unless the gap is known."""

    def __init__(self, keep: Callable[[Row], None]) -> None:
        self.rows: list[Row] = []
        self.wrong: list[str] = []
        self._keep = keep

    def note(self, way: Way, made: Mapping[str, str], proved: Iterable[str]) -> None:
        """Write a row for each type all of whose addresses were proved. `made`: address → type."""
        seen = frozenset(proved)
        for name in sorted(set(made.values())):
            entry = kind(name)
            if entry and all(address in seen for address, of in made.items() if of == name):
                self.rows.append(Row(name, entry.name, way.value))
                self._keep(self.rows[-1])

    def demand(self, way: Way, made: Mapping[str, str], proved: Iterable[str]) -> None:
        """The same, and each of them that claims the way has to be there, or to be a known gap."""
        self.note(way, made, proved)
        shown = {row.type for row in self.rows if row.way == way}
        known = {name for (name, of) in gaps() if of is way}
        for name in sorted(set(made.values())):
            entry = kind(name)
            if entry is None:
                self.wrong.append(f"{name} is in a stack and not in the catalogue")
            elif name in shown and name in known:
                self.wrong.append(f"{name}, {way}: is no gap any more, strike it out of gaps.toml")
            elif name not in shown | known and way in ways(entry):
                missing = [address for address, of in made.items() if of == name and address not in proved]
                self.wrong.append(f"{name}, {way}: claimed, and not shown for {', '.join(missing)}")


def table(rows: Iterable[Row], types: Iterable[str]) -> str:
    """All rows as Markdown: types by ways, then the counts, then the gaps with their reasons, then what is not live."""
    seen = set(rows)
    provider = sorted({row.type for row in seen if row.type and row.maker == "provider"})
    sdk = sorted({row.kind for row in seen if row.maker != "provider"} - {row.kind for row in seen if row.type})
    lines = head(["type", "kind", "made by", *Way])
    lines += [line([name, _kind_name(name), "provider", *_cells(name, seen)]) for name in provider]
    ways_of = {name: {row.way for row in seen if row.kind == name} for name in sdk}
    lines += [line(["", name, "SDK", *(LIVE if way in ways_of[name] else NOT_RUN for way in Way)]) for name in sdk]
    absent = sorted(set(types) - set(provider))
    told = [f"- `{name}`, {way}: {why}" for (name, way), why in sorted(gaps().items())]
    return "\n".join(
        [
            *lines,
            "",
            LEGEND,
            "",
            f"{len(provider)} types live, made by the provider; {len(sdk)} more kinds live, made through the SDK.",
            "",
            *told,
            "",
            f"On floor 1 alone ({len(absent)}): {', '.join(f'`{name}`' for name in absent)}",
            "",
        ]
    )


def _cells(name: str, seen: set[Row]) -> Sequence[str]:
    entry = kind(name)
    claimed, known = (ways(entry) if entry else frozenset()), gaps()
    return [
        _cell(name, way, {row.way for row in seen if row.type == name}, claimed, (name, way) in known) for way in Way
    ]


def _cell(name: str, way: Way, shown: set[str], claimed: frozenset[Way], known: bool) -> str:  # noqa: FBT001
    if way in shown:
        return LIVE
    if known:
        return GAP
    return NOT_RUN if way in claimed else UNCLAIMED


def _kind_name(name: str) -> str:
    entry = kind(name)
    return entry.name if entry else "?"
