"""The few commands of terraform and tofu that janitor runs. A command that fails is a value with a sentence.

python-terraform makes the option strings; the processes are our own (streaming, signals, process groups). Values of
variables travel in the environment, not on the command line, where `ps` would show them.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, cast

from python_terraform import IsFlagged, Terraform

from janitor.terraform.backend import OWN_WORKSPACES, Backend, backend_of
from janitor.terraform.events import one_line
from janitor.terraform.messages import masked, reason
from janitor.terraform.process import Finished, run_reading, run_writing
from janitor.terraform.root import LOCK_FILE, RootModule, configuration_files
from janitor.terraform.shapes import Object

READ_TIMEOUT = 120.0
INIT_TIMEOUT = 300.0
FLAG: object = IsFlagged
"""The value of an option that has none."""

_CALL = re.compile(rb'^\s*module\s+"|"module"\s*:', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command went. `problem` is a sentence, empty when it went well."""

    exit_code: int
    problem: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether it did what it was asked."""
        return self.exit_code == 0


@dataclass(frozen=True, slots=True)
class Initialised:
    """What `init_if_needed` did. `new_lock_file` was not there before and is to be removed in the end."""

    ran: Ran | None = None
    new_lock_file: Path | None = None

    def tidy(self) -> None:
        """Remove the lock file that only janitor's own init made."""
        if self.new_lock_file is not None:
            self.new_lock_file.unlink(missing_ok=True)


def command(root: RootModule, name: str, *arguments: str, **options: object) -> list[str]:
    """The command line; a list makes an option repeat, `True` is `-x=true`, FLAG is `-x`."""
    # A folder that cannot exist: the class would read the state of its working directory by itself.
    maker = cast("Any", Terraform)(working_dir=os.devnull, terraform_bin_path=str(root.need_binary()))
    made: list[str] = maker.generate_cmd_string(name, *arguments, no_color=FLAG, **options)
    return made


def environment(root: RootModule, *, backend: Backend | None = None, variables: str = "") -> dict[str, str]:
    """The environment of a command. `variables` names the subcommand that is to be given the user's variables."""
    env = dict(root.environment)
    env |= {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
    env.pop("TF_WORKSPACE", None)
    if (backend or backend_of(root)).has_workspaces:
        env["TF_WORKSPACE"] = root.workspace
    # A key of tofu's encryption may be a variable, of every command that reads a state.
    env |= {f"TF_VAR_{name}": value for name, value in (pair.split("=", 1) for pair in root.variables)}
    if variables:
        words = [f"-var-file={file}" for file in root.var_files] + [f"-var={pair}" for pair in root.variables]
        with_cli_words(env, variables, words)
    return env


def with_cli_words(env: dict[str, str], subcommand: str, words: Sequence[str]) -> None:
    """Give words to a subcommand behind those the user's own TF_CLI_ARGS_… has."""
    if words:
        key = f"TF_CLI_ARGS_{subcommand}"
        env[key] = " ".join([env.get(key, ""), *(shlex.quote(word) for word in words)]).strip()


def version(root: RootModule) -> str:
    """The binary's version; empty when it does not say one."""
    done = _read(root, command(root, "version", json=FLAG))
    try:
        return str(json.loads(done.output)["terraform_version"])
    except (ValueError, KeyError, TypeError):
        return ""


def init_if_needed(root: RootModule, *, timeout: float = INIT_TIMEOUT, stop: Event | None = None) -> Initialised:
    """Run `init` where it never ran, or its lock file is gone. The user's lock file is never changed."""
    backend = backend_of(root)
    lock_file, plugins = root.path / LOCK_FILE, root.data_dir / "providers"
    fresh, locked = not plugins.exists(), lock_file.exists()
    # Without its lock file nothing runs: an earlier janitor, which initialised a fresh clone, took that away again.
    ready = plugins.is_dir() and locked and (backend.type == "local" or backend.initialised) and _has_modules(root)
    given = (*root.backend_config, *_fresh_credentials(root, backend))
    if ready and not given:
        return Initialised()
    options: dict[str, object] = {"input": False}
    if locked:
        options["lockfile"] = "readonly"
    if given:
        options["reconfigure"] = FLAG
    env = environment(root, backend=backend)
    if backend.has_workspaces and backend.type not in OWN_WORKSPACES:
        env["TF_WORKSPACE"] = "default"  # init refuses a workspace that does not exist
    with_cli_words(env, "init", [f"-backend-config={pair}" for pair in given])
    done = run_reading(command(root, "init", **options), folder=root.path, environment=env, timeout=timeout, stop=stop)
    if fresh and done.exit_code != 0:
        shutil.rmtree(plugins, ignore_errors=True)  # half a set of plugins would pass for a whole one
    made = lock_file if not locked and lock_file.exists() else None
    return Initialised(outcome(root, done, f"{root.flavour} init"), made)


def _has_modules(root: RootModule) -> bool:
    """Whether what the root module calls was installed: a cache of plugins alone passes for a whole `.terraform`."""
    if (root.data_dir / "modules" / "modules.json").exists():
        return True
    with contextlib.suppress(OSError):
        return not any(_CALL.search(file.read_bytes()) for file in configuration_files(root.path))
    return True


def _fresh_credentials(root: RootModule, backend: Backend) -> list[str]:
    """Credentials of the environment that `init` wrote down others of: a job's token ends with its job."""
    if backend.type != "http" or not backend.initialised:
        return []
    pairs = [(name, root.environment.get(f"TF_HTTP_{name.upper()}", "")) for name in ("username", "password")]
    told = any(value and backend.text(name) not in {"", value} for name, value in pairs)
    return [f"{name}={value}" for name, value in pairs if value] if told else []


def state_pull(root: RootModule, *, timeout: float = READ_TIMEOUT) -> Finished:
    """The state as the backend has it. Its output holds secrets."""
    return _read(root, command(root, "state pull"), timeout=timeout)


def plan_into(
    root: RootModule,
    out: Path,
    line: list[str],
    env: Mapping[str, str],
    *,
    what: str,
    timeout: float,
    stop: Event | None,
) -> tuple[Ran, Object | None]:
    """Run a plan that is saved into `out` (it holds secrets: 0600), and show it; None where one of the two failed."""
    done = run_writing(line, folder=root.path, environment=env, timeout=timeout, stop=stop)
    ran = outcome(root, done, f"{root.flavour} {what}")
    if not ran.ok or not out.exists():
        return ran, None
    out.chmod(0o600)
    shown = show_plan(root, out)
    if shown is None:
        ran = Ran(1, f"{root.flavour} show could not read the plan it had just made.", ran.seconds)
    return ran, shown


def show_plan(root: RootModule, plan: Path, *, timeout: float = READ_TIMEOUT) -> Object | None:
    """A saved plan as JSON; None when it cannot be shown. Holds secrets."""
    done = _read(root, command(root, "show", str(plan), json=FLAG), timeout=timeout)
    try:
        body = json.loads(done.output)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _read(root: RootModule, line: list[str], *, timeout: float = READ_TIMEOUT) -> Finished:
    return run_reading(line, folder=root.path, environment=environment(root), timeout=timeout)


def outcome(root: RootModule, done: Finished, what: str) -> Ran:
    """The value of a command that has ended."""
    if done.exit_code == 0:
        return Ran(0, seconds=done.seconds)
    why = reason(done.output, done.errors)
    if done.interrupted:
        why = one_line(f"stopped after {done.seconds:.0f} s", why)
    text = f"{what} failed (exit {done.exit_code}): {why or 'it gave no reason'}"
    return Ran(done.exit_code, masked(text, root), done.seconds)
