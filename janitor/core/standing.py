"""How the account, the state's lock, the services and the leftovers stand: findings, from what the edges have read.

Times are seconds since the epoch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from janitor.core.fitness import Finding, Fit, Topic
from janitor.core.model import Observed, Ref, Scope, Verdict
from janitor.core.text import counted, some
from janitor.core.times import iso, spell

ONLY_READ = frozenset({"reader", "observer", "auditor", "load-balancer_observer", "load-balancer_global_observer"})
"""Roles that look and never touch, in every service's default policy."""

SLOW = 5.0
"""Seconds after which an answer to a listing of one object is slow: an apply sends hundreds of them."""

ROLE_OF: Mapping[str, str] = {
    "load-balancer": "the role load-balancer_member (or member, where Octavia's policy has Keystone's default roles)",
    "key-manager": "the role creator (or member, where Barbican's policy has Keystone's default roles)",
    "orchestration": "the role heat_stack_owner (or member, where Heat asks for no other)",
}
"""Service → what an account lacks that is not let in."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in, and until when that holds."""

    scope: Scope
    roles: frozenset[str] = frozenset()
    token_ends: float | None = None  # only where nobody can renew it
    credential_ends: float | None = None  # of an application credential


@dataclass(frozen=True, slots=True)
class Heard:
    """How a service answered a harmless question."""

    service: str
    seconds: float = 0.0
    problem: str = ""
    denied: bool = False
    missing: bool = False  # from the catalog


def account_findings(account: Account, *, now: float, until: float) -> Iterator[Finding]:
    """Whether the credentials are good for more than looking, and until the tests are over."""
    who = f"project {account.scope.project_name or account.scope.project_id}"
    roles = some(sorted(account.roles), most=8) or "none"
    line = f"signed in to {who} with the roles {roles}"
    if account.roles and account.roles <= ONLY_READ:
        remedy = "give the account the role member, or use another one"
        yield Finding(Topic.CREDENTIALS, "roles", Fit.NOT_FIT, line, "these roles can only look", remedy)
    else:
        yield Finding(Topic.CREDENTIALS, "roles", Fit.FIT, line)
    ends = min((end for end in (account.token_ends, account.credential_ends) if end is not None), default=None)
    what = "token, which nobody can renew," if ends == account.token_ends else "application credential"
    if ends is None:
        yield Finding(Topic.CREDENTIALS, "lifetime", Fit.FIT, "the credentials renew themselves and have no end")
        return
    line = f"the {what} ends at {iso(ends)}, in {spell(max(0.0, ends - now))}"
    if ends >= until:
        yield Finding(Topic.CREDENTIALS, "lifetime", Fit.FIT, line)
        return
    reason = f"that is before the job may end ({iso(until)}, as --timeout or the CI job say)"
    remedy = "sign in anew right before the tests, or use a credential that lives longer"
    yield Finding(Topic.CREDENTIALS, "lifetime", Fit.NOT_FIT, line, reason, remedy)


def service_findings(heard: Iterable[Heard], users: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    """Whether each service that the configuration needs is there, answers in time, and lets this account in."""
    for one in heard:
        why = f"for {some(users.get(one.service, ()), most=2)}"
        if one.missing:
            line = f"the catalog has no {one.service} service"
            remedy = "take a cloud or region that has it, or leave these resources out"
            yield Finding(Topic.SERVICE, one.service, Fit.NOT_FIT, line, why, remedy)
        elif one.denied:
            line = f"{one.service} does not let this account in: {one.problem}"
            remedy = f"give it {ROLE_OF.get(one.service, 'a role that the service accepts, such as member')}"
            yield Finding(Topic.ROLE, one.service, Fit.NOT_FIT, line, why, remedy)
        elif one.problem:
            line = f"{one.service} gave no answer: {one.problem}"
            yield Finding(Topic.SERVICE, one.service, Fit.UNKNOWN, line, why, "ask again when it answers")
        else:
            slow = "; that is slow, and an apply will be" if one.seconds > SLOW else ""
            yield Finding(Topic.SERVICE, one.service, Fit.FIT, f"answered in {spell(one.seconds)}{slow}", why)


def leftover_findings(
    found: Iterable[Observed],
    verdicts: Mapping[Ref, Verdict],
    unseen: Mapping[tuple[Scope, str], str],
    *,
    name: str,
    doubts: Sequence[tuple[str, str]] = (),
) -> Iterator[Finding]:
    """What `janitor destroy` would delete, kind by kind; what could not be listed, and might be; and, with why, what
    may be left although nothing proves it.
    """
    groups: dict[str, list[Observed]] = defaultdict(list)
    for observed in found:
        groups[observed.ref.kind].append(observed)
    for kind, members in sorted(groups.items()):
        evidence = {str(e) for member in members if (v := verdicts.get(member.ref)) for e in v.evidence}
        line = f"{counted(len(members), kind)} left: {some((m.name or m.ref.id for m in members), most=3)}"
        reason = f"{name} has them by {', '.join(sorted(evidence)) or 'what came before'}"
        remedy = "let `janitor destroy` remove what is left, or this command with --clean"
        yield Finding(Topic.LEFTOVERS, kind, Fit.NOT_FIT, line, reason, remedy)
    for (scope, kind), why in sorted(unseen.items()):
        line = f"whether a {kind.replace('_', ' ')} is left could not be seen"
        yield Finding(
            Topic.LEFTOVERS, f"{kind} in {scope}", Fit.UNKNOWN, line, why, "ask again when the service answers"
        )
    for what, why in doubts:
        line = f"{what} may be left of {name}"
        yield Finding(Topic.LEFTOVERS, what, Fit.UNKNOWN, line, why, "see `janitor plan`, and have a look at it")
    if not groups and not unseen and not doubts:
        yield Finding(Topic.LEFTOVERS, "workspace", Fit.FIT, f"nothing of {name} is left")
