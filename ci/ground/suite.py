"""`ci/test`: prepares the ground of each floor, runs the floors from the lowest up, and adds up what came out.

All set-up comes first, the costly parts side by side; `ci/test core` needs next to none and answers within seconds.
"""

from __future__ import annotations

import signal
import sys
import time
from contextlib import ExitStack

from ground import toolchain, venv
from ground.cache import say
from ground.floors import FLOORS, Floor, Tally, clean_environment, run_floor, share_out, skip_floor
from ground.grounds import prepare

MORE_EXAMPLES = "5"  # of every property where all floors run: those take minutes anyway


def main(arguments: list[str]) -> int:
    """Run one floor or all of them; the last line tells the sum."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if arguments[:1] in (["-h"], ["--help"]):
        print(f"usage: ci/test [{'|'.join(floor.name for floor in FLOORS)}] [arguments for pytest]")
        return 0
    begun = time.monotonic()
    with ExitStack() as leaving:
        total = run_floors(share_out(arguments), leaving)
    say(f"all of it … {time.monotonic() - begun:.1f} s")
    print("\n".join(total.lines()), flush=True)
    return 1 if total.failed else 0


def run_floors(floors: list[tuple[Floor, list[str]]], leaving: ExitStack) -> Tally:
    """Make every ground that is needed, then run the floors upwards, each with its arguments."""
    total, python = Tally(), venv.developer()
    grounds = prepare(sorted({name for floor, _ in floors for name in floor.grounds}), leaving)
    environment = clean_environment() | toolchain.environment_if_built()
    if len(floors) > 1:
        environment.setdefault("TEST_EXAMPLES", MORE_EXAMPLES)
    for floor, arguments in floors:
        under = [grounds[name] for name in floor.grounds]
        variables = environment | {key: value for ground in under for key, value in ground.variables.items()}
        if broken := [ground.broken for ground in under if ground.broken]:
            say(f"floor {floor.name} has no ground: {broken[0]}")
            total.failed += 1
        elif missing := [ground.missing for ground in under if ground.missing]:
            total.add(skip_floor(floor, python, variables, missing[0]))
        else:
            total.add(run_floor(floor, python, variables, arguments))
    return total
