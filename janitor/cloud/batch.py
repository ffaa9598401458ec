"""A few hands for one batch of independent reads. They are daemons: an interrupt does not wait for a hung request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")


def all_of(tasks: Sequence[Callable[[], T]], *, threads: int) -> list[T]:
    """The results in the tasks' order. The first error is raised once every task has ended."""
    waiting: SimpleQueue[tuple[int, Callable[[], T]]] = SimpleQueue()
    done: SimpleQueue[tuple[int, T] | BaseException] = SimpleQueue()
    for number, task in enumerate(tasks):
        waiting.put((number, task))

    def work() -> None:
        while True:
            try:
                number, task = waiting.get_nowait()
            except Empty:
                return
            try:
                done.put((number, task()))
            except BaseException as error:  # noqa: BLE001 - handed over to the caller, who raises it
                done.put(error)

    for _ in range(min(threads, len(tasks))):
        threading.Thread(target=work, daemon=True).start()
    ended = [done.get() for _ in tasks]
    for end in ended:
        if isinstance(end, BaseException):
            raise end
    results = dict(end for end in ended if not isinstance(end, BaseException))
    return [results[number] for number in range(len(tasks))]
