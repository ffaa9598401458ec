"""One self-contained page: who holds whom as a drawing, a timeline, and a table; for a run, or for a graph alone.

It asks no network for anything, and a policy inside forbids it to: only the scripts that are meant may run. Names are
escaped by the template, and reach the drawing as data that no parser of HTML reads.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files

from janitor import __version__
from janitor.core.model import EdgeSource, Outcome
from janitor.core.outcome import Result, RunReport
from janitor.core.text import clean, counted
from janitor.core.times import iso, spell
from janitor.reports import picture, words
from janitor.reports.picture import Node, Picture

VENDORED = {"d3-7.9.2": ("d3 7.9.2", "ISC"), "dagre-3.1.3": ("dagre 3.1.3", "MIT")}
MANY = 12
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
ORDER = (
    *(Outcome.FAILED, Outcome.BLOCKED, Outcome.UNVERIFIED, picture.HOLDER, Outcome.PLANNED, Outcome.DELETED),
    *(Outcome.ABSENT, picture.IN_STATE, picture.CONFIGURED, Outcome.KEPT),
)
"""Outcomes as a reader wants them: trouble first, what stays as it should last."""

SOURCES: Mapping[EdgeSource, str] = {
    EdgeSource.OBSERVED: "seen in the cloud: it cannot go otherwise",
    EdgeSource.STATE: "the state's order: preferred",
    EdgeSource.CONFIG: "the configuration's references: preferred",
    EdgeSource.KIND: "kinds that go better after others",
}


def render(report: RunReport) -> str:
    """The report of a run as one page."""
    drawn, remedy = picture.of_run(report), words.remedies(report)
    timed = any(row.seconds > 0 for row in report.results) or report.terraform.seconds > 0
    terraform = report.terraform
    begun, took = round(terraform.started, 3), round(terraform.seconds, 3)
    times = {"started": begun, "seconds": took, "took": spell(took)}
    return _page(
        drawn,
        remedies={node.key: remedy(node.result) for node in drawn.nodes if node.result is not None},
        seconds=report.finished - report.started,
        terraform=times if terraform.ran else None,
        tone=str(report.verdict),
        command=str(report.command),
        title=words.headline(report),
        headline=words.headline(report),
        meaning=f"Exit code {report.exit_code}: {words.meaning(report)}.",
        facts=list(_facts(report)),
        attention=_attention(report, drawn),
        timed=timed,
        lists=list(_lists(report)),
    )


def render_graph(drawn: Picture) -> str:
    """Who holds whom, without a run, as one page."""
    seen = "state, configuration and the cloud" if drawn.live else "state and configuration; the cloud was not asked"
    title = f"workspace {drawn.workspace}: who holds whom"
    return _page(
        drawn,
        remedies={},
        seconds=0.0,
        terraform=None,
        tone="graph",
        command="graph",
        title=title,
        headline=title,
        meaning=f"From {seen}.",
        facts=[("Objects", str(len(drawn.nodes))), ("Arrows", str(len(drawn.arrows)))],
        attention=[],
        timed=False,
        lists=[("Notes", list(drawn.notes))] if drawn.notes else [],
    )


def _page(
    drawn: Picture,
    *,
    remedies: Mapping[str, str],
    seconds: float,
    terraform: Mapping[str, object] | None,
    **values: object,
) -> str:
    import jinja2
    from markupsafe import Markup

    nodes = sorted(drawn.nodes, key=lambda node: (ORDER.index(node.outcome), node.kind, node.title))
    scripts = [*(_library(name) for name in VENDORED), _asset("page.js")]
    style = _asset("page.css")
    data = {
        "seconds": round(seconds, 3),
        "terraform": terraform,
        "nodes": [_node(node, remedies.get(node.key, "")) for node in nodes],
        "arrows": [[a.dependent, a.dependency, a.source.name.lower()] for a in drawn.drawn],
    }
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_asset("page.html.j2")).render(
        **values,
        policy=_policy(scripts, style),
        style=Markup(style),  # noqa: S704  our own
        scripts=[Markup(script) for script in scripts],  # noqa: S704  our own, and that of the libraries
        data=Markup(_harmless(data)),  # noqa: S704  no character of it means anything to a parser of HTML
        rows=[_row(node) for node in nodes],
        kinds=sorted(Counter(node.kind for node in nodes).items()),
        outcomes=_in_order(Counter(node.outcome for node in nodes)),
        sources=list(_sources(drawn)),
        version=__version__,
        vendored=[(name, licence, _asset(f"vendor/{file}.LICENSE")) for file, (name, licence) in VENDORED.items()],
    )


def _asset(name: str) -> str:
    return files("janitor.reports").joinpath(f"assets/{name}").read_text(encoding="utf-8")


def _library(name: str) -> str:
    """A library as it was published, without the address of a map that a browser's tools would fetch."""
    return _SOURCE_MAP.sub("", _asset(f"vendor/{name}.min.js"))


