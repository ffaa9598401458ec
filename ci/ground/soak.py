"""`ci/soak`: seeded rounds of `ground.rounds`, `ground.faulty` and `ground.stops`, kept as one JSON line each: a
soak that was ended goes on later.

Decides which rounds there are, which of them are still to be played, and what the table says of them all.
"""

from __future__ import annotations

import argparse
import json
import random
import secrets
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ground import faulty, markdown, stops
from ground.cache import cache_dir, say, step
from ground.cloud import LocalCloud
from ground.crude import clear
from ground.rounds import NAME_VARIABLES, WAYS, Task, apply, play, stage
from ground.subject import frozen

EARLIEST = 0.5
COMBINATIONS = ((True, "mark"), (True, "log"), (False, "log"), (False, "name"))
"""With marks, and without: by its mark only what carries one is found."""
APPLIES = ((True, "journal"), (False, "journal"))

DESCRIPTION = """\
kills    kill -9 of the apply at random moments, then janitor by --mark, by --from-log, and by names and --since
lost     the state file deleted after a complete apply, the same three ways
applies  kill -9 of `janitor apply` with its terraform at random moments, the state deleted: by its journal
faults   `janitor destroy` of the small stack in a cloud in trouble: 429, 5xx, lost, late or no answers, a service down;
         then once more without. Of these options it takes --count, --seed, --binary and --jobs
stops    `janitor destroy` of the small stack stopped up to three times, by SIGINT, SIGTERM and kill -9; the next run
         ends with 0. The same options
table    only print the table of what was played

clouds, deaths, troubles, load and fuzz are played in memory: each has a --help of its own"""

EPILOG = "exit codes: 0 every promise kept · 1 a promise broken, or a round that failed · 77 a part is missing here"

Line = dict[str, Any]
Round = Task | faulty.Task | stops.Task


@dataclass(frozen=True, slots=True)
class Results:
    """The file of results: a line for each round that was played, and one for each apply that was timed."""

    path: Path

    def lines(self) -> Iterator[Line]:
        """What was kept; a line that was cut off does not count."""
        for text in self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else ():
            try:
                yield json.loads(text)
            except ValueError:
                continue

    def rounds(self) -> list[Line]:
        """The rounds among them: of one that was played again, the last time."""
        return list({line["key"]: line for line in self.lines() if "key" in line}.values())

    def keep(self, line: Line) -> None:
        """Append a line."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="ci/soak", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument("what", choices=("kills", "lost", "applies", *ROUNDS, "table"))
    top.add_argument(
        "--count",
        type=int,
        default=0,
        metavar="N",
        help="moments per way (kills, applies: 10; lost: 1); faults, stops: rounds",
    )
    top.add_argument("--seed", type=int, default=1, metavar="N", help="of the moments, and the name of the results")
    top.add_argument("--stack", choices=sorted(NAME_VARIABLES), default="small")
    top.add_argument("--marks", action=argparse.BooleanOptionalAction, help="only with, or only without marks")
    top.add_argument("--way", choices=sorted(WAYS), help="only this way")
    top.add_argument("--binary", choices=("tofu", "terraform"), help="default: every one that is on PATH")
    top.add_argument("--jobs", type=int, default=1, metavar="N", help="rounds at the same time")
    return top


def main(arguments: list[str]) -> int:
    """Play what is not played yet, then print the table."""
    chosen = parser().parse_args(arguments)
    kept, soak = (chosen.what, ROUNDS[chosen.what]) if chosen.what in ROUNDS else (chosen.stack, WRECKS)
    results = Results(cache_dir() / "soak" / f"{kept}-{chosen.seed}.jsonl")
    failed = 0 if chosen.what == "table" else _play_all(soak, chosen, results)
    print(soak.table(results.rounds()))
    print(f"\n{results.path}")
    return 1 if failed or any(line["violations"] for line in results.rounds()) else 0


def _play_all(soak: Soak, chosen: argparse.Namespace, results: Results) -> int:
    """Play what the results lack, or know a broken promise of; returns how many rounds could not be played."""
    cloud, failed = LocalCloud.up(), 0
    done = {line["key"] for line in results.rounds() if not line["violations"]}
    todo = [task for task in soak.tasks(chosen, cloud, results) if task.key not in done]
    say(f"{len(todo)} rounds to play, {len(done)} are kept in {results.path}")
    with frozen(), ThreadPoolExecutor(chosen.jobs) as pool:
        playing = {pool.submit(_play, soak, task, cloud): task for task in todo}
        try:
            for number, future in enumerate(as_completed(playing), 1):
                line = _line(future, playing[future])
                failed += "key" not in line
                if "key" in line:
                    results.keep(line)
                say(f"[{number}/{len(todo)}] {soak.told(line) if 'key' in line else line['problem']}")
        except KeyboardInterrupt:
            say("interrupted: the rounds that are under way are played to their end, the others wait for the next call")
            pool.shutdown(cancel_futures=True)
            raise
    return failed


def _line(future: Future[Line], task: Round) -> Line:
    """The round's line; `problem` where it could not be played: it is no result, and the next call plays it."""
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - whatever it was
        return {"problem": f"{task.key} could not be played: {type(error).__name__}: {error}"}


