"""`janitor ci`: each line of its jobs does in a shell what it says, and reaches janitor as it can be called."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from runners import IMAGE, RUN, every_variant, runs_alive, scripts

from janitor.cli.app import commands
from janitor.core import times
from janitor.core.outcome import Command
from janitor.settings import settle
from janitor.settings.sweeping import asked

Janitor = Callable[..., Any]
README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
RECORDER = """#!{python} -IS
import json, os, sys
with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps([os.getpid(), *sys.argv[1:]]) + "\\n")
"""


@pytest.fixture
def shell(tmp_path: Path) -> Callable[..., tuple[int, int, list[list[Any]]]]:
    """A script under the shell of a runner, with a `janitor` on PATH that writes down how it was called."""
    program = tmp_path / "bin" / "janitor"
    program.parent.mkdir()
    program.write_text(RECORDER.format(python=sys.executable))
    program.chmod(0o755)

    def run(script: str, **environment: str) -> tuple[int, int, list[list[Any]]]:
        calls = tmp_path / "calls"
        calls.write_text("")
        (tmp_path / "script").write_text(script)
        path = f"{program.parent}:{os.environ['PATH']}"
        surroundings = {"PATH": path, "CALLS": str(calls), "RUN": RUN, "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
        process = subprocess.Popen(["sh", "-e", "script"], cwd=tmp_path, env=surroundings | environment)
        code = process.wait(timeout=30)
        return code, process.pid, [json.loads(line) for line in calls.read_text().splitlines()]

    return run


@every_variant
def test_every_script_is_one_that_a_shell_reads(rendered: Callable[..., str], variant: tuple[str, ...]) -> None:
    for name, script in scripts(variant[0], rendered(*variant)).items():
        done = subprocess.run(["sh", "-n"], input=script, text=True, capture_output=True, check=False)
        assert (name, done.returncode, done.stderr) == (name, 0, "")


@every_variant
def test_every_janitor_in_them_is_called_as_it_can_be(
    rendered: Callable[..., str], shell: Callable[..., Any], tmp_path: Path, variant: tuple[str, ...]
) -> None:
    """What the shell makes of each line, read by the command line itself, and by the rules of its settings."""
    (tmp_path / "runs-alive.txt").write_text(f"{RUN}\n")
    called = []
    for name, script in scripts(variant[0], rendered(*variant)).items():
        if "curl" in script and variant[0] == "github":
            continue
        lines = script if "curl" not in script else script.splitlines()[-1]
        code, _, calls = shell(lines, CI_JOB_STATUS="canceled")
        assert (name, code) == (name, 0)
        called += [words[1:] for words in calls]
    for command, *words in called:
        assert_valid(command, words)
        if command != "sweep":
            assert RUN in words[words.index("--mark") :] if "--mark" in words else command == "apply"
            assert ("--workspace" in words) == ("http" not in variant)
    after_script = ["destroy"] if variant[0] == "gitlab" else []
    assert sorted(command for command, *_ in called) == sorted([*after_script, "apply", "check", "destroy", "sweep"])


def assert_valid(command: str, words: list[str], **environment: str) -> None:
    every = commands()
    context = every.commands[command].make_context(command, list(words), **every.context_settings)
    given = {name.removeprefix("report_"): value for name, value in context.params.items() if name != "report_format"}
    if command == "sweep":
        assert asked(given, environment, now=time.time()).selection.expired is not None
        return
    given["format"] = context.params.get("report_format") or context.params.get("form") or None
    kind = Command.APPLY if command == "apply" else Command.PLAN if command == "check" else Command.DESTROY
    assert settle(given, {}, {}, time.time(), command=kind, terminal=False).workspace in {RUN, None}


@pytest.mark.parametrize(
    ("status", "commands"), [("canceled", ["destroy"]), ("success", []), ("failed", []), ("timedout", [])]
)
def test_the_after_script_acts_on_a_cancel_alone(
    rendered: Callable[..., str], shell: Callable[..., Any], status: str, commands: list[str]
) -> None:
    """After everything else the pipeline goes on, to its last job."""
    code, _, calls = shell(scripts("gitlab", rendered("gitlab"))[".janitor-run after_script"], CI_JOB_STATUS=status)
    assert (code, [words[1] for words in calls]) == (0, commands)


def test_githubs_signal_reaches_janitor_itself(rendered: Callable[..., str], shell: Callable[..., Any]) -> None:
    """The runner sends it to the step's first process alone."""
    _, first, calls = shell(scripts("github", rendered("github"))["Apply"])
    assert [words[:2] for words in calls] == [[first, "apply"]]


def test_the_clean_up_runs_whatever_happened(rendered: Callable[..., str]) -> None:
    gitlab, github = yaml.safe_load(rendered("gitlab")), yaml.safe_load(rendered("github"))
    assert gitlab["janitor-clean-up"]["rules"][-1] == {"when": "always"}
    assert gitlab["janitor-clean-up"]["stage"] == ".post"
    assert [gitlab[name]["extends"] for name in gitlab if name.startswith("janitor-")] == [
        *(".janitor", ".janitor-run", ".janitor", ".janitor")
    ]
    assert gitlab[".janitor"]["interruptible"] is False
    assert gitlab["janitor-sweep"]["resource_group"]
    steps = {step.get("name"): step for step in github["jobs"]["run"]["steps"]}
    assert steps["Clean up"]["if"] == "always()"
    assert [job["concurrency"]["cancel-in-progress"] for job in github["jobs"].values()] == [False, False]


