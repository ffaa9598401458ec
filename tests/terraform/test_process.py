"""How processes are started, read, interrupted and left; what is made of what terraform says."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from roots import MakeRoot

from janitor.core.errors import Refused, UsageError
from janitor.terraform import hcl
from janitor.terraform.agreement import workspace_delete
from janitor.terraform.application import plan_apply
from janitor.terraform.destruction import apply_plan
from janitor.terraform.events import event_of, moment
from janitor.terraform.messages import masked, reason
from janitor.terraform.process import Finished, Process, run_reading, run_writing

Run = Callable[..., Finished]


def test_the_default_workspace_is_never_deleted(make_root: MakeRoot) -> None:
    assert workspace_delete(make_root()).problem == "The workspace `default` cannot be deleted."


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


class Written:
    """Set once something stands in a file: the command is where it has to be."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def is_set(self) -> bool:
        return self.path.exists() and self.path.read_text() != ""


class Always:
    """To be interrupted at once, and ever again."""

    def is_set(self) -> bool:
        return True


def test_reading_commands_end_with_their_children(tmp_path: Path) -> None:
    child = tmp_path / "child"
    code = (
        "import pathlib, subprocess, time;"
        "c = subprocess.Popen(['sleep', '60']);"
        f"pathlib.Path({str(child)!r}).write_text(str(c.pid)); time.sleep(60)"
    )
    done = run_reading(python(code), folder=tmp_path, environment=os.environ, timeout=60, stop=Written(child))
    assert (done.interrupted, done.exit_code) == (True, -signal.SIGKILL)
    end = time.monotonic() + 5
    while Path(f"/proc/{child.read_text()}/cmdline").exists() and time.monotonic() < end:
        if not Path(f"/proc/{child.read_text()}/cmdline").read_bytes():
            break  # a zombie that nobody has waited for
        time.sleep(0.05)
    else:
        assert not Path(f"/proc/{child.read_text()}").exists()


def test_writing_commands_get_one_interrupt_and_are_waited_for(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    code = (
        "import pathlib, signal, time; got = [];"
        f"signal.signal(signal.SIGINT, lambda *_: got.append(1)); pathlib.Path({str(ready)!r}).write_text('yes')\n"
        "while not got: time.sleep(0.02)\n"
        "time.sleep(0.3); print(len(got))"
    )
    done = run_writing(python(code), folder=tmp_path, environment=os.environ, timeout=60, stop=Written(ready))
    assert (done.exit_code, done.output, done.interrupted) == (0, b"1\n", True)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Who starts the tests in the background may have them ignore it, and all that they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("run", [run_reading, run_writing])
def test_a_command_that_takes_longer_than_it_is_given_is_stopped(run: Run, tmp_path: Path) -> None:
    done = run(["sleep", "60"], folder=tmp_path, environment=os.environ, timeout=0.1)
    assert (done.interrupted, done.exit_code) == (
        True,
        {run_reading: -signal.SIGKILL, run_writing: -signal.SIGINT}[run],
    )


def test_an_interrupt_is_sent_once_however_often_it_is_asked_for(tmp_path: Path) -> None:
    code = (
        "import signal, time; got = [];"
        "signal.signal(signal.SIGINT, lambda *_: got.append(1)); print('ready', flush=True)\n"
        "while not got: time.sleep(0.02)\n"
        "time.sleep(0.1); print(len(got))"
    )
    process = Process(python(code), folder=tmp_path, environment=os.environ)
    lines = []
    for line in process.lines():
        if line == b"ready":
            for _ in range(5):
                process.interrupt()
        if line:
            lines.append(line)
    process.interrupt()
    assert lines == [b"ready", b"1"]
    process.close()


def test_a_process_that_is_left_goes_on_writing(tmp_path: Path) -> None:
    """A terraform whose output is a closed pipe would end with SIGPIPE while it saves the state."""
    proof = tmp_path / "proof"
    code = f"import time; time.sleep(0.2); print('x' * 100_000, flush=True); open({str(proof)!r}, 'w').write('saved')"
    process = Process(python(code), folder=tmp_path, environment=os.environ)
    process.close()
    assert process.wait(10)
    assert proof.read_text() == "saved"


def test_events_of_lines_that_are_none() -> None:
    for line in ("", "plain text", "{}", "[1]", '{"@level":"info"', "\x00"):
        assert event_of(line) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21T07:19:02Z", 1795245542.0),
        ("2026-11-21T07:19:02.752978Z", 1795245542.752978),
        ("2026-11-21T07:19:02.754353445Z", 1795245542.754353),
        ("2026-11-21T08:19:02.5+01:00", 1795245542.5),
        ("2026-11-21T07:19:02", 1795245542.0),
        ("yesterday", None),
    ],
)
def test_moments(text: str, expected: float | None) -> None:
    assert moment(text) == expected


