"""Run reports for the tests of everything that shows them: one with each outcome, and one with hostile names."""

from __future__ import annotations

from dataclasses import replace

from janitor.core.model import Edge, EdgeSource, Evidence, Holder, Outcome, Ref, Scope
from janitor.core.outcome import Agreement, Command, Result, RunReport, Source, TerraformRun

SCOPE = Scope("gitlab", "RegionOne", "7f3a", "ci-project")
BEGUN = 1795255200.0  # 2026-11-21T10:00:00Z

HOSTILE = "\x1b[31mred\x1b[0m\n::error::forged\r##[error]x<script>alert('x')</script>]]>\u202e|`@all`\x00"


def ref(kind: str, identifier: str) -> Ref:
    return Ref(SCOPE, kind, identifier)


def result(kind: str, identifier: str, outcome: Outcome, **more: object) -> Result:
    return Result(ref(kind, identifier), outcome, **more)  # type: ignore[arg-type]


NEIGHBOUR = "foreign: carries the mark of another run"

RESULTS = (
    result("server", "s-1", Outcome.DELETED, name="web-1", address="openstack_compute_instance_v2.web[0]", requests=2),
    result("server", "s-2", Outcome.DELETED, name="web-2", evidence=(Evidence.STATE, Evidence.MARK), seconds=4.2),
    result("network", "n-1", Outcome.ABSENT, evidence=(Evidence.STATE,), reason="not in the cloud"),
    result(
        "security_group",
        "g-1",
        Outcome.BLOCKED,
        name="k8s",
        address="openstack_networking_secgroup_v2.k8s",
        evidence=(Evidence.STATE,),
        reason="a port that is not ours uses it",
        holders=(Holder("port", "p-9", "by-hand", "99aa"),),
    ),
    result("volume", "v-1", Outcome.FAILED, name="data", reason="stuck in error_deleting for 8 readings"),
    result("keypair", "ci", Outcome.KEPT, name="ci", reason="ambiguous: its fingerprint is another one"),
    *(
        result("port", f"p-{number}", Outcome.KEPT, name=f"other-{number}", reason=NEIGHBOUR, counts=False)
        for number in range(7)
    ),
    result("router", "r-1", Outcome.KEPT, name="edge", reason="protected: prevent_destroy", counts=False),
    result(
        "floating_ip",
        "",
        Outcome.UNVERIFIED,
        address="openstack_networking_floatingip_v2.api",
        reason="no state, log, mark or link says which one it is",
        holders=(Holder("floating_ip", "f-1", "192.0.2.7", "7f3a"),),
    ),
)

LEFT = RunReport(
    command=Command.DESTROY,
    workspace="ci-4711",
    scopes=(SCOPE,),
    started=BEGUN,
    finished=BEGUN + 42.25,
    results=RESULTS,
    edges=(Edge(ref("port", "p-9"), ref("security_group", "g-1"), EdgeSource.OBSERVED),),
    sources=(
        Source("state", "tofu state pull", 61),
        Source("log", "apply.log", 34, "3 lines could not be read"),
        Source("mark", "ci-4711"),
    ),
    unseen={(SCOPE, "trunk"): "the network service answered 503"},
    terraform=TerraformRun(
        ran=True, exit_code=1, seconds=8.1, handed_over="security group k8s is held by port by-hand"
    ),
    requests=140,
    notes=("a dead command left its lock behind",),
)

EMPTY = replace(
    LEFT,
    results=RESULTS[:3],
    edges=(),
    unseen={},
    terraform=TerraformRun(),
    notes=(),
    sources=(Source("state", "tofu state pull", 3),),
)

PLANNED = replace(
    EMPTY,
    command=Command.PLAN,
    results=(
        result(
            "server", "s-1", Outcome.PLANNED, name="web-1", evidence=(Evidence.STATE,), address="openstack_x.web[0]"
        ),
        result("server", "s-22", Outcome.PLANNED, name="w", evidence=(Evidence.MARK, Evidence.NAME), reason="mark ci"),
        result("network", "n-1", Outcome.PLANNED, name="net", evidence=(Evidence.ATTACHED,), reason="goes with x"),
        *RESULTS[6:-1],
    ),
)


def hostile() -> RunReport:
    """A run in which everything that a cloud, a state or a log can name is hostile."""
    scope = Scope(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    outcomes = (*Outcome, Outcome.KEPT)
    rows = tuple(
        Result(
            Ref(scope, "server", f"{number}{HOSTILE}"),
            outcome,
            name=HOSTILE,
            address=HOSTILE,
            reason=HOSTILE,
            holders=(Holder("port", HOSTILE, HOSTILE, HOSTILE),),
            counts=number % 2 == 0,
        )
        for number, outcome in enumerate(outcomes)
    )
    return RunReport(
        command=Command.DESTROY,
        workspace=HOSTILE,
        scopes=(scope,),
        started=BEGUN,
        finished=BEGUN + 1,
        results=rows,
        edges=(Edge(rows[0].ref, rows[1].ref, EdgeSource.STATE),),
        sources=(Source("log", HOSTILE, 1, HOSTILE),),
        unseen={(scope, "trunk"): HOSTILE},
        terraform=TerraformRun(ran=True, handed_over=HOSTILE),
        notes=(HOSTILE,),
    )


BARE = RunReport(Command.DESTROY, "w", (), BEGUN, BEGUN)

RUNS = {
    "left": LEFT,
    "empty": EMPTY,
    "planned": PLANNED,
    "refused": replace(BARE, refused="The workspace w is unknown: is the name right?"),
    "interrupted": replace(LEFT, interrupted=True),
    "unverified": replace(EMPTY, unseen=LEFT.unseen, unseen_counts=True),
    "disagrees": replace(EMPTY, state=Agreement(agreed=False, reason="its serial has moved")),
    "hostile": hostile(),
}
"""One run of each way to end."""
