"""Settings: who wins over whom, what every value may be, and every pair of options that excludes each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janitor.core import times
from janitor.core.catalogue import KINDS, Fate
from janitor.core.errors import Refused, UsageError
from janitor.core.outcome import Command
from janitor.settings import Evaluate, Settings, Source, load_toml, settle
from janitor.settings.ci import AFTER_SCRIPT, AFTER_SCRIPT_GRACE, JOB_GRACE, LONGEST, SHORTEST
from janitor.settings.table import FIELDS

NOW = times.moment("2026-11-21T12:00:00Z")
HERE = Path("/work/stack")


def settled(
    environment: dict[str, str] | None = None, toml: dict[str, object] | None = None, **options: object
) -> Settings:
    """Settings of a call that was told yes."""
    return settle({"yes": True, **options}, environment or {}, toml or {}, NOW, here=HERE)


def refusal(environment: dict[str, str] | None = None, toml: dict[str, object] | None = None, **options: object) -> str:
    with pytest.raises(UsageError) as caught:
        settled(environment, toml, **options)
    return str(caught.value)


def test_without_anything_the_documented_defaults_hold() -> None:
    settings = settled()
    assert (settings.timeout, settings.stall_after, settings.lock_timeout) == (LONGEST, 300, 60)
    assert (settings.concurrency, settings.format, settings.evaluate) == (8, "text", Evaluate.AUTO)
    assert settings.workspace is None
    assert settings.since is None
    assert settings.journal_folder == HERE / ".janitor"
    assert str(settings.origin("timeout")) == "default"


def test_every_field_has_a_place_in_settings() -> None:
    assert set(FIELDS) <= set(Settings.__dataclass_fields__)


def test_an_option_wins_over_the_environment_and_that_over_the_file() -> None:
    toml: dict[str, object] = {"timeout": "3m", "concurrency": 3, "lock_timeout": "3s"}
    environment = {"JANITOR_TIMEOUT": "2m", "JANITOR_CONCURRENCY": "2"}
    settings = settled(environment, toml, timeout="1m")
    assert (settings.timeout, settings.concurrency, settings.lock_timeout) == (60, 2, 3)
    assert [str(settings.origin(name)) for name in ("timeout", "concurrency", "lock_timeout")] == [
        "option --timeout",
        "environment JANITOR_CONCURRENCY",
        "file tf-janitor.toml",
    ]


def test_an_empty_variable_is_no_value_but_an_empty_option_is_a_mistake() -> None:
    assert settled({"TF_WORKSPACE": "", "JANITOR_MARK": " "}).workspace is None
    assert "--workspace: the value is empty" in refusal(workspace="")
    assert "--mark: the value is empty" in refusal(mark=[""])
    assert "--chdir: the value is empty" in refusal(chdir="")


def test_paths_start_where_they_were_written() -> None:
    toml: dict[str, object] = {"var_file": ["ci.tfvars"], "binary": "./tofu"}
    settings = settled({}, toml, chdir="infra", from_log=["apply.log", "-"], journal="/var/j")
    assert settings.chdir == HERE / "infra"
    assert settings.var_file == (HERE / "infra" / "ci.tfvars",)
    assert settings.binary == str(HERE / "infra" / "tofu")
    assert settings.from_log == (HERE / "apply.log", Path("-"))
    assert settings.journal_folder == Path("/var/j")


def test_a_binary_without_a_slash_is_a_name_on_the_path() -> None:
    assert settled(binary="tofu").binary == "tofu"
    assert settled(binary="bin/tofu").binary == str(HERE / "bin/tofu")


def test_variables_come_from_options_and_from_the_environment() -> None:
    settings = settled({"TF_VAR_cluster": "env", "HOME": "/root"}, var=["cluster=option", "net=a=b", "empty="])
    assert settings.var == {"cluster": "option", "net": "a=b", "empty": ""}
    assert settings.tf_var == {"cluster": "env"}


def test_secrets_do_not_stand_in_the_representation() -> None:
    settings = settled({"TF_VAR_password": "hunter2"}, var=["token=hunter2"], backend_config=["password=hunter2"])
    assert "hunter2" not in repr(settings)


def test_a_pair_without_an_equals_sign_is_refused_without_showing_it() -> None:
    said = refusal(backend_config=["address=x", "hunter2"])
    assert "number 2" in said
    assert "hunter2" not in said


def test_marks_from_the_environment_are_a_list() -> None:
    assert settled({"JANITOR_MARK": "a, b c"}).mark == ("a", "b", "c")
    assert settled({"JANITOR_MARK": "a"}, mark=["b", "b"]).mark == ("b",)


@pytest.mark.parametrize("name", ["*", "a b", "x" * 49, "ümlaut", "janitor:run=x", "a/b"])
def test_what_cannot_be_a_mark_is_refused(name: str) -> None:
    assert "cannot be a mark" in refusal(mark=[name])


@pytest.mark.parametrize("name", ["a/b", "a b", "..", "a?b", "a\n"])
def test_what_terraform_would_not_take_as_a_workspace_is_refused(name: str) -> None:
    assert "cannot be the name of a workspace" in refusal(workspace=name)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("5m", 300), ("1h30m", 5400), ("1h30m5s", 5405), ("2d", 172800), ("1.5h", 5400), (" 5M ", 300)],
)
def test_durations(text: str, seconds: float) -> None:
    assert settled(timeout=text).timeout == seconds


@pytest.mark.parametrize("text", ["", "90", "5 m", "m", "-5m", "1h-5m", "5m1h", "0s", "forever"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    assert refusal(timeout=text).startswith("--timeout: ")


@given(st.integers(1, 10**7))
def test_a_duration_reads_back(seconds: int) -> None:
    hours, rest = divmod(seconds, 3600)
    text = "".join(f"{n}{unit}" for n, unit in ((hours, "h"), (rest // 60, "m"), (rest % 60, "s")) if n)
    assert times.duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2h", NOW - 7200),
        ("2026-11-21T10:00:00Z", NOW - 7200),
        ("2026-11-21T11:00:00+01:00", NOW - 7200),
        ("2026-11-21T10:00:00", NOW - 7200),
        ("2026-11-21", NOW - 12 * 3600),
    ],
)
def test_since_is_a_time_or_an_age(text: str, when: float) -> None:
    settings = settled({"CI_PIPELINE_CREATED_AT": "2026-01-01T00:00:00Z"}, since=text)
    assert settings.since == when
    assert settings.begin(journal=1.0) == when


@pytest.mark.parametrize("text", ["", "yesterday", "2h ago", "1700000000", "2026-11-21T13:00:00Z"])
def test_a_begin_that_cannot_be_is_refused(text: str) -> None:
    assert refusal(since=text).startswith("--since: ")


def test_the_pipelines_begin_counts_only_where_nothing_better_is_known() -> None:
    environment = {"CI_PIPELINE_CREATED_AT": "2026-11-21T10:00:00Z", "CI_JOB_STARTED_AT": "2026-11-21T11:59:00Z"}
    settings = settled(environment)
    assert settings.since == NOW - 7200
    assert settings.origin("since").source is Source.CI
    assert settings.begin(journal=None) == NOW - 7200
    assert settings.begin(journal=NOW - 9000) == NOW - 9000
    assert settled({**environment, "JANITOR_SINCE": "1h"}).begin(journal=5.0) == NOW - 3600
    assert settled().begin(journal=None) is None


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({}, LONGEST),
        ({"CI_JOB_STARTED_AT": "2026-11-21T11:50:00Z", "CI_JOB_TIMEOUT": "3600"}, 3000 - JOB_GRACE),
        ({"CI_JOB_STARTED_AT": "2026-11-21T11:50:00Z", "CI_JOB_TIMEOUT": "36000"}, LONGEST),
        ({"CI_JOB_STARTED_AT": "2026-11-21T11:50:00Z", "CI_JOB_TIMEOUT": "610"}, SHORTEST),
        ({"CI_JOB_STARTED_AT": "2026-11-20T11:50:00Z", "CI_JOB_TIMEOUT": "3600"}, LONGEST),
        ({"CI_JOB_STARTED_AT": "soon", "CI_JOB_TIMEOUT": "3600"}, LONGEST),
        ({"CI_JOB_STARTED_AT": "2026-11-21T11:50:00Z", "CI_JOB_TIMEOUT": "1h"}, LONGEST),
        ({"CI_JOB_STATUS": "canceled"}, AFTER_SCRIPT - AFTER_SCRIPT_GRACE),
        ({"CI_JOB_STATUS": "timedout"}, AFTER_SCRIPT - AFTER_SCRIPT_GRACE),
        ({"CI_JOB_STATUS": "failed", "RUNNER_AFTER_SCRIPT_TIMEOUT": "15m"}, 900 - AFTER_SCRIPT_GRACE),
        ({"CI_JOB_STATUS": "running"}, LONGEST),
    ],
)
def test_the_deadline_is_what_the_ci_job_has_left(environment: dict[str, str], seconds: float) -> None:
    assert settled(environment).timeout == seconds
    assert settled(environment, timeout="7m").timeout == 420


def test_a_key_of_the_file_that_means_nothing_is_refused_with_a_guess() -> None:
    assert refusal(toml={"time_out": "5m"}) == ("tf-janitor.toml: 'time_out' is not a setting; did you mean 'timeout'?")
    assert "is not a setting: remove it." in refusal(toml={"zzz": 1})


@pytest.mark.parametrize(
    "name",
    ["yes", "by_name", "ignore_config", "expect-empty", "break_lock", "admin_kinds", "mark", "workspace", "since"],
)
def test_what_belongs_to_one_call_cannot_stand_in_the_file(name: str) -> None:
    assert "belongs to one call" in refusal(toml={name: True})


def test_the_file_may_bound_single_kinds() -> None:
    toml: dict[str, object] = {"stall-after": "2m", "timeouts": {"load_balancer": "8m"}, "direct": True}
    settings = settled(toml=toml)
    assert settings.timeouts == {"load_balancer": 480}
    assert settings.stall_after == 120
    assert settings.direct
    assert "did you mean 'load_balancer'?" in refusal(toml={"timeouts": {"loadbalancer": "8m"}})
    assert refusal(toml={"timeout": 300}) == "tf-janitor.toml: timeout: text is expected, not 300."


@pytest.mark.parametrize("given", [["flavor", "project"], ["flavor,project"], ["project, flavor"]])
def test_admin_kinds_are_named_one_by_one_or_with_commas(given: list[str]) -> None:
    assert settled(admin_kinds=given).admin_kinds == {"flavor", "project"}


def test_all_admin_kinds_are_those_that_are_left_to_terraform() -> None:
    refused = {kind.name for kind in KINDS.values() if kind.fate is Fate.REFUSED}
    assert settled(admin_kinds=["all"]).admin_kinds == refused
    assert settled().admin_kinds == frozenset()


def test_what_is_no_admin_kind_is_a_usage_error() -> None:
    assert "did you mean 'flavor'?" in refusal(admin_kinds=["flavour"])
    assert "server is no admin kind" in refusal(admin_kinds=["server"])
    assert "see `janitor kinds`" in refusal(admin_kinds=["zzzz"])


def test_a_misspelt_variable_is_noted() -> None:
    settings = settled({"JANITOR_MARKS": "x"})
    assert settings.notes == (
        "The environment variable JANITOR_MARKS means nothing to janitor; did you mean 'JANITOR_MARK'?",
    )


def test_reports_have_a_format_and_a_file() -> None:
    settings = settled(report=["json=out/a.json", "text=/b.txt"])
    assert settings.report == (("json", HERE / "out/a.json"), ("text", Path("/b.txt")))
    assert "is not one of" in refusal(report=["pdf=x"])
    assert "FORMAT=PATH" in refusal(report=["report.json"])
    assert "--format" in refusal(report=["json=-"])
    assert "is not one of" in refusal(format="yaml")


@pytest.mark.parametrize(
    ("options", "word"),
    [
        pytest.param({"verbose": True, "quiet": True}, "--quiet", id="loud and quiet"),
        pytest.param({"keep_state": True, "delete_workspace": True}, "--keep-state", id="keep and delete"),
        pytest.param({"delete_workspace": True, "workspace": "default"}, "default", id="the default workspace"),
        pytest.param({"delete_workspace": True, "state": "x.tfstate"}, "--state", id="no backend to delete it in"),
        pytest.param({"break_lock": "1", "dry_run": True}, "--break-lock", id="a plan breaks no lock"),
        pytest.param({"from_log": ["-", "-"], "yes": False}, "--from-log -", id="nobody to ask"),
        pytest.param({"report": ["json=a", "text=a"]}, "same file", id="one file for two reports"),
        pytest.param({"yes": False}, "--yes", id="no terminal"),
        pytest.param({"concurrency": "0"}, "1 to 64", id="no hands"),
        pytest.param({"concurrency": "many"}, "1 to 64", id="not a number"),
        pytest.param({"evaluate": "guess"}, "auto, binary, static", id="no such evaluator"),
    ],
)
def test_what_does_not_go_together_is_said_in_one_sentence(options: dict[str, object], word: str) -> None:
    said = refusal(**options)
    assert word in said
    assert "\n" not in said


def test_somebody_who_can_be_asked_needs_no_yes() -> None:
    assert settle({}, {}, {}, NOW, here=HERE, terminal=True).yes is False
    assert settle({"dry_run": True}, {}, {}, NOW, here=HERE).command is Command.PLAN
    assert settle({}, {}, {}, NOW, here=HERE, command=Command.PLAN).dry_run


@pytest.mark.parametrize(
    ("environment", "options", "color"),
    [({}, {}, True), ({"NO_COLOR": "1"}, {}, False), ({"NO_COLOR": ""}, {}, True), ({}, {"no_color": True}, False)],
)
def test_colours(environment: dict[str, str], options: dict[str, object], color: bool) -> None:  # noqa: FBT001
    assert settled(environment, **options).color is color


def test_the_file_is_read_from_the_root_module(tmp_path: Path) -> None:
    assert load_toml(tmp_path) == {}
    (tmp_path / "tf-janitor.toml").write_text('timeout = "5m"\n[timeouts]\nserver = "1m"\n')
    assert load_toml(tmp_path) == {"timeout": "5m", "timeouts": {"server": "1m"}}


def test_a_file_or_folder_that_cannot_be_read_ends_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"is not a folder: give the root module's folder with --chdir\."):
        load_toml(tmp_path / "nowhere")
    (tmp_path / "tf-janitor.toml").write_text("timeout = ")
    with pytest.raises(UsageError, match="is not valid TOML"):
        load_toml(tmp_path)
    (tmp_path / "tf-janitor.toml").unlink()
    (tmp_path / "tf-janitor.toml").mkdir()
    with pytest.raises(Refused, match="cannot be read"):
        load_toml(tmp_path)
