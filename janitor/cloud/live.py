"""The live cloud: several signed-in sessions behind the engine's `Cloud` protocol, and the scan of a whole run.

What could not be listed is *unseen* with its reason, never empty. A service that the catalog does not have cannot
hold anything; but where a source claims an object of it, that is a contradiction, and unseen, too.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from math import isinf
from random import uniform
from typing import TypeVar

from janitor.cloud import batch, deletion, holders, inventory, remarks
from janitor.cloud.session import Session
from janitor.core.catalogue import KINDS, source_kind
from janitor.core.errors import Refused
from janitor.core.model import Holder, Observed, Ref, Scope, World
from janitor.core.plan import Step
from janitor.engine.protocols import Answer, CloudFault, Reply

_T = TypeVar("_T")
Bodies = dict[tuple[Scope, str], list[inventory.Body]]

PASSING = frozenset({Reply.THROTTLED, Reply.BROKEN})
"""Replies that may be another one a moment later."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How a scan bears a cloud in trouble, in seconds: no number of attempts, but a time for all of them."""

    first: float = 0.4
    longest: float = 8.0
    total: float = 45.0  # a listing that got no answer for so long is not asked for again …
    share: float = 0.1  # … nor for more than this part of what the run has left
    brief: float = 4.0  # where there is no run with a limit, somebody waits for the answer

    def lasts(self, left: float) -> float:
        """How long a listing is asked for again, when the run has so much left."""
        return self.brief if isinf(left) else min(self.total, self.share * max(0.0, left))

    def pause(self, attempt: int, answer: Answer) -> float:
        """How long to wait after this failed attempt; the service's own word counts, up to a bound."""
        wanted = answer.retry_after if answer.retry_after is not None else self.first * 2.0 ** min(attempt, 30)
        return min(wanted, self.longest) * uniform(1.0, 1.2)  # noqa: S311 - jitter


INSISTING = Patience(total=300.0, share=0.5)
"""Where all that can be deleted is, and only a silent service keeps the proof from being one."""


