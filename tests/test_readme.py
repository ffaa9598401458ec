"""What the README says of options, exit codes, the settings file and the commands is what the program does."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from janitor.cli.app import app
from janitor.core import errors
from janitor.core.errors import JanitorError
from janitor.reports.words import MEANING
from janitor.settings import settle
from janitor.settings.table import FIELDS, OWN_VARIABLES

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPTION = re.compile(r"--[a-z][a-z-]+")


def section(title: str) -> str:
    return README.split(f"## {title}\n")[1].split("\n## ")[0]


def help_of(command: str) -> str:
    return CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"}).stdout


OPTIONS = {
    option
    for command in ("destroy", "apply")
    for option in re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", help_of(command), re.MULTILINE)
}


TABLE = [row for row in section("Commands and options").splitlines() if row.startswith("|")]


def test_the_table_of_options_is_the_commands() -> None:
    listed = {option for row in TABLE for option in OPTION.findall(row)}
    assert listed == OPTIONS - {"--help"}


def test_the_variables_are_those_that_mean_something() -> None:
    listed = set(re.findall(r"JANITOR_[A-Z_]+", README))
    assert listed == OWN_VARIABLES


@pytest.mark.parametrize("command", ["destroy", "plan", "apply", "check", "sweep", "graph", "lint", "config"])
def test_the_help_of_an_option_names_its_variable(command: str) -> None:
    of_its_own = {"--format"} if command in {"graph", "lint", "config"} else set()
    named = {FIELDS[name].option: FIELDS[name].environment for name in FIELDS}
    for parameter in typer.main.get_command(app).commands[command].params:  # type: ignore[attr-defined]
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
    assert {FIELDS[name].option for name in set(FIELDS) - without_option} <= OPTIONS


@pytest.mark.parametrize("line", re.findall(r"^    (janitor .+?)(?:  +#.*)?$", README, re.MULTILINE))
def test_the_examples_parse(line: str) -> None:
    command = typer.main.get_command(app)
    words = shlex.split(line)[1:]
    chosen = command.commands[words[0]]  # type: ignore[attr-defined]
    assert chosen.make_context(words[0], words[1:], resilient_parsing=False)


@pytest.mark.parametrize("path", re.findall(r"`?((?:ci|terraform)/[a-z/]+)`?", README))
def test_what_it_points_to_is_there(path: str) -> None:
    assert (ROOT / path).exists()
