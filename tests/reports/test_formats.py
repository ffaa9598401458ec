"""Every format: the same run in full, the schema it promises, and names that try to be more than names."""

from __future__ import annotations

import json
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from documents import run_document
from jsonschema import Draft202012Validator
from runs import BARE, EMPTY, LEFT, RUNS, SCOPE, result

from janitor.core.model import Evidence, Holder, Outcome, Ref, Scope
from janitor.core.outcome import Command, Result, RunReport, RunVerdict
from janitor.files import write_private
from janitor.reports import FORMATS, kinds, words
from janitor.reports import json as json_report

EXPECTED = Path(__file__).parent / "expected"
CODES = {"left": 1, "refused": 3, "interrupted": 130, "unverified": 4, "disagrees": 5, "hostile": 1}


def texts(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "html"])  # the page is looked at in a browser
@pytest.mark.parametrize("run", ["left", "planned"])
def test_a_run_in_full(name: str, run: str) -> None:
    """`JANITOR_EXPECT=1 pytest tests/reports` writes the expected files anew; read what has changed."""
    path = EXPECTED / f"{run}.{name}"
    if os.environ.get("JANITOR_EXPECT"):
        path.write_text(FORMATS[name](RUNS[run]), encoding="utf-8")
    assert FORMATS[name](RUNS[run]) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("run", RUNS)
def test_json_keeps_its_schema(run: str) -> None:
    Draft202012Validator.check_schema(json.loads(json_report.schema()))
    assert run_document(FORMATS["json"](RUNS[run]))["exit_code"] == CODES.get(run, 0)


def test_every_word_of_a_run_is_in_the_schema() -> None:
    schema = json.loads(json_report.schema())
    fields = schema["$defs"]["object"]["properties"]
    assert {Command.DESTROY, Command.PLAN, Command.SWEEP} <= set(schema["properties"]["command"]["enum"])
    assert set(RunVerdict) <= set(schema["properties"]["verdict"]["enum"])
    assert set(Outcome) <= set(fields["outcome"]["enum"])
    assert set(Evidence) <= set(fields["evidence"]["items"]["enum"])


def test_json_has_the_keys_that_scripts_are_written_against() -> None:
    document = json.loads(FORMATS["json"](LEFT))
    documented = """version command workspace scopes started finished seconds exit_code verdict sources unseen terraform
        state requests summary objects edges"""
    assert list(document) == [*documented.split(), "notes"]
    assert list(document["summary"]) == ["deleted", "absent", "failed", "blocked", "kept", "planned", "unverified"]
    fields = "scope kind id name address evidence outcome reason holders requests seconds"
    assert list(document["objects"][0]) == [*fields.split(), "started", "counts"]
    assert list(document["scopes"][0]) == ["cloud", "region", "project"]
    assert (document["started"], document["finished"]) == ("2026-11-21T10:00:00Z", "2026-11-21T10:00:42Z")


@pytest.mark.parametrize("name", FORMATS)
def test_no_name_is_more_than_a_name(name: str) -> None:
    shown = re.sub(
        r"<script>.*?</script>", "", FORMATS[name](RUNS["hostile"]), flags=re.DOTALL
    )  # none of them is named
    assert not {character for character in shown if character != "\n" and unicodedata.category(character)[0] == "C"}
    assert not re.search(r"^\s*::", shown, re.MULTILINE)
    assert not re.search(r"##\w*\[", shown)
    if name in {"junit", "markdown", "html"}:
        assert "alert(" not in re.sub(r"<script type.*?</script>|&lt;script&gt;alert\(", "", shown, flags=re.DOTALL)


def test_what_a_reader_of_json_prints_is_harmless_too() -> None:
    for text in texts(json.loads(FORMATS["json"](RUNS["hostile"]))):
        assert "\x1b" not in text
        assert "\n" not in text
        assert not text.startswith("::")


