"""An in-memory OpenStack with rules: it refuses what the services refuse, and forgets as slowly as they do.

Bodies are those of the real APIs and are read by the catalogue's own reading code. Rules stand in `memory_rules`, what
can be made in `memory_makers`. Time is the crew's; what happens later is kept as events and happens on the next call.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from builders import HOME
from engine import memory_extensions, memory_holders, memory_makers, memory_rules, memory_shares, memory_storage

from janitor.cloud.inventory import parent_id
from janitor.core.catalogue import KINDS, observe, source_kind
from janitor.core.model import Holder, Observed, Ref, Scope
from janitor.core.plan import Step
from janitor.engine.protocols import Answer, CloudFault, Reply
from janitor.engine.steps import is_dying

Body = dict[str, Any]


@dataclass
class Times:
    """How long the asynchronous things take, in seconds."""

    server: float = 1.5
    load_balancer: float = 1.0
    child: float = 0.3  # of a load balancer
    volume: float = 0.8
    attachment: float = 0.5
    keeps: bool = False  # deleted servers stay for a while, with all that they have, and no listing shows them
    share_server: float = 2.0
    never: set[str] = field(default_factory=set)  # ids whose delete is accepted and never ends
    busy: set[str] = field(default_factory=set)  # snapshots that the backend needs for something nobody shows
    left: set[str] = field(default_factory=set)  # volumes that stay attached when their server goes


@dataclass(frozen=True)
class Call:
    """One request as the cloud saw it."""

    at: float
    op: str
    kind: str
    id: str
    answer: Answer
    dying: bool = False  # its delete had been accepted before


HANGS = 60.0
HUNG = Answer(Reply.BROKEN, text=f"no answer within {HANGS:.0f} s")


@dataclass
class Faults:
    """A seeded plan of trouble: a share of the calls fails, some of them after they were carried out."""

    share: float = 0.0
    lost: float = 0.0  # share of the deletes that are carried out, but whose answer is lost
    seed: int = 0
    until: float = float("inf")  # on the clock
    services: frozenset[str] = frozenset()  # down altogether
    answers: tuple[Answer, ...] = (
        Answer(Reply.THROTTLED, 429, "tooMany", retry_after=1.0),
        Answer(Reply.THROTTLED, 503, "busy", retry_after=0.5),
        Answer(Reply.BROKEN, 500, "internal"),
        Answer(Reply.BROKEN, 502),
        Answer(Reply.BROKEN, text="no answer"),
    )

    hang: Callable[[float], None] | None = None  # lets the answer HUNG take its time

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)  # noqa: S311 - which calls fail, not a secret

    def of(self, service: str, now: float) -> Answer | None:
        if now >= self.until:
            return None
        if service in self.services:
            return Answer(Reply.BROKEN, 503, "down")
        answer = self.dice.choice(self.answers) if self.dice.random() < self.share else None
        if answer is HUNG and self.hang is not None:
            self.hang(HANGS)
        return answer

    def loses(self, now: float) -> bool:
        return now < self.until and self.dice.random() < self.lost


class MemoryCloud:
    """What lives, in every project; answers as the `Cloud` of the engine for the projects of its scopes."""

    def __init__(self, clock: Callable[[], float], *, times: Times | None = None, faults: Faults | None = None) -> None:
        self.clock = clock
        self.times = times or Times()
        self.faults = faults or Faults()
        self.bodies: dict[str, dict[str, Body]] = defaultdict(dict)
        self.calls: list[Call] = []
        self.noted: dict[str, str] = {}  # id → what Cinder notes for its user
        self.deleted: set[Ref] = set()  # every object that left, by whatever way
        self.before_delete: list[Callable[[Ref], None]] = []  # what a test wants to look at just then
        self.after_read: list[Callable[[Ref], None]] = []  # somebody else acts between our read and our delete
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    # --- what a test does to it ---

    def make(self, kind: str, name: str, *, project: str = "home", **fields: Any) -> str:
        """Make an object; references are given as ids. Returns its id."""
        return memory_makers.MAKERS[kind](self, name, project, **fields)

    def new_id(self, kind: str) -> str:
        self._count += 1
        return f"{kind}-{self._count:04d}"

    def put(self, kind: str, body: Body) -> str:
        identifier = str(body[KINDS[kind].id_field]).rpartition("/")[2]  # Barbican's is the end of a link
        self.bodies[kind][identifier] = body
        return identifier

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (self.clock() + seconds, self._count, what))

    def remove(self, kind: str, identifier: str) -> None:
        body = self.bodies[kind].pop(identifier, None)
        if body is not None:
            self.deleted.add(Ref(HOME, kind, identifier))

    def live(self, kind: str) -> list[Body]:
        return list(self.bodies[kind].values())

    def advance(self) -> None:
        while self._events and self._events[0][0] <= self.clock():
            heapq.heappop(self._events)[2]()

    def left(self, project: str = "home") -> list[str]:
        """Everything of a project that lives, as `kind id`."""
        self.advance()
        return sorted(f"{kind} {i}" for kind in self.bodies for i, b in self.bodies[kind].items() if b["_p"] == project)

    def observed(self, scope: Scope = HOME) -> dict[Ref, Observed]:
        """All that the project sees."""
        return {o.ref: o for kind in KINDS for o in self._seen(scope, kind)}

    def projects(self) -> list[str]:
        """Every project that has something."""
        return sorted({body["_p"] for bodies in self.bodies.values() for body in bodies.values()})

    def seen_in(self, project: str, kind: str) -> Iterator[Observed]:
        """What a project has of a kind."""
        yield from self._seen(Scope(HOME.cloud, HOME.region, project), kind)

    # --- the engine's Cloud ---

    def read(self, ref: Ref) -> Observed | None:
        self.advance()
        self._fault("read", ref)
        found = self.found(ref, shared=True)
        self._log("read", ref, Answer(Reply.ACCEPTED if found else Reply.GONE, 200 if found else 404))
        for hook in self.after_read:
            hook(ref)
        return found

    def listing(self, scope: Scope, kind: str) -> Sequence[Observed]:
        self.advance()
        self._fault("list", Ref(scope, kind, ""))
        self._log("list", Ref(scope, kind, ""), Answer(Reply.ACCEPTED, 200))
        return [o for o in self._seen(scope, kind) if o.status not in KINDS[kind].lingering]

    def shown(self, scope: Scope, source: str) -> Sequence[Observed]:
        """One listing, and everything that its bodies show: objects of the kind, and of those derived from it."""
        self.listing(scope, source)
        found = (o for kind in KINDS if source_kind(kind) == source for o in self._seen(scope, kind))
        return [o for o in found if o.status not in KINDS[o.ref.kind].lingering]

    def delete(self, step: Step, observed: Observed) -> Answer:
        self.advance()
        ref = step.ref
        fault = self.faults.of(KINDS[ref.kind].service, self.clock())
        if fault is not None:
            self._log("delete", ref, fault)  # before it was carried out
            return fault
        answer = self.ask(ref, observed)
        if self.faults.loses(self.clock()):
            return Answer(Reply.BROKEN, text="the connection broke")
        return answer

    def ask(self, ref: Ref, observed: Observed) -> Answer:
        """What the service itself answers."""
        for hook in self.before_delete:
            hook(ref)
        now = self.found(ref)
        answer = memory_extensions.refusal(self, observed) or memory_rules.DELETES[ref.kind](self, observed)
        self._log("delete", ref, answer, dying=now is not None and is_dying(now))
        return answer

    def holders(self, observed: Observed, answer: Answer) -> Sequence[Holder]:
        self.advance()
        self._fault("holders", observed.ref)
        self._log("holders", observed.ref, Answer(Reply.ACCEPTED, 200))
        found = []
        for kind, identifier in memory_holders.holders(self, observed, answer):
            one = self.found(Ref(observed.ref.scope, kind, identifier), shared=True)
            if one is not None:
                passing = memory_shares.is_passing(self, one)
                found.append(Holder(kind, identifier, one.name, one.project_id, one, passing=passing))
        return found

    def remarks(self, observed: Observed) -> str:
        return self.noted.get(observed.ref.id, "")

    def found(self, ref: Ref, *, shared: bool = False) -> Observed | None:
        """The object; looked for in every body of its kind only where its id does not say in which one it stands."""
        body = self.bodies[source_kind(ref.kind)].get(parent_id(ref))
        bodies = self.live(source_kind(ref.kind)) if body is None and KINDS[ref.kind].derived else [body]
        found = self._shown(ref.scope, ref.kind, (one for one in bodies if one is not None), shared=shared)
        return next((memory_storage.with_its_server(self, o) for o in found if o.ref.id == ref.id), None)

    def _seen(self, scope: Scope, kind: str) -> Iterator[Observed]:
        yield from self._shown(scope, kind, self.live(source_kind(kind)))

    @staticmethod
    def _shown(scope: Scope, kind: str, bodies: Iterable[Body], *, shared: bool = False) -> Iterator[Observed]:
        for body in bodies:
            if body["_p"] == scope.project_id or (shared and body.get("shared")):
                yield from observe(KINDS[kind], scope, body)

    def _fault(self, op: str, ref: Ref) -> None:
        fault = self.faults.of(KINDS[ref.kind].service, self.clock())
        if fault is not None:
            self._log(op, ref, fault)
            raise CloudFault(fault)

    def _log(self, op: str, ref: Ref, answer: Answer, *, dying: bool = False) -> None:
        self.calls.append(Call(self.clock(), op, ref.kind, ref.id, answer, dying))
