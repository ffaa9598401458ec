"""The http backend without any binary: state, lock, and what its answers mean."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from roots import MakeRoot
from states import Kept, StateServer, gitlab, server, serving

from janitor.core.errors import LockHeld, StateUnreadable, UsageError
from janitor.core.model import Health
from janitor.terraform.backends import read_state
from janitor.terraform.locks import OURS, ask, break_lock, hold, wait_for_lock
from janitor.terraform.root import RootModule

__all__ = ["gitlab", "server"]

HTTP = 'terraform {\n  backend "http" {\n  }\n}\n'
STATE = {
    "version": 4, "terraform_version": "1.12.6", "serial": 3, "lineage": "l", "outputs": {},
    "resources": [{
        "mode": "managed", "type": "terraform_data", "name": "one",
        "provider": 'provider["terraform.io/builtin/terraform"]',
        "instances": [{"schema_version": 0, "attributes": {"id": "i-1"}}],
    }],
}  # fmt: skip


def root_of(make_root: MakeRoot, server: StateServer, **environment: str) -> RootModule:
    return make_root(HTTP, environment={"PATH": "/nowhere"} | server.environment() | environment)


def stored(server: StateServer) -> None:
    server.states["ci"] = Kept({3: json.dumps(STATE).encode()})


def test_the_state_is_read_without_the_binary(make_root: MakeRoot, server: StateServer) -> None:
    stored(server)
    found = read_state(root_of(make_root, server))
    assert (found.health, found.source, found.serial) == (Health.WHOLE, "the http backend", 3)
    assert [r.address for r in found.resources] == ["terraform_data.one"]


def test_the_backends_address_is_that_which_init_wrote_down(make_root: MakeRoot, gitlab: StateServer) -> None:
    """The environment has its say on credentials; where it names another state, nobody guesses which is meant."""
    stored(gitlab)
    root = root_of(make_root, gitlab)
    told = {"backend": {"type": "http", "config": {"address": gitlab.address(), "password": "of-an-ended-job"}}}
    root.data_dir.mkdir()
    (root.data_dir / "terraform.tfstate").write_text(json.dumps(told), encoding="utf-8")
    assert read_state(root).serial == 3
    del root.environment["TF_HTTP_ADDRESS"]  # type: ignore[attr-defined]
    assert read_state(root).serial == 3
    with pytest.raises(UsageError, match="TF_HTTP_ADDRESS names another state"):
        read_state(root_of(make_root, gitlab, TF_HTTP_ADDRESS=gitlab.address("other")))


def test_absence_is_lost_and_may_be_hidden(make_root: MakeRoot, gitlab: StateServer) -> None:
    root = root_of(make_root, gitlab)
    found = read_state(root)
    assert (found.health, found.veiled) == (Health.LOST, True)
    assert "may not read it" in found.problem
    assert not ask(root).known
    assert gitlab.states == {}, "GitLab makes a state where one is locked"
    gitlab.states["ci"] = Kept()
    assert (read_state(root).health, read_state(root).veiled) == (Health.LOST, False)
    stored(gitlab)
    gitlab.blind = True
    assert read_state(root).veiled


@pytest.mark.parametrize(
    ("bent", "said"),
    [
        ({"password": "another"}, "401"),
        ({"broken": 403}, "403"),
        ({"broken": 503}, "answered 503"),
        ({"broken": 302}, "sends us elsewhere"),
        ({"torn": True}, "cut off"),
    ],
)
def test_any_other_answer_is_unreadable_and_tells_no_secret(
    make_root: MakeRoot, gitlab: StateServer, bent: dict[str, object], said: str
) -> None:
    stored(gitlab)
    root = root_of(make_root, gitlab)
    for name, value in bent.items():
        setattr(gitlab, name, value)
    with pytest.raises(StateUnreadable, match=said) as caught:
        read_state(root)
    assert "--state FILE" in str(caught.value)
    assert "glpat" not in str(caught.value)


def test_an_address_with_credentials_in_it_is_told_without_them(make_root: MakeRoot, gitlab: StateServer) -> None:
    address = f"http://me:planted-pass@127.0.0.1:9{'/state'}"
    with pytest.raises(StateUnreadable, match="cannot be reached") as caught:
        read_state(root_of(make_root, gitlab, TF_HTTP_ADDRESS=address))
    assert "planted" not in str(caught.value)
    assert "http://127.0.0.1:9/state" in str(caught.value)


def test_a_free_lock_is_given_back_by_who_only_asks(make_root: MakeRoot, server: StateServer) -> None:
    root = root_of(make_root, server)
    stored(server)
    state = ask(root)
    assert (state.known, state.alive, state.holder) == (True, False, None)
    assert server.lock_of() is None


def test_the_living_holder_is_waited_for_and_told(make_root: MakeRoot, server: StateServer) -> None:
    """GitLab tells who and since when, and gives the asker's own words back as the operation: these tell nothing."""
    root = root_of(make_root, server)
    told = server.holder()
    with pytest.raises(LockHeld, match=rf"ID {told['ID']}, taken .* ago.*--break-lock {told['ID']}") as caught:
        wait_for_lock(root, 0)
    assert "since 2026-11-21 08:00:00 UTC, ID" in str(caught.value)
    assert ("ci-user (since" if not server.plain else "root@elsewhere (Apply") in str(caught.value)
    assert "janitor asks" not in str(caught.value)
    with pytest.raises(LockHeld), hold(root):
        pass
    assert server.lock_of() == told

    def gives_up(_seconds: float) -> None:
        server.states["ci"].lock = None

    assert not wait_for_lock(root, 60, sleep=gives_up).alive


