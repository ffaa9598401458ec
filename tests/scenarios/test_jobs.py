"""The printed jobs in the hands of their runners: cancelled in the middle of an apply, they end with an empty project.

Each begins as a fresh clone that nobody has initialised, with the variables that its runner sets and no others.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import runners
import stock
import yaml
from runners import GITHUB, GITLAB, IMAGE, KUBERNETES_STOPS, Script, runs_alive, started, tree
from states import StateServer, serving

from ground.cloud import Fault, Project, fault_region, gate
from ground.cloud.services import MEMBER_ROLES, REGION
from ground.neighbour import look
from janitor import jobs

pytestmark = pytest.mark.scenario

STACKS = Path(__file__).parent / "stacks"
PIPELINE = "4711"
SLOW = [Fault(service="block-storage", method="POST", path="/volumes$", latency=13, times=1)]
"""The answer to a create that takes longer than GitHub waits: nothing can interrupt terraform in it."""
MACHINE = ("TF_CLI_CONFIG_FILE", "CHECKPOINT_DISABLE", "NO_PROXY", "no_proxy", "LANG")
GITHUB_LEFT = {  # what the workflow asks of its contexts, once it is being cancelled
    "github.run_id": PIPELINE,
    "github.token": "t0ken",
    "job.status == 'cancelled'": "true",
    "job.status == 'cancelled' && '4m' || '45m'": "4m",
}


class Runner:
    """A machine that runs jobs for one project: what is installed there, and fresh clones of its repository."""

    def __init__(self, project: Project, folder: Path) -> None:
        self.project, self.folder, self.clones = project, folder, 0
        self.cloud: Any = stock.connection(project)
        self.more: dict[str, str] = {}  # what its administrator sets for every job
        (folder / "home").mkdir()

    def clone(self) -> Path:
        self.clones += 1
        clone = self.folder / f"clone-{self.clones}"
        clone.mkdir()
        for name in ("terraform", "marked"):
            shutil.copy(STACKS / f"{name}.tf", clone)
        return clone

    def machine(self) -> dict[str, str]:
        """The environment that the runner itself has: programs, and the way to the provider's mirror."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        kept = {name: os.environ[name] for name in MACHINE if name in os.environ}
        return kept | {"PATH": path, "HOME": str(self.folder / "home"), "TF_VAR_name": self.project.name}

    def holds(self) -> set[str]:
        return {f"{seen.kind} {seen.name}" for seen in look(self.cloud).values()}


@pytest.fixture
def runner(project: Project, tmp_path: Path, tofu: str) -> Runner:
    return Runner(project, tmp_path)


def gitlab(runner: Runner, folder: Path, server: StateServer | None = None) -> Callable[..., Script]:
    """Starts a job's script as GitLab's runner does, with its shell executor; the states may be at a server."""
    state, kept = jobs.State.ARTIFACT, {}
    if server is not None:
        state, kept = jobs.State.HTTP, {"CI_API_V4_URL": server.api, "CI_JOB_TOKEN": server.password}
        (folder / "backend.tf").write_text('terraform {\n  backend "http" {}\n}\n', encoding="utf-8")
    document = yaml.safe_load(jobs.render("gitlab", jobs.Wanted(state=state)))
    now = time.time()
    predefined = runner.machine() | runner.project.env | {
        "CI": "true",
        "GITLAB_CI": "true",
        "CI_PIPELINE_ID": PIPELINE,
        "CI_PIPELINE_CREATED_AT": stamp(now - 60),
        "CI_PROJECT_ID": "1",
        "CI_PROJECT_DIR": str(folder),
        "CI_JOB_TIMEOUT": "3600",
    } | kept  # fmt: skip

    def run(name: str, part: str = "script", **more: str) -> Script:
        job = runners.gitlab_job(document, name)
        given = {"CI_JOB_STARTED_AT": stamp(time.time() - 1), "CI_JOB_STATUS": "running"} | more
        lines = "set -eo pipefail\n: | eval " + shlex.quote("\n".join(job[part])) + "\nexit 0\n"
        return started(
            ["bash"],
            folder=folder,
            environment=runners.gitlab_variables(job, predefined | given) | runner.more,
            script=lines,
        )

    return run


