"""What goes wrong with a cloud in `ci/soak faults`: a table of troubles, each of them in force within a block.

Decides nothing about what must hold then, but for one thing: what a service that is down keeps nobody from deleting.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from random import Random

from ground.cloud import Fault
from ground.cloud.faults import FaultRegion

SHARE = 0.2
HANGING = 0.03
"""Of the answers that never come: each costs a client its whole patience."""

OUTAGE = 30.0
BLINK, PEACE = 1.5, 4.0
SERVICES = ("network", "compute", "block-storage", "load-balancer", "image")

MUST_GO: Mapping[str, frozenset[str]] = {
    "network": frozenset({"keypair", "volume"}),
    "compute": frozenset({"load_balancer", "listener", "pool", "health_monitor", "floating_ip"}),
    "block-storage": frozenset({"server", "keypair", "load_balancer", "floating_ip", "port", "network", "router"}),
    "load-balancer": frozenset({"server", "keypair", "volume"}),
    "image": frozenset({"server", "keypair", "volume", "load_balancer", "port", "network", "router"}),
}
"""Of the small stack: what goes though that service is down for the whole run, and nothing in it holds it."""

KEYSTONE_DOWN = "keystone is down"
DOWN, OUT = " is down", " is down for 30 s"

RULES: Mapping[str, Fault] = {
    "429 in seconds": Fault(fraction=SHARE, status=429, retry_after=1),
    "429 until a date": Fault(fraction=SHARE, status=429, retry_after=2, retry_after_form="date"),
    "500": Fault(fraction=SHARE, status=500),
    "502": Fault(fraction=SHARE, status=502, body="<html>bad gateway</html>"),
    "503": Fault(fraction=SHARE, status=503),
    "504": Fault(fraction=SHARE, status=504, body=""),
    "reset": Fault(fraction=SHARE, reset=True),
    "hung": Fault(fraction=HANGING, hang=True),
    "reply dropped": Fault(fraction=SHARE, drop="after"),
    "late by 0.2 s": Fault(latency=0.2),
    "late by 2 s": Fault(latency=2.0),
}

TROUBLES = (
    *RULES,
    "refused now and then",
    *(f"{service}{OUT}" for service in SERVICES),
    *(f"{service}{DOWN}" for service in SERVICES),
    KEYSTONE_DOWN,
)


def down_throughout(trouble: str) -> str:
    """The service that is down for the whole run; empty where none is."""
    return trouble.removesuffix(DOWN) if trouble.endswith(DOWN) and trouble != KEYSTONE_DOWN else ""


@contextlib.contextmanager
def under(trouble: str, region: FaultRegion, dice: Random) -> Iterator[None]:
    """Within the block the region is in that trouble."""
    with contextlib.ExitStack() as stack:
        if trouble in RULES:
            region.rules = (RULES[trouble],)
            stack.callback(setattr, region, "rules", ())
        elif trouble == KEYSTONE_DOWN:
            stack.enter_context(region.down("identity"))
        elif service := down_throughout(trouble):
            stack.enter_context(region.down(service))
        elif trouble.endswith(OUT):
            stack.enter_context(_meanwhile(lambda over: _outage(region, trouble.removesuffix(OUT), over)))
        else:
            stack.enter_context(_meanwhile(lambda over: _blink(region, dice, over)))
        yield


def _outage(region: FaultRegion, service: str, over: threading.Event) -> None:
    with region.down(service):
        over.wait(OUTAGE)


def _blink(region: FaultRegion, dice: Random, over: threading.Event) -> None:
    """One service after the other refuses connections for a moment."""
    while not over.wait(PEACE * dice.random()):
        with region.down(dice.choice(SERVICES)):
            over.wait(BLINK)


@contextlib.contextmanager
def _meanwhile(work: Callable[[threading.Event], None]) -> Iterator[None]:
    over = threading.Event()
    thread = threading.Thread(target=work, args=(over,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
