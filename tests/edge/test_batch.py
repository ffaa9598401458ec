"""Hands for a batch of reads: all results in order, the first error after everything has ended."""

import threading

import pytest

from janitor.cloud.batch import all_of


def test_results_come_in_the_tasks_order_from_few_threads() -> None:
    busy, most, lock = [0], [0], threading.Lock()

    def task(number: int) -> int:
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        threading.Event().wait(0.002)
        with lock:
            busy[0] -= 1
        return number

    tasks = [lambda n=n: task(n) for n in range(40)]
    assert all_of(tasks, threads=4) == list(range(40))
    assert most[0] <= 4
    assert all_of([], threads=4) == []


def test_an_error_is_raised_when_all_have_ended() -> None:
    ended: list[int] = []

    def fails() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        all_of([fails, *(lambda n=n: ended.append(n) for n in range(5))], threads=2)
    assert sorted(ended) == [0, 1, 2, 3, 4]
