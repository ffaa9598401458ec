"""What happens to files: cuts, noise, lost and doubled pieces, values of another shape; as hypothesis' strategies."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

ODD = st.sampled_from(
    [
        *(None, True, False, 0, -1, 1.5, 10**400, -(10**30), float("inf"), float("nan")),
        *(
            "",
            " ",
            "\x00",
            "a b",
            "²",
            "é",
            "\ud800",
            "]",
            '"',
            "${x}",
            "x" * 5000,
            "00000000-0000-0000-0000-000000000000",
        ),
        *([], {}, [[]], [{}], {"": ""}, [None], [1, "a", {}], {"id": 7}, {"id": ""}, {"a": {"b": {"c": []}}}),
    ]
)
"""Values that nobody expects in a place."""

JSONS = st.recursive(
    ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
NOISE = st.sampled_from(
    [
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\n",
        b"\r",
        b"\x1b[0m",
        b'"',
        b"{",
        b"}",
        b"[",
        b"]",
        b"\\",
        b"<<<<<<< HEAD\n",
    ]
) | st.binary(min_size=1, max_size=6)


@st.composite
def reshaped(draw: st.DrawFn, body: Any) -> Any:
    """The JSON value with up to four of its parts replaced, removed, doubled or renamed."""
    body = copy.deepcopy(body)
    for _ in range(draw(st.integers(0, 4))):
        holder, key = draw(st.sampled_from(_places(body)))
        match draw(st.sampled_from(["replaced", "removed", "doubled", "renamed"])):
            case "replaced":
                holder[key] = copy.deepcopy(draw(JSONS))
            case "removed":
                del holder[key]
            case "doubled" if isinstance(holder, list):
                holder.insert(key, copy.deepcopy(holder[key]))
            case "renamed" if isinstance(holder, dict):
                holder[draw(st.text(max_size=6))] = holder.pop(key)
        if not body:
            break
    return body


def written(body: Any) -> bytes:
    """As JSON; what cannot be encoded is written as it would be by a careless program."""
    return json.dumps(body, indent=1).encode("utf-8", "surrogatepass")


@st.composite
def damaged(draw: st.DrawFn, raw: bytes) -> bytes:
    """The bytes with up to three accidents."""
    for _ in range(draw(st.integers(0, 3))):
        first, second = sorted((draw(st.integers(0, len(raw))), draw(st.integers(0, len(raw)))))
        match draw(st.sampled_from(["cut", "beheaded", "noise", "lost", "doubled", "zeroes", "appended"])):
            case "cut":
                raw = raw[:second]
            case "beheaded":
                raw = raw[first:]
            case "noise":
                raw = raw[:first] + draw(NOISE) + raw[first:]
            case "lost":
                raw = raw[:first] + raw[second:]
            case "doubled":
                raw = raw[:second] + raw[first:]
            case "zeroes":
                raw = raw[:first] + b"\x00" * min(64, second - first) + raw[second:]
            case "appended":
                raw += raw[first:second]
    return raw


def strings(body: Any) -> Iterator[str]:
    """Every string and whole number of a JSON value, keys too."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, int) and not isinstance(body, bool):
        yield str(body)
    elif isinstance(body, dict):
        for key, value in body.items():
            yield key
            yield from strings(value)
    elif isinstance(body, list):
        for value in body:
            yield from strings(value)


def _places(body: Any) -> list[tuple[Any, Any]]:
    """(holder, key) of every part."""
    found: list[tuple[Any, Any]] = []
    waiting = [body]
    while waiting:
        holder = waiting.pop()
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            found.append((holder, key))
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])
    return found or [([None], 0)]
