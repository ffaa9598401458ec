"""A state file in each condition that jobs, disks and people leave it in: what is found all the same, and by what.

The objects are made through the SDK, and real tofu wrote the state, about objects that it imported: all but the ids is
as it wrote it. What the state does not tell is asked for once more by the names of the run.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from openstack.connection import Connection
from stage import Stage

from ground.cloud import LocalCloud
from ground.crude import clear

pytestmark = pytest.mark.scenario

STACKS = Path(__file__).parent / "stacks"
NETWORK, SUBNET = "openstack_networking_network_v2.net", "openstack_networking_subnet_v2.subnet"
GROUP, PORT = "openstack_networking_secgroup_v2.group", "openstack_networking_port_v2.port"


def made(cloud: Connection, name: str) -> dict[str, str]:
    """What the stack `net` declares, by address, as its apply would make it."""
    network = cloud.network.create_network(name=f"{name}-net")
    subnet = cloud.network.create_subnet(
        name=f"{name}-subnet", network_id=network.id, ip_version=4, cidr="10.20.0.0/24"
    )
    group = cloud.network.create_security_group(name=f"{name}-group")
    port = cloud.network.create_port(
        name=f"{name}-port", network_id=network.id, security_group_ids=[group.id], fixed_ips=[{"subnet_id": subnet.id}]
    )
    return {NETWORK: network.id, SUBNET: subnet.id, GROUP: group.id, PORT: port.id}


@dataclass(frozen=True, slots=True)
class Template:
    """The stack after `init`, and the state that tofu wrote of it."""

    root: Path
    stage: Stage
    state: str
    ids: dict[str, str]

    def filled(self, ids: dict[str, str]) -> str:
        """The state about other objects."""
        text = self.state
        for address, old in self.ids.items():
            text = text.replace(old, ids[address])
        return text


@pytest.fixture(scope="module")
def template(local_cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    if shutil.which("tofu") is None:
        pytest.skip("missing: tofu on PATH")
    folder = tmp_path_factory.mktemp("template")
    with local_cloud.project(f"wrecked-states-{secrets.token_hex(3)}", folder) as project:
        files = [STACKS / "terraform.tf", STACKS / "net.tf"]
        stage = Stage.small(folder / "root", project, files=files, binary="tofu", name=project.name)
        ids = made(stage.connection(), project.name)
        known = "".join(f'import {{\n  to = {address}\n  id = "{key}"\n}}\n' for address, key in ids.items())
        (stage.root / "import.tf").write_text(known, encoding="utf-8")
        stage.terraform("apply", "-auto-approve", "-input=false")
        state = stage.state.read_text(encoding="utf-8")
        for left in stage.root / "import.tf", *stage.root.glob("terraform.tfstate*"):
            left.unlink()
        clear(stage.connection())
        yield Template(stage.root, stage, state, ids)


@pytest.fixture
def wrecked(template: Template, tmp_path: Path) -> Iterator[Stage]:
    """The applied stack, whole: made anew, in a working copy of its own."""
    root = shutil.copytree(template.root, tmp_path / "root", symlinks=True)
    stage = replace(template.stage, root=root)
    ids = made(stage.connection(), stage.project.name)
    stage.state.write_text(template.filled(ids), encoding="utf-8")
    yield stage
    clear(stage.connection())


def body(stage: Stage) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(stage.state.read_bytes())
    return parsed


def without(stage: Stage, *names: str, older: int = 0) -> str:
    """The state as it was before these were in it."""
    known = body(stage)
    known["resources"] = [one for one in known["resources"] if one["name"] not in names]
    known["serial"] -= older
    return json.dumps(known, indent=2)


def beside(stage: Stage, name: str, text: str) -> None:
    (stage.state.with_name(name)).write_text(text, encoding="utf-8")


def emptied(stage: Stage) -> None:
    stage.state.write_bytes(b"")


def cut(stage: Stage) -> None:
    """Inside the group, before its id: the network and the port stand before it."""
    text = stage.state.read_bytes()
    stage.state.write_bytes(text[: text.index(b'"name": "group"')])


def doubled(stage: Stage) -> None:
    """As `>>` does: an older state, and behind it the one that counts."""
    stage.state.write_text(without(stage, "port", older=1) + "\n" + json.dumps(body(stage), indent=2), encoding="utf-8")


def garbled(stage: Stage) -> None:
    stage.state.write_text("<html>502 Bad Gateway</html>\n", encoding="utf-8")


def marked_by_an_editor(stage: Stage) -> None:
    stage.state.write_bytes(b"\xef\xbb\xbf" + stage.state.read_bytes())


def overtaken(stage: Stage) -> None:
    """tofu could not write to its backend any more, and has left here what it knew."""
    whole = body(stage) | {"serial": body(stage)["serial"] + 1}
    beside(stage, "errored.tfstate", json.dumps(whole))
    stage.state.write_text(without(stage, "port", "group"), encoding="utf-8")


def outlived(stage: Stage) -> None:
    """An errored state of last week, which knows less."""
    beside(stage, "errored.tfstate", without(stage, "port", "subnet", older=1))


def of_another_lineage(stage: Stage) -> None:
    """Somebody else's errored state lies here, newer by its number: it says nothing of ours."""
    stranger = body(stage) | {"lineage": "00000000-1111-2222-3333-444444444444", "serial": 99, "resources": []}
    beside(stage, "errored.tfstate", json.dumps(stranger))