class LiveCloud:
    """Every scope of a run. Threads may share it."""

    def __init__(
        self, sessions: Iterable[Session], *, threads: int = 8, per_service: int = 6, patience: Patience | None = None
    ) -> None:
        self._sessions = {session.scope: session for session in sessions}
        self._threads = threads
        self._patience = patience or Patience()
        self._per_service = per_service
        self._until = float("inf")
        self._silent: dict[tuple[Scope, str], float] = {}  # services that answer nobody in this scan, and since when
        self._lock = threading.Lock()
        self._gates: dict[tuple[Scope, str], threading.BoundedSemaphore] = {}
        self._notes: dict[str, None] = {}
        self._lacking: dict[str, set[str]] = {}  # a cloud's region → the services and extensions that it has not

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """Where this run can look."""
        return tuple(sorted(self._sessions))

    def end_by(self, moment: float) -> None:
        """Let no answer be waited for much beyond this moment of the monotonic clock."""
        self._until = moment
        for session in self._sessions.values():
            session.until = moment

    @property
    def is_silent(self) -> bool:
        """Whether a service answered nobody in the newest scan."""
        return bool(self._silent)

    @contextmanager
    def insisting(self) -> Iterator[None]:
        """Within the block a silent service is asked again for up to half of the time that the run has left."""
        before, self._patience = self._patience, INSISTING
        try:
            yield
        finally:
            self._patience = before

    @property
    def credentials(self) -> frozenset[Ref]:
        """The application credentials that we are signed in with: nothing can be asked for after them."""
        sessions = self._sessions.values()
        return frozenset(Ref(s.scope, "application_credential", s.credential_id) for s in sessions if s.credential_id)

    @property
    def requests(self) -> int:
        """Requests sent so far, sign-in included."""
        return sum(session.requests for session in self._sessions.values())

    @property
    def clock_offset(self) -> float:
        """The cloud's clock less ours, in seconds; of the first scope."""
        return next((self._sessions[scope].clock_offset for scope in self.scopes), 0.0)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the report should know about the catalogs, each said once."""
        with self._lock:
            lacking = [
                f"{where} has no {', no '.join(sorted(what))}: nothing of these kinds can be there"
                for where, what in sorted(self._lacking.items())
            ]
            return (*self._notes, *lacking)

    def session(self, scope: Scope) -> Session:
        """The session of a scope. Raises Refused where nobody signed in: another scope's 404 proves nothing."""
        found = self._sessions.get(scope)
        if found is None:
            raise Refused(f"There are no credentials for {scope}: give --provider-cloud or --os-cloud for it.")
        return found

    def read(self, ref: Ref) -> Observed | None:
        """The object as it is now, None for a 404. Raises CloudFault."""
        with self._turn(ref.scope, KINDS[source_kind(ref.kind)].service):
            return inventory.read(self.session(ref.scope), ref)

    def delete(self, step: Step, observed: Observed) -> Answer:
        """Ask for the deletion (or the undoing) of what was just read. Never raises for what a cloud can do."""
        with self._turn(step.ref.scope, KINDS[step.ref.kind].service):
            answer = deletion.delete(self.session(step.ref.scope), observed)
        if answer.note:
            self._note(answer.note)
        return answer

    def listing(self, scope: Scope, kind: str) -> Sequence[Observed]:
        """Every object of the kind in the scope. Raises CloudFault."""
        with self._turn(scope, KINDS[source_kind(kind)].service):
            return inventory.listing(self.session(scope), kind)

    def holders(self, observed: Observed, answer: Answer) -> Sequence[Holder]:
        """Who holds the object that was refused; nobody where nobody can be seen. Raises CloudFault."""
        with self._turn(observed.ref.scope, KINDS[observed.ref.kind].service):
            return holders.of(self.session(observed.ref.scope), observed, answer)

    def remarks(self, observed: Observed) -> str:
        """What the service noted about a delete that it accepted, and that failed; empty where nothing is known."""
        return remarks.of(self.session(observed.ref.scope), observed)

    def scan(self, kinds: Iterable[str], *, claimed: Iterable[str] = ()) -> World:
        """List these kinds everywhere, each listing once. `claimed`: kinds of which some source names an object.

        What is listed below parents comes after them, and asks nothing where there are none.
        """
        self._silent.clear()
        sources = _alternating({source_kind(kind) for kind in kinds})
        contradicted = {source_kind(kind) for kind in claimed}
        above = [source for source in sources if not KINDS[source].nested or KINDS[source].parent_field]
        shown: Bodies = {}
        tasks = [
            partial(self._list_source, scope, source, shown, claimed=source in contradicted)
            for source in above
            for scope in self.scopes
        ]
        parts = batch.all_of(tasks, threads=self._threads)
        hidden = {where: why for part in parts for where, why in part.unseen.items()}
        tasks = [
            partial(self._list_below, scope, source, shown, hidden, claimed=source in contradicted)
            for source in sources
            for scope in self.scopes
            if source not in above
        ]
        return self._world([*parts, *batch.all_of(tasks, threads=self._threads)])

    def lookup(self, refs: Iterable[Ref]) -> World:
        """Read these objects by their ids, each in its own scope. What is in no scope of this run is unseen."""
        tasks = [partial(self._look_up, ref) for ref in sorted(set(refs))]
        return self._world(batch.all_of(tasks, threads=self._threads))

    def _list_source(self, scope: Scope, source: str, shown: Bodies, *, claimed: bool) -> World:
        service = KINDS[source].service
        if self._sessions[scope].endpoint(service) is None:
            why = f"the catalog of {scope.cloud}/{scope.region} has no {service} service"
            return self._not_offered(scope, source, why, what=f"{service} service", claimed=claimed)
        try:
            found = self._patiently(partial(self._observed_in, scope, source, shown), (scope, service))
        except CloudFault as fault:
            # Where the kind is no extension, a 404 to the listing says: wrong address; so does one of a proxy's.
            told = fault.answer.status == HTTPStatus.NOT_FOUND and fault.answer.signed
            if told and (extension := KINDS[source].extension):
                why = f"the {service} service of {scope.cloud}/{scope.region} has no {extension} extension"
                shown[scope, source] = []
                claimed = claimed and not KINDS[source].retired
                return self._not_offered(scope, source, why, what=f"{extension} extension", claimed=claimed)
            return World(unseen={(scope, source): reason(fault.answer)})
        return World({o.ref: o for o in found}, listed=self._shown(scope, source))

    def _list_below(
        self, scope: Scope, source: str, shown: Bodies, hidden: Mapping[tuple[Scope, str], str], *, claimed: bool
    ) -> World:
        """List what is below parents: nothing is asked where there are none, nothing known where they are unseen."""
        why = hidden.get((scope, KINDS[source].nested))
        if why is not None:
            return World(unseen={(scope, source): why})
        return self._list_source(scope, source, shown, claimed=claimed)

    def _not_offered(self, scope: Scope, source: str, why: str, *, what: str, claimed: bool) -> World:
        with self._lock:
            self._lacking.setdefault(f"{scope.cloud}/{scope.region}", set()).add(what)
        return World(unseen={(scope, source): why}) if claimed else World(listed=self._shown(scope, source))

    def _observed_in(self, scope: Scope, source: str, shown: Bodies) -> list[Observed]:
        """List one kind, and keep what it shows for the kinds below it."""
        session, above = self._sessions[scope], KINDS[source].nested
        with self._turn(scope, KINDS[source].service):
            found = shown[scope, source] = inventory.bodies(session, source, shown.get((scope, above)))
        return inventory.observed_in(session, source, found)

    def _look_up(self, ref: Ref) -> World:
        source = source_kind(ref.kind)
        if ref.scope not in self._sessions:
            return World(unseen={(ref.scope, source): "there are no credentials for this scope"})
        if self._sessions[ref.scope].endpoint(KINDS[source].service) is None:
            return World(unseen={(ref.scope, source): f"the catalog has no {KINDS[source].service} service"})
        try:
            found = self._patiently(partial(self.read, ref), (ref.scope, KINDS[source].service))
        except CloudFault as fault:
            return World(unseen={(ref.scope, source): reason(fault.answer)})
        return World(missing=frozenset({ref})) if found is None else World({found.ref: found})

    def _world(self, parts: Iterable[World]) -> World:
        objects: dict[Ref, Observed] = {}
        unseen: dict[tuple[Scope, str], str] = {}
        listed: set[tuple[Scope, str]] = set()
        missing: set[Ref] = set()
        for part in parts:
            objects |= part.objects
            unseen |= part.unseen
            listed |= part.listed
            missing |= part.missing
        return World(
            objects=objects,
            listed=frozenset(listed),
            unseen={where: unseen[where] for where in sorted(unseen)},
            missing=frozenset(missing),
            taken_at=time.time() + self.clock_offset,
        )

    def _shown(self, scope: Scope, source: str) -> frozenset[tuple[Scope, str]]:
        return frozenset((scope, kind) for kind in KINDS if source_kind(kind) == source)

    def _patiently(self, task: Callable[[], _T], where: tuple[Scope, str]) -> _T:
        """Ask again while the trouble may pass. A silent service is waited for once, not for each of its kinds."""
        begun = time.monotonic()
        ends = begun + self._patience.lasts(self._until - begun)
        attempt = 0
        while True:
            try:
                answered = task()
            except CloudFault as fault:
                if fault.answer.reply not in PASSING or fault.answer.status == HTTPStatus.NOT_FOUND:
                    raise
                silent = self._silent.setdefault(where, begun)
                if time.monotonic() > ends - (begun - silent):
                    raise
                time.sleep(self._patience.pause(attempt, fault.answer))
                attempt += 1
            else:
                self._silent.pop(where, None)
                return answered

    @contextmanager
    def _turn(self, scope: Scope, service: str) -> Iterator[None]:
        """Bound what one service is asked at a time, whoever asks."""
        with self._lock:
            gate = self._gates.setdefault((scope, service), threading.BoundedSemaphore(self._per_service))
        with gate:
            yield

    def _note(self, text: str) -> None:
        with self._lock:
            self._notes.setdefault(text)


def _alternating(sources: Iterable[str]) -> list[str]:
    """The kinds in an order in which the services take turns: no hand waits for a service that is asked enough."""
    turns: Counter[str] = Counter()
    places: list[tuple[int, str]] = []
    for source in sorted(sources):
        service = KINDS[source].service
        turns[service] += 1
        places.append((turns[service], source))
    return [source for _, source in sorted(places)]


def reason(answer: Answer) -> str:
    """Why something could not be seen, in a few words."""
    said = answer.text or answer.code
    if answer.reply is Reply.DENIED and answer.status:
        return f"not allowed ({answer.status}): {said}"
    return f"{answer.status}: {said}" if answer.status else said
