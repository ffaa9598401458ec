"""Where janitor works may be full or closed to writing, and nobody may listen: nothing is lost, and it is said.

The same without a cloud, for each stream: `tests/cli/test_streams.py`, `tests/test_journal.py`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from mortals import mortally
from places import Place
from stage import TIMEOUT, Stage
from workspaces import networks

pytestmark = [pytest.mark.scenario, pytest.mark.thorough]

DESTROY = ("destroy", "-y", "--direct")
UNWRITABLE = re.compile(r"^janitor: The journal \S+ cannot be written.*--journal", re.MULTILINE)


def bare(stage: Stage, *arguments: str, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """janitor as it is, without a report: what it has to say comes through a pipe."""
    done = subprocess.run(
        [*before, *stage.command(*arguments)], cwd=stage.root, env=stage.env, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=TIMEOUT, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stdout, done.stdout
    return done


def close(folder: Path) -> None:
    for path in (folder / "terraform.tfstate", folder):
        path.chmod(path.stat().st_mode & ~0o222)


@pytest.mark.parametrize("size", [64, 18_000], ids=["at the begin", "while it deletes"])
def test_a_full_disk_stops_it_in_order_and_the_next_run_proves_all_gone(
    make: Callable[..., Stage], tofu: str, size: int
) -> None:
    """No file may grow beyond so many bytes: a write answers then as on a full disk."""
    if shutil.which("prlimit") is None:
        pytest.skip("missing: prlimit (util-linux)")
    stage = make("net", tofu)
    networks(stage.connection(), stage.variables["name"], 5).write(stage.state)
    there = stage.look()
    done = bare(stage, *DESTROY, before=("prlimit", f"--fsize={size}"))
    assert done.returncode == 3, done.stdout
    assert UNWRITABLE.search(done.stdout), done.stdout
    left = stage.look()
    assert left.keys() <= there.keys()
    assert (len(left) == len(there)) is (size < 1_000)
    again = stage.destroy("--direct")
    assert again.code == 0, again.text
    assert stage.look() == {}
    assert stage.listed() == []


def test_in_a_folder_that_is_closed_a_plan_is_made_and_nothing_is_deleted_without_a_journal(
    make: Callable[..., Stage], tofu: str
) -> None:
    stage = make("pair", tofu)
    stage.apply()
    there = stage.look()
    stage.mortal = True
    close(stage.root)
    planned = bare(stage, "plan")
    assert planned.returncode == 0, planned.stdout
    refused = bare(stage, *DESTROY)
    assert (refused.returncode, stage.look()) == (3, there), refused.stdout
    assert UNWRITABLE.search(refused.stdout), refused.stdout


def test_in_a_folder_that_is_closed_the_cloud_is_emptied_and_the_state_told_to_be_behind(
    make: Callable[..., Stage], tofu: str
) -> None:
    stage = make("pair", tofu)
    stage.apply()
    stage.mortal = True
    close(stage.root)
    elsewhere = ("--journal", str(stage.root.parent / "journal"))
    done = bare(stage, *DESTROY, *elsewhere)
    assert done.returncode == 5, done.stdout
    assert stage.look() == {}
    stage.root.chmod(0o755)
    stage.state.chmod(0o644)
    again = stage.destroy("--direct", *elsewhere)
    assert again.code == 0, again.text
    assert stage.listed() == []


def test_a_sweep_needs_no_room_at_all(place: Place) -> None:
    """It keeps no journal; what it leaves is found by its identity again."""
    place.cloud.network.create_network(name="theirs")
    place.cloud.network.create_network(name="ours", description="janitor:run=7")
    place.folder.chmod(0o555)
    limit = ("prlimit", "--fsize=0") if shutil.which("prlimit") else ()
    done = subprocess.run(
        [*limit, *mortally(sys.executable, "-m", "janitor", "sweep", "--yes", "--mark", "7")], cwd=place.folder,
        env=place.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert place.names() == {"theirs"}


@pytest.mark.parametrize("command", ["plan", "destroy -y --direct", "destroy -y"])
def test_who_reads_only_the_first_line_changes_nothing(make: Callable[..., Stage], tofu: str, command: str) -> None:
    stage = make("pair", tofu)
    stage.apply()
    line = '"$@" 2>&1 | head -1; exit "${PIPESTATUS[0]}"'
    done = bare(stage, *command.split(), before=("bash", "-c", line, "bash"))
    assert done.returncode == 0, done.stdout
    assert (stage.look() == {}) is (command != "plan")
