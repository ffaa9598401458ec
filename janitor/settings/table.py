"""The table of settings: by which names each one is found, and who reads it.

A field that is not in the file's column belongs to one call: what lifts a caution, says yes, or names one run must
not lie in a repository and act on everybody's next run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from janitor.settings import reading


@dataclass(frozen=True, slots=True)
class Field:
    """One setting. `local`: the reader wants to know the folder that a relative path starts from."""

    name: str
    read: Callable[..., object]
    environment: str = ""
    file: bool = True
    many: bool = False  # in the environment: separated by commas or spaces
    local: bool = False

    @property
    def option(self) -> str:
        """As it is written on the command line."""
        return f"--{self.name.replace('_', '-')}"

    def parse(self, raw: object, *, here: Path) -> object:
        """The typed value. Raises ValueError."""
        return self.read(raw, here=here) if self.local else self.read(raw)


FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        field.name: field
        for field in (
            Field("workspace", reading.workspace, "TF_WORKSPACE", file=False),
            Field("backend_config", reading.pairs),
            Field("os_cloud", reading.text, "OS_CLOUD"),
            Field("provider_cloud", reading.pairs),
            Field("var", reading.pairs, file=False),
            Field("var_file", reading.paths, local=True),
            Field("binary", reading.program, "JANITOR_BINARY", local=True),
            Field("state", reading.path, file=False, local=True),
            Field("from_log", reading.paths, file=False, local=True),
            Field("journal", reading.path, "JANITOR_JOURNAL", local=True),
            Field("mark", reading.marks, "JANITOR_MARK", file=False, many=True),
            Field("timeout", reading.seconds, "JANITOR_TIMEOUT"),
            Field("stall_after", reading.seconds, "JANITOR_STALL_AFTER"),
            Field("lock_timeout", reading.patience, "JANITOR_LOCK_TIMEOUT"),
            Field("timeouts", reading.kind_timeouts),
            Field("concurrency", reading.threads, "JANITOR_CONCURRENCY"),
            Field("evaluate", reading.evaluate, "JANITOR_EVALUATE"),
            Field("direct", reading.flag, "JANITOR_DIRECT"),
            Field("by_name", reading.flag, file=False),
            Field("ignore_config", reading.flag, file=False),
            Field("expect_empty", reading.flag, file=False),
            Field("admin_kinds", reading.admin_kinds, file=False),
            Field("ignore_provider", reading.providers, "JANITOR_IGNORE_PROVIDER", many=True),
            Field("break_lock", reading.text, file=False),
            Field("delete_workspace", reading.flag),
            Field("keep_state", reading.flag),
            Field("rollback_on_failure", reading.flag),
            Field("rollback_on_signal", reading.flag),
            Field("rollback_timeout", reading.seconds),
            Field("yes", reading.flag, file=False),
            Field("dry_run", reading.flag, file=False),
            Field("format", reading.format_name, "JANITOR_FORMAT"),
            Field("report", reading.reports, local=True),
            Field("verbose", reading.flag),
            Field("quiet", reading.flag),
        )
    }
)

OWN_VARIABLES = frozenset(
    {
        "JANITOR_CHDIR",
        "JANITOR_SINCE",
        *(f.environment for f in FIELDS.values() if f.environment.startswith("JANITOR_")),
    }
)
"""Every `JANITOR_*` that means something; another one is probably misspelt."""
