"""Which objects a sweep selects: by mark, exact name, tag or producer; each one with the reason, in words.

Age and idleness select nothing: `older_than` and `alive` only narrow. Denials are the judge's, not asked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from janitor.core.attached import deleted_on_termination
from janitor.core.case import Case
from janitor.core.catalogue import KINDS, Fate, MarkForm
from janitor.core.marks import runs_of, until_of
from janitor.core.model import Observed, Ref, World
from janitor.core.producers import PRODUCERS, Trace, Via

EVERY = "*"
IN_THE_PLAN = "in the saved plan"

FOLLOWED = 4
"""How many links a producer's traces are long at most: volume → server → port."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for. Times are seconds since the epoch, on the cloud's clock."""

    marks: frozenset[str] = frozenset()
    expired: float | None = None  # of the marks: only runs whose `janitor:until` lies before this
    alive: frozenset[str] = frozenset()  # runs that are never swept
    names: frozenset[str] = frozenset()
    tags: tuple[tuple[str, str | None], ...] = ()
    producers: tuple[tuple[str, str], ...] = ()  # (producer, key)
    older_than: float | None = None  # made before this
    only: Mapping[Ref, str] | None = field(default=None)  # a saved plan: ref → its identity

    def kinds(self) -> frozenset[str]:
        """The kinds that could be selected; what hangs on them is the catalogue's matter."""
        if self.only is not None:
            return frozenset(ref.kind for ref in self.only)
        found = {kind for producer, _ in self.producers for trace in PRODUCERS[producer] for kind in trace.kinds}
        for kind in KINDS.values():
            if not kind.is_listed or kind.is_relation or kind.fate is Fate.REFUSED:
                continue
            marked = self.marks and kind.marks
            named = self.names and kind.name_field
            tagged = self.tags and {MarkForm.TAGS, MarkForm.METADATA} & set(kind.marks)
            if marked or named or tagged:
                found.add(kind.name)
        return frozenset(found & KINDS.keys())

    def by_clock(self, offset: float) -> Selection:
        """The same, for a cloud whose clock is so many seconds ahead of ours."""
        older = None if self.older_than is None else self.older_than + offset
        return replace(self, older_than=older, expired=None if self.expired is None else self.expired + offset)

    def applied(self, case: Case, world: World, *, again: bool = False) -> Case:
        """The case with what is selected in this world.

        What the first look has decided stays so when it looks `again`: a run that ended does not come to life by the
        leaving of what said when, and none is added that was not asked about.
        """
        only = case.only if again or self.only is None else _the_same(self.only, world)
        selected = self.selected(world) if only is None else dict.fromkeys(only & world.objects.keys(), IN_THE_PLAN)
        marks = case.marks if again and self.is_open else self.runs(world) | case.marks
        return replace(
            case, marks=marks, selected=selected, only=only, older_than=self.older_than, expired=self.expired
        )

    @property
    def is_open(self) -> bool:
        """Whether the cloud says which runs are meant."""
        return EVERY in self.marks or self.expired is not None

    def runs(self, world: World) -> frozenset[str]:
        """The runs whose marks count: those named, or every one that is found; not the living, nor the unexpired.

        None has expired where something that could say otherwise was not seen.
        """
        found = {run for observed in world.objects.values() for run in runs_of(observed)}
        wanted = found if EVERY in self.marks else found & self.marks
        if self.expired is not None:
            blind = any(KINDS[kind].marks for _, kind in world.unseen)
            wanted = {run for run in wanted if not blind and _ended(world, run, self.expired)}
        return frozenset(wanted - self.alive)

    def selected(self, world: World) -> Mapping[Ref, str]:
        """What names, tags and producers select, with the reason."""
        chosen = {ref: why for ref, o in world.objects.items() if (why := next(self._said_by(o), ""))}
        for producer, key in self.producers:
            chosen = {**_followed(world, producer, key), **chosen}
        return {ref: why for ref, why in chosen.items() if not runs_of(world.objects[ref]) & self.alive}

    def _said_by(self, observed: Observed) -> Iterator[str]:
        if KINDS[observed.ref.kind].is_relation:
            return
        if observed.name and observed.name in self.names:
            yield f"has the name {observed.name}"
        for key, value in self.tags:
            if (value is None and key in observed.tags) or f"{key}={value}" in observed.tags:
                yield f"carries the tag {key if value is None else f'{key}={value}'}"
            if key in observed.metadata and value in {None, observed.metadata[key]}:
                yield f"carries the metadata {key}={observed.metadata[key]}"


