"""Tables of what a run of the tests has seen, written at its end: `pytest --…-table=FILE`, in Markdown.

A test leaves its rows as a property of its report, so that they arrive from xdist's workers, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest


class Scribe:
    """Collects the rows of the whole run and writes the table at its end."""

    def __init__(self, path: Path, rows: Callable[[pytest.TestReport], Iterable[object]], table: Callable[..., str]):
        self.path = path
        self.rows: list[object] = []
        self._rows = rows
        self._table = table

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Rows count from tests that did not fail."""
        if report.when == "call" and report.passed:
            self.rows += self._rows(report)

    def pytest_sessionfinish(self) -> None:
        """All tests are over."""
        self.path.write_text(self._table(self.rows), encoding="utf-8")


def addoption(parser: pytest.Parser, option: str, what: str) -> None:
    """Make the option known that asks for a table."""
    parser.addoption(option, type=Path, metavar="FILE", help=f"write {what} as Markdown")


def configure(
    config: pytest.Config,
    option: str,
    rows: Callable[[pytest.TestReport], Iterable[object]],
    table: Callable[..., str],
) -> None:
    """Have the table written where the option asks for it."""
    path = config.getoption(option)
    if path is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Scribe(path, rows, table))


def properties(report: pytest.TestReport, name: str) -> list[list[str]]:
    """The rows that a test left under this name."""
    return [values for found, values in report.user_properties if found == name]


def line(cells: Iterable[object]) -> str:
    """One line of a table."""
    return f"| {' | '.join(map(str, cells))} |"


def head(titles: Iterable[str]) -> list[str]:
    """The two lines that a table begins with."""
    names = list(titles)
    return [line(names), line(["---"] * len(names))]
