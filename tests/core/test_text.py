"""One function between what a cloud says and what a person, a terminal and a CI read."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janitor.core.text import clean, counted, some
from janitor.core.times import iso, moment, spell


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("web-1", "web-1", id="a name"),
        pytest.param("naïve — 名前 ok", "naïve — 名前 ok", id="letters of every script"),
        pytest.param("2001:db8::1", "2001:db8::1", id="an address"),
        pytest.param("\x1b[31mred\x1b[0m", "red", id="colours"),
        pytest.param("\x1b]8;;http://x\x07link\x1b]8;;\x07", "link", id="a hyperlink"),
        pytest.param("\x1b]0;title\x1b\\x", "x", id="a title"),
        pytest.param("\x9b2Jx", "x", id="eight-bit control"),
        pytest.param("a\r\nb\tc\u2028d", "a b c d", id="one line"),
        pytest.param("::error::x", ": :error::x", id="a GitHub command"),
        pytest.param(" \n::error::x", ": :error::x", id="a GitHub command behind space"),
        pytest.param("x ##[error]y", "x # #[error]y", id="an old GitHub command"),
        pytest.param("###[error]y", "## #[error]y", id="hidden behind another hash"),
        pytest.param("##vso[task.complete]", "# #vso[task.complete]", id="an Azure command"),
        pytest.param("section_end:1:x\r\x1b[0K", "section_end:1:x", id="a GitLab section"),
        pytest.param("\u202egpj.exe\u200b", "�gpj.exe�", id="right to left, zero width"),
        pytest.param("a\x00b\x7f\ud800", "a�b��", id="control characters and half a pair"),
        pytest.param(None, "", id="nothing"),
        pytest.param(404, "404", id="a number"),
    ],
)
def test_what_is_shown(text: object, shown: str) -> None:
    assert clean(text) == shown


def test_what_is_long_is_cut_with_a_sign() -> None:
    assert clean("x" * 50, longest=10) == "x" * 9 + "…"


@given(st.text())
def test_whatever_comes_in_one_harmless_line_comes_out(text: str) -> None:
    shown = clean(text)
    assert shown == shown.strip()
    assert not any(unicodedata.category(character).startswith(("C", "Zl", "Zp")) for character in shown)
    assert not shown.startswith("::")
    assert not re.search(r"##\w*\[", shown)
    assert clean(shown) == shown


def test_counts_and_lists_read_well() -> None:
    assert [counted(n, kind) for n, kind in ((1, "server"), (2, "security_group"), (3, "policy"))] == [
        "1 server",
        "2 security groups",
        "3 policies",
    ]
    assert some("abc") == "a, b, c"
    assert some("abcdefg", most=2) == "a, b and 5 more"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0 s"), (59.4, "59.4 s"), (59.6, "1m00s"), (250, "4m10s"), (3599.9, "1h00m"), (7500, "2h05m")],
)
def test_times_read_well(seconds: float, text: str) -> None:
    assert spell(seconds) == text


def test_a_time_reads_back() -> None:
    assert iso(moment("2026-11-21T11:00:00+01:00")) == "2026-11-21T10:00:00Z"
