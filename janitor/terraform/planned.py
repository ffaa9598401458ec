"""A plan on an empty state, in a scratch copy of the configuration: the binary as an evaluator.

Writes nothing outside the copy; bounded in time; its processes end with it. What it returns holds secrets.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from threading import Event

from janitor.terraform.backend import Backend
from janitor.terraform.messages import masked, reason
from janitor.terraform.process import run_reading
from janitor.terraform.root import RootModule
from janitor.terraform.runner import FLAG, Ran, command, environment, outcome, show_plan
from janitor.terraform.scratch import scratch_copy

_PLAN = "janitor.tfplan"


def planned_on_nothing(
    root: RootModule, *, timeout: float, stop: Event | None = None
) -> tuple[Mapping[str, object] | None, str]:
    """The plan as JSON, or None and a sentence that says why there is none."""
    if root.binary is None:
        return None, "There is no plan on an empty state: neither tofu nor terraform is on PATH."
    try:
        with scratch_copy(root) as scratch:
            shown, problem = _plan(root, scratch, end=time.monotonic() + timeout, stop=stop)
    except OSError as error:
        shown, problem = None, f"the scratch copy cannot be made: {error.strerror}."
    return shown, f"There is no plan on an empty state: {masked(problem, root)}" if problem else ""


def _plan(
    root: RootModule, scratch: RootModule, *, end: float, stop: Event | None
) -> tuple[Mapping[str, object] | None, str]:
    ran = _initialised(root, scratch, end=end, stop=stop)
    if not ran.ok:
        return None, ran.problem
    line = command(scratch, "plan", json=FLAG, input=False, lock=False, out=_PLAN)
    env = environment(scratch, backend=Backend(), variables="plan")
    done = run_reading(line, folder=scratch.path, environment=env, timeout=_left(end), stop=stop)
    if done.exit_code != 0:
        return None, f"{root.flavour} plan failed: {reason(done.output, done.errors) or 'it took too long'}"
    shown = show_plan(scratch, scratch.path / _PLAN, timeout=_left(end))
    if shown is None:
        return None, f"{root.flavour} show cannot read the plan it has just made."
    return {key: _at_home(value, scratch, root) for key, value in shown.items()}, ""


def _at_home(value: object, scratch: RootModule, root: RootModule) -> object:
    """A value in which `path.cwd` is the folder that the copy was made of."""
    if isinstance(value, str):
        return value.replace(str(scratch.path), str(root.path.resolve()))
    if isinstance(value, dict):
        return {key: _at_home(inner, scratch, root) for key, inner in value.items()}
    return [_at_home(inner, scratch, root) for inner in value] if isinstance(value, list) else value


def _initialised(root: RootModule, scratch: RootModule, *, end: float, stop: Event | None) -> Ran:
    """`init` in the copy: with the plugins that the original has, else as anywhere else."""
    env = environment(scratch, backend=Backend()) | {"TF_WORKSPACE": "default"}
    plugins = root.data_dir / "providers"
    installed = plugins.is_dir() and any(plugins.iterdir())
    attempts: list[dict[str, object]] = [{"plugin_dir": str(plugins.absolute())}] if installed else []
    ran = Ran(1)
    for options in (*attempts, {}):
        line = command(scratch, "init", input=False, **options)
        done = run_reading(line, folder=scratch.path, environment=env, timeout=_left(end), stop=stop)
        ran = outcome(scratch, done, f"{root.flavour} init")
        if ran.ok or (stop is not None and stop.is_set()):
            break
    return ran


def _left(end: float) -> float:
    return max(1.0, end - time.monotonic())
