"""The command as a user starts it: help, usage, signals, pipes. What a process is needed for has one of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from janitor.cli.app import commands
from janitor.reports import FORMATS

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = tuple(commands().commands)
LOADING = """
import sys

class Impatient:
    def find_spec(self, name, path=None, target=None):
        if name == "janitor.cli.app":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Impatient())
from janitor.__main__ import main
main()
"""
Janitor = Callable[..., Any]


def started(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": "/dev/null/home", "COLUMNS": "120"}
    command = [sys.executable, "-m", "janitor", *arguments]
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def python(program: str, cwd: Path) -> subprocess.Popen[str]:
    """A janitor with a workflow of the test's own."""
    head = (
        "import sys, time; sys.path[:0] = [" + repr(str(ROOT)) + ", " + repr(str(ROOT / "tests")) + "]\n"
        "from dataclasses import replace\n"
        "from runs import EMPTY, LEFT\n"
        "from janitor.cli import running\n"
        "from janitor.core.outcome import Command\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", head + program], cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_with_an_example(janitor: Janitor, command: str) -> None:
    done = janitor(command, "--help")
    assert done.code == 0
    assert re.search(rf"Examples:\n    janitor {command}\b", done.out)
    short = janitor(command, "-h")
    assert (short.code, short.err, short.out) == (0, "", done.out)


def test_the_options_are_those_that_scripts_are_written_against(janitor: Janitor) -> None:
    shown = janitor("destroy", "--help").out
    documented = """-C --chdir -w --workspace --backend-config --os-cloud --provider-cloud --var --var-file --binary
        --state --from-log --journal --mark --since --timeout --stall-after --lock-timeout --concurrency --direct
        --by-name --ignore-config --expect-empty --ignore-provider --break-lock --delete-workspace --keep-state -y --yes
        -n --dry-run --format --report -v -q --no-color --admin-kinds --evaluate"""
    missing = [option for option in documented.split() if not re.search(rf"(^|[\s,]){option}\b", shown)]
    assert missing == []


def test_the_help_names_every_format(janitor: Janitor) -> None:
    """Written out there, because loading the formats would cost more than the help itself."""
    row = re.search(r"--format F +(.+(?:\n {20,}.+)*)", janitor("plan", "--help").out)
    assert row is not None
    assert all(name in row[1] for name in FORMATS)


