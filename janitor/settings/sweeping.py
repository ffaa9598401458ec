"""What a sweep was asked for: which objects, in which clouds, regions and projects, and which share of those.

Reads options, the CI's variables and small files; checks what does not go together, once. Asks no cloud.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from janitor.core import times
from janitor.core.errors import Refused, UsageError
from janitor.core.marks import NAME
from janitor.core.producers import PRODUCERS
from janitor.core.selection import EVERY, Selection
from janitor.core.shards import Shard
from janitor.settings.reading import at_home, did_you_mean

PLACE = "{run}"
LONGEST_NUMBER = 9
SELECTING = (
    *("mark", "name", "run", "tag", "producer", "expired", "older_than", "runs_alive"),
    *("os_cloud", "all_regions", "projects_file", "shard"),
)
NO_NAME = "kubernetes"  # the default of cloud-provider-openstack's --cluster-name


@dataclass(frozen=True, slots=True)
class Asked:
    """A sweep's own settings, beside the common ones. `plan`: a saved plan to execute; `out`: where to save one."""

    selection: Selection
    clouds: tuple[str | None, ...] = (None,)
    all_regions: bool = False
    projects: tuple[str, ...] = ()  # ids or names; none: the credentials' own
    shard: Shard = field(default_factory=Shard)
    out: Path | None = None
    plan: Path | None = None


def asked(
    options: Mapping[str, object], environment: Mapping[str, str], *, now: float, os_cloud: str | None = None
) -> Asked:
    """Read them. `os_cloud` is what the file and the environment say.

    Raises UsageError, and Refused for a file that cannot be read.
    """
    plan = _path(options.get("plan"), "--plan")
    if plan is not None and any(options.get(other) for other in SELECTING):
        raise UsageError("--plan executes what was saved, and nothing else: leave the selecting options out.")
    selection = _selection(options, environment, now=now)
    nothing = not (selection.marks or selection.names or selection.tags or selection.producers)
    if plan is None and nothing:
        raise UsageError(
            "Nothing is selected: give --mark, --name with --run, --tag or --producer. Age alone selects nothing."
        )
    if plan is not None and options.get("out"):
        raise UsageError("--plan executes a saved plan and --out saves one: give one of them.")
    names = _texts(options.get("os_cloud"))
    return Asked(
        selection,
        clouds=names or (os_cloud,),
        all_regions=options.get("all_regions") is True,
        projects=_lines(options.get("projects_file"), "--projects-file"),
        shard=_shard(options.get("shard"), environment),
        out=_path(options.get("out"), "--out"),
        plan=plan,
    )


def _selection(options: Mapping[str, object], environment: Mapping[str, str], *, now: float) -> Selection:
    marks = frozenset(_texts(options.get("mark")))
    if not any(options.get(other) for other in ("mark", "name", "tag", "producer", "plan")):
        marks = frozenset(environment.get("JANITOR_MARK", "").replace(",", " ").split())
    for mark in marks - {EVERY}:
        if not NAME.fullmatch(mark):
            raise UsageError(f"--mark: {mark!r} is no mark: 1 to 48 letters, digits, dots, dashes and underscores.")
    older = options.get("older_than")
    expired = options.get("expired") is True
    alive = _lines(options.get("runs_alive"), "--runs-alive")
    for run in alive:
        if not run.isprintable() or len(run.split()) > 1:
            raise Refused(f"--runs-alive: {run!r} is no run: one a line is expected. Nothing was touched.")
    if EVERY in marks and not (expired or older or alive):
        raise UsageError("--mark '*' means every run: narrow it with --expired, --runs-alive or --older-than.")
    if expired and not marks:
        raise UsageError("--expired narrows marks: give --mark '*', or the marks that are meant.")
    return Selection(
        marks=marks,
        expired=now if expired else None,
        alive=frozenset(alive),
        names=_names(_texts(options.get("name")), _texts(options.get("run")), alive=alive),
        tags=tuple(_tag(text) for text in _texts(options.get("tag"))),
        producers=tuple(_producer(text) for text in _texts(options.get("producer"))),
        older_than=now - _age(str(older)) if older else None,
    )


def _names(templates: Sequence[str], runs: Sequence[str], *, alive: Sequence[str]) -> frozenset[str]:
    if bool(templates) != bool(runs):
        raise UsageError(f"--name and --run belong together: --name 'ci-{PLACE}' --run 4711.")
    for template in templates:
        if PLACE not in template:
            raise UsageError(f"--name: {template!r} has no {PLACE}: a name without the run belongs to every run.")
    return frozenset(t.replace(PLACE, run) for t in templates for run in runs if run and run not in alive)


def _tag(text: str) -> tuple[str, str | None]:
    key, equals, value = text.partition("=")
    if not key.strip():
        raise UsageError(f"--tag: {text!r} is not K or K=V.")
    if key in {"janitor:run", "janitor-run"}:  # as a tag, the mark itself would keep it: it is another run's
        raise UsageError(f"--tag: {text!r} is a run's mark: give --mark {value or 'NAME'}.")
    return key, value if equals else None


def _producer(text: str) -> tuple[str, str]:
    name, _, key = text.partition("=")
    if name not in PRODUCERS:
        raise UsageError(f"--producer: {name!r} is not one that janitor knows{did_you_mean(name, PRODUCERS) or '.'}")
    if not key.strip():
        raise UsageError(f"--producer: {name} needs its key, the cluster's name or id: --producer {name}=KEY.")
    if key.lower() == NO_NAME:
        raise UsageError(f"--producer {name}={key}: that is what every cluster is called that got no name of its own.")
    return name, key


def _age(text: str) -> float:
    try:
        return times.duration(text)
    except ValueError as error:
        raise UsageError(f"--older-than: {error}.") from None


def _shard(given: object, environment: Mapping[str, str]) -> Shard:
    """`I/N` counts from 1, as GitLab does; `/N` takes I from the job, Kubernetes' index counts from 0.

    A job's index alone means nothing: a matrix over clouds has one, too.
    """
    if given is None:
        return Shard()
    index, total = environment.get("CI_NODE_INDEX", ""), environment.get("CI_NODE_TOTAL", "")
    zero_based = environment.get("JOB_COMPLETION_INDEX", "")
    if not index and _is_number(zero_based):
        index = str(int(zero_based) + 1)
    own, _, of = str(given).partition("/")
    index, total = own or index, of or total
    if not index or not total:
        raise UsageError(f"--shard: {given} says no share: give I/N, or /N in a job that has an index.")
    if not (_is_number(index) and _is_number(total) and 1 <= int(index) <= int(total)):
        raise UsageError(f"--shard: {str(given)[:40]} is no share: I/N with 1 <= I <= N is expected.")
    return Shard(int(index), int(total))


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= LONGEST_NUMBER


def _texts(value: object) -> tuple[str, ...]:
    given = value if isinstance(value, list | tuple) else () if value is None else (value,)
    return tuple(str(item) for item in given)


def _path(value: object, option: str) -> Path | None:
    if value is None:
        return None
    try:
        return at_home(str(value))
    except ValueError as error:
        raise UsageError(f"{option}: {error}.") from None


def _lines(value: object, option: str) -> tuple[str, ...]:
    """The words of a file, one a line, `#` begins a remark; `-` is standard input."""
    path = _path(value, option)
    if path is None:
        return ()
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise Refused(f"{option}: {value} cannot be read ({why}); nothing was touched.") from None
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    found = tuple(line for line in lines if line)
    if not found:
        raise Refused(f"{option}: {value} is empty: an empty list would mean something else than nobody meant.")
    return found