def _policy(scripts: Iterable[str], style: str) -> str:
    """Nothing is fetched, nothing is sent, and only these very scripts run."""
    return (
        f"default-src 'none'; script-src {' '.join(map(_hash, scripts))}; style-src {_hash(style)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _harmless(data: object) -> str:
    """JSON in ASCII that no name can leave: inside a script only `<` could."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _node(node: Node, remedy: str) -> Mapping[str, object]:
    row = node.result
    return {
        "key": node.key,
        "kind": node.kind,
        "id": node.id,
        "name": node.name,
        "title": node.title,
        "address": node.address,
        "outcome": node.outcome,
        "scope": node.scope,
        "why": _why(node),
        "evidence": _evidence(row),
        "holders": [words.holder(item) for item in row.holders] if row else [],
        "next": remedy,
        "started": round(row.started, 3) if row else 0,
        "seconds": round(row.seconds, 3) if row else 0,
        "took": _took(row),
    }


def _row(node: Node) -> Mapping[str, str]:
    row = node.result
    evidence = _evidence(row)
    return {
        "key": node.key,
        "outcome": node.outcome,
        "kind": node.kind,
        "name": node.name,
        "id": node.id,
        "address": node.address,
        "why": (_why_held(row) if row else _why(node)) or (f"ours by {evidence}" if evidence else ""),
        "took": spell(row.seconds) if row and row.seconds else "",
    }


def _why(node: Node) -> str:
    if node.outcome == picture.HOLDER:
        return "not of this run; it was named as a holder"
    return clean(node.result.reason) if node.result else ""


def _why_held(row: Result) -> str:
    """The reason, and the holders that it does not name itself."""
    held = "may be" if row.outcome is Outcome.UNVERIFIED else "held by"
    reason = clean(row.reason)
    more = [f"{held} {words.holder(item)}" for item in row.holders[:MANY] if words.holder(item) not in reason]
    return "; ".join(filter(None, (reason, *more)))


def _evidence(row: Result | None) -> str:
    return ", ".join(row.evidence) if row else ""


def _took(row: Result | None) -> str:
    if row is None or not (row.seconds or row.requests):
        return ""
    return f"{spell(row.seconds)} from {spell(row.started)} on, {counted(row.requests, 'request')}"


def _in_order(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(str(outcome), counts[outcome]) for outcome in ORDER if outcome in counts]


def _sources(drawn: Picture) -> Iterator[tuple[str, str, int, bool]]:
    """Each source of arrows with its count; the order of kinds is only shown where nothing better is known."""
    counts = Counter(arrow.source for arrow in drawn.drawn)
    better = any(source is not EdgeSource.KIND for source in counts)
    for source, label in SOURCES.items():
        if counts[source]:
            yield source.name.lower(), label, counts[source], source is not EdgeSource.KIND or not better


def _facts(report: RunReport) -> Iterator[tuple[str, str]]:
    for scope in report.scopes:
        yield "Cloud", clean(scope)
    yield "Begun", iso(report.started)
    yield "Took", spell(report.finished - report.started)
    if report.terraform.ran:
        code = "" if report.terraform.exit_code is None else f", exit code {report.terraform.exit_code}"
        yield "terraform destroy", f"{spell(report.terraform.seconds)}{code}"
    if report.requests:
        yield "Requests", str(report.requests)


def _attention(report: RunReport, drawn: Picture) -> list[Mapping[str, object]]:
    """What makes the run fail, the first thing to read: one card for all that the same step would free."""
    keys = {id(node.result): node.key for node in drawn.nodes if node.result is not None}
    remedy, name = words.remedies(report), words.named(report)
    cards = dict[tuple[Outcome, tuple[str, ...]], list[Mapping[str, object]]]()
    for group in words.alike((*words.stays(report), *report.of(Outcome.UNVERIFIED))):
        following = tuple(line for line in dict.fromkeys(map(remedy, group[:MANY])) if line)
        rows = [{"key": keys[id(row)], "label": name(row)} for row in group[:MANY]]
        told = {"rows": rows, "more": max(0, len(group) - MANY), "why": _why_held(group[0])}
        cards.setdefault((group[0].outcome, following), []).append(told)
    ordered = sorted(cards.items(), key=lambda card: ORDER.index(card[0][0]))
    return [{"outcome": str(outcome), "next": lines, "groups": groups} for (outcome, lines), groups in ordered]


def _lists(report: RunReport) -> Iterator[tuple[str, Sequence[str]]]:
    if report.sources:
        yield "Sources", [words.source(source) for source in report.sources]
    if report.unseen:
        found = sorted(report.unseen.items())
        yield "Could not be listed", [f"{clean(kind)} in {clean(scope)}: {clean(why)}" for (scope, kind), why in found]
    handed = [f"handed over: {clean(report.terraform.handed_over)}"] if report.terraform.handed_over else []
    state = [f"the state was not made to agree: {clean(report.state.reason)}"] if not report.state.agreed else []
    if notes := [*handed, *state, *map(clean, report.notes)]:
        yield "Notes", notes
