"""Account, services and leftovers as findings."""

from __future__ import annotations

from builders import HOME, a

from janitor.core.fitness import Fit
from janitor.core.model import Evidence, Verdict
from janitor.core.standing import Account, Heard, account_findings, leftover_findings, service_findings

NOW, HOUR = 1_000_000.0, 3600.0


def lifetime(**ends: float) -> Fit:
    account = Account(HOME, frozenset({"member"}), **ends)
    return {f.subject: f.fit for f in account_findings(account, now=NOW, until=NOW + HOUR)}["lifetime"]


def test_credentials_have_to_outlive_the_job():
    assert lifetime() is Fit.FIT
    assert lifetime(token_ends=NOW + HOUR) is Fit.FIT
    assert lifetime(token_ends=NOW + HOUR - 1) is Fit.NOT_FIT
    assert lifetime(token_ends=NOW + 9 * HOUR, credential_ends=NOW + 60) is Fit.NOT_FIT


def test_roles_that_only_look_are_not_enough():
    def roles(*names: str) -> Fit:
        return next(account_findings(Account(HOME, frozenset(names)), now=NOW, until=NOW)).fit

    assert roles("reader", "load-balancer_observer") is Fit.NOT_FIT
    assert roles("reader", "member") is Fit.FIT


def test_a_service_that_is_missing_denies_or_is_silent():
    heard = [
        Heard("dns", missing=True),
        Heard("load-balancer", problem="not allowed (403)", denied=True),
        Heard("network", problem="503: busy"),
        Heard("compute", 9.0),
    ]
    found = {f.subject: f for f in service_findings(heard, {})}
    assert {name: str(f.fit) for name, f in found.items()} == {
        "dns": "not fit", "load-balancer": "not fit", "network": "unknown", "compute": "fit",
    }  # fmt: skip
    assert "load-balancer_member" in found["load-balancer"].remedy
    assert "slow" in found["compute"].line


def test_leftovers_are_told_by_kind_and_what_hides_some_is_unknown():
    servers = [a("server", str(n), name=f"web-{n}") for n in range(5)]
    verdicts = {s.ref: Verdict(s.ref, (Evidence.STATE,)) for s in servers}
    found = list(leftover_findings(servers, verdicts, {(HOME, "volume"): "503"}, name="workspace w"))
    assert [(f.fit, f.line) for f in found] == [
        (Fit.NOT_FIT, "5 servers left: web-0, web-1, web-2 and 2 more"),
        (Fit.UNKNOWN, "whether a volume is left could not be seen"),
    ]
    assert [f.fit for f in leftover_findings([], {}, {}, name="w")] == [Fit.FIT]
    (doubt,) = leftover_findings([], {}, {}, name="w", doubts=[("network n", "2 have this name")])
    assert (doubt.fit, doubt.reason) == (Fit.UNKNOWN, "2 have this name")
