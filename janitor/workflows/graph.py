"""`janitor graph`: who holds whom, from state and configuration, and from the cloud where there are credentials.

Changes nothing: with a cloud it is the picture of a plan, without one that of what was written down.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from janitor.console import Console
from janitor.core.errors import CredentialsRefused
from janitor.reports import picture
from janitor.reports.picture import Picture
from janitor.settings import Settings
from janitor.terraform import backends
from janitor.terraform.backend import backend_of
from janitor.terraform.evaluate import evaluate
from janitor.workflows import destroy, opening
from janitor.workflows.call import Call


def live(settings: Settings, console: Console, *, stop: Callable[[], bool]) -> Picture:
    """The picture of a plan; where nobody can sign in, that of the sources alone. Raises JanitorError."""
    try:
        return picture.of_run(destroy.run(settings, console, stop=stop))
    except CredentialsRefused as error:
        console.warn(f"{error} What follows is from state and configuration alone, as with --offline.")
        return offline(settings, console, stop=stop)


def offline(settings: Settings, console: Console, *, stop: Callable[[], bool]) -> Picture:
    """The picture of state and configuration. Raises JanitorError."""
    call = Call(settings, console, stop)
    return call.patiently(lambda: _of_sources(call))


def _of_sources(call: Call) -> Picture:
    settings = call.settings
    with ExitStack() as stack, call.console.phase("Reading state and configuration"):
        root = opening.root_of(settings)
        if backend_of(root).type != "local":  # a local state is read without the binary, and without its plugins
            stack.callback(opening.initialised(root, call).tidy)
        snapshot = backends.read_state(root, state_file=settings.state)
        configuration = evaluate(root, how=settings.evaluate.value, stop=call.halted)
        call.go_on()
    return picture.of_sources(root.workspace, snapshot, configuration)