def backed_up_newer(stage: Stage) -> None:
    """The file was put back from an old copy; its backup knows more."""
    beside(stage, "terraform.tfstate.backup", json.dumps(body(stage) | {"serial": body(stage)["serial"] + 1}))
    stage.state.write_text(without(stage, "port"), encoding="utf-8")


def behind_a_link(stage: Stage) -> None:
    there = stage.root.parent / "elsewhere.tfstate"
    stage.state.rename(there)
    stage.state.symlink_to(there)


def deleted(stage: Stage) -> None:
    stage.state.unlink()


def forbidden(stage: Stage) -> None:
    stage.mortal = True
    stage.state.chmod(0)


@dataclass(frozen=True, slots=True)
class Wreck:
    """How it comes about; how the run on the state alone ends, what it says, and what it leaves, by name."""

    spoil: Callable[[Stage], None]
    code: int
    says: str
    left: frozenset[str] = frozenset()
    then: int | None = None  # how the run by names ends, where anything is left to it


ALL = frozenset({"net", "subnet", "group", "port"})
UNPROVED = "give --since"
BROKEN = "cannot read terraform.tfstate, so nothing can leave it"
WRECKS = {
    "zero bytes": Wreck(emptied, 4, UNPROVED, ALL, 0),
    "truncated": Wreck(cut, 4, UNPROVED, frozenset({"group"}), 5),
    "two states in one file": Wreck(doubled, 5, BROKEN),
    "an error page": Wreck(garbled, 4, UNPROVED, ALL, 0),
    "a byte order mark": Wreck(marked_by_an_editor, 5, "tofu state rm openstack_networking_network_v2.net"),
    "errored.tfstate newer": Wreck(overtaken, 0, "is newer than tofu state pull (serial 1) and counts"),
    "errored.tfstate older": Wreck(outlived, 0, "from state tofu state pull: 4 resources"),
    "errored.tfstate of another lineage": Wreck(of_another_lineage, 0, "from state tofu state pull: 4 resources"),
    "backup newer": Wreck(backed_up_newer, 0, "from state tofu state pull: 3 resources"),
    "behind a symbolic link": Wreck(behind_a_link, 0, "from state tofu state pull: 4 resources"),
    "deleted": Wreck(deleted, 4, UNPROVED, ALL, 0),
    "not readable": Wreck(forbidden, 3, "terraform.tfstate cannot be read: Permission denied", ALL),
}
RARELY = {
    *("an error page", "deleted", "behind a symbolic link", "backup newer"),
    *("errored.tfstate older", "errored.tfstate of another lineage"),
    *("zero bytes", "a byte order mark", "not readable"),
}


@pytest.mark.parametrize(
    "wreck", [pytest.param(name, marks=[pytest.mark.thorough] if name in RARELY else []) for name in WRECKS]
)
def test_what_the_state_tells_goes_and_the_names_find_the_rest(
    wreck: str, wrecked: Stage, noted: Callable[..., None]
) -> None:
    case, stage = WRECKS[wreck], wrecked
    there = stage.look()
    case.spoil(stage)
    long_ago(stage)
    for options, code, left in [([], case.code, case.left), (["--since", stage.since], case.then, frozenset())]:
        if code is None:
            break
        ended = stage.destroy("--direct", *options)
        assert ended.code == code, ended.text
        assert case.says in ended.text or options
        assert {seen.name.rpartition("-")[2] for seen in stage.look().values()} == left
        noted(wreck, stage, ended, there, *options[:1])
        there = stage.look()
    assert stage.state.is_symlink() == (case.spoil is behind_a_link)