def stamp(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def test_gitlab_cancels_an_apply_and_the_after_script_empties_the_project(runner: Runner) -> None:
    run = gitlab(runner, runner.clone())
    checked = run("janitor-check")
    assert checked.end() == 0, checked.text
    with gate("cinder.create_volume", match=f"^{runner.project.name}-disk$", action="hang") as making:
        applying = run("janitor-apply")
        applying.wait_for(making.reached)
        making.release()  # in a moment it is there: terraform ends what it has begun, and nothing is killed
        sent, _ = applying.cancelled(GITLAB)
    assert sent == [signal.SIGTERM], applying.text
    assert runner.holds(), "what was made is there"
    after = run("janitor-apply", "after_script", CI_JOB_STATUS="canceled")
    assert after.end() == 0, after.text
    assert runner.holds() == set()
    by_hand = gitlab(runner, runner.clone())("janitor-clean-up")
    assert by_hand.end() == 0, by_hand.text


@pytest.mark.thorough
def test_gitlab_kills_an_apply_and_the_mark_reaches_the_clean_up_on_another_runner(runner: Runner) -> None:
    """The runner's grace is over while the cloud has not answered; no after_script, and no artifact."""
    impatient = tuple((whom, number, min(patience, 3.0)) for whom, number, patience in GITLAB)
    with fault_region(runner.project.name, SLOW) as region:
        runner.more |= region.env(runner.project, runner.folder)
        applying = gitlab(runner, runner.clone())("janitor-apply")
        applying.wait_for(lambda: "subnet complete" in applying.text)
        time.sleep(0.5)
        sent, _ = applying.cancelled(impatient)
        assert sent == [signal.SIGTERM, signal.SIGKILL], applying.text
        assert stock.until(lambda: region.calls("block-storage", "POST", "/volumes"))
        cleaning = gitlab(runner, runner.clone())("janitor-clean-up")
        assert cleaning.end() == 0, cleaning.text
    assert runner.holds() == set()


@pytest.fixture
def states() -> Iterator[StateServer]:
    """GitLab's own states, as a job's token reaches them."""
    with serving() as server:
        server.user = "gitlab-ci-token"
        yield server


STATE = f"ci-{PIPELINE}"


def test_gitlab_keeps_the_state_and_its_cancelled_apply_leaves_neither_an_object_nor_a_lock(
    runner: Runner, states: StateServer
) -> None:
    run = gitlab(runner, runner.clone(), states)
    with gate("cinder.create_volume", match=f"^{runner.project.name}-disk$", action="hang") as making:
        applying = run("janitor-apply")
        applying.wait_for(making.reached)
        assert states.lock_of(STATE) is not None
        making.release()
        sent, _ = applying.cancelled(GITLAB)
    assert sent == [signal.SIGTERM], applying.text
    assert states.resources(STATE), applying.text
    assert len(runner.holds()) == 3, applying.text
    after = run("janitor-apply", "after_script", CI_JOB_STATUS="canceled")
    assert after.end() == 0, after.text
    assert (runner.holds(), states.resources(STATE), states.lock_of(STATE)) == (set(), [], None)


@pytest.mark.thorough
def test_an_apply_that_died_with_its_machine_keeps_gitlabs_lock_until_somebody_takes_it_off(
    runner: Runner, states: StateServer
) -> None:
    """GitLab does not tell where the holder ran, so nobody can prove it dead: it is waited for, and named."""
    runner.more["JANITOR_LOCK_TIMEOUT"] = "1s"
    applying = gitlab(runner, runner.clone(), states)("janitor-apply")
    applying.wait_for(lambda: "network_v2.net complete" in applying.text)
    applying.cancelled(((tree, signal.SIGKILL, 10),))
    held, there = states.lock_of(STATE), runner.holds()
    assert held is not None
    run = gitlab(runner, runner.clone(), states)
    for part in (run("janitor-apply", "after_script", CI_JOB_STATUS="canceled"), run("janitor-clean-up")):
        part.end()
        assert f"--break-lock {held['ID']}" in part.text
    assert (runner.holds(), states.lock_of(STATE)) == (there, held)
    states.states[STATE].lock = None  # what "Unlock" does in GitLab's list of states
    again = run("janitor-clean-up")
    assert again.end() == 0, again.text
    assert (runner.holds(), states.lock_of(STATE)) == (set(), None)


def github(runner: Runner, folder: Path) -> Callable[..., Script]:
    """Starts a step's script as GitHub's runner does; the credentials are an application credential's, as secrets."""
    workflow = yaml.safe_load(jobs.render("github", jobs.Wanted()))
    identity = runner.cloud.identity
    roles = [{"name": role} for role in MEMBER_ROLES]
    made = identity.create_application_credential(runner.project.user_id, name="runner", roles=roles)
    contexts = GITHUB_LEFT | {
        "vars.OS_AUTH_URL": runner.project.auth_url,
        "vars.OS_REGION_NAME": REGION,  # others' tests have regions of their own in the same catalogue
        "secrets.OS_APPLICATION_CREDENTIAL_ID": made.id,
        "secrets.OS_APPLICATION_CREDENTIAL_SECRET": made.secret,
    }
    summary = runner.folder / "summary.md"
    own = {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_RUN_ID": PIPELINE,
        "GITHUB_WORKSPACE": str(folder),
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_REPOSITORY": "me/it",
    }

    def run(name: str, job_name: str = "run") -> Script:
        job = workflow["jobs"][job_name]
        (step,) = [step for step in job["steps"] if step.get("name") == name]
        script = runner.folder / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        given = runners.github_variables([workflow, job, step], contexts)
        return started(
            ["bash", "-e", str(script)], folder=folder, environment=runner.machine() | own | given | runner.more
        )

    return run


def test_github_kills_a_cancelled_apply_after_ten_seconds_and_the_clean_up_empties_the_project(runner: Runner) -> None:
    """The cloud answers later than that: terraform is killed with janitor, and nobody knows the volume's id."""
    run = github(runner, runner.clone())
    checked = run("Is this environment fit?")
    assert checked.end() == 0, checked.text
    with fault_region(runner.project.name, SLOW) as region:
        runner.more |= {"OS_AUTH_URL": region.auth_url, "OS_REGION_NAME": region.region}
        applying = run("Apply")
        applying.wait_for(lambda: "subnet complete" in applying.text)
        time.sleep(0.5)
        sent, seconds = applying.cancelled(GITHUB)
        assert (sent, round(seconds)) == ([signal.SIGINT, signal.SIGTERM, signal.SIGKILL], 10), applying.text
        cleaning = run("Clean up")
        assert cleaning.end() == 0, cleaning.text
        assert region.calls("block-storage", "POST", "/volumes"), "it was made after terraform's end"
    assert runner.holds() == set()
    assert "proved empty" in (runner.folder / "summary.md").read_text(encoding="utf-8")


@pytest.mark.thorough
def test_github_cancels_an_apply_that_ends_in_time(runner: Runner) -> None:
    folder = runner.clone()
    run = github(runner, folder)
    with gate("cinder.create_volume", match=f"^{runner.project.name}-disk$", action="hang", seconds=2) as making:
        applying = run("Apply")
        applying.wait_for(making.reached)
        sent, _ = applying.cancelled(GITHUB)
    assert sent[0] == signal.SIGINT
    cleaning = run("Clean up")
    assert cleaning.end() == 0, cleaning.text
    assert runner.holds() == set()


@pytest.mark.parametrize("service", ["gitlab", pytest.param("github", marks=pytest.mark.thorough)])
def test_the_nightly_sweep_takes_what_has_outlived_its_run_and_spares_the_living(runner: Runner, service: str) -> None:
    network = runner.cloud.network
    for name, marks in {
        "past": "janitor:run=ci-16 janitor:until=1000",
        "past, but alive": "janitor:run=ci-17 janitor:until=1000",
        "without an end": "janitor:run=ci-15",
        "nobody's": "",
    }.items():
        network.create_network(name=name, description=marks)
    folder = runner.clone()
    with runs_alive([17, 18]) as (address, _, tokens):
        runner.more |= {"CI_API_V4_URL": address, "PIPELINES_TOKEN": "t0ken", "GITHUB_API_URL": address}
        if service == "gitlab":
            steps = [partial(gitlab(runner, folder), "janitor-sweep", SWEEP="1")]
        else:
            run = github(runner, folder)
            steps = [partial(run, name, "sweep") for name in ("Which runs are alive?", "Sweep")]
        for step in steps:
            ended = step()
            assert ended.end() == 0, ended.text
    assert runner.holds() == {"network past, but alive", "network without an end", "network nobody's"}
    assert {token.removeprefix("Bearer ") for token in tokens} == {"t0ken"}


def kubernetes(runner: Runner, folder: Path, *, index: int) -> Callable[[], Script]:
    """Starts the container's own command; its files, which are mounted in a pod, are found in `folder`."""
    cron = yaml.safe_load(jobs.render("kubernetes", jobs.Wanted(image=IMAGE, shards=1)))
    (container,) = cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    (folder / "projects.txt").write_text(f"{runner.project.id}\n", encoding="utf-8")
    text = runner.project.clouds_yaml.read_text(encoding="utf-8").replace(runner.project.cloud_name + ":", "openstack:")
    (folder / "clouds.yaml").write_text(text, encoding="utf-8")
    command = [word.replace("/etc/janitor", str(folder)) for word in [*container["command"], *container["args"]]]
    given: Mapping[str, str] = {item["name"]: item["value"] for item in container["env"]}
    pod = {"JOB_COMPLETION_INDEX": str(index), "KUBERNETES_SERVICE_HOST": "10.96.0.1", "HOME": str(folder)}
    # Where the pod has its clouds.yaml is a folder of the whole machine here.
    mounted = {"OS_CLIENT_CONFIG_FILE": str(folder / "clouds.yaml")}
    return lambda: started(command, folder=folder, environment=runner.machine() | given | pod | mounted)


def test_kubernetes_stops_a_sweep_and_the_next_pod_of_its_index_ends_it(runner: Runner) -> None:
    """A pod is told to go while a volume hangs in its delete: it goes at once, and says what it did not see gone."""
    folder = runner.folder / "pod"
    folder.mkdir()
    storage, network = runner.cloud.block_storage, runner.cloud.network
    for run, until in (("past", "1000"), ("living", "4000000000")):
        marks = {"janitor-run": run, "janitor-until": until}
        made = storage.create_volume(name=f"{runner.project.name}-{run}", size=1, metadata=marks)
        storage.wait_for_status(made, status="available", interval=0.2, wait=60)
    network.create_network(name="past-net", description="janitor:run=past janitor:until=1000")
    sweep = kubernetes(runner, folder, index=0)
    with gate("cinder.delete_volume", match=f"^{runner.project.name}-past$", action="hang") as deleting:
        pod = sweep()
        pod.wait_for(deleting.reached)
        sent, seconds = pod.cancelled(KUBERNETES_STOPS)
        assert sent == [signal.SIGTERM], pod.text
        assert pod.process.returncode == 130
        assert seconds < 7, pod.text
    again = sweep()
    assert again.end() == 0, again.text
    assert runner.holds() == {f"volume {runner.project.name}-living"}
