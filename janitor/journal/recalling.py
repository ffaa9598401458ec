"""Reading a journal back: what earlier runs knew to be ours, what they began, what they asked for and saw gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from janitor.core.case import Spent
from janitor.core.model import Evidence, Ref, Resource, Scope
from janitor.journal.entries import Entry

_LARGEST = 1e15


class Recalled(NamedTuple):
    """What the journal knows of one object."""

    evidence: tuple[Evidence, ...]
    address: str
    name: str
    created_at: float | None
    match: tuple[tuple[str, str], ...] = ()  # facts that tell it from another one under the same id
    window: tuple[float | None, float | None] = (None, None)  # it was created inside, by our clock


class Intended(NamedTuple):
    """A creation that an apply's plan held."""

    address: str
    type: str
    name: str
    marks: frozenset[str]
    run_bound: bool
    scope: Scope | None
    within: tuple[tuple[str, str], ...] = ()  # what else its id is made of


class Applying(NamedTuple):
    """An apply of ours: the name of the file that its output went to, and whether its end was written down."""

    log: str
    at: float
    whole: bool
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Recollection:
    """What earlier runs left behind, in the section that no proof has closed; `met` is of the whole journal."""

    ours: Mapping[Ref, Recalled] = field(default_factory=dict)
    stated: Mapping[Ref, Recalled] = field(default_factory=dict)  # what the state knew when an apply of ours began
    spent: Mapping[Ref, Spent] = field(default_factory=dict)  # was ours, and is gone
    met: frozenset[Ref] = frozenset()  # was seen in its scope, and ours; also what is gone by now
    open_section: bool = False  # something was begun and never proved gone
    closed: bool = False  # a section was closed by a proof, and nothing was begun since
    began: float | None = None  # of the open section: the apply's begin, or the `since` its first run went by
    applies: tuple[Applying, ...] = ()
    intended: Mapping[str, Intended] = field(default_factory=dict)  # by address
    in_flight: Mapping[str, float] = field(default_factory=dict)  # label of a begun creation without an end → since
    elsewhere: tuple[Resource, ...] = ()  # created where janitor could not look
    snapshots: tuple[str, ...] = ()  # copies of the state that the open section took
    notes: tuple[str, ...] = ()

    @property
    def open_apply(self) -> bool:
        """Whether an apply of ours was never seen to end."""
        return bool(self.applies) and not self.applies[-1].ended

    @property
    def accounted(self) -> bool:
        """Whether the journal knows all that the workspace ever had: its last command was an apply of ours, and the
        journal was whole before it. What is not begun here does not exist.
        """
        return self.open_apply and self.applies[-1].whole


def recall(entries: Iterable[Entry]) -> Recollection:
    """What the entries say together. Objects that are gone are not ours any more: a name may have a new owner."""
    recalling = _Recalling()
    for entry in entries:
        recalling.take(entry)
    return recalling.result()


def interrupted(address: str, number: int) -> str:
    """The label of a creation that an earlier apply began: a later one may have begun, and ended, the same address."""
    return f"{address} (interrupted {number})"


