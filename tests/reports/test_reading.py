"""A saved run read back: it says the same again, and what is no run is refused with one sentence."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
import runs
from clusters import cluster
from hypothesis import given
from hypothesis import strategies as st
from runs import LEFT
from thorough import examples

from janitor.core.errors import Refused
from janitor.reports import FORMATS
from janitor.reports.reading import read_run

RUNS = {
    **runs.RUNS,
    "between two seconds": replace(LEFT, started=LEFT.started + 0.7, finished=LEFT.finished + 0.900004),
    "cluster": cluster(60),
}


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("name", FORMATS)
def test_a_run_that_was_read_back_is_the_same_in_every_format(run: str, name: str) -> None:
    again = read_run(FORMATS["json"](RUNS[run]), name="run.json")
    assert FORMATS[name](again) == FORMATS[name](RUNS[run])


def test_a_report_of_an_older_janitor_lacks_keys() -> None:
    document = json.loads(FORMATS["json"](LEFT))
    for row in document["objects"]:
        del row["started"], row["counts"]
    del document["terraform"]["started"], document["notes"], document["unseen"][0]["scope"]
    assert read_run(json.dumps(document), name="run.json").exit_code == 1


def test_keys_of_a_newer_janitor_are_ignored() -> None:
    document = json.loads(FORMATS["json"](LEFT)) | {"weather": "fine"}
    assert read_run(json.dumps(document), name="run.json").workspace == "ci-4711"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is no run report of janitor: give"),
        ('{"version": 1, "command": "check"}', "is a check's report: let `janitor check` itself write other formats"),
        ('{"version": 1}', "is no run report of janitor: give"),
        ('{"version": "1", "objects": []}', "is no run report of janitor: give"),
        ('{"version": 2, "objects": []}', "version 2, written by a newer janitor; this one reads up to version 1"),
        ('{"version": 1, "objects": []}', "was changed: finished is missing"),
    ],
)
def test_what_is_no_run_is_refused_with_one_sentence(text: str, words: str) -> None:
    with pytest.raises(Refused, match=r"^run\.json ") as refused:
        read_run(text, name="run.json")
    assert words in str(refused.value)


def test_the_sentence_says_where_the_file_was_changed() -> None:
    document = json.loads(FORMATS["json"](LEFT))
    document["objects"][3]["outcome"] = "vanished"
    with pytest.raises(Refused, match=r"objects\[3\]\.outcome has a word that this janitor does not know"):
        read_run(json.dumps(document), name="run.json")


def paths(node: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from paths(value, (*path, key))


DOCUMENT = json.loads(FORMATS["json"](LEFT))


def renders(document: object) -> bool:
    run = read_run(json.dumps(document), name="run.json")
    return all(render(run) for name, render in FORMATS.items() if name != "html")


def test_what_nobody_changed_is_not_refused() -> None:
    assert renders(DOCUMENT)


@examples(60)
@given(st.sampled_from(list(paths(DOCUMENT))[1:]), st.sampled_from([None, -1, "", True, [], {}, [None], 1e300, 1e400]))
def test_nothing_that_a_file_can_say_is_a_bug(path: tuple[str | int, ...], junk: object) -> None:
    document = copy.deepcopy(DOCUMENT)
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = junk
    with suppress(Refused):
        assert renders(document)


def test_times_that_no_date_can_say_are_refused() -> None:
    moment = "9999-12-31T23:59:59Z"
    body = json.loads(FORMATS["json"](LEFT)) | {"started": moment, "finished": moment, "seconds": 1e9}
    with pytest.raises(Refused, match="its times are none"):
        read_run(json.dumps(body), name="a.json")