def identity(observed: Observed) -> str:
    """A digest of what an object is selected by, its links among that, and of its making: another one under the same
    id has another.
    """
    links = sorted((link.kind, link.id) for link in observed.links)
    return sha256(repr((*_signs(observed), links, *_making(observed))).encode()).hexdigest()[:32]


def changed(was: Observed, now: Observed) -> bool:
    """Whether two readings differ in what an object is selected by, or are of two objects under the same id.

    What one of them leaves out of its making says nothing: a listing of key pairs tells neither owner nor time.
    """
    made = zip(_making(was), _making(now), strict=True)
    return _signs(was) != _signs(now) or any(one != other for one, other in made if one and other)


def _signs(observed: Observed) -> tuple[object, ...]:
    return observed.name, observed.description, sorted(observed.tags), sorted(observed.metadata.items())


def _making(observed: Observed) -> tuple[object, ...]:
    return observed.created_at, *(observed.fact(fact) for fact in KINDS[observed.ref.kind].same)


def _the_same(saved: Mapping[Ref, str], world: World) -> frozenset[Ref]:
    """What a saved plan means of this world: not what was changed, or made anew under the same id."""
    return frozenset(
        ref for ref, made in saved.items() if ref not in world.objects or identity(world.objects[ref]) == made
    )


def _ended(world: World, run: str, now: float) -> bool:
    """Whether the run said until when it lives, and that has passed: the latest word of its objects counts."""
    said = [until for o in world.objects.values() if run in runs_of(o) and (until := until_of(o)) is not None]
    return bool(said) and max(said) < now


def _followed(world: World, producer: str, key: str) -> Mapping[Ref, str]:
    why = f"made by {producer} for {key}"
    chosen: dict[Ref, str] = {}
    for _ in range(FOLLOWED):
        fresh = {
            observed.ref: why
            for observed in world.objects.values()
            if observed.ref not in chosen
            and any(
                trace.fits(observed, key) and _linked(world, observed, trace, chosen, key=key)
                for trace in PRODUCERS[producer]
            )
        }
        if not fresh:
            break
        chosen |= fresh
    return chosen


def _linked(world: World, observed: Observed, trace: Trace, chosen: Mapping[Ref, str], *, key: str) -> bool:
    """Whether a trace that follows a link finds one of the chosen at its other end, in its own direction."""
    if trace.gone:
        scope = observed.ref.scope
        return (scope, trace.gone) in world.listed and Ref(scope, trace.gone, key) not in world.objects
    if not trace.of:
        return True
    if trace.via is Via.PORT:
        return _has_port_on(world, observed, trace.of, chosen)
    if trace.via is Via.NAMED:
        makers = [ref for ref in chosen if ref.kind == trace.of and ref.scope == observed.ref.scope]
        return any(observed.ref.id in world.objects[ref].linked(observed.ref.kind) for ref in makers)
    named = [Ref(observed.ref.scope, trace.of, other) for other in observed.linked(trace.of)]
    if trace.via is Via.ALL:
        return bool(named) and all(ref in chosen for ref in named)
    if trace.along:
        return any(r in chosen and observed.ref.id in deleted_on_termination(world.objects[r]) for r in named)
    return any(ref in chosen for ref in named)


def _has_port_on(world: World, observed: Observed, kind: str, chosen: Mapping[Ref, str]) -> bool:
    ports = (port for port in world.of_kind("port") if port.ref.scope == observed.ref.scope)
    return any(
        observed.ref.id in port.linked(observed.ref.kind) and Ref(port.ref.scope, kind, other) in chosen
        for port in ports
        for other in port.linked(kind)
    )
