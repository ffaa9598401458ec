"""The options that commands share, declared once. They stay text here: `settings` reads and checks them."""

from __future__ import annotations

from typing import Annotated

import typer

Text = str | None
Texts = list[str] | None

Chdir = Annotated[
    Text, typer.Option("-C", "--chdir", metavar="DIR", help="The root module; default: here. [JANITOR_CHDIR]")
]
Workspace = Annotated[
    Text,
    typer.Option("-w", "--workspace", metavar="NAME", help="Default: the selected one, else `default`. [TF_WORKSPACE]"),
]
BackendConfig = Annotated[Texts, typer.Option("--backend-config", metavar="K=V", help="For the backend; repeatable.")]
OsCloud = Annotated[Text, typer.Option("--os-cloud", metavar="NAME", help="The cloud of clouds.yaml. [OS_CLOUD, OS_*]")]
ProviderCloud = Annotated[
    Texts, typer.Option("--provider-cloud", metavar="ALIAS=CLOUD", help="The cloud of a provider alias; repeatable.")
]
Var = Annotated[Texts, typer.Option("--var", metavar="K=V", help="A Terraform variable; repeatable. [TF_VAR_*]")]
VarFile = Annotated[Texts, typer.Option("--var-file", metavar="FILE", help="A file of them; repeatable.")]
Binary = Annotated[
    Text,
    typer.Option(
        "--binary", metavar="PATH", help="tofu or terraform; default: as the lock file says. [JANITOR_BINARY]"
    ),
]
State = Annotated[Text, typer.Option("--state", metavar="FILE", help="Read this state instead of asking the backend.")]
FromLog = Annotated[
    Texts,
    typer.Option("--from-log", metavar="FILE", help="An apply's output, human or -json, - for stdin; repeatable."),
]
Journal = Annotated[
    Text,
    typer.Option("--journal", metavar="PATH", help="Folder of the journal; default: DIR/.janitor. [JANITOR_JOURNAL]"),
]
Mark = Annotated[Texts, typer.Option("--mark", metavar="NAME", help="The run's mark; repeatable. [JANITOR_MARK]")]
Since = Annotated[
    Text,
    typer.Option(
        "--since",
        metavar="TIME",
        help="The run's begin, ISO 8601 (UTC) or an age like 2h; default: the journal's, else the pipeline's. "
        "[JANITOR_SINCE]",
    ),
]
Timeout = Annotated[
    Text,
    typer.Option(
        "--timeout", metavar="D", help="Deadline; default: 55m, or what the CI job has left. [JANITOR_TIMEOUT]"
    ),
]
StallAfter = Annotated[
    Text,
    typer.Option(
        "--stall-after",
        metavar="D",
        help="Take over from terraform after D without movement; 5m. [JANITOR_STALL_AFTER]",
    ),
]
LockTimeout = Annotated[
    Text,
    typer.Option("--lock-timeout", metavar="D", help="Wait for a held state lock; 60s. [JANITOR_LOCK_TIMEOUT]"),
]
Concurrency = Annotated[
    Text, typer.Option("--concurrency", metavar="N", help="Objects at once; 8. [JANITOR_CONCURRENCY]")
]
EvaluateBy = Annotated[
    Text,
    typer.Option(
        "--evaluate", metavar="HOW", help="Who evaluates the HCL: auto, binary or static; auto. [JANITOR_EVALUATE]"
    ),
]
EvaluateText = Annotated[
    Text,
    typer.Option(
        "--evaluate", metavar="HOW", help="Who evaluates the HCL: auto, binary or static; static. [JANITOR_EVALUATE]"
    ),
]
Direct = Annotated[
    bool, typer.Option("--direct", help="Skip `terraform destroy`: much faster, same proof. [JANITOR_DIRECT]")
]
ByName = Annotated[bool, typer.Option("--by-name", help="Let names prove without --since.")]
IgnoreConfig = Annotated[
    bool, typer.Option("--ignore-config", help="Go on although what cannot be read, or is not here, may protect.")
]
ExpectEmpty = Annotated[bool, typer.Option("--expect-empty", help="Nothing known, nothing found: that is success.")]
AdminKinds = Annotated[
    Texts,
    typer.Option("--admin-kinds", metavar="KINDS", help="Delete project,user,flavor …, or all, too; repeatable."),
]
IgnoreProvider = Annotated[
    Texts,
    typer.Option(
        "--ignore-provider",
        metavar="P",
        help="What this provider leaves does not count; repeatable. [JANITOR_IGNORE_PROVIDER]",
    ),
]
BreakLock = Annotated[Text, typer.Option("--break-lock", metavar="ID", help="Break the state lock with this id.")]
DeleteWorkspace = Annotated[bool, typer.Option("--delete-workspace", help="Remove the workspace after the proof.")]
KeepState = Annotated[bool, typer.Option("--keep-state", help="Leave the state untouched.")]
RollbackOnFailure = Annotated[
    bool, typer.Option("--rollback-on-failure", help="Remove what this apply created, should it fail.")
]
RollbackOnSignal = Annotated[
    bool, typer.Option("--rollback-on-signal", help="The same after SIGINT or SIGTERM; a CI may kill it meanwhile.")
]
RollbackTimeout = Annotated[
    Text, typer.Option("--rollback-timeout", metavar="D", help="Deadline of the rollback alone; 10m.")
]
Yes = Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("-n", "--dry-run", help="Plan only; delete nothing.")]
Format = Annotated[
    Text,
    typer.Option(
        "--format", metavar="F", help="On stdout: text, json, junit, html or markdown; text. [JANITOR_FORMAT]"
    ),
]
Report = Annotated[Texts, typer.Option("--report", metavar="F=PATH", help="A report into a file; repeatable.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Say more; tracebacks.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Warnings and the result only.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours. [NO_COLOR]")]
