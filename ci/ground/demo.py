"""`ci/demo`: the main job of janitor on Kubespray's stack, from a cancelled pipeline to a project proved empty.

Runs in the developer's environment, against the local cloud. What it claims at the end comes from a listing of its own
(`ground.neighbour.look`), not from janitor.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import openstack

from ground import wreck
from ground.neighbour import Seen, look, move_in, put_port
from ground.picture import draw
from ground.venv import ROOT

RUN = "demo"
EXTERNAL, IMAGE, FLAVOR = "public", "cirros", "tiny"
HALF_WAY = 34
STACK = "examples/kubespray"


def main(picture: Path | None = None) -> int:
    """Tell the story; 0 when nothing but the neighbour's objects is left, and those untouched."""
    cloud = openstack.connect()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="janitor-demo-") as folder:
        shutil.copytree(ROOT / "terraform", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".terraform*"))
        root = Path(folder) / STACK
        heading("A neighbour works in the same project")
        neighbours = move_in(cloud, image=IMAGE, flavor=FLAVOR, external=EXTERNAL)
        say(f"{len(neighbours)} objects without a mark, or with another run's: {per_kind(neighbours)}")
        break_pipeline(cloud, root)
        left = {key: seen for key, seen in look(cloud).items() if key not in neighbours}
        say(f"In the cloud, beside the neighbour's: {per_kind(left)}")
        heading("janitor plan: what would go, and why")
        janitor(root, "plan")
        heading("janitor destroy")
        status = janitor(root, "destroy", "-y", picture=picture)
        heading("Who is right? A listing without janitor")
        return verdict(status, look(cloud), neighbours, time.monotonic() - begun)


def break_pipeline(cloud: openstack.connection.Connection, root: Path) -> None:
    """The pipeline's apply, its end half-way, and the port that somebody made meanwhile."""
    heading(f"A pipeline applies {STACK} with tofu, and is killed half-way")
    wreck.stage("tofu", root, RUN, environment())
    left = wreck.apply_and_kill("tofu", root, root / "apply.log", environment(), after=HALF_WAY)
    say(f"kill -9 after {left.seconds:.0f} s: {left.created} objects reported as created.")
    say(f"tofu's state: {left.state_bytes} bytes, {left.in_state} of those objects in it. The job's log has the ids.")
    put_port(cloud, network=f"ci-{RUN}", group=f"{RUN}-k8s")
    say(f"By hand: a port on ci-{RUN}, holding the group {RUN}-k8s; no state and no log knows it.")


def janitor(root: Path, command: str, *options: str, picture: Path | None = None) -> int:
    """Run janitor as a user would, in the stack's folder; and draw what it says, where a picture is asked for."""
    line = [command, "--workspace", RUN, "--mark", RUN, "--from-log", "apply.log", *options]
    say("$ janitor " + " ".join(line))
    print(flush=True)
    program = Path(sys.executable).with_name("janitor")
    begun = time.monotonic()
    drawn = None if picture is None else subprocess.PIPE
    done = subprocess.run(
        [program, *line], cwd=root, env=environment(), stdin=subprocess.DEVNULL, stdout=drawn,
        stderr=drawn and subprocess.STDOUT, check=False, text=True,
    )  # fmt: skip
    if picture is not None:
        print(done.stdout)
        draw("janitor " + " ".join(line), done.stdout, picture)
    status = done.returncode
    print(flush=True)
    say(f"exit code {status} after {time.monotonic() - begun:.1f} s")
    return status


def environment() -> dict[str, str]:
    """What the pipeline's jobs have: the variables of the stack, and when the pipeline began."""
    return os.environ | {"TF_VAR_cluster_name": RUN, "TF_VAR_run": RUN, "CI_PIPELINE_CREATED_AT": BEGUN}


def verdict(status: int, now: dict[str, Seen], neighbours: dict[str, Seen], seconds: float) -> int:
    """Compare what is there with what should be, and say it in one line."""
    left = [seen for key, seen in now.items() if key not in neighbours]
    touched = [seen for key, seen in neighbours.items() if now.get(key) != seen]
    for seen in left:
        say(f"LEFT     {seen} ({seen.id})")
    for seen in touched:
        say(f"TOUCHED  {seen} ({seen.id}): {seen.attributes} → {describe(now.get(f'{seen.kind}/{seen.id}'))}")
    if left or touched or status != 0:
        say(f"NOT CLEAN: {len(left)} left, {len(touched)} of the neighbour's touched, janitor ended with {status}.")
        return 1
    say(
        f"Nothing of the run is left; the neighbour's {len(neighbours)} objects are there, untouched. ({seconds:.0f} s)"
    )
    return 0


def describe(seen: Seen | None) -> str:
    """The attributes now, or that there is nothing any more."""
    return seen.attributes if seen else "gone"


def per_kind(seen: dict[str, Seen]) -> str:
    """`9 servers, 2 volumes`, the most frequent kind first."""
    kinds = [one.kind.replace("_", " ") for one in seen.values()]
    return ", ".join(f"{count} {kind}{'s' * (count > 1)}" for kind, count in Counter(sorted(kinds)).most_common())


def heading(text: str) -> None:
    """A line that parts the acts."""
    bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
    print(f"\n{bold}━━ {text} {'━' * max(0, 76 - len(text))}{plain}", flush=True)


def say(text: str) -> None:
    """One line of the story."""
    print(f"   {text}", flush=True)


BEGUN = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

if __name__ == "__main__":
    sys.exit(main(*(Path(path) for path in sys.argv[1:])))
