"""States in PostgreSQL and in a bucket: both through the binary, their locks asked for through it, too."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from secretive import watched
from stage import Stage
from ways import tofu

from ground import moto, postgres
from ground.cloud import Project
from ground.part import PartMissingError

__all__ = ["tofu"]

pytestmark = pytest.mark.scenario

STACKS = Path(__file__).parent / "stacks"
HOLDER = {
    "ID": "11111111-2222-3333-4444-555555555555", "Operation": "OperationTypeApply", "Info": "", "Version": "1.12.6",
    "Who": "root@elsewhere", "Created": "2026-11-21T08:00:00.123456789Z", "Path": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a state is kept, and how somebody else takes its lock."""

    block: str
    env: dict[str, str]
    secret: str
    held: Callable[[str], AbstractContextManager[None]]  # the lock of a workspace, by somebody who lives elsewhere
    told: str  # what janitor can know of that holder

    @property
    def name(self) -> str:
        """The backend's type."""
        return "pg" if "PG_CONN_STR" in self.env else "s3"


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    try:
        with postgres.running() as url:
            yield url
    except PartMissingError as missing:
        pytest.skip(f"missing: PostgreSQL ({missing})")


@pytest.fixture(scope="session")
def bucket() -> Iterator[str]:
    """The endpoint of a server that has a bucket called `states`."""
    try:
        with moto.running() as endpoint:
            put(f"{endpoint}/states", b"")
            yield endpoint
    except PartMissingError as missing:
        pytest.skip(f"missing: moto ({missing})")


# moto looks only at whose key it is; without a signature nobody may write over what is there.
SIGNED = "AWS4-HMAC-SHA256 Credential=x/20261121/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x"


