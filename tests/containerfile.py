"""`ci/Containerfile`, as an engine reads it: one step a line, in the stages that its FROM lines begin."""

from __future__ import annotations

from ground.venv import ROOT

TEXT = (ROOT / "ci" / "Containerfile").read_text(encoding="utf-8")
STEPS = [line for line in TEXT.replace("\\\n", "").splitlines() if line and not line.startswith("#")]


def stage(name: str) -> list[str]:
    """The steps of a named stage."""
    begin = next(number for number, step in enumerate(STEPS) if step.endswith(f" AS {name}"))
    end = next(number for number in range(begin + 1, len(STEPS)) if STEPS[number].startswith("FROM "))
    return STEPS[begin + 1 : end]
