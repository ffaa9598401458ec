"""One round of `ci/soak stops`: `janitor destroy` is stopped at random moments, up to three times, and then left alone.

The last run has to end with 0. The listing is `ground.neighbour.look`; from janitor only its exit codes, its times and
its words are taken.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from openstack.connection import Connection

from ground import bystanders, markdown, rounds
from ground.cloud import LocalCloud
from ground.killing import kill_all
from ground.neighbour import Seen, look
from ground.rounds import EXTERNAL, TIMEOUT, Site, apply, clean, cleaning, staged

ALL = "kill -9 of all"
HOWS: Mapping[str, Callable[[subprocess.Popen[str]], None]] = {
    "SIGINT": lambda janitor: janitor.send_signal(signal.SIGINT),
    "SIGTERM": lambda janitor: janitor.send_signal(signal.SIGTERM),
    "kill -9": lambda janitor: janitor.kill(),
    ALL: lambda janitor: kill_all(janitor.pid),
}
"""Ways to stop it. `kill -9` leaves a terraform that it started alone, the last one kills that, too."""

GRACE = 7.0
"""Seconds that a CI leaves between its first signal and the kill."""

POLITE = {"SIGINT": {130, 0}, "SIGTERM": {130, 0}}
"""The exit codes after a signal: interrupted, or all was proved and said already."""

MOST = 3
LATEST = {True: 3.0, False: 16.0}
"""Seconds after its first word in the journal in which a stop falls, without terraform and with it. One for which the
run is too short stops nothing."""

TURN = 0.02

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stop:
    """How a run is stopped, and how many seconds after its first word in the journal: when it begins depends on how
    busy the machine is.
    """

    how: str
    moment: float


@dataclass(frozen=True, slots=True)
class Task:
    """What one round does."""

    number: int
    seed: int
    binary: str
    direct: bool
    stops: tuple[Stop, ...]

    @property
    def key(self) -> str:
        """Its name in the results."""
        return f"stops-{self.seed}-{self.number}"


def tasks(chosen: argparse.Namespace) -> Iterator[Task]:
    """Every way to stop in turn, with terraform's half and without it; a second and third stop as the dice fall."""
    hows = list(HOWS)
    for number in range(1, (chosen.count or 2 * len(hows)) + 1):
        dice = Random(f"stops {chosen.seed} {number}")
        turn, place = divmod(number - 1, len(hows))
        direct = (turn + place) % 2 == 0
        ways = [hows[place], *(dice.choice(hows) for _ in range(dice.randrange(MOST)))]
        stops = tuple(Stop(how, round(dice.uniform(0.0, LATEST[direct]), 2)) for how in ways)
        yield Task(number, chosen.seed, chosen.binary or "tofu", direct, stops)


def play(task: Task, cloud: LocalCloud, folder: Path, name: str) -> Line:
    """Play the round; the project and the working copy are gone afterwards. Returns its line of results."""
    begun = time.monotonic()
    wreck = rounds.Task("small", task.binary, "state", marks=True, number=task.number, moment=None, visit=None)
    with cloud.project(name, folder) as project, staged(wreck, project, folder) as (site, user):
        line = _stop_and_clean(task, site, user)
    return {"key": task.key, **asdict(task), **line, "round_seconds": round(time.monotonic() - begun, 1)}


def _stop_and_clean(task: Task, site: Site, user: Connection) -> Line:
    neighbours = bystanders.settle(user, external=EXTERNAL)
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    apply(site, until=None)
    objects = len(look(user).keys() - neighbours.keys())
    mode = ["--direct"] if task.direct else []
    ends = [_stopped(stop, site, since, mode) for stop in task.stops]
    left = len(look(user).keys() - neighbours.keys())
    last = clean(site, since, mode)
    now, listed = look(user), _listed(site)
    return {
        "objects": objects,
        "ends": ends,
        "left": left,
        "exit": last["exit"],
        "seconds": last["seconds"],
        "said": last["said"],
        "violations": judge(neighbours, now, ends, last, listed),
    }


def _stopped(stop: Stop, site: Site, since: str, mode: list[str]) -> Line:
    """Run janitor and stop it at its moment; how it ended, and how long that took from then on."""
    command, env = cleaning(site, since, mode)
    with (site.root / "stopped.out").open("w+", encoding="utf-8") as output:
        streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
        janitor = subprocess.Popen(command, cwd=site.root, env=env, text=True, **streams)
        hit = _lives(janitor, site, stop.moment)
        begun = time.monotonic()
        if hit:
            HOWS[stop.how](janitor)
        code = janitor.wait(TIMEOUT)
        seconds = round(time.monotonic() - begun, 1)
        output.seek(0)
        said = output.read()
    return {"how": stop.how, "hit": hit, "exit": code, "seconds": seconds, "said": said[-3000:]}


