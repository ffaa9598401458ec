"""What the README says of options, exit codes, the settings file and the commands is what the program does."""

from __future__ import annotations

import re
import shlex
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from janitor import jobs
from janitor.cli.app import app, commands
from janitor.core import errors
from janitor.core.errors import JanitorError
from janitor.reports.words import MEANING
from janitor.settings import settle
from janitor.settings.table import FIELDS, OWN_VARIABLES

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LONGEST = 330  # without the table of kinds, which grows with the catalogue
OPTION = re.compile(r"--[a-z][a-z-]+")


def section(title: str) -> str:
    return README.split(f"## {title}\n")[1].split("\n## ")[0]


def help_of(command: str) -> str:
    return CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"}).stdout


@cache
def options() -> set[str]:
    """Of the commands that have them all."""
    told = "\n".join(map(help_of, ("destroy", "apply")))
    return set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", told, re.MULTILINE))


TABLE = [row for row in section("Commands and options").splitlines() if row.startswith("|")]


def test_the_table_of_options_is_the_commands() -> None:
    listed = {option for row in TABLE for option in OPTION.findall(row)}
    assert listed == options() - {"--help"}


def test_the_variables_are_those_that_mean_something() -> None:
    listed = set(re.findall(r"JANITOR_[A-Z_]+", README))
    assert listed == OWN_VARIABLES


@pytest.mark.parametrize("command", ["destroy", "plan", "apply", "check", "sweep", "graph", "lint", "config"])
def test_the_help_of_an_option_names_its_variable(command: str) -> None:
    of_its_own = {"--format"} if command in {"graph", "lint", "config"} else set()
    named = {FIELDS[name].option: FIELDS[name].environment for name in FIELDS}
    for parameter in commands().commands[command].params:
        (option,) = [word for word in parameter.opts if word.startswith("--")]
        variable = named.get(option, "")
        if variable.startswith("JANITOR_") and option not in of_its_own:
            assert f"[{variable}]" in parameter.help, option


def test_every_exit_code_stands_in_the_table() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", section("Exit codes"), re.MULTILINE)}
    raised = {
        thing.exit_code
        for thing in vars(errors).values()
        if isinstance(thing, type) and issubclass(thing, JanitorError)
    }
    assert listed == set(MEANING) | raised


def test_the_settings_file_is_one_that_is_read() -> None:
    example = section("Commands and options").split("```toml\n")[1].split("```")[0]
    settings = settle({}, {}, tomllib.loads(example), 0.0, here=ROOT, terminal=True)
    assert settings.timeouts
    assert settings.os_cloud


def test_every_field_of_the_settings_has_an_option() -> None:
    without_option = {"timeouts"}
    assert {FIELDS[name].option for name in set(FIELDS) - without_option} <= options()


@pytest.mark.parametrize("line", re.findall(r"^ {4,7}(janitor .+?)(?: +> \S+)?(?:  +#.*)?$", README, re.MULTILINE))
def test_the_examples_parse(line: str) -> None:
    every, words = commands(), shlex.split(line)[1:]
    assert every.commands[words[0]].make_context(words[0], words[1:], **every.context_settings)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"(?:ci|terraform)/[A-Za-z/.]*[A-Za-z]", README))))
def test_what_it_points_to_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_it_answers_in_the_order_in_which_a_reader_asks() -> None:
    assert re.findall(r"^## (.+)$", README, re.MULTILINE) == [
        "See it work",
        "First use, in five minutes",
        "How it decides what is yours",
        "What it never does",
        "Exit codes",
        "Commands and options",
        "What it knows",
        "How it works",
        "Limits",
    ]
    told = re.sub(r"<!-- kinds -->.+<!-- /kinds -->", "", README, flags=re.DOTALL)
    assert len(told.splitlines()) <= LONGEST


def test_the_picture_is_of_a_run_that_ended_well_and_needs_no_network() -> None:
    (name,) = re.findall(r"!\[.+\]\((\S+)\)", README)
    text = (ROOT / name).read_text(encoding="utf-8")
    said = "\n".join(ET.fromstring(text).itertext()).replace("\xa0", " ")  # noqa: S314 - our own
    assert "janitor destroy" in said
    assert "exit code 0" in said
    assert set(re.findall(r"https?://[^\s\"')]+", text)) <= {"http://www.w3.org/2000/svg", "https://www.textualize.io"}
    assert "url(http" not in text


def test_the_house_in_the_figure_is_the_one_of_the_layers() -> None:
    """Each arrow leads to the next storey, and no storey is left out but the way in."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"][1:]
    storey = {name: number for number, layer in enumerate(layers) for name in layer.split(" | ")}
    _, house = re.findall(r"```mermaid\n(.+?)```", README, re.DOTALL)
    drawn = set()
    for line in re.sub(r"\[\".+?\"\]", "", house).splitlines():
        ends = [re.findall(r"\w+", part) for part in line.split("-->")]
        for above, below in pairwise(ends):
            assert {storey[name] + 1 for name in above} == {storey[name] for name in below}
            drawn |= {*above, *below}
    assert drawn == set(storey)


def test_the_marks_of_the_jobs_are_those_it_tells_of() -> None:
    for runner, mark in (("gitlab", "ci-$CI_PIPELINE_ID"), ("github", "ci-${{ github.run_id }}")):
        assert f"`{mark}`" in README
        assert re.search(rf"^ +RUN: \"?{re.escape(mark)}\"?( |$)", jobs.render(runner, jobs.Wanted()), re.MULTILINE)
