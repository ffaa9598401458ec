"""The settings of a workspace command as one frozen value. Paths are absolute, times are seconds (since the epoch).

Decides nothing: how a value came about stands in `origins`, so that it can be explained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from janitor.core.outcome import Command


class Evaluate(StrEnum):
    """Who evaluates the configuration when the state does not say enough."""

    AUTO = "auto"
    BINARY = "binary"  # a plan on an empty state; runs `external` data sources
    STATIC = "static"


class Source(StrEnum):
    """Where a value can come from, strongest first."""

    OPTION = "option"
    ENVIRONMENT = "environment"
    FILE = "file"
    CI = "CI job"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one value came from: `option --mark`, `environment JANITOR_MARK`, `file tf-janitor.toml`."""

    source: Source = Source.DEFAULT
    name: str = ""

    def __str__(self) -> str:
        return f"{self.source} {self.name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the workflows may know of the command line and its surroundings. May hold secrets: never print it."""

    command: Command = Command.DESTROY
    chdir: Path = field(default_factory=Path.cwd)
    workspace: str | None = None  # None: not given, the selected one counts
    backend_config: Mapping[str, str] = field(default_factory=dict, repr=False)
    os_cloud: str | None = None
    provider_cloud: Mapping[str, str] = field(default_factory=dict)
    var: Mapping[str, str] = field(default_factory=dict, repr=False)  # --var; strongest, as in Terraform
    tf_var: Mapping[str, str] = field(default_factory=dict, repr=False)  # TF_VAR_*, without the prefix
    var_file: tuple[Path, ...] = ()
    binary: str | None = None  # a name to look up on PATH, or an absolute path
    state: Path | None = None
    from_log: tuple[Path, ...] = ()  # Path("-") is standard input
    journal: Path | None = None  # a folder; None: `.janitor` in the root module
    mark: tuple[str, ...] = ()
    since: float | None = None
    timeout: float = 3300.0
    stall_after: float = 300.0
    lock_timeout: float = 60.0
    timeouts: Mapping[str, float] = field(default_factory=dict)  # per kind
    concurrency: int = 8
    evaluate: Evaluate = Evaluate.AUTO
    direct: bool = False
    by_name: bool = False
    ignore_config: bool = False
    expect_empty: bool = False
    admin_kinds: frozenset[str] = frozenset()
    ignore_provider: frozenset[str] = frozenset()
    break_lock: str | None = None
    delete_workspace: bool = False
    keep_state: bool = False
    rollback_on_failure: bool = False
    rollback_on_signal: bool = False
    rollback_timeout: float = 600.0
    yes: bool = False
    dry_run: bool = False
    format: str = "text"
    report: tuple[tuple[str, Path], ...] = ()  # (format, path)
    verbose: bool = False
    quiet: bool = False
    color: bool = True  # False: --no-color or NO_COLOR; True: where there is a terminal
    terminal: bool = False  # somebody can be asked
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)  # for terraform and its backend
    origins: Mapping[str, Origin] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def journal_folder(self) -> Path:
        """Where the journal lies."""
        return self.journal or self.chdir / ".janitor"

    def origin(self, name: str) -> Origin:
        """Where the value of that setting came from."""
        return self.origins.get(name, Origin())

    def begin(self, journal: float | None) -> float | None:
        """The run's begin: what was asked for, else the journal's open section, else the pipeline's begin."""
        if self.origin("since").source is Source.CI and journal is not None:
            return journal
        return journal if self.since is None else self.since
