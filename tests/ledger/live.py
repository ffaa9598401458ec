"""The in-memory clouds behind janitor's own `LiveCloud`: the real code decides what is listed, unseen or missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.memory_cloud import MemoryCloud
from ledger.virtual import HANDS, Hands

from janitor.cloud.live import LiveCloud
from janitor.cloud.session import patience
from janitor.core.model import Holder, Observed, Ref, Scope
from janitor.core.plan import Step
from janitor.engine.protocols import Answer

USER = "user"


@dataclass
class MemorySession:
    """Who is signed in to one region."""

    scope: Scope
    user_id: str = USER
    credential_id: str = ""
    requests: int = 0
    clock_offset: float = 0.0
    auth_url: str = "memory"
    is_admin: bool = False
    token_expires: float | None = None
    renewable: bool = True
    regions: tuple[str, ...] = ("RegionOne",)
    until: float = float("inf")

    @staticmethod
    def endpoint(_service: str) -> str:
        return "memory"


def connect(cloud: str | None, region: str | None = None, *, project: str = "", **_: Any) -> MemorySession:
    """Sign in."""
    return MemorySession(Scope("cloud", region or "RegionOne", project or "home", project or "home"))


class MemoryLive(LiveCloud):
    """Clouds by region. The scan goes one by one, so that the same seed gives the same run."""

    clouds: Mapping[str, MemoryCloud]
    hands: Hands

    def __init__(
        self, sessions: Iterable[Any], clouds: Mapping[str, MemoryCloud], hands: Hands, before_read: Callable[[], None]
    ) -> None:
        super().__init__(sessions, threads=1)
        self.clouds, self.hands, self.before_read = clouds, hands, before_read
        for cloud in clouds.values():
            cloud.faults.hang = self._hang
        self.asked = 0

    @property
    def requests(self) -> int:
        return self.asked

    def read(self, ref: Ref) -> Observed | None:
        self.before_read()
        return self._seen(lambda: self._of(ref.scope).read(ref))

    def listing(self, scope: Scope, kind: str) -> Sequence[Observed]:
        return self._seen(lambda: self._of(scope).listing(scope, kind))

    def holders(self, observed: Observed, answer: Answer) -> Sequence[Holder]:
        return self._seen(lambda: self._of(observed.ref.scope).holders(observed, answer))

    def remarks(self, observed: Observed) -> str:
        return str(self._seen(lambda: self._of(observed.ref.scope).remarks(observed)))

    def delete(self, step: Step, observed: Observed) -> Answer:
        answer = self._seen(lambda: self._of(step.ref.scope).delete(step, observed))
        self.hands.step()  # it was carried out, and nobody has heard of it
        return answer

    def _observed_in(self, scope: Scope, source: str, shown: Any) -> list[Observed]:
        shown[scope, source] = []
        return list(self._seen(lambda: self._of(scope).shown(scope, source)))

    def _hang(self, seconds: float) -> None:
        """As long as a session waits; a scan has eight hands, of which one hangs."""
        waited = patience(seconds, left=self._until - self.hands.clock)
        self.hands.hang(waited if self.hands.is_working else waited / HANDS)

    def _of(self, scope: Scope) -> MemoryCloud:
        return self.clouds[scope.region]

    def _seen(self, ask: Callable[[], Any]) -> Any:
        self.asked += 1
        self.hands.step()
        return ask()