def long_ago(stage: Stage) -> None:
    """Nothing says that an apply was interrupted minutes ago: its last create would be waited for."""
    for file in stage.root.glob("*.tfstate*"):
        os.utime(file, (time.time() - 7200,) * 2)


def test_what_an_empty_state_forgot_its_backup_knows_when_it_is_given(
    wrecked: Stage, noted: Callable[..., None]
) -> None:
    stage = wrecked
    shutil.copy(stage.state, stage.state.with_name("terraform.tfstate.backup"))
    emptied(stage)
    long_ago(stage)
    there = stage.look()
    ended = stage.destroy("--direct", "--state", "terraform.tfstate.backup")
    assert ended.code == 0, ended.text
    assert stage.look() == {}
    noted("zero bytes", stage, ended, there, "--state BACKUP")


def test_a_name_with_a_hole_has_candidates_and_proves_nothing(wrecked: Stage, noted: Callable[..., None]) -> None:
    """Nobody gives the variable that every name begins with: what fits the rest of a name is told, and stays."""
    stage = wrecked
    there = stage.look()
    stage.connection().network.create_network(name=f"{stage.project.name}-elsewhere")
    everything = stage.look()
    emptied(stage)
    long_ago(stage)
    stage.variables = {}
    ended = stage.destroy("--direct", "--since", stage.since)
    assert ended.code == 4, ended.text
    assert stage.look() == everything
    rows = [row for row in ended.objects(outcome="unverified") if row["kind"] != "configuration"]
    told = {row["address"]: [holder["name"] for holder in row["holders"]] for row in rows}
    last = {NETWORK: "net", SUBNET: "subnet", GROUP: "group", PORT: "port"}
    assert told == {address: [f"{stage.project.name}-{name}"] for address, name in last.items()}
    assert "of its name only '…-net' is known" in ended.text
    noted("zero bytes, a name with a hole", stage, ended, there, "--since")


@pytest.mark.parametrize(
    "alone", [pytest.param(False, marks=pytest.mark.thorough, id="next to a live one"), pytest.param(True, id="alone")]
)
def test_a_deposed_object_goes_and_leaves_the_state_with_its_address(wrecked: Stage, *, alone: bool) -> None:
    """An apply that replaced a group was killed before it deleted the old one, or before it made the new one."""
    stage = wrecked
    known = body(stage)
    (group,) = (one for one in known["resources"] if one["name"] == "group")
    (live,) = group["instances"]
    old = stage.connection().network.create_security_group(name=f"{stage.project.name}-old")
    if alone:
        stage.connection().network.delete_port(port_of(stage))
        stage.connection().network.delete_security_group(live["attributes"]["id"])
        group["instances"] = []
    deposed = live | {"deposed": "ab12cd34", "attributes": live["attributes"] | {"id": old.id, "name": old.name}}
    group["instances"].append(deposed)
    stage.state.write_text(json.dumps(known), encoding="utf-8")
    long_ago(stage)
    ended = stage.destroy("--direct")
    assert ended.code == 0, ended.text
    assert (stage.look(), stage.listed()) == ({}, [])
    assert body(stage)["resources"] == []


def port_of(stage: Stage) -> str:
    (port,) = (seen for seen in stage.look().values() if seen.kind == "port")
    return port.id


def test_what_a_module_declares_that_is_not_here_is_never_proved_gone(
    wrecked: Stage, noted: Callable[..., None]
) -> None:
    """The names of the root's own objects prove these; who can say what the module had?"""
    stage = wrecked
    there = stage.look()
    (stage.root / "far.tf").write_text('module "far" {\n  source = "git::file:///nowhere/far.git"\n}\n', "utf-8")
    emptied(stage)
    long_ago(stage)
    for command in ["plan"], ["destroy", "-y"]:
        ended = stage.janitor(*command, "--direct", "--since", stage.since)
        assert ended.code == 4, ended.text
        assert "not known in full" in ended.text
    assert stage.look() == {}
    noted("zero bytes, a module missing", stage, ended, there, "--since")
    again = stage.destroy("--direct", "--since", stage.since, "--expect-empty")
    assert again.code == 0, again.text