class _Recalling:
    """The journal as far as it has been read."""

    def __init__(self) -> None:
        self.met: set[Ref] = set()
        self.notes: list[str] = []
        self.proved = False
        self.before: Entry = {}
        self._new_section()
        self._by_word: Mapping[str, Callable[[Entry], None]] = {
            "run-begin": self._begun,
            "planned": self._planned,
            "answer": self._answered,
            "gone": self._gone,
            "snapshot": lambda entry: self.copies.append(_text(entry, "path")),
            "closed": self._closed,
            "unreadable": self._unreadable,
            "applying": self._applying,
            "intended": self._intended,
            "stated": self._stated,
            "creating": self._creating,
            "created": self._created,
            "applied": self._applied,
        }

    def _new_section(self) -> None:
        self.ours: dict[Ref, Recalled] = {}
        self.stated: dict[Ref, Recalled] = {}
        self.spent: dict[Ref, Spent] = {}
        self.begun: list[Entry] = []
        self.copies: list[str] = []
        self.applies: list[Applying] = []
        self.intended: dict[str, Intended] = {}
        self.in_flight: dict[str, float] = {}
        self.current: set[str] = set()  # addresses that the last apply has begun
        self.elsewhere: list[Resource] = []

    def take(self, entry: Entry) -> None:
        """Follow one entry; one that this janitor does not know means nothing to it."""
        follow = self._by_word.get(str(entry.get("what")))
        if follow is not None:
            follow(entry)
        self.before = entry

    def _begun(self, entry: Entry) -> None:
        if self.before.get("what") == "unreadable":
            self.notes.pop()  # the line that a killed run has torn
        self.begun.append(entry)

    def _planned(self, entry: Entry) -> None:
        ref = _ref(entry.get("ref"))
        if ref is not None:
            self.ours[ref] = _recalled(entry)
            self.met.add(ref)

    def _answered(self, entry: Entry) -> None:
        ref = _ref(entry.get("ref"))
        if ref is not None and entry.get("accepted") is True:
            self.met.add(ref)

    def _gone(self, entry: Entry) -> None:
        ref = _ref(entry.get("ref"))
        if ref is not None:
            self.met.add(ref)
            for known in (self.ours.pop(ref, None), self.stated.pop(ref, None)):
                if known is not None:
                    self.spent[ref] = Spent(known.address, known.name, _at(entry))

    def _closed(self, _: Entry) -> None:
        self._new_section()
        self.proved = True

    def _unreadable(self, entry: Entry) -> None:
        self.notes.append(f"line {entry.get('line')} of the journal {entry.get('path')} cannot be read; left out")

    def _applying(self, entry: Entry) -> None:
        """What the one before left open stays open, under a label of its own: this one may begin the same addresses."""
        for address in sorted(self.in_flight.keys() & self.intended.keys()):
            if address in self.current:
                label = interrupted(address, len(self.applies))
                self.in_flight[label] = self.in_flight.pop(address)
                self.intended[label] = self.intended[address]
        self.current.clear()
        self.applies.append(Applying(_text(entry, "log"), _at(entry), entry.get("whole") is True))

    def _intended(self, entry: Entry) -> None:
        address, marks = _text(entry, "address"), entry.get("marks")
        self.intended[address] = Intended(
            address,
            _text(entry, "type"),
            _text(entry, "name"),
            frozenset(str(mark) for mark in marks) if isinstance(marks, list) else frozenset(),
            entry.get("run_bound") is True,
            _scope(entry.get("scope")),
            _pairs(entry.get("within")),
        )

    def _stated(self, entry: Entry) -> None:
        ref = _ref(entry.get("ref"))
        if ref is not None:
            self.stated[ref] = _recalled(entry)

    def _creating(self, entry: Entry) -> None:
        address = _text(entry, "address")
        self.in_flight[address] = _at(entry)
        self.spent = {ref: known for ref, known in self.spent.items() if known.address != address}  # it is made anew
        self.current.add(address)

    def _created(self, entry: Entry) -> None:
        address, kind, ref = _text(entry, "address"), _text(entry, "type"), _ref(entry.get("ref"))
        begun = self.in_flight.pop(address, None)
        if ref is None and entry.get("carried") is True:
            return
        if ref is None:
            provider = kind.partition("_")[0]
            self.elsewhere.append(Resource(address, kind, _text(entry, "id"), provider=provider))
            return
        name = self.intended[address].name if address in self.intended else ""
        window = (begun, _at(entry))
        self.ours[ref] = Recalled((Evidence.JOURNAL,), address, name, None, window=window)
        self.met.add(ref)

    def _applied(self, _: Entry) -> None:
        if self.applies:
            self.applies[-1] = self.applies[-1]._replace(ended=True)

    def result(self) -> Recollection:
        """What it says together."""
        return Recollection(
            ours=self.ours,
            stated=self.stated,
            spent=self.spent,
            met=frozenset(self.met),
            open_section=bool(self.begun),
            closed=self.proved and not self.begun,
            began=self._section_began(),
            applies=tuple(self.applies),
            intended=self.intended,
            in_flight=self.in_flight,
            elsewhere=tuple(self.elsewhere),
            snapshots=tuple(self.copies),
            notes=tuple(self.notes),
        )

    def _section_began(self) -> float | None:
        applies = [entry for entry in self.begun if entry.get("command") == "apply"]
        if applies:
            return _number(applies[0].get("since")) or _at(applies[0])
        return next((_number(e.get("since")) for e in self.begun if e.get("since")), None)


def _recalled(entry: Entry) -> Recalled:
    listed, match = entry.get("evidence"), entry.get("match")
    known = {str(item): item for item in Evidence}
    evidence = tuple(known[str(word)] for word in listed if str(word) in known) if isinstance(listed, list) else ()
    address, name = _text(entry, "address"), _text(entry, "name")
    return Recalled(evidence, address, name, _number(entry.get("created_at")), _pairs(match))


def _pairs(table: object) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(key), str(value)) for key, value in table.items())) if isinstance(table, dict) else ()


def _ref(packed: object) -> Ref | None:
    match packed:
        case [str(cloud), str(region), str(project), str(kind), str(identifier)]:
            return Ref(Scope(cloud, region, project), kind, identifier)
    return None


def _scope(packed: object) -> Scope | None:
    match packed:
        case [str(cloud), str(region), str(project)]:
            return Scope(cloud, region, project)
    return None


def _at(entry: Entry) -> float:
    return _number(entry.get("at")) or 0.0


def _number(value: object) -> float | None:
    """A number that is one: nothing else, and none that no clock has."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < _LARGEST:
        return None
    return float(value)


def _text(entry: Entry, key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""
