"""The soak of the readers: what counts as a finding."""

from ground.fuzzing import ENDLESS, played


def test_a_round_that_does_not_end_is_a_finding() -> None:
    """No property can tell it: each waits for its reader."""
    line = played(7, longest=0.05)
    assert (line["key"], line["seconds"], line["failed"]) == ("7", 0.05, [ENDLESS])
