"""The three floors of tests: what each needs, which tests stand on it, and what came out.

Counts come from pytest's own JUnit report. A floor whose ground this machine cannot have counts its tests as skipped,
with the sentence that says what is missing; a single test says so by `pytest.skip("missing: PART")`.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from ground.cache import cache_dir, say
from ground.venv import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NO_TESTS = 5
MISSING_PART = re.compile(r"missing: (.+)")
FOREIGN = ("OS_", "TF_", "JANITOR_", "CI_", "GITLAB_", "GITHUB_", "PYTEST_", "PYTHONDONTWRITEBYTECODE")


@dataclass(frozen=True, slots=True)
class Floor:
    """Tests with the same ground under them."""

    name: str
    paths: tuple[str, ...]
    options: tuple[str, ...]
    grounds: tuple[str, ...] = ()


HIGHER = ("browser", "cloud", "scenarios", "kinds")
"""Folders of tests that are not on the lowest floor."""

FLOORS = (
    Floor("core", ("tests",), (*(f"--ignore=tests/{name}" for name in HIGHER), "-n", "2", "--dist", "worksteal")),
    Floor("browser", ("tests/browser",), (), grounds=("browser",)),
    Floor("cloud", ("tests/cloud",), ("-n", "4"), grounds=("cloud",)),
    Floor(
        "scenarios",
        ("tests/scenarios", "tests/kinds"),
        ("-n", "6", "--dist", "worksteal"),
        grounds=("cloud", "toolchain"),
    ),
)


@dataclass(slots=True)
class Tally:
    """How many tests passed, failed and were skipped, and which missing parts the skips name."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    missing: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Count the tests of another floor, too."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.missing.update(other.missing)

    def lines(self) -> list[str]:
        """The closing lines: what is missing (if anything), then the counts."""
        parts = ", ".join(f"{part} ({count})" for part, count in sorted(self.missing.items()))
        missing = f"{self.missing.total()} of the skipped tests miss a part of this machine"
        return [
            *([f"{missing}: {parts}"] if parts else []),
            f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped",
        ]


def share_out(arguments: Sequence[str]) -> list[tuple[Floor, list[str]]]:
    """The floors to run, each with its arguments for pytest: the one that is named first, else those on which the named
    tests stand, else all.
    """
    for floor in FLOORS:
        if floor.name in arguments[:1]:
            return [(floor, list(arguments[1:]))]
    of = {text: _floor_of(text) for text in arguments}
    named = {floor.name for floor in of.values() if floor}
    return [
        (floor, [text for text in arguments if of[text] in (None, floor)])
        for floor in FLOORS
        if floor.name in named or not named
    ]


def _floor_of(argument: str) -> Floor | None:
    """Where a test, or a file or folder of tests, stands; None for whatever else is said to pytest."""
    if not _is_test(argument):
        return None
    path = Path(argument.partition("::")[0])
    return next((floor for floor in FLOORS[1:] if any(path.is_relative_to(own) for own in floor.paths)), FLOORS[0])


def _is_test(argument: str) -> bool:
    return not argument.startswith("-") and (ROOT / argument.partition("::")[0]).exists()


def run_floor(floor: Floor, python: Path, environment: Mapping[str, str], arguments: Sequence[str]) -> Tally:
    """Run the tests of one floor; a pytest that breaks before it reports counts as one failure."""
    begun = time.monotonic()
    say(f"── floor {floor.name} " + "─" * (60 - len(floor.name)))
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = _pytest(floor, python, [f"--junitxml={report}", *arguments])
        status = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
        tally = read_report(report) if report.exists() else Tally()
    if status not in (0, 1) and not (status == NO_TESTS and arguments):
        say(f"floor {floor.name}: pytest ended with {status}")
        tally.failed += 1
    say(f"floor {floor.name} … {time.monotonic() - begun:.1f} s")
    return tally


def skip_floor(floor: Floor, python: Path, environment: Mapping[str, str], why: str) -> Tally:
    """Count the tests of a floor that has no ground here as skipped."""
    say(f"floor {floor.name} is skipped: {why}")
    command = _pytest(floor, python, ["--collect-only", "--quiet"])
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"(\d+) tests? collected", done.stdout)
    count = int(found.group(1)) if found else 0
    return Tally(skipped=count, missing=Counter({why: count}))


def read_report(path: Path) -> Tally:
    """Count what pytest's JUnit report says."""
    tally = Tally()
    for case in ET.parse(path).iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            tally.failed += 1
        elif (skip := case.find("skipped")) is not None:
            tally.skipped += 1
            if part := MISSING_PART.search(skip.get("message", "")):
                tally.missing[part.group(1)] += 1
        else:
            tally.passed += 1
    return tally


def clean_environment() -> dict[str, str]:
    """The environment without what would steer janitor, terraform or the SDK: tests set what they mean.

    Bytecode is kept beside the other built things: without it each worker and each janitor that a test starts compiles
    a thousand modules anew (about 1.5 s of a core), and a checkout stays as clean as it was.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
    return kept | {"CHECKPOINT_DISABLE": "1", "PYTHONPYCACHEPREFIX": str(cache_dir() / "bytecode")}


def _pytest(floor: Floor, python: Path, arguments: Sequence[str]) -> list[str]:
    """The command line; tests named by the caller take the place of the whole floor."""
    named = any(_is_test(text) for text in arguments)
    return [str(python), "-m", "pytest", *floor.options, *(() if named else floor.paths), *arguments]
