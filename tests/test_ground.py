"""What `ci/test` counts, and that the lock files are those of this project."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from ground.cloud import seed
from ground.cloud.rest import RefusedError
from ground.floors import FLOORS, Tally, read_report, share_out
from ground.toolchain import RECIPES
from ground.venv import LOCK, ROOT

REPORT = """<testsuites><testsuite>
<testcase name="fine"/>
<testcase name="broken"><failure message="no"/></testcase>
<testcase name="broken twice"><failure message="no"/><error message="teardown"/></testcase>
<testcase name="later"><skipped message="not on this cloud"/></testcase>
<testcase name="elsewhere"><skipped message="missing: terraform on PATH"/></testcase>
</testsuite></testsuites>"""


def test_a_report_is_counted_test_by_test(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_text(REPORT, encoding="utf-8")
    assert read_report(path) == Tally(1, 2, 2, Counter({"terraform on PATH": 1}))


def test_the_last_line_is_the_sum_and_missing_parts_are_named_before_it() -> None:
    total = Tally(passed=3)
    total.add(Tally(failed=1, skipped=4, missing=Counter({"mariadb-server": 4})))
    assert total.lines() == [
        "4 of the skipped tests miss a part of this machine: mariadb-server (4)",
        "3 passed, 1 failed, 4 skipped",
    ]


@pytest.mark.parametrize(
    ("arguments", "floors"),
    [
        ([], {"core": [], "browser": [], "cloud": [], "scenarios": []}),
        (["-k", "graph"], {name: ["-k", "graph"] for name in ("core", "browser", "cloud", "scenarios")}),
        (["cloud", "-x"], {"cloud": ["-x"]}),
        (["scenarios", "tests/cloud/test_live_kinds.py"], {"scenarios": ["tests/cloud/test_live_kinds.py"]}),
        (["tests/kinds", "-x"], {"scenarios": ["tests/kinds", "-x"]}),
        (
            ["-x", "tests/test_ground.py::test_a", "tests/cloud"],
            {"core": ["-x", "tests/test_ground.py::test_a"], "cloud": ["-x", "tests/cloud"]},
        ),
    ],
)
def test_what_is_named_runs_where_it_stands(arguments: list[str], floors: dict[str, list[str]]) -> None:
    assert {floor.name: own for floor, own in share_out(arguments)} == floors


def test_every_folder_of_tests_stands_on_exactly_one_floor() -> None:
    lowest = FLOORS[0]
    ignored = {option.removeprefix("--ignore=") for option in lowest.options if option.startswith("--ignore=")}
    assert ignored == {path for floor in FLOORS[1:] for path in floor.paths}


def pins() -> dict[str, str]:
    rows = (line.split(";")[0].strip() for line in LOCK.read_text(encoding="utf-8").splitlines())
    return dict(row.split("==") for row in rows if row and not row.startswith("#"))


def requirements() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["dev"]]


@pytest.mark.parametrize("text", requirements())
def test_what_the_project_asks_for_is_locked(text: str) -> None:
    requirement = Requirement(text)
    assert requirement.specifier.contains(pins()[requirement.name])


def test_the_module_locks_name_the_versions_of_the_tests() -> None:
    versions = {recipe.name: recipe.version() for recipe in RECIPES}
    assert versions == {"provider": "1.54.1", "tofu": "1.12.6", "actionlint": "1.7.12", "program": "2.30.0"}


class Interrupted:
    """A Keystone in which a start that was killed has left its user."""

    def keystone(self, method: str, path: str, body: object = None) -> Any:
        if method == "POST":
            raise RefusedError(method, path, 409, "Duplicate entry found with name swift")
        assert (method, path) == ("GET", "/users?name=swift&domain_id=default")
        return {"users": [{"id": "left"}]}


def test_what_a_killed_start_has_made_is_taken_up() -> None:
    assert seed._create(Interrupted(), "user", name="swift", password="p", domain_id="default") == "left"
