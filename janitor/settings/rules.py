"""Rules about options that stand together, each with the sentence that answers it. Checked once, before all else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from janitor.core.errors import UsageError
from janitor.core.outcome import Command
from janitor.settings.values import Settings

STDIN = Path("-")

Rule = tuple[Callable[[Settings], bool], str]

RULES: tuple[Rule, ...] = (
    (
        lambda s: s.verbose and s.quiet,
        "--verbose and --quiet exclude each other: give one of them.",
    ),
    (
        lambda s: s.keep_state and s.delete_workspace,
        "--keep-state leaves the state as it is and --delete-workspace removes it: give one of them.",
    ),
    (
        lambda s: s.delete_workspace and s.workspace == "default",
        "The workspace default cannot be deleted (Terraform always has it): leave --delete-workspace out.",
    ),
    (
        lambda s: s.delete_workspace and s.state is not None,
        "With --state no backend is asked, so there is no workspace to delete: leave --delete-workspace out.",
    ),
    (
        lambda s: s.break_lock is not None and s.dry_run,
        "A plan takes no lock, so it breaks none: leave --break-lock out, or --dry-run.",
    ),
    (
        lambda s: STDIN in s.from_log and not (s.yes or s.dry_run),
        "--from-log - takes standard input, so there is nobody to ask: add --yes, or --dry-run to look first.",
    ),
    (
        lambda s: s.command is Command.APPLY and not (s.yes or s.terminal),
        "There is no terminal to ask on: add --yes.",
    ),
    (
        lambda s: not (s.yes or s.dry_run or s.terminal),
        "There is no terminal to ask on: add --yes, or --dry-run to look first.",
    ),
    (
        lambda s: len({path for _, path in s.report}) < len(s.report),
        "Two reports would go into the same file: give each --report a path of its own.",
    ),
)


def check(settings: Settings) -> Settings:
    """The settings, if they go together. Raises UsageError with the first rule they break."""
    for broken, sentence in RULES:
        if broken(settings):
            raise UsageError(sentence)
    return settings
