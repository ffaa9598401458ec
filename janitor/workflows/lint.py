"""`janitor lint`: what of this configuration could not be found again if state, journal and log were all lost.

Reads the text alone, unless somebody asks for more: no credentials, no backend, no plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from janitor.console import Console
from janitor.core.findability import Finding, findings
from janitor.settings import Evaluate, Settings, Source
from janitor.terraform import hcl
from janitor.terraform.evaluate import evaluate
from janitor.terraform.evaluator.variables import input_values
from janitor.terraform.hcl import Code, Template
from janitor.terraform.places import Place, places
from janitor.terraform.root import RootModule
from janitor.workflows import opening
from janitor.workflows.call import Call

STANDS_FOR = "lint-"
"""What a variable is given that every call has to give a value: it is then as good as any run's own."""


@dataclass(frozen=True, slots=True)
class Linted:
    """What was found, where it stands, and what could not be looked at."""

    findings: tuple[tuple[Finding, Place], ...]
    resources: int
    notes: tuple[str, ...] = ()


def run(settings: Settings, console: Console, *, stop: Callable[[], bool]) -> Linted:
    """Look at the configuration. Raises Refused, UsageError, Interrupted."""
    call = Call(settings, console, stop)
    return call.patiently(lambda: _linted(call))


def _linted(call: Call) -> Linted:
    settings = call.settings
    root = opening.root_of(settings)
    written = hcl.read(root)
    asked = settings.evaluate if settings.origin("evaluate").source is not Source.DEFAULT else Evaluate.STATIC
    with call.console.phase("Reading the configuration"):
        configuration = evaluate(_with_values(root, written), written=written, how=asked.value, stop=call.halted)
    call.go_on()
    where = places(root, written)
    found = findings(configuration.instances)
    told = [] if configuration.complete else ["not every instance could be told apart; give the variables with --var"]
    return Linted(
        tuple((one, where.get(one.address, Place("."))) for one in found),
        len(configuration.instances),
        tuple(dict.fromkeys((*configuration.problems, *told))),
    )


def _with_values(root: RootModule, written: hcl.Written) -> RootModule:
    """The root module with a value for each string that has no default: whoever applies it has to give one."""
    module = written.modules[()]
    given = input_values(root, module)
    missing = [
        name
        for name, block in sorted(module.variables.items())
        if name not in given and "default" not in block and _is_text(block.get("type"))
    ]
    return replace(root, variables=(*root.variables, *(f"{name}={STANDS_FOR}{name}" for name in missing)))


def _is_text(declared: object) -> bool:
    return declared is None or (isinstance(declared, Code | Template) and declared.text.strip() == "string")
