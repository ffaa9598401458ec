"""What the engine asks of a cloud and of time. A live cloud and the in-memory one of the tests both answer this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from janitor.core.model import Holder, Observed, Ref, Scope, Verdict
from janitor.core.plan import Step


class Reply(StrEnum):
    """What an answer means, whatever the service calls it."""

    ACCEPTED = "accepted"  # 2xx: never "gone"
    PARTLY = "partly"  # a share of a long work is done; the rest is asked for with another reading
    GONE = "gone"  # 404 on the object itself
    REFUSED = "refused"  # 400 or 409: something holds it, or its state forbids it
    DENIED = "denied"  # 401 or 403
    THROTTLED = "throttled"  # 429, or 503 with Retry-After
    BROKEN = "broken"  # 5xx, no connection, no answer


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `code` is the service's own word (`SecurityGroupInUse`), `ids` what the text names."""

    reply: Reply
    status: int = 0
    code: str = ""
    text: str = ""
    retry_after: float | None = None  # seconds
    ids: tuple[str, ...] = ()
    requests: int = 1
    signed: bool = False  # with the service's own word or request id: nothing in front of it said so
    note: str = ""  # for the report: what the request leaves behind

    @property
    def in_use(self) -> bool:
        """Whether the service's own word is that another object uses this one."""
        return self.reply is Reply.REFUSED and ("InUse" in self.code or self.code == "FipAssociated")


class CloudFault(Exception):
    """A read or a listing got no usable answer. Never means "empty"."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.text)
        self.answer = answer


class Cloud(Protocol):
    """Blocking calls, safe to use from several threads."""

    def read(self, ref: Ref) -> Observed | None:
        """The object as it is now, None for a 404. Raises CloudFault."""

    def delete(self, step: Step, observed: Observed) -> Answer:
        """Ask for the deletion (or the undoing) of what was just read. Never raises for what a cloud can do."""

    def listing(self, scope: Scope, kind: str) -> Sequence[Observed]:
        """Every object of the kind in the scope. Raises CloudFault."""

    def holders(self, observed: Observed, answer: Answer) -> Sequence[Holder]:
        """Who holds the object that was refused. Raises CloudFault."""

    def remarks(self, observed: Observed) -> str:
        """What the service noted about a delete that it accepted, and that failed; empty where nothing is known."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person wants to see while it happens. `at` is the engine's clock, in seconds."""

    what: str  # start accepted gone absent held retry stuck slower round giving-up; kept failed blocked cut
    at: float
    ref: Ref | None = None
    name: str = ""
    text: str = ""
    holders: tuple[Holder, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """A finished task of the crew: its key, and what it returned or raised."""

    key: object
    value: object = None
    error: Exception | None = None


class Crew(Protocol):
    """Hands that work, and the clock they work by. Tests use hands that work at once and a clock that jumps."""

    def now(self) -> float:
        """Monotonic seconds."""

    def start(self, key: object, task: Callable[[], object]) -> None:
        """Run the task; its `Done` is handed out by `next` once."""

    def next(self, until: float) -> Done | None:
        """The next finished task, or None when the clock has reached `until`."""


class Judge(Protocol):
    """Asked right before each delete, and about every holder that was not planned."""

    def __call__(self, observed: Observed, /) -> Verdict:
        """The verdict on the object as it is now."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient the engine is. Seconds, but for the counts."""

    concurrency: int = 8
    per_service: int = 6
    poll: float = 0.4  # first interval between two listings of a kind; grows to `poll_max`
    poll_max: float = 4.0
    backoff: float = 0.5
    backoff_max: float = 20.0
    trouble: float = 300.0  # how long what is throttled or broken is asked again; never beyond a share of the run
    drops: int = 6  # deletes that were accepted and then dropped
    deadline: float = field(default=float("inf"))  # on the crew's clock
    timeouts: Mapping[str, float] = field(default_factory=dict)  # of kinds: who gives one waits that long, and no less
