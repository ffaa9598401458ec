"""The house rules that a machine can check: layers, lengths, types, style, and what may stand at the top."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 350
TOP_LEVEL = {
    *("pyproject.toml", "janitor", "terraform", "tests", "ci"),
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "uv.lock"),
}


def git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("missing: git, or this is no checkout")
    return [line for line in done.stdout.splitlines() if (ROOT / line).exists()]


def project_files() -> list[str]:
    """What is committed or could be: all but the ignored files."""
    return git("ls-files", "--cached", "--others", "--exclude-standard")


def is_python(name: str) -> bool:
    path = ROOT / name
    if path.suffix or not path.is_file():
        return path.suffix == ".py"
    return path.read_bytes()[:64].split(b"\n")[0].endswith(b"python3")


def python_files() -> list[str]:
    return [name for name in project_files() if name.startswith(("janitor/", "ci/", "tests/")) and is_python(name)]


def run(*command: str, **environment: str) -> None:
    env = os.environ | {"NO_COLOR": "1"} | environment
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.fail(f"{done.stdout}{done.stderr}".strip(), pytrace=False)


def test_imports_point_inward() -> None:
    run("-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(cache_dir=None))")


def test_ruff_has_nothing_to_say() -> None:
    run("-m", "ruff", "check", "--quiet", "--output-format", "concise", *python_files())


def test_the_formatter_has_nothing_to_do() -> None:
    run("-m", "ruff", "format", "--check", *python_files())


def test_types_hold() -> None:
    """What only the local cloud's own environment has installed counts as untyped; its fakes are left out."""
    options = ("--no-error-summary", "--ignore-missing-imports", "--exclude", "/fakes/")
    run("-m", "mypy", *options, "janitor", "ci", MYPYPATH="ci")


def test_each_file_can_be_read_in_one_sitting() -> None:
    lengths = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in python_files()}
    long = {name: lines for name, lines in lengths.items() if lines > LONGEST}
    assert long == {}, "find the second thing that each of them does, and give it a file"


def test_nothing_else_stands_at_the_top() -> None:
    found = {name.split("/")[0] for name in project_files()}
    assert {name for name in found if not name.startswith(".")} <= TOP_LEVEL


def test_commands_of_ci_can_be_run() -> None:
    commands = [path for path in (ROOT / "ci").iterdir() if path.is_file() and path.read_bytes().startswith(b"#!")]
    assert commands
    assert [path.name for path in commands if not path.stat().st_mode & 0o100] == []
