"""A saved run read back from its JSON report: the other way of `reports.json`, so that it can be rendered again.

What a file says is no more trusted than a cloud: words are cleaned again by whoever shows them. Keys that this janitor
does not know are ignored, as the schema asks; a version that it does not know is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from janitor.core import times
from janitor.core.errors import Refused
from janitor.core.model import Edge, EdgeSource, Evidence, Holder, Outcome, Ref, Scope
from janitor.core.outcome import Agreement, Command, Result, RunReport, RunVerdict, Source, TerraformRun
from janitor.reports.json import VERSION

_T = TypeVar("_T")

UNVERIFIED_CODE = 4
UNBELIEVABLE = 1e10  # seconds: three centuries
EARLIEST, LATEST = 0.0, 2e11  # of a begin, since the epoch: what a date can say


def read_run(text: str, *, name: str) -> RunReport:
    """The run that a JSON report tells of. Raises Refused; `name` is what a person calls the file."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(f"{name} is not JSON: give the file that --report json=PATH has written.") from None
    node = _Node(body, "")
    version = body.get("version") if isinstance(body, dict) else None
    if isinstance(body, dict) and body.get("command") == "check":
        raise Refused(f"{name} is a check's report: let `janitor check` itself write other formats (--report F=PATH).")
    if not isinstance(version, int) or "objects" not in body:
        raise Refused(f"{name} is no run report of janitor: give the file that --report json=PATH has written.")
    if version > VERSION:
        raise Refused(
            f"{name} is a report of version {version}, written by a newer janitor; this one reads up to version "
            f"{VERSION}: update it."
        )
    try:
        return _run(node)
    except ValueError as error:
        raise Refused(f"{name} is no run report of janitor, or was changed: {error}.") from None


@dataclass(frozen=True, slots=True)
class _Node:
    """A place in the document, which knows its own path: a sentence can say where something is wrong."""

    value: object
    path: str

    def __getitem__(self, key: str) -> _Node:
        return self.get(key, _MISSING)

    def get(self, key: str, default: object) -> _Node:
        """What stands under a key; `default` where an older janitor has not written it."""
        if not isinstance(self.value, dict):
            raise ValueError(f"{self.path or 'the whole'} is not an object")  # noqa: TRY004  callers know one error
        value = self.value.get(key, default)
        path = f"{self.path}.{key}" if self.path else key
        if value is _MISSING:
            raise ValueError(f"{path} is missing")
        return _Node(value, path)

    def text(self) -> str:
        return self._as(str, "a text")

    def number(self) -> float:
        number = self._as((int, float), "a number")
        if not abs(number) < UNBELIEVABLE:  # also what is no number at all
            raise ValueError(f"{self.path} is not a number that a run could have")
        return float(number)

    def flag(self) -> bool:
        return self._as(bool, "true or false")

    def each(self, read: Callable[[_Node], _T]) -> tuple[_T, ...]:
        """Every item of a list, read."""
        items = self._as(list, "a list")
        return tuple(read(_Node(item, f"{self.path}[{number}]")) for number, item in enumerate(items))

    def one_of(self, read: Callable[[str], _T]) -> _T:
        """A word out of a closed set."""
        try:
            return read(self.text())
        except (ValueError, KeyError):
            raise ValueError(f"{self.path} has a word that this janitor does not know") from None

    def _as(self, kind: type[_T] | tuple[type[_T], ...], what: str) -> _T:
        if not isinstance(self.value, kind) or (isinstance(self.value, bool) and kind is not bool):
            raise ValueError(f"{self.path} is not {what}")
        return self.value


_MISSING = object()


def _run(node: _Node) -> RunReport:
    # Both times are cut to seconds; the duration is not.
    ended = node["finished"].one_of(times.moment) - node["seconds"].number()
    started = max(node["started"].one_of(times.moment), ended)
    if not EARLIEST <= started <= LATEST:
        raise ValueError("its times are none that a run could have")
    verdict = node["verdict"].one_of(RunVerdict)
    notes = node.get("notes", []).each(_Node.text)
    refused = notes[:1] if verdict is RunVerdict.REFUSED else ()
    terraform, state = node["terraform"], node["state"]
    code = terraform["exit_code"]
    return RunReport(
        command=node["command"].one_of(Command),
        workspace=node["workspace"].text(),
        scopes=node["scopes"].each(_scope),
        started=started,
        finished=started + node["seconds"].number(),
        results=node["objects"].each(_result),
        edges=node["edges"].each(_edge),
        sources=node["sources"].each(_source),
        unseen=dict(node["unseen"].each(_unseen)),
        unseen_counts=node["exit_code"].number() == UNVERIFIED_CODE,
        terraform=TerraformRun(
            ran=terraform["ran"].flag(),
            exit_code=None if code.value is None else int(code.number()),
            seconds=terraform["seconds"].number(),
            handed_over=terraform["handed_over"].text(),
            started=terraform.get("started", 0.0).number(),
        ),
        state=Agreement(agreed=state["agreed"].flag(), reason=state["reason"].text()),
        requests=int(node["requests"].number()),
        interrupted=verdict is RunVerdict.INTERRUPTED,
        refused="".join(refused),
        notes=notes[len(refused) :],
    )


def _result(node: _Node) -> Result:
    return Result(
        ref=_ref(node),
        outcome=node["outcome"].one_of(Outcome),
        name=node["name"].text(),
        address=node["address"].text(),
        evidence=node["evidence"].each(lambda item: item.one_of(Evidence)),
        reason=node["reason"].text(),
        holders=node["holders"].each(_holder),
        requests=int(node["requests"].number()),
        seconds=node["seconds"].number(),
        started=node.get("started", 0.0).number(),
        counts=node.get("counts", default=True).flag(),
    )


def _edge(node: _Node) -> Edge:
    return Edge(_ref(node["from"]), _ref(node["to"]), node["source"].one_of(lambda word: EdgeSource[word.upper()]))


def _ref(node: _Node) -> Ref:
    return Ref(_scope(node["scope"]), node["kind"].text(), node["id"].text())


def _scope(node: _Node) -> Scope:
    project = node["project"]
    return Scope(node["cloud"].text(), node["region"].text(), project["id"].text(), project["name"].text())


def _holder(node: _Node) -> Holder:
    return Holder(node["kind"].text(), node["id"].text(), node["name"].text(), node["project_id"].text())


def _source(node: _Node) -> Source:
    problem = node["problem"].text()
    return Source(node["kind"].text(), node["path"].text(), int(node["resources"].number()), problem)


def _unseen(node: _Node) -> tuple[tuple[Scope, str], str]:
    nowhere = {"cloud": "", "region": "", "project": {"id": "", "name": ""}}
    return (_scope(node.get("scope", nowhere)), node["kind"].text()), node["reason"].text()