def test_markdown_forges_no_cell_link_or_mention() -> None:
    row = next(line for line in FORMATS["markdown"](RUNS["hostile"]).splitlines() if line.startswith("| server"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert "@" not in row
    shown = FORMATS["markdown"](replace(BARE, notes=("[x](https://evil) <b> ![i](//e) www.evil.example",)))
    assert "](" not in shown
    assert "https://" not in shown
    assert "www." not in shown


@pytest.mark.parametrize("run", RUNS)
def test_junit_counts_what_it_shows(run: str) -> None:
    suite = ET.fromstring(FORMATS["junit"](RUNS[run])).find("testsuite")  # noqa: S314  our own
    assert suite is not None
    cases = suite.findall("testcase")
    for word, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.get(word, "")) == sum(case.find(tag) is not None for case in cases)
    assert int(suite.get("tests", "")) == len(cases)
    red = int(suite.get("failures", "")) + int(suite.get("errors", ""))
    assert (red > 0) == (RUNS[run].exit_code != 0)


def test_text_says_first_how_it_went_and_last_what_the_code_means() -> None:
    for run, said in (
        ("empty", "workspace ci-4711: proved empty in 42.2 s (2 deleted, 1 gone before)"),
        ("left", "workspace ci-4711: not empty after 42.2 s: 3 objects left, 2 deleted"),
        ("refused", "workspace w: refused: The workspace w is unknown: is the name right?"),
        ("interrupted", "workspace ci-4711: interrupted after 42.2 s, 2 deleted"),
        ("unverified", "workspace ci-4711: not verified after 42.2 s: 2 deleted, 1 kind could not be listed"),
        ("disagrees", "workspace ci-4711: proved empty in 42.2 s (2 deleted), but its state still lists what is gone"),
    ):
        lines = FORMATS["text"](RUNS[run]).splitlines()
        assert lines[0] == said
        assert lines[-1].startswith(f"exit code {RUNS[run].exit_code}: ")


def test_a_quiet_end_is_short() -> None:
    assert len(FORMATS["text"](EMPTY).splitlines()) <= 12


def test_many_objects_behind_one_holder_are_one_paragraph() -> None:
    holder = (Holder("port", "p-9", "by-hand", "99aa"),)
    rows = [result("network", f"n-{i}", Outcome.BLOCKED, reason="in use", holders=holder) for i in range(9)]
    shown = FORMATS["text"](replace(BARE, results=tuple(rows)))
    assert shown.count("held by port by-hand (p-9) of project 99aa") == 1
    assert all(f"network n-{i}" in shown for i in range(9))


def chain(*links: tuple[str, str]) -> RunReport:
    """Objects of which each is held by the next one; the last one failed."""
    rows = [
        result(
            kind,
            f"id-{name}",
            Outcome.BLOCKED,
            name=name,
            reason="in use",
            holders=(Holder(then, f"id-{after}", after),),
        )
        for (kind, name), (then, after) in pairwise(links)
    ]
    kind, name = links[-1]
    return replace(BARE, results=(*rows, result(kind, f"id-{name}", Outcome.FAILED, name=name, reason="stuck")))


def test_the_advice_names_who_is_at_the_end_of_a_chain() -> None:
    report = chain(("network", "net"), ("subnet", "sub"), ("port", "eth0"), ("server", "web"))
    advice = words.remedies(report)
    for row in report.results[:3]:
        assert advice(row).startswith("free server web (id-web) first (as admin: openstack server")
        assert advice(row).endswith("then run the same command again")
    assert advice(report.results[3]).startswith("as admin: openstack server set --state error id-web")


def test_the_advice_for_a_chain_that_ends_outside_names_the_stranger() -> None:
    report = chain(("network", "net"), ("subnet", "sub"))
    stranger = Holder("port", "p-9", "by-hand", "99aa")
    rows = (report.results[0], replace(report.results[1], holders=(stranger,)))
    advice = words.remedies(replace(report, results=rows))
    assert {advice(row) for row in rows} == {
        "delete or detach port by-hand (p-9) of project 99aa, then run the same command again"
    }


def test_a_circle_is_its_own_advice() -> None:
    report = chain(("router", "a"), ("router", "b"))
    rows = (report.results[0], replace(report.results[1], holders=(Holder("router", "id-a", "a"),)))
    advice = words.remedies(replace(report, results=rows))
    assert advice(rows[0]) == "see why router b (id-b) stays, it comes first, then run the same command again"


def test_a_summary_of_ten_thousand_objects_is_taken_by_github() -> None:
    rows = tuple(result("port", f"p-{i}", Outcome.FAILED, name="x" * 200, reason="y" * 900) for i in range(10_000))
    shown = FORMATS["markdown"](replace(BARE, results=rows))
    assert len(shown.encode()) < 1024 * 1024
    assert "… and 9900 more" in shown


def test_a_plan_names_every_object_it_would_delete() -> None:
    rows = tuple(result("port", f"id-{i}", Outcome.PLANNED, name=f"p{i}") for i in range(70))
    shown = FORMATS["text"](replace(BARE, command=Command.PLAN, results=rows))
    assert all(f"id-{i}" in shown for i in range(70))


@pytest.mark.parametrize("name", ["text", "markdown", "junit"])
@pytest.mark.parametrize("outcome", [Outcome.PLANNED, Outcome.FAILED, Outcome.UNVERIFIED, Outcome.KEPT])
def test_each_object_of_several_projects_is_told_with_its_own(name: str, outcome: Outcome) -> None:
    scopes = [replace(SCOPE, project_id=number, project_name=f"e2e-{number}") for number in "12"]
    ours = outcome is not Outcome.KEPT
    rows = [Result(Ref(scope, "server", "s"), outcome, name="web", reason="so it is", counts=ours) for scope in scopes]
    command = Command.PLAN if outcome is Outcome.PLANNED else Command.SWEEP
    shown = FORMATS[name](replace(BARE, command=command, scopes=(), results=tuple(rows)))
    for number in "12":
        told = f"gitlab/RegionOne/e2e-{number}" in shown.replace("\\", "")
        assert told == ((name, outcome) not in {("junit", Outcome.KEPT), ("markdown", Outcome.PLANNED)}), shown


def test_where_nobody_could_sign_in_only_what_is_known_is_told() -> None:
    nowhere = replace(BARE, scopes=(Scope("nix", "", ""), Scope("ci", "", "4711", "4711")))
    assert "\nin nix\nin ci, project 4711\n" in FORMATS["text"](nowhere)


def test_a_sweep_speaks_of_what_was_selected() -> None:
    swept = replace(EMPTY, command=Command.SWEEP, workspace="")
    assert "that nothing of what was selected is left" in FORMATS["text"](swept)
    assert "that nothing of the workspace is left" in FORMATS["text"](EMPTY)


def test_a_report_file_is_private_whole_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, FORMATS["json"](EMPTY).encode())
    assert json.loads(path.read_text())["verdict"] == "empty"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["report.json"]


def test_a_report_that_cannot_be_written_leaves_nothing_half(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_private(tmp_path / "taken", FORMATS["text"](EMPTY).encode())
    assert [found.name for found in tmp_path.iterdir()] == ["taken"]


def test_the_table_of_kinds_in_the_readme_is_the_catalogue() -> None:
    """`JANITOR_EXPECT=1 pytest tests/reports` writes the table anew."""
    path = Path(__file__).parents[2] / "README.md"
    readme = path.read_text(encoding="utf-8")
    before, _, rest = readme.partition("<!-- kinds -->\n")
    _, _, after = rest.partition("<!-- /kinds -->")
    wanted = f"{before}<!-- kinds -->\n{kinds.readme()}<!-- /kinds -->{after}"
    if os.environ.get("JANITOR_EXPECT"):
        path.write_text(wanted, encoding="utf-8")
    assert wanted == path.read_text(encoding="utf-8")


def test_a_sweep_that_had_nothing_to_look_at_claims_no_listing() -> None:
    """Its share of the list was empty, or the saved plan."""
    shown = FORMATS["text"](RunReport(Command.SWEEP, "", (), 0.0, 1.0))
    assert "there was nothing to look at" in shown
    assert "proved" not in shown
