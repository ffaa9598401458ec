"""`ci/soak fuzz`: the properties of every reader (`tests/terraform/test_fuzz.py`), seed after seed, for some minutes.

A round is one seed; each is kept as one JSON line, so that a soak that was ended goes on with the next one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from xml.etree import ElementTree as ET

from ground.cache import cache_dir, say
from ground.soak import Line, Results
from ground.venv import ROOT

TESTS = "tests/terraform/test_fuzz.py"
ROUND = 20
"""How many times as often as in `ci/test` each property is tried in a round."""
LONGEST = 900.0
"""Seconds that a round may take: a reader that does not end is a finding, too."""
ENDLESS = "a reader does not end"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="ci/soak", description=__doc__, epilog="exit codes: 0 nothing found · 1 a property does not hold"
    )
    top.add_argument("what", choices=("fuzz",))
    top.add_argument("--minutes", type=float, default=10, metavar="N", help="begin no round after these; 10")
    top.add_argument("--seed", type=int, default=1, metavar="N", help="of the rounds, and the name of the results")
    return top


def main(arguments: list[str]) -> int:
    """Play rounds until the time is over, then say what all of them found."""
    chosen = parser().parse_args(arguments)
    results = Results(cache_dir() / "soak" / f"fuzz-{chosen.seed}.jsonl")
    end = time.monotonic() + chosen.minutes * 60
    while time.monotonic() < end:
        number = len(results.rounds()) + 1
        line = played(chosen.seed * 100_000 + number)
        results.keep(line)
        told = f"{line['tests']} properties in {line['seconds']} s {', '.join(line['failed'])}"
        say(f"round {number}, seed {line['key']}: {told}")
    rounds = results.rounds()
    failed = sorted({name for line in rounds for name in line["failed"]})
    minutes = sum(line["seconds"] for line in rounds) / 60
    print(f"{len(rounds)} rounds, {minutes:.1f} minutes in sum; {', '.join(failed) or 'every property held'}")
    print(results.path)
    return 1 if failed else 0


def played(seed: int, *, longest: float = LONGEST) -> Line:
    """One round; what failed is printed by pytest as it fails, and where it stood when it took too long."""
    report = cache_dir() / "soak" / f"fuzz-{os.getpid()}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", TESTS, f"--hypothesis-seed={seed}"]
    command += [f"--junit-xml={report}", "-o", f"faulthandler_timeout={longest / 2}"]
    begun = time.monotonic()
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"TEST_EXAMPLES": str(ROUND)},
            capture_output=True,
            text=True,
            check=False,
            timeout=longest,
        )
    except subprocess.TimeoutExpired as endless:
        print((endless.stderr or b"").decode("utf-8", "replace"))
        return {"key": str(seed), "seconds": longest, "tests": 0, "failed": [ENDLESS]}
    seconds = round(time.monotonic() - begun, 1)
    try:
        cases = list(ET.parse(report).iter("testcase"))
    finally:
        report.unlink(missing_ok=True)
    failed = [str(case.get("name")) for case in cases if case.find("failure") is not None]
    if done.returncode:
        print(done.stdout)
    return {"key": str(seed), "seconds": seconds, "tests": len(cases), "failed": failed}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