def _play(soak: Soak, task: Round, cloud: LocalCloud) -> Line:
    folder = Path(tempfile.mkdtemp(prefix="janitor-soak-"))
    return soak.play(task, cloud, folder, f"soak-{task.number}-{secrets.token_hex(3)}")


def tasks(chosen: argparse.Namespace, cloud: LocalCloud, results: Results) -> Iterator[Task]:
    """The rounds of one call, in a fixed order; the same seed and length of the apply give the same moments."""
    count = chosen.count or (1 if chosen.what == "lost" else 10)
    for binary in ("tofu", "terraform"):
        if chosen.binary not in (None, binary) or not shutil.which(binary):
            continue
        length = _length(chosen.stack, binary, cloud, results)
        for number in range(1, count + 1):
            dice = random.Random(f"{chosen.seed} {binary} {number}")
            moment = round(dice.uniform(EARLIEST, length), 2)
            visit = round(moment * dice.uniform(0.2, 0.9), 2) if number % 3 == 0 else None
            for marks, way in APPLIES if chosen.what == "applies" else COMBINATIONS:
                if chosen.marks in (None, marks) and chosen.way in (None, way):
                    killed = None if chosen.what == "lost" else moment
                    yield Task(chosen.stack, binary, way, marks, number, killed, visit)


def _length(stack: str, binary: str, cloud: LocalCloud, results: Results) -> float:
    """How long an undisturbed apply takes here; measured once for each file of results."""
    for line in results.lines():
        if line.get("timed") == binary:
            return float(line["seconds"])
    folder = Path(tempfile.mkdtemp(prefix="janitor-soak-"))
    name = f"soak-length-{secrets.token_hex(3)}"
    with step(f"timing an apply of {stack} with {binary}"), cloud.project(name, folder) as project:
        site = stage(Task(stack, binary, "name", marks=False, number=0, moment=None, visit=None), project, folder)
        try:
            seconds = round(apply(site, until=None), 1)
        finally:
            clear(site.connect())
            shutil.rmtree(folder, ignore_errors=True)
    results.keep({"timed": binary, "seconds": seconds})
    return seconds


def told(line: Line) -> str:
    """A round in one line."""
    when = "state deleted" if line["moment"] is None else f"killed at {line['moment']} s"
    missed = f", missed {', '.join(line['missed'])}" if line["missed"] else ""
    missed += ", in doubt about a neighbour's" if line["cautious"] else ""
    broken = f"; BROKEN: {'; '.join(line['violations'])}" if line["violations"] else ""
    return (
        f"{line['key']}: {when}, {line['reported']} reported, state {line['state_bytes']} B → "
        f"exit {line['exit']} in {line['seconds']} s, found {line['found']}{missed}{broken}"
    )


def table(lines: Iterable[Line]) -> str:
    """Each way and what it found and missed, as Markdown."""
    head = ("wreck", "binary", "marks", "way", "rounds", "exit codes", "found", "missed", "in doubt only", "violations")
    groups: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        wreck = "state deleted" if line["moment"] is None else "kill -9"
        wreck += " of janitor apply, state deleted" if line["way"] == "journal" else ""
        group = (wreck, line["binary"], "yes" if line["marks"] else "no", WAYS[line["way"]])
        groups.setdefault(group, []).append(line)
    return markdown.table(head, [(*group, *_sums(some)) for group, some in sorted(groups.items())])


def _sums(lines: list[Line]) -> tuple[str, ...]:
    missed = Counter(text.split(" ")[0] for line in lines for text in line["missed"])
    return (
        str(len(lines)),
        markdown.counted(line["exit"] for line in lines),
        str(sum(line["found"] for line in lines)),
        ", ".join(f"{count} {kind}" for kind, count in missed.most_common()) or "none",
        str(sum(line["cautious"] for line in lines)),
        str(sum(len(line["violations"]) for line in lines)),
    )


@dataclass(frozen=True, slots=True)
class Soak:
    """What sorts of soak differ in: which rounds there are, how one is played, and how it is told."""

    tasks: Callable[[argparse.Namespace, LocalCloud, Results], Iterable[Round]]
    play: Callable[[Any, LocalCloud, Path, str], Line]
    told: Callable[[Line], str]
    table: Callable[[Iterable[Line]], str]


WRECKS = Soak(tasks, play, told, table)
ROUNDS = {
    what: Soak(lambda chosen, *_, played=played: played.tasks(chosen), played.play, played.told, played.table)
    for what, played in (("faults", faulty), ("stops", stops))
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
