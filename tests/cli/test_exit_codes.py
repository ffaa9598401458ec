"""From the command line to the exit code: every ending of a workflow, said in one sentence, with its reports."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from runs import EMPTY, LEFT, PLANNED

from janitor.cli import running
from janitor.cli.boundary import guarded
from janitor.core.errors import (
    CredentialsRefused,
    Interrupted,
    JanitorError,
    LockHeld,
    NothingProves,
    Refused,
    StateDisagrees,
    StateUnreadable,
    Unverifiable,
    UsageError,
    WrongCloud,
)
from janitor.core.model import Outcome
from janitor.core.outcome import Agreement, Command, RunReport
from janitor.journal import JournalUnwritable

ENDINGS = {
    "proved empty": (EMPTY, 0),
    "planned": (PLANNED, 0),
    "planned, and a service did not answer": (replace(PLANNED, unseen=LEFT.unseen, unseen_counts=True), 4),
    "planned, with a doubt": (replace(PLANNED, results=(*PLANNED.results, *LEFT.of(Outcome.UNVERIFIED))), 4),
    "planned, and something will stay": (replace(PLANNED, results=LEFT.of(Outcome.BLOCKED)), 0),
    "left": (LEFT, 1),
    "refused": (replace(EMPTY, refused="no"), 3),
    "unverified": (replace(EMPTY, unseen=LEFT.unseen, unseen_counts=True), 4),
    "disagrees": (replace(EMPTY, state=Agreement(agreed=False, reason="serial")), 5),
    "interrupted": (replace(LEFT, interrupted=True), 130),
}

ERRORS: tuple[tuple[type[Exception], int, str | None], ...] = (
    (UsageError, 2, None),
    (Refused, 3, "refused"),
    (StateUnreadable, 3, "refused"),
    (CredentialsRefused, 3, "refused"),
    (WrongCloud, 3, "refused"),
    (LockHeld, 3, "refused"),
    (NothingProves, 3, "refused"),
    (JournalUnwritable, 3, "refused"),  # in the middle of a run, with a full disk
    (Unverifiable, 4, "unverified"),
    (StateDisagrees, 5, "empty"),
    (Interrupted, 130, "interrupted"),
    (JanitorError, 70, None),
    (KeyError, 70, None),
)


def ending(report: RunReport) -> running.Workflow:
    return lambda *_, **__: report


def failing(error: Exception) -> running.Workflow:
    def workflow(*_: object, **__: object) -> RunReport:
        raise error

    return workflow


def call(workflow: running.Workflow, **options: object) -> int:
    return running.run(Command.DESTROY, {"yes": True, **options}, workflow=workflow)


@pytest.mark.parametrize("name", ENDINGS)
def test_the_exit_code_is_the_reports(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    report, code = ENDINGS[name]
    assert call(ending(report)) == code
    out, err = capsys.readouterr()
    assert f"exit code {code}: " in out
    assert err == ""


@pytest.mark.parametrize(("error", "code", "verdict"), ERRORS, ids=lambda value: getattr(value, "__name__", None))
def test_an_error_is_one_sentence_its_code_and_its_report(
    error: type[Exception], code: int, verdict: str | None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "report.json"
    assert call(failing(error("The lock is held by ann@ci.")), format="json", report=[f"json={file}"]) == code
    out, err = capsys.readouterr()
    assert err.count("\n") == 1
    assert err.startswith("janitor: ")
    assert "Traceback" not in err
    if verdict is None:
        assert out == ""
        assert not file.exists()
    else:
        assert err == "janitor: The lock is held by ann@ci.\n"
        document = json.loads(out)
        assert document == json.loads(file.read_text())
        assert (document["exit_code"], document["verdict"]) == (code, verdict)
        assert "The lock is held by ann@ci." in json.dumps(document)


def test_a_person_reads_the_sentence_once(capsys: pytest.CaptureFixture[str]) -> None:
    call(failing(Refused("The lock is held by ann@ci.")))
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "janitor: The lock is held by ann@ci.\n"


def test_a_bug_names_its_place_and_not_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    """The text of an exception may quote the state."""
    assert call(failing(ValueError("password hunter2"))) == 70
    err = capsys.readouterr().err
    assert "this is a bug in janitor: ValueError in running.py, line " in err
    assert "hunter2" not in err


def test_what_the_system_refuses_is_no_bug_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(failing(OSError(36, "File name too long", "modules/xxx"))) == 3
    err = capsys.readouterr().err
    assert err.startswith("janitor: modules/xxx cannot be used (File name too long), and the run ended there.")
    assert call(failing(OSError("of no file"))) == 70


def test_a_traceback_is_for_those_who_ask(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(failing(ValueError("x")), verbose=True) == 70
    assert "Traceback" in capsys.readouterr().err


def test_an_error_that_quotes_a_cloud_is_one_harmless_line(capsys: pytest.CaptureFixture[str]) -> None:
    call(failing(Refused("no:\n::error::forged \x1b[31m")))
    assert capsys.readouterr().err == "janitor: no: ::error::forged\n"


def test_ctrl_c_outside_of_the_workflow(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert guarded(interrupted) == 130
    assert capsys.readouterr().err == "janitor: interrupted\n"


def test_every_report_is_written_and_private(tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("json", "text", "junit", "markdown")}
    assert call(ending(LEFT), report=[f"{name}={path}" for name, path in files.items()]) == 1
    assert all(path.stat().st_mode & 0o777 == 0o600 and path.read_text() for path in files.values())


@pytest.mark.parametrize("chdir", ["nowhere", "folder-for-a-file"])
def test_a_root_module_that_cannot_be_asked_still_gives_the_reports(
    chdir: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder-for-a-file" / "tf-janitor.toml").mkdir(parents=True)
    assert call(ending(EMPTY), chdir=chdir, report=["json=r.json", "junit=r.xml"], format="json") == 3
    out, err = capsys.readouterr()
    assert err.count("\n") == 1
    document = json.loads((tmp_path / "r.json").read_text())
    assert document == json.loads(out)
    assert document["verdict"] == "refused"
    assert f"janitor: {document['notes'][0]}\n" == err
    assert "<error " in (tmp_path / "r.xml").read_text()


@pytest.mark.parametrize("where", ["nowhere/report.json", "."])
def test_a_report_that_could_not_be_written_stops_the_run_before_it_begins(
    where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    begun: list[object] = []
    assert call(lambda *_, **__: begun.append(1) or EMPTY, report=[f"json={where}"]) == 2
    assert begun == []
    assert "--report" in capsys.readouterr().err


def test_a_report_that_cannot_be_written_at_the_end_is_not_a_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def workflow(*_: object, **__: object) -> RunReport:
        (tmp_path / "report.json").mkdir()
        return EMPTY

    assert call(workflow, report=["json=report.json"]) == 3
    out, err = capsys.readouterr()
    assert "cannot be written" in err
    assert "proved empty" in out


def test_the_file_of_the_root_module_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tf-janitor.toml").write_text('format = "json"\n')
    assert call(ending(EMPTY)) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "empty"
    (tmp_path / "tf-janitor.toml").write_text("fromat = 1\n")
    assert call(ending(EMPTY)) == 2
    assert "did you mean 'format'?" in capsys.readouterr().err


def test_without_yes_and_without_a_terminal_nothing_begins(capsys: pytest.CaptureFixture[str]) -> None:
    assert running.run(Command.DESTROY, {}, workflow=failing(AssertionError())) == 2
    assert capsys.readouterr().err == (
        "janitor: There is no terminal to ask on: add --yes, or --dry-run to look first.\n"
    )
