"""Keys of instances behind an address, whatever number a file holds."""

import json

import pytest

from janitor.terraform.addresses import quoted_key


@pytest.mark.parametrize(
    ("written", "behind"),
    [
        ("0", "[0]"),
        ("1.0", "[1]"),
        ("1e3", "[1000]"),
        ("-0.0", "[0]"),
        ("true", ""),
        ("null", ""),
        ("0.5", '["0.5"]'),
        ("-1", '["-1"]'),
        ("1e300", '["1e+300"]'),
        ("Infinity", '["inf"]'),
        ("-Infinity", '["-inf"]'),
        ("NaN", '["nan"]'),
        (str(1 << 53), f'["{1 << 53}"]'),
    ],
)
def test_a_number_is_an_index_only_where_count_can_have_made_it(written: str, behind: str) -> None:
    """JSON has one kind of number: `1.0` is the index 1. What is none is text, so that it is nobody else's address."""
    assert quoted_key(json.loads(written)) == behind
