"""What janitor writes: no secret of the state, nothing that others may read, no name that harms its reader."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from stage import Stage

pytestmark = pytest.mark.scenario

FORMATS = ("json", "junit", "markdown")
SECRET = "kestrel-7731-planted"
HOSTILE = "\x1b]0;owned\x07\x1b[31m\r\n::error::forged\n</testcase><script>alert(1)</script>|`x`"


def written(stage: Stage) -> list[Path]:
    """Every file of janitor's: journal, kept states, reports."""
    return [file for file in (stage.root / ".janitor").rglob("*") if file.is_file() and file.name != ".gitignore"]


def reports(stage: Stage) -> list[str]:
    return [word for name in FORMATS for word in ("--report", f"{name}={stage.root.parent}/report.{name}")]


def test_no_secret_of_the_state_leaves_it(make: Callable[..., Stage], tofu: str) -> None:
    """Planted in user data, in metadata, in a generated private key, and as the account's password."""
    stage = make("server", tofu, secret=SECRET)
    stage.apply()
    key = re.search(r"-----BEGIN [^-]*PRIVATE KEY-----\\n([^\\]{40})", stage.state.read_text(encoding="utf-8"))
    assert key
    secrets = [SECRET, key.group(1), stage.project.password]
    planned = stage.janitor("plan", "-v", *reports(stage))
    texts = [planned.text, *(file.read_text("utf-8") for file in stage.root.parent.glob("report.*"))]
    ended = stage.destroy("--direct", "-v", *reports(stage))
    assert ended.code == 0, ended.text
    texts += [ended.text, *(file.read_text("utf-8") for file in stage.root.parent.glob("report.*"))]
    texts += [file.read_text("utf-8") for file in written(stage)]
    texts += [(stage.root / "report.json").read_text("utf-8")]
    assert len(texts) >= 9
    assert [secret for secret in secrets for text in texts if secret in text] == []


SECRETIVE = """
variable "secret" {
  sensitive = true
}
resource "terraform_data" "kept" {
  input = var.secret
}
resource "openstack_networking_secgroup_v2" "named" {
  name        = "${var.name}-${nonsensitive(substr(sha256(var.secret), 0, 4))}"
  description = var.secret
}
resource "openstack_networking_secgroup_v2" "secretly" {
  name = var.secret
}
"""


def test_no_secret_of_an_apply_leaves_it(make: Callable[..., Stage], tofu: str) -> None:
    """Neither into the journal, where a sensitive name would stand, nor into the output that is kept beside it."""
    stage = make("net", tofu)
    (stage.root / "secretive.tf").write_text(SECRETIVE, encoding="utf-8")
    stage.variables["secret"] = SECRET
    applied = stage.janitor("apply", "-y", "-v")
    assert applied.code == 0, applied.text
    kept = [file for file in written(stage) if file.suffix == ".jsonl"]
    assert len(kept) == 2
    assert {oct(stat.S_IMODE(file.stat().st_mode)) for file in written(stage)} == {"0o600"}
    texts = [applied.text, *(file.read_text("utf-8") for file in kept)]
    assert [secret for secret in (SECRET, stage.project.password) for text in texts if secret in text] == []
    ended = stage.destroy()
    assert ended.code == 0, ended.text
    assert stage.look() == {}


def test_what_is_written_is_its_owners_alone_and_harms_nobody(make: Callable[..., Stage], tofu: str) -> None:
    """Also while the proof stands out, when a copy of the state is kept. Cinder takes names that Neutron refuses."""
    stage = make("volumes", tofu)
    stage.apply()
    storage = stage.connection().block_storage
    volume = storage.find_volume(f"{stage.project.name}-held", ignore_missing=False)
    storage.update_volume(volume, name=HOSTILE)
    snapshot = storage.create_snapshot(volume_id=volume.id, name=HOSTILE)
    storage.wait_for_status(snapshot, status="available", interval=0.2, wait=30)

    ended = stage.destroy("--direct", *reports(stage), env={"GITHUB_ACTIONS": "true"})
    assert ended.code == 1, ended.text
    (held,) = ended.objects(outcome="blocked")
    assert (held["id"], held["holders"][0]["id"]) == (volume.id, snapshot.id)

    kept, told = written(stage), [*stage.root.parent.glob("report.*"), stage.root / "report.json"]
    assert {file.suffix for file in kept} == {".jsonl", ".tfstate"}
    assert {oct(stat.S_IMODE(file.stat().st_mode)) for file in (*kept, *told)} == {"0o600"}
    assert stat.S_IMODE((stage.root / ".janitor").stat().st_mode) == 0o700
    for text in [ended.text, *(file.read_text("utf-8") for file in told)]:
        assert "forged" in text
        assert "\x1b]" not in text
        assert "\x07" not in text
        assert not re.search(r"^\s*::error", text, re.MULTILINE)
    for name in "junit", "markdown":
        assert "<script>" not in (stage.root.parent / f"report.{name}").read_text("utf-8")
