"""`destroy` while the cloud is in trouble: a fifth of all answers wrong, late or lost, or one service down altogether.

What must hold: nothing foreign is touched, nothing is left that could go, 0 is said of an empty cloud only, and no run
is later than its deadline by more than a few seconds.
"""

from __future__ import annotations

import time
from random import Random
from typing import Any

from engine.memory_cloud import HUNG, Faults
from ledger.ledger import Line
from ledger.play import SETTLED, Round, ground, run, scope_of, staged

from janitor.cloud.wire import Response, classify
from janitor.core.catalogue import KINDS, source_kind
from janitor.core.model import Ref
from janitor.engine.protocols import Answer, Reply
from janitor.workflows.handover import SHARE

LATE = 5.0
PROOF, FOR_PROOF = 20.0, 0.05
"""What a run keeps back for its proof: what has its turn until then has had all the time that there was."""
SIGNED = {"x-openstack-request-id": "req-1"}
DATES = {"date": "Sat, 21 Nov 2026 12:00:00 GMT", "retry-after": "Sat, 21 Nov 2026 12:00:03 GMT"}

ANSWERS: dict[str, tuple[Answer, ...]] = {
    "429 in seconds": (classify(Response(429, {**SIGNED, "retry-after": "2"})),),
    "429 until a date": (classify(Response(429, {**SIGNED, **DATES})),),
    "500": (classify(Response(500, SIGNED)),),
    "502": (classify(Response(502)),),
    "503": (classify(Response(503, SIGNED)), classify(Response(503, {**SIGNED, "retry-after": "1"}))),
    "504": (classify(Response(504)),),
    "refused": (Answer(Reply.BROKEN, text="connection refused"),),
    "reset": (Answer(Reply.BROKEN, text="connection reset by peer"),),
    "hung": (HUNG,),
}
ANSWERS["of every sort"] = tuple(answer for some in ANSWERS.values() for answer in some if answer is not HUNG)

SERVICES = ("network", "compute", "block-storage", "load-balancer", "image", "key-manager", "shared-file-system")
KINDS_OF_TROUBLE = (*ANSWERS, "lost replies", *(f"{service} is down" for service in SERVICES))


def play(seed: int, *, size: int = 0) -> dict[str, Any]:
    """Play one run in trouble."""
    began, dice = time.perf_counter(), Random(f"troubles {seed}")  # noqa: S311 - seeded
    trouble = KINDS_OF_TROUBLE[seed % len(KINDS_OF_TROUBLE)]
    limit = dice.choice([60.0, 180.0, 600.0, 3300.0])
    with ground() as folder:
        here = staged(
            seed, folder, size=size, way=dice.choice(["state", "log", "journal"]), calm=True, whole=True, timeout=limit
        )
        begin = here.site.hands.clock
        here.terraform.until = begin + SHARE * limit  # what is watched by the wall's clock in a real run
        _set(here, trouble)
        exit_code = run(here).exit_code
        late = here.site.hands.clock - begin - limit
        for cloud in here.site.clouds.values():
            cloud.faults = Faults()
        here.site.hands.clock += SETTLED
        found = here.site.ledger.violations(exit_code)
        found += [f"{late:.0f} s later than its deadline of {limit:.0f} s"] if late > LATE else []
        found += _omitted(here, trouble) if late < -LATE - min(PROOF, FOR_PROOF * limit) else []
        return {
            "seed": seed,
            "way": trouble,
            "objects": here.site.objects,
            "deletes": sum(len(cloud.deleted) for cloud in here.site.clouds.values()),
            "exit": exit_code,
            "took": round(late + limit, 1),
            "seconds": round(time.perf_counter() - began, 3),
            "violations": found,
        }


def _set(here: Round, trouble: str) -> None:
    for cloud in here.site.clouds.values():
        if trouble.endswith(" is down"):
            cloud.faults = Faults(services=frozenset({trouble.removesuffix(" is down")}))
        elif trouble == "lost replies":
            cloud.faults = Faults(lost=0.2, seed=here.site.seed)
        else:
            cloud.faults = Faults(share=0.2, seed=here.site.seed, answers=ANSWERS[trouble])


def _omitted(here: Round, trouble: str) -> list[str]:
    """What was left although it could go: where time was left, and its service answers."""
    down = trouble.removesuffix(" is down")
    hidden = {kind for _, kind in here.report.unseen} if here.report else set()
    kinds = {line: source_kind(line.key[1]) for line in here.site.ledger.left()}
    left = [line for line, kind in kinds.items() if KINDS[kind].service != down and kind not in hidden]
    if trouble != f"{down} is down":
        return [f"left, and could go: {line}" for line in left]
    return [f"left, and could go: {line}" for line in left if _could_go(here, line, down)]


def _could_go(here: Round, line: Line, down: str) -> bool:
    """Whether its service, asked for it now, lets it go; and nothing of the service that is down would go along."""
    region, kind, identifier = line.key
    cloud, ref = here.site.clouds[region], Ref(scope_of(region), kind, identifier)
    observed = cloud.found(ref)
    if observed is None or line.body is None or line.parent is not None:
        return False  # what stands in the body of another one, or was made for it, goes with that
    if any(KINDS[source_kind(link.kind)].service == down for link in observed.links):
        return False
    return cloud.ask(ref, observed).reply is Reply.ACCEPTED