def _lives(janitor: subprocess.Popen[str], site: Site, seconds: float) -> bool:
    """Wait for its first word in the journal, then for so long; whether it is still under way."""
    before = _written(site)
    while janitor.poll() is None and _written(site) == before:
        time.sleep(TURN)
    with contextlib.suppress(subprocess.TimeoutExpired):
        janitor.wait(seconds)
    return janitor.poll() is None


def _written(site: Site) -> int:
    return sum(path.stat().st_size for path in (site.root / ".janitor").glob("*.jsonl"))


def _listed(site: Site) -> list[str]:
    """What the state still knows."""
    state = json.loads((site.root / "terraform.tfstate").read_text(encoding="utf-8"))
    return [
        f"{resource['type']}.{resource['name']}" for resource in state["resources"] if resource["mode"] == "managed"
    ]


def judge(
    neighbours: Mapping[str, Seen],
    now: Mapping[str, Seen],
    ends: Iterable[Mapping[str, Any]],
    last: Mapping[str, Any],
    listed: Iterable[str],
) -> list[str]:
    """Every promise that was broken by a run that was stopped, or by the last one."""
    broken = [f"touched: {seen}" for key, seen in neighbours.items() if now.get(key) != seen]
    for end in ends:
        codes = POLITE.get(end["how"], {-signal.SIGKILL}) if end["hit"] else {0}
        if end["exit"] not in codes:
            broken.append(f"exit code {end['exit']} after {end['how'] if end['hit'] else 'nothing'}")
        if end["hit"] and end["seconds"] > GRACE:
            broken.append(f"{end['seconds']} s until its end after {end['how']}")
        if "Traceback (most recent call last)" in end["said"]:
            broken.append(f"a traceback after {end['how']}")
    if last["traceback"]:
        broken.append("a traceback in the last run")
    if last["exit"] != 0:
        broken.append(f"exit code {last['exit']} of the last run")
    broken += [f"left in the end: {seen}" for key, seen in now.items() if key not in neighbours]
    return broken + [f"left in the state: {address}" for address in listed]


def told(line: Line) -> str:
    """A round in one line."""
    how = "direct" if line["direct"] else line["binary"]
    moments = (f"{stop['how']} at {stop['moment']} s" for stop in line["stops"])
    ends = (f"{end['exit']} in {end['seconds']} s" if end["hit"] else "over already" for end in line["ends"])
    stops = ", ".join(f"{moment}: {end}" for moment, end in zip(moments, ends, strict=True))
    broken = f"; BROKEN: {'; '.join(line['violations'])}" if line["violations"] else ""
    return (
        f"{line['key']}: {how}; {stops}; {line['left']} of {line['objects']} left → "
        f"exit {line['exit']} in {line['seconds']} s{broken}"
    )


def table(lines: Iterable[Line]) -> str:
    """Each way to stop, in each mode, and what came of it; and the whole, as Markdown."""
    every = list(lines)
    groups: dict[tuple[str, str], list[tuple[Line, Line]]] = {}
    for line in every:
        for end in line["ends"]:
            group = (end["how"], "direct" if line["direct"] else f"with {line['binary']}")
            groups.setdefault(group, []).append((end, line))
    head = ("stopped by", "mode", "stops", "over already", "exit codes", "longest end (s)", "last runs", "violations")
    rows = [(*group, *_sums(some)) for group, some in sorted(groups.items())]
    return markdown.table(head, [*rows, ("all", "", *_sums([(end, line) for line in every for end in line["ends"]]))])


def _sums(some: list[tuple[Line, Line]]) -> tuple[str, ...]:
    hits = [end for end, _ in some if end["hit"]]
    rounds_of = {line["key"]: line for _, line in some}.values()
    return (
        str(len(hits)),
        str(len(some) - len(hits)),
        markdown.counted(end["exit"] for end in hits),
        str(max((end["seconds"] for end in hits), default=0.0)),
        markdown.counted(line["exit"] for line in rounds_of),
        str(sum(len(line["violations"]) for line in rounds_of)),
    )
