"""What `ci/bench` measures: stacks of a size, the latency of the services, who empties them, and how often.

Pure: from the options to the list of trials, each of them a fresh apply and one rival.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ground.rounds import NAME_VARIABLES

DEFAULT = ("janitor", "tofu", "openstack", "crude")
FEW = ("janitor", "tofu", "crude")
EVERYBODY = ("janitor", "fallback", "tofu", "terraform", "openstack", "crude")
"""The keys of `rivals.RIVALS`."""

SMALLEST = 50
"""Below it stands the small example as it is: a cluster of the other one begins at 46 resources."""
BEFORE_NODES = 46
"""The cluster without workers and volumes: its network, groups and balancer, three masters and a bastion."""

FULL_LATENCIES = (0, 200)
FULL_RUNS = 3
FULL_SIZES = (20, 150, 300)


@dataclass(frozen=True, slots=True)
class Stack:
    """One of the examples, and the variables that give it its size."""

    example: str
    variables: Mapping[str, str] = field(default_factory=dict)
    size: int | None = None  # as it was asked for

    @property
    def name(self) -> str:
        """Its name in the results."""
        return self.example if self.size is None else f"{self.example}-{self.size}"


@dataclass(frozen=True, slots=True)
class Trial:
    """One rival on one apply. `latency` in milliseconds: of every answer; 0: nothing stands before the services."""

    stack: Stack
    latency: int
    rival: str
    number: int

    @property
    def key(self) -> str:
        """Its name in the results."""
        return f"{self.stack.name}/{self.latency}/{self.rival}/{self.number}"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="ci/bench", description="The figures of janitor, beside what others need.")
    top.add_argument(
        "--json", type=Path, metavar="PATH", help="where the figures go; what it holds is not measured again"
    )
    top.add_argument("--stack", choices=sorted(NAME_VARIABLES), default="kubespray")
    top.add_argument("--only", action="append", choices=EVERYBODY, help=f"repeatable; default: {', '.join(DEFAULT)}")
    top.add_argument("--runs", type=_positive, default=1, metavar="N", help="of each rival (1)")
    top.add_argument("--latency", type=int, action="append", metavar="MS", help="of every answer; repeatable (0)")
    top.add_argument("--resources", type=int, action="append", metavar="N", help="scale the stack; repeatable")
    top.add_argument(
        "--full",
        action="store_true",
        help=f"60 resources at 0 and 200 ms, {FULL_RUNS} runs; then {', '.join(map(str, FULL_SIZES))} at 0, once",
    )
    return top


def trials(chosen: argparse.Namespace) -> list[Trial]:
    """The trials of one call. Rivals take turns, so that whatever slows the machine down hits all of them."""
    if chosen.full:
        sixty = _turns([scaled(60)], FULL_LATENCIES, chosen.only or EVERYBODY, FULL_RUNS)
        return [*sixty, *_turns(map(scaled, FULL_SIZES), (0,), chosen.only or FEW, 1)]
    stacks = [scaled(size) for size in chosen.resources or ()] or [Stack(chosen.stack)]
    return list(_turns(stacks, chosen.latency or (0,), chosen.only or DEFAULT, chosen.runs))


def _turns(stacks: Iterable[Stack], latencies: Sequence[int], rivals: Sequence[str], runs: int) -> Iterator[Trial]:
    for stack in stacks:
        for latency in latencies:
            for number in range(1, runs + 1):
                yield from (Trial(stack, latency, rival, number) for rival in rivals)


def scaled(resources: int) -> Stack:
    """The stack of about that many resources: workers, addresses and volumes in the example's own proportion, 5:2:2."""
    if resources < SMALLEST:
        return Stack("small", size=resources)
    pairs = max(1, (resources - BEFORE_NODES) // 2)  # each worker, address and volume is two resources
    few = round(pairs * 2 / 9)
    nodes = pairs - 2 * few
    workers = {f"{number:03}": {"floating_ip": number <= few} for number in range(1, nodes + 1)}
    variables = {"TF_VAR_k8s_nodes": json.dumps(workers), "TF_VAR_gfs_volumes": str(few)}
    return Stack("kubespray", variables, resources)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