def put(url: str, body: bytes, *, method: str = "PUT") -> None:
    headers = {"Authorization": SIGNED, "Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method), timeout=20).close()  # noqa: S310


def pg(url: str, project: Project) -> Place:
    schema = project.name

    @contextmanager
    def held(workspace: str) -> Iterator[None]:
        lock = f"SELECT pg_advisory_lock(id) FROM \"{schema}\".states WHERE name = '{workspace}'"  # noqa: S608
        psql = subprocess.Popen(["psql", "-qAt", "-d", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert psql.stdin is not None
        psql.stdin.write(f"{lock};\nSELECT 'held';\n")
        psql.stdin.flush()
        assert psql.stdout is not None
        while "held" not in psql.stdout.readline():
            assert psql.poll() is None
        try:
            yield
        finally:
            psql.kill()  # as a machine that dies: its connection ends, and the lock with it
            psql.wait()

    block = f'  backend "pg" {{\n    schema_name = "{schema}"\n  }}\n'
    return Place(block, {"PG_CONN_STR": url}, str(urlsplit(url).password), held, "somebody who left no name")


def s3(endpoint: str, project: Project) -> Place:
    key = f"{project.name}.tfstate"

    @contextmanager
    def held(workspace: str) -> Iterator[None]:
        where = f"{endpoint}/states/env:/{workspace}/{key}.tflock"
        put(where, json.dumps(HOLDER).encode())
        yield
        put(where, b"", method="DELETE")

    settings = {"bucket": "states", "key": key, "region": "us-east-1", "use_lockfile": True, "use_path_style": True}
    settings |= dict.fromkeys(
        ("skip_credentials_validation", "skip_requesting_account_id", "skip_metadata_api_check"), True
    )
    lines = "".join(f"    {name} = {json.dumps(value)}\n" for name, value in settings.items())
    block = f'  backend "s3" {{\n{lines}    endpoints = {{ s3 = "{endpoint}" }}\n  }}\n'
    env = {"AWS_ACCESS_KEY_ID": "AKIAPLANTED", "AWS_SECRET_ACCESS_KEY": "planted-s3-4711"}
    told = f"root@elsewhere (Apply since 2026-11-21 08:00:00 UTC, ID {HOLDER['ID']}"
    return Place(block, env, env["AWS_SECRET_ACCESS_KEY"], held, told)


@pytest.fixture(params=["pg", "s3"])
def place(request: pytest.FixtureRequest, project: Project) -> Place:
    if request.param == "pg":
        return pg(request.getfixturevalue("database"), project)
    return s3(request.getfixturevalue("bucket"), project)


def applied(place: Place, project: Project, folder: Path, binary: str, workspace: str) -> Stage:
    folder.mkdir()
    for name in "terraform", "pair":
        shutil.copy(STACKS / f"{name}.tf", folder)
    (folder / "backend.tf").write_text(f"terraform {{\n{place.block}}}\n", encoding="utf-8")
    stage = Stage(folder, binary, project, workspace, {"name": project.name}, dict(place.env))._begin()
    stage.more["TF_WORKSPACE"] = workspace
    stage.apply()
    return stage


def test_a_clean_up_job_reads_destroys_and_settles_it_from_a_fresh_clone(
    place: Place, project: Project, tofu: str, tmp_path: Path, noted: Callable[..., None]
) -> None:
    """Nothing is told of what it takes to get there, not even to the process list; the emptied workspace goes."""
    stage = applied(place, project, tmp_path / "root", tofu, "ci-1")
    shutil.rmtree(stage.root / ".terraform")
    there = stage.look()
    with watched(place.secret) as shown:
        ended = stage.destroy("--delete-workspace", "-v")
    assert ended.code == 0, ended.text
    assert stage.look() == {}
    noted(f"{place.name}: a fresh clone", stage, ended, there)
    stage.more.pop("TF_WORKSPACE")
    assert "ci-1" not in stage.terraform("workspace", "list").stdout
    kept = [file for file in (stage.root / ".janitor").rglob("*") if file.is_file()]
    texts = [ended.text, *(file.read_text("utf-8") for file in (*kept, stage.root / "report.json"))]
    assert [text for text in texts if place.secret in text] == []
    assert shown() == []


def test_a_held_lock_is_told_and_a_backend_that_refuses_us_is_not_empty(
    place: Place, project: Project, tofu: str, tmp_path: Path, noted: Callable[..., None]
) -> None:
    """PostgreSQL tells nobody's name, and its lock dies with its holder; a lock file in a bucket stays."""
    stage = applied(place, project, tmp_path / "root", tofu, "ci-1")
    there = stage.look()
    with place.held("ci-1"):
        for words in [], ["--break-lock", "another"]:
            refused = stage.destroy("--direct", "--lock-timeout", "0s", *words)
            assert refused.code == 3, refused.text
            assert place.told in refused.text
        noted(f"{place.name}: lock held", stage, refused, there, "--direct")
    if place.name == "pg":
        other = {"PG_CONN_STR": place.env["PG_CONN_STR"].replace(place.secret, "another-pass")}
        unreadable = stage.destroy(env=other)
        assert unreadable.code == 3, unreadable.text
        assert "another-pass" not in unreadable.text
        noted("pg: refuses the password", stage, unreadable, there)
    stage.workspace, stage.more["TF_WORKSPACE"] = "ci-l", "ci-l"
    misspelt = stage.destroy()
    assert misspelt.code == 3, misspelt.text
    assert "knows default, ci-1" in misspelt.text
    noted(f"{place.name}: workspace misspelt", stage, misspelt, there)
    stage.workspace, stage.more["TF_WORKSPACE"] = "ci-1", "ci-1"
    assert "ci-l" not in stage.terraform("workspace", "list").stdout
    assert stage.look() == there
    ended = stage.destroy("--direct")
    assert ended.code == 0, ended.text
    assert (stage.look(), stage.listed()) == ({}, [])


@pytest.mark.thorough
def test_the_lock_of_a_dead_machine_is_broken_by_its_name(
    bucket: str, project: Project, tofu: str, tmp_path: Path, noted: Callable[..., None]
) -> None:
    place = s3(bucket, project)
    stage = applied(place, project, tmp_path / "root", tofu, "ci-1")
    there = stage.look()
    with place.held("ci-1"):
        ended = stage.destroy("--direct", "--break-lock", HOLDER["ID"])
    assert ended.code == 0, ended.text
    noted("s3: lock of a dead machine", stage, ended, there, "--direct --break-lock")
    assert (stage.look(), stage.listed()) == ({}, [])