def test_reasons_are_one_line_without_boxes_or_codes() -> None:
    box = "\x1b[31m╷\x1b[0m\n\x1b[31m│\x1b[0m Error: No such thing\n│ \n│ It is\n│ gone.\n╵\n"
    assert reason(b"", box) == "No such thing It is gone."
    line = b'{"@level":"error","type":"diagnostic","diagnostic":{"severity":"error","summary":"S","detail":"d\\nd"}}'
    assert reason(b"noise\n" + line, box) == "S: d d"
    assert reason(b"\n".join([line, line]), box) == "S: d d", "said twice, told once"


def test_secrets_are_masked(make_root: MakeRoot) -> None:
    root = make_root(
        environment={"OS_PASSWORD": "hunter2", "TF_VAR_api_token": "t0ken-x"},
        variables=["db_password=p4ssw0rd", "name=public"],
        backend_config=["password=b4ckend"],
    )
    told = masked("hunter2 t0ken-x p4ssw0rd b4ckend public\x1b[31m", root)
    assert told == "*** *** *** *** public[31m"


DEAF = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); open('deaf', 'w').close(); time.sleep(60)"


class WhenDeaf:
    """To be interrupted as soon as the command in that folder is deaf to it, which takes a while on a busy machine."""

    def __init__(self, folder: Path) -> None:
        self.said = folder / "deaf"

    def is_set(self) -> bool:
        return self.said.exists()


def test_what_does_not_end_after_its_interrupt_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("janitor.terraform.process.LAST_RESORT", 0.2)
    done = run_writing(python(DEAF), folder=tmp_path, environment=os.environ, timeout=60, stop=WhenDeaf(tmp_path))
    assert (done.exit_code, done.interrupted) == (-signal.SIGKILL, True)
    assert done.seconds < 30


def test_an_apply_that_does_not_end_after_its_interrupt_is_given_up(make_root: MakeRoot) -> None:
    """Without a bound of its own for that, a provider that hangs would keep the whole run beyond its deadline."""
    root = make_root({"main.tf": "", "tofu": f"#!{sys.executable}\n{DEAF}\n"})
    (root.path / "tofu").chmod(0o700)
    root = make_root(binary=root.path / "tofu")
    result = apply_plan(root, root.path / "x.tfplan", on_event=print, patience=0.2, stop=WhenDeaf(root.path))
    assert (result.handed_over, result.ended) == (True, False)
    assert result.ran.seconds < 30


@pytest.mark.parametrize("run", [run_reading, run_writing])
def test_a_binary_that_cannot_be_started_is_a_failing_command(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tofu").write_bytes(b"\x7fELF of another machine")
    (tmp_path / "tofu").chmod(0o700)
    done = run([str(tmp_path / "tofu")], folder=tmp_path, environment={}, timeout=5)
    assert (done.exit_code, done.errors) == (126, f"{tmp_path / 'tofu'} cannot be started: Exec format error")


def test_an_apply_that_cannot_be_started_is_refused(make_root: MakeRoot) -> None:
    root = make_root({"main.tf": "", "tofu": ""})
    (root.path / "tofu").chmod(0o700)
    root = make_root(binary=root.path / "tofu")
    with pytest.raises(Refused, match="tofu cannot be started: Exec format error"):
        apply_plan(root, root.path / "x.tfplan", on_event=print)


def test_words_for_terraform_that_cannot_be_taken_apart_are_a_matter_of_usage(make_root: MakeRoot) -> None:
    root = make_root(environment={"TF_CLI_ARGS_apply": "-var='x=1"})
    with pytest.raises(UsageError, match="TF_CLI_ARGS_apply cannot be taken apart"):
        plan_apply(root, root.path / "x.tfplan", written=hcl.read(root), lock_timeout=0, timeout=1)