def test_ours_is_held_and_given_back_once(make_root: MakeRoot, server: StateServer) -> None:
    root = root_of(make_root, server)
    stored(server)
    with hold(root) as held:
        assert held.held
        lock = server.lock_of()
        assert lock is not None
        assert lock["Operation"] == OURS
        assert lock["Info"].startswith(f"janitor, process {os.getpid()},")
        assert ask(root).alive, "its process is ours, and lives"
        assert held.lend() is False, "terraform is to take a lock of its own"
        assert server.lock_of() is None
        theirs = server.holder()
    assert server.lock_of() == theirs, "what is not ours any more is not given back"


def test_a_lock_that_cannot_be_given_back_is_told(make_root: MakeRoot, gitlab: StateServer) -> None:
    root = root_of(make_root, gitlab)
    stored(gitlab)
    with hold(root) as held:
        gitlab.broken = 404
        assert "unlocking" in held.give_back()
        gitlab.broken = 0
        assert "unlocking" in held.give_back(), "asked for once"


def test_a_janitor_that_was_killed_is_dead_and_its_lock_in_the_way(make_root: MakeRoot) -> None:
    with serving(plain=True) as server:
        root = root_of(make_root, server)
        ended = subprocess.Popen(["true"])
        ended.wait()
        now = datetime.now(UTC).isoformat()
        told = server.holder(
            Who=f"me@{socket.gethostname()}", Info=f"janitor, process {ended.pid}, asking with x", Created=now
        )
        state = wait_for_lock(root, 0)
        assert (state.alive, state.left_behind, state.in_the_way) == (False, True, True)
        with hold(root) as held:
            assert not held.held
            assert "left its lock behind" in held.problem
        assert server.lock_of() == told


def test_only_the_named_lock_is_broken(make_root: MakeRoot, server: StateServer) -> None:
    root = root_of(make_root, server)
    stored(server)
    assert "not locked" in break_lock(root, "x")
    told = server.holder()
    with pytest.raises(LockHeld, match=f"it is not x but that of .*{told['ID']}"):
        break_lock(root, "x")
    assert server.lock_of() == told
    assert break_lock(root, told["ID"]) == ""
    assert server.lock_of() is None


def test_a_server_that_lets_nobody_lock_is_not_known(make_root: MakeRoot, gitlab: StateServer) -> None:
    """GitLab lets a developer read, and a maintainer lock."""
    root = root_of(make_root, gitlab)
    gitlab.broken = 403
    assert ("403" in ask(root).problem, ask(root).known) == (True, False)
    with hold(root) as held:
        assert not held.held
    without = make_root(HTTP, environment={"PATH": "/nowhere", "TF_HTTP_ADDRESS": gitlab.address()})
    assert "nobody locks" in ask(without).problem


def test_the_time_that_is_spent_on_a_server_that_is_not_there_is_bounded(make_root: MakeRoot) -> None:
    begun = time.monotonic()
    environment = {"PATH": "/nowhere", "TF_HTTP_ADDRESS": "http://127.0.0.1:9/s", "TF_HTTP_RETRY_MAX": "0"}
    with pytest.raises(StateUnreadable, match="cannot be reached"):
        read_state(make_root(HTTP, environment=environment))
    assert time.monotonic() - begun < 5


def test_a_client_certificate_never_stays_on_disk(
    make_root: MakeRoot, gitlab: StateServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    environment = {"TF_HTTP_CLIENT_CERTIFICATE_PEM": "no pem", "TF_HTTP_CLIENT_PRIVATE_KEY_PEM": "planted-key"}
    environment |= {k: v.replace("http:", "https:") for k, v in gitlab.environment().items() if k.endswith("ADDRESS")}
    with pytest.raises(StateUnreadable) as caught:
        read_state(root_of(make_root, gitlab, **environment))
    assert "planted" not in str(caught.value)
    assert list(tmp_path.rglob("*.pem")) == []
