"""From a refusal to its holders, by fresh lookups: who stands in the way, wherever we may see.

Names only what was found. A holder in a project that these credentials cannot see is not invented: the answer is
empty then, and the service's own text stands. An object that only has to be waited for (PENDING, deleting) has no
holder either: its own status says so.
"""

from __future__ import annotations

from janitor.cloud.holding import FINDERS
from janitor.cloud.holding.users import users_of
from janitor.cloud.session import Session
from janitor.core.model import Holder, Observed
from janitor.engine.protocols import Answer, Reply


def of(session: Session, observed: Observed, answer: Answer) -> tuple[Holder, ...]:
    """Who holds the object; empty where nobody can be seen. Raises CloudFault when a lookup got no answer."""
    find = FINDERS.get(observed.ref.kind)
    found = list(find(session, observed, answer)) if find else []
    if not found and answer.reply is Reply.REFUSED and answer.code:
        found = list(users_of(session, observed, answer))  # what the kind's own finder does not explain
    holders = {(h.kind, h.id): h for h in found if h.id and (h.kind, h.id) != (observed.ref.kind, observed.ref.id)}
    return tuple(holders[key] for key in sorted(holders))
