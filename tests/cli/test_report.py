"""`janitor report`: a saved run in any format again, from a file or a pipe; what is no run is one sentence."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from documents import run_document
from runs import EMPTY, LEFT

from janitor.core.outcome import Command
from janitor.reports import FORMATS
from janitor.reports import json as json_report

Janitor = Callable[..., Any]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "run.json"
    path.write_text(FORMATS["json"](LEFT), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_a_saved_run_is_rendered_again(name: str, saved: Path, janitor: Janitor) -> None:
    done = janitor("report", str(saved), "--format", name)
    assert (done.code, done.out, done.err) == (0, FORMATS[name](LEFT), "")


def test_from_a_pipe_into_files(tmp_path: Path, janitor: Janitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(FORMATS["json"](EMPTY)))
    done = janitor("report", "-", "--report", "junit=j.xml", "--report", "html=page.html")
    assert (done.code, done.out) == (0, FORMATS["text"](EMPTY))
    assert (tmp_path / "j.xml").read_text() == FORMATS["junit"](EMPTY)
    assert (tmp_path / "page.html").read_text() == FORMATS["html"](EMPTY)
    assert (tmp_path / "page.html").stat().st_mode & 0o777 == 0o600


def test_shards_are_merged_into_one_report_with_the_worst_exit_code(tmp_path: Path, janitor: Janitor) -> None:
    for name, run in (("a", EMPTY), ("b", LEFT)):
        (tmp_path / f"{name}.json").write_text(FORMATS["json"](run), encoding="utf-8")
    done = janitor("report", "--merge", "a.json", "b.json", "--format", "json")
    whole = run_document(done.out)
    assert done.code == whole["exit_code"] == LEFT.exit_code
    assert len(whole["objects"]) == len(EMPTY.results) + len(LEFT.results)
    assert whole["requests"] == EMPTY.requests + LEFT.requests
    assert janitor("report", "--merge", "a.json").code == 0


def test_a_plan_is_not_merged_with_a_run(tmp_path: Path, janitor: Janitor) -> None:
    """What would be deleted would count as left, or what is left as no more than a plan."""
    for name, run in (("a", replace(EMPTY, command=Command.PLAN)), ("b", LEFT)):
        (tmp_path / f"{name}.json").write_text(FORMATS["json"](run), encoding="utf-8")
    for files in (("a.json", "b.json"), ("b.json", "a.json")):
        done = janitor("report", "--merge", *files)
        assert (done.code, "A plan cannot be merged" in done.err) == (3, True)
    assert janitor("report", "--merge", "a.json", "a.json").code == 0


def test_an_object_in_two_shards_is_said(tmp_path: Path, janitor: Janitor) -> None:
    (tmp_path / "a.json").write_text(FORMATS["json"](LEFT), encoding="utf-8")
    assert "more than one of the merged reports" in janitor("report", "--merge", "a.json", "a.json").out


def test_several_runs_are_not_merged_unasked(tmp_path: Path, janitor: Janitor) -> None:
    done = janitor("report", "a.json", "b.json")
    assert (done.code, "--merge" in done.err) == (2, True)


def test_the_schema_is_published(janitor: Janitor) -> None:
    done = janitor("report", "--schema")
    assert (done.code, done.out) == (0, json_report.schema())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"\xff\xfe", "is no text"),
        (b"nothing", "is not JSON"),
        (b'{"version": 9, "objects": []}', "written by a newer janitor"),
    ],
)
def test_what_is_no_run_is_one_sentence_and_exit_3(
    content: bytes | None, words: str, tmp_path: Path, janitor: Janitor
) -> None:
    if content is not None:
        (tmp_path / "run.json").write_bytes(content)
    done = janitor("report", "run.json", "--format", "json")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("janitor: run.json ")
    assert words in done.err
    assert done.err.count("\n") == 1


def test_a_folder_is_no_run(janitor: Janitor) -> None:
    done = janitor("report", ".")
    assert done.code == 3
    assert "cannot be read (Is a directory)" in done.err


@pytest.mark.parametrize("words", [(), ("run.json", "--format", "pdf"), ("run.json", "--report", "json=no/where.json")])
def test_usage(words: tuple[str, ...], saved: Path, janitor: Janitor) -> None:
    done = janitor("report", *words)
    assert (done.code, done.out) == (2, "")


def test_a_file_that_was_rendered_again_keeps_the_exit_code_that_it_tells(saved: Path, janitor: Janitor) -> None:
    assert json.loads(janitor("report", str(saved), "--format", "json").out)["exit_code"] == LEFT.exit_code == 1
