"""What a sweep is only narrowed by: age, and the word of an object that its run goes on. Selects nothing.

Times are seconds since the epoch, on the cloud's clock.
"""

from __future__ import annotations

from janitor.core.case import Case
from janitor.core.catalogue import KINDS
from janitor.core.marks import until_of
from janitor.core.model import Denial, Observed
from janitor.core.times import iso

Reason = tuple[Denial, str]


def too_young(case: Case, observed: Observed) -> Reason | None:
    """What is younger than `older_than`, or what nobody can date; but for links, which end with their ends."""
    if case.older_than is None or (observed.created_at is None and KINDS[observed.ref.kind].is_relation):
        return None
    if observed.created_at is None:
        return Denial.YOUNG, "may be younger than --older-than: its service does not say when it was made"
    if observed.created_at >= case.older_than:
        return Denial.YOUNG, "is younger than --older-than"
    return None


def unexpired(case: Case, observed: Observed) -> Reason | None:
    """What has been given more time since its run was found to be over, or while the question stood."""
    until = until_of(observed)
    if case.expired is None or until is None or until < case.expired:
        return None
    return Denial.YOUNG, f"its janitor:until, {iso(until)}, has not passed"