def test_the_first_page_fits_a_screen_and_names_every_command(janitor: Janitor) -> None:
    shown = janitor("--help").out
    assert len(shown.splitlines()) <= 30
    assert all(re.search(rf"^  {command} ", shown, re.MULTILINE) for command in COMMANDS)
    assert "..." not in shown.partition("Commands:")[2], "a sentence is cut off"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="nothing"),
        pytest.param(("sweeep",), id="an unknown command"),
        pytest.param(("destroy", "--nope"), id="an unknown option"),
        pytest.param(("destroy", "--timeout"), id="an option without its value"),
        pytest.param(("destroy", "extra"), id="an extra word"),
        pytest.param(("destroy", "--workspace", ""), id="an unset variable"),
        pytest.param(("destroy",), id="nobody to ask"),
        pytest.param(("plan", "--yes"), id="an option that a plan has no meaning for"),
        pytest.param(("plan", "--format", "pdf"), id="an unknown format"),
        pytest.param(("plan", "--mark", "*"), id="no mark"),
    ],
)
def test_usage_is_exit_2_without_a_traceback(janitor: Janitor, arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = janitor(*arguments)
    assert done.code == 2
    assert done.err
    assert "Traceback" not in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_exit_3(tmp_path: Path) -> None:
    done = started("plan", "-C", "nowhere", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stderr == "janitor: nowhere is not a folder: give the root module's folder with --chdir.\n"


def test_the_version_is_the_packages(janitor: Janitor) -> None:
    assert janitor("--version").out == f"janitor {version('tf-janitor')}\n"


def test_help_loads_nothing_heavy() -> None:
    """What `janitor --help` must not wait for; its time is measured in the benchmark, where the machine is quiet."""
    program = (
        "import sys; from janitor.cli.app import app\n"
        "heavy = {'rich', 'openstack', 'hcl2', 'jinja2', 'requests', 'python_terraform'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_with_130_and_its_report(number: int, tmp_path: Path) -> None:
    """Also when it comes twice: the second one must not tear anything."""
    program = """
def workflow(settings, console, *, stop):
    print("working", flush=True)
    while not stop():
        time.sleep(0.01)
    time.sleep(0.2)
    return replace(LEFT, interrupted=True)

sys.exit(running.run(Command.DESTROY, {"yes": True, "report": ["json=r.json"]}, workflow=workflow))
"""
    process = python(program, tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    process.send_signal(number)
    time.sleep(0.05)
    process.send_signal(number)
    out, err = process.communicate(timeout=7)
    assert process.returncode == 130
    assert err == "\njanitor: stopping; nothing more is begun, the report follows\n"
    assert "interrupted after" in out
    assert json.loads((tmp_path / "r.json").read_text())["verdict"] == "interrupted"


def test_a_signal_that_comes_when_all_is_said_changes_no_exit_code(tmp_path: Path) -> None:
    """GitHub's SIGTERM follows its SIGINT: it can find a janitor that has done everything but leave."""
    program = """
class Last:
    def __del__(self, kill=os.kill, pid=os.getpid(), number=signal.SIGTERM):
        kill(pid, number)

last = Last()
nothing_left = lambda settings, console, *, stop: LEFT
sys.exit(running.run(Command.DESTROY, {"yes": True}, workflow=nothing_left))
"""
    process = python("import os, signal\n" + program, tmp_path)
    process.communicate(timeout=7)
    assert process.returncode == 1


def test_a_reader_that_goes_away_changes_no_exit_code(tmp_path: Path) -> None:
    program = """
def workflow(settings, console, *, stop):
    time.sleep(0.1)
    return replace(LEFT, notes=("x" * 900,) * 200)

sys.exit(running.run(Command.DESTROY, {"yes": True}, workflow=workflow))
"""
    process = python(program, tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(timeout=20) == 1
    assert process.stderr.read() == ""
    process.stderr.close()


def test_a_ctrl_c_while_it_is_being_loaded_shows_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADING], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (130, b"")


def test_a_binary_that_cannot_be_run_is_told(janitor: Janitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of another machine, or half of one."""
    (tmp_path / "main.tf").write_text("", encoding="utf-8")
    (tmp_path / "tofu").write_bytes(b"\x7fELF of another machine")
    (tmp_path / "tofu").chmod(0o700)
    said = janitor("plan", "-C", str(tmp_path), "--binary", str(tmp_path / "tofu"))
    assert said.code == 3
    assert "There are no credentials" in said.err
    said = janitor("apply", "-y", "-C", str(tmp_path), "--binary", str(tmp_path / "tofu"))
    assert said.code == 3
    assert "cannot be started: Exec format error" in said.err


LONG, NOBODY = "x" * 300, "~nobody-at-all/x"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("plan", "--state", LONG), 3, "cannot be read: File name too long"),
        (("plan", "--var-file", LONG), 2, "--var-file cannot be read: File name too long"),
        (("plan", "--report", f"json={LONG}"), 2, "cannot be written: File name too long"),
        (("plan", "-C", LONG), 3, "cannot be read (File name too long)"),
        (("plan", "-C", NOBODY), 2, f"--chdir: nobody knows the home folder that '{NOBODY}' begins with."),
        (("plan", "--state", NOBODY), 2, "--state: nobody knows the home folder"),
        (("plan", "--report", "json=/dev/null"), 2, "is a device or a pipe"),
        (("plan", "--report", "json=/dev/stdout"), 2, "is a device or a pipe"),
        (("plan", "--since", "99999999d"), 2, "longer ago than any clock"),
        (("plan", "--since", "0001-01-01T00:00:00+23:00"), 2, "neither a time"),
        (("plan", "--report", f"json={NOBODY}"), 2, "--report: nobody knows the home folder"),
        (("sweep", "-n", "--plan", NOBODY), 2, "--plan: nobody knows the home folder"),
        (("sweep", "-n", "--mark", "a", "--runs-alive", NOBODY), 2, "--runs-alive: nobody knows the home folder"),
    ],
)
def test_a_path_that_there_cannot_be_is_told(
    words: tuple[str, ...], code: int, told: str, janitor: Janitor, tmp_path: Path
) -> None:
    (tmp_path / "main.tf").write_text("", encoding="utf-8")
    said = janitor(*words)
    assert said.code == code
    assert told in said.err


@pytest.mark.parametrize("text", ["clouds:\n  x: 3\n", "clouds:\n  x:\n    auth: 3\n", "clouds: [x]\n", "- x\n", "3\n"])
def test_a_clouds_yaml_of_another_form_is_told(
    text: str, janitor: Janitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not under its usual name: the SDK remembers the folder it was loaded in, for every test after this one."""
    (tmp_path / "main.tf").write_text("", encoding="utf-8")
    (tmp_path / "odd.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "odd.yaml"))
    said = janitor("plan", "--os-cloud", "x")
    assert said.code == 3
    assert "clouds.yaml" in said.err
    assert "bug" not in said.err


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"AUTH_URL": "http://[::1"}, "Keystone at http://[::1 cannot be asked: Invalid IPv6 URL; check auth_url."),
        (
            {"AUTH_URL": "keystone"},
            "nothing there answers as an OpenStack service does; check auth_url and the network.",
        ),
        ({"AUTH_URL": "https://127.0.0.1:1/v3", "CACERT": "/dev/null/ca"}, "a file of its certificates cannot be read"),
    ],
)
def test_an_address_that_is_none_is_told(
    settings: dict[str, str], told: str, janitor: Janitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("main.tf").write_text("", encoding="utf-8")
    known = {"USERNAME": "u", "PASSWORD": "p", "PROJECT_ID": "p", "USER_DOMAIN_ID": "default"}
    for name, value in (known | settings).items():
        monkeypatch.setenv(f"OS_{name}", value)
    said = janitor("plan")
    assert said.code == 3
    assert told in said.err