def test_the_steps_leave_the_clean_up_its_time(rendered: Callable[..., str]) -> None:
    job = yaml.safe_load(rendered("github"))["jobs"]["run"]
    assert job["timeout-minutes"] - sum(step.get("timeout-minutes", 0) for step in job["steps"]) > 45


def test_gitlabs_script_ends_early_enough_for_its_after_script(rendered: Callable[..., str]) -> None:
    job = yaml.safe_load(rendered("gitlab"))[".janitor-run"]
    script, after = (job["variables"][f"RUNNER_{part}_TIMEOUT"] for part in ("SCRIPT", "AFTER_SCRIPT"))
    assert times.duration(script) + times.duration(after) < times.duration(job["timeout"])


@pytest.mark.parametrize("runner", ["gitlab", "github"])
def test_state_and_journal_are_kept_where_the_root_module_is(rendered: Callable[..., str], runner: str) -> None:
    """Of a repository on GitHub everybody who reads it reads its artifacts: no copy of a state is among them."""
    document = yaml.safe_load(rendered(runner, "--chdir", "infra/e2e"))
    if runner == "gitlab":
        artifacts = document["janitor-apply"]["artifacts"]
        assert artifacts["paths"] == ["infra/e2e/.janitor/", "infra/e2e/terraform.tfstate.d/"]
        assert (artifacts["when"], artifacts["access"]) == ("always", "developer")
        assert document[".janitor"]["variables"]["JANITOR_CHDIR"] == "infra/e2e"
    else:
        kept = next(step["with"] for step in document["jobs"]["run"]["steps"] if "upload" in step.get("uses", ""))
        assert kept["path"].split() == ["infra/e2e/.janitor/", "!infra/e2e/.janitor/*.tfstate"]
        assert document["jobs"]["run"]["env"]["JANITOR_CHDIR"] == "infra/e2e"


@pytest.fixture
def runs() -> Iterator[tuple[str, list[int], list[str]]]:
    with runs_alive([17, 18]) as answering:
        yield answering


SWEEPS = {"gitlab": "janitor-sweep script", "github": "Which runs are alive?"}


@pytest.mark.parametrize("runner", SWEEPS)
@pytest.mark.parametrize(("count", "swept"), [(2, True), (0, False), (100, None), (101, False)])
def test_a_sweep_spares_every_run_that_is_alive_or_does_not_begin(
    rendered: Callable[..., str],
    shell: Callable[..., Any],
    runs: tuple[str, list[int], list[str]],
    runner: str,
    count: int,
    *,
    swept: bool | None,
) -> None:
    """Nothing is swept where the service refuses to answer, and where its answer may not be all."""
    address, alive, tokens = runs
    alive[:] = range(1, count + 1)
    script = scripts(runner, rendered(runner))[SWEEPS[runner]]
    code, _, calls = shell(
        script,
        CI_API_V4_URL=address,
        CI_PROJECT_ID="7",
        PIPELINES_TOKEN="t0ken",
        GITHUB_API_URL=address,
        GITHUB_REPOSITORY="me/it",
        GH_TOKEN="t0ken",
    )
    expected = runner == "github" if swept is None else swept  # GitHub says how many there are, GitLab does not
    assert (code == 0) == expected
    assert [words[1] for words in calls] == (["sweep"] if expected and runner == "gitlab" else [])
    assert {token.removeprefix("Bearer ") for token in tokens} == {"t0ken"}
    if expected:
        listed = Path("runs-alive.txt").read_text().split()
        assert listed == [RUN, *(f"ci-{number}" for number in alive)]


def test_an_indexed_job_gives_each_pod_its_share(rendered: Callable[..., str], tmp_path: Path) -> None:
    cron = yaml.safe_load(rendered("kubernetes", "--image", IMAGE, "--shards", "8"))
    job = cron["spec"]["jobTemplate"]["spec"]
    assert (job["completionMode"], job["completions"], job["parallelism"]) == ("Indexed", 8, 8)
    container = job["template"]["spec"]["containers"][0]
    assert (container["image"], container["command"]) == (IMAGE, ["janitor"])
    command, *words = [
        str(tmp_path / "projects.txt") if word == "/etc/janitor/projects.txt" else word for word in container["args"]
    ]
    (tmp_path / "projects.txt").write_text("one\n")
    assert_valid(command, words, JOB_COMPLETION_INDEX="7")
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in job["template"]["spec"]["volumes"]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gitlob",), "did you mean 'gitlab'?"),
        (("gitlab", "--state", "htp"), "did you mean 'http'?"),
        (("gitlab", "--chdir", "/srv/infra"), "is no folder inside the repository"),
        (("gitlab", "--chdir", "../infra"), "is no folder inside the repository"),
        (("github", "--chdir", "${{ x }}"), "is no folder inside the repository"),
        (("github", "--shards", "2"), "leave it out"),
        (("kubernetes",), "add --image IMAGE"),
        (("kubernetes", "--image", "x", "--state", "http"), "leave --state and --chdir out"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_rendered_is_exit_2_and_says_why(janitor: Janitor, words: tuple[str, ...], said: str) -> None:
    done = janitor("ci", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_what_the_readme_shows_is_part_of_them(rendered: Callable[..., str]) -> None:
    gitlab, github = re.findall(r"```yaml\n(.+?)```", README, re.DOTALL)
    assert gitlab in rendered("gitlab")
    assert textwrap.indent(github, "      ") in rendered("github")
