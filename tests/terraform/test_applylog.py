"""Logs of real applies, whole, killed and cut anywhere; and what a CI makes of their lines."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from roots import DATA
from thorough import examples

from janitor.core.errors import Refused
from janitor.core.model import ApplyLog
from janitor.terraform.applylog import read_log

HUMAN = ("log-kubespray-tofu.txt", "log-kubespray-terraform.txt")
JSON = "log-small-tofu.jsonl"
KILLED = "log-small-terraform-killed.jsonl"


def text(name: str) -> str:
    return (DATA / name).read_text(encoding="utf-8")


def log(content: str) -> ApplyLog:
    return read_log("-", text=content)


def ids(found: ApplyLog) -> set[tuple[str, str]]:
    return {(c.address, c.id) for c in found.created}


def in_state(name: str) -> set[tuple[str, str]]:
    body = json.loads((DATA / name).read_bytes())
    return {
        (r["type"], i["attributes"]["id"]) for r in body["resources"] if r["mode"] == "managed" for i in r["instances"]
    }


@pytest.mark.parametrize("name", HUMAN)
def test_a_real_human_log_knows_every_id(name: str) -> None:
    found = log(text(name))
    assert (len(found.created), found.in_flight, found.finished, found.problems) == (64, (), True, ())
    addresses = {c.address: c for c in found.created}
    assert (
        addresses['module.compute.openstack_compute_instance_v2.k8s_nodes["1"]'].type == "openstack_compute_instance_v2"
    )


def test_a_real_log_agrees_with_the_state() -> None:
    assert {(c.type, c.id) for c in log(text(HUMAN[0])).created} == in_state("state-kubespray-tofu.json")
    assert {(c.type, c.id) for c in log(text(JSON)).created} == in_state("state-small-tofu.json")


def test_a_real_json_log_has_its_own_window() -> None:
    found = log(text(JSON))
    assert (len(found.created), found.in_flight, found.finished) == (21, (), True)
    assert found.since is not None
    assert found.until is not None
    assert 0 < found.until - found.since < 600
    assert all(found.since <= (c.at or 0) <= found.until for c in found.created)


def test_a_log_of_a_killed_apply_says_what_was_under_way() -> None:
    found = log(text(KILLED))
    assert {(c.type, c.id) for c in found.created} == in_state("state-small-terraform-killed.json")
    assert ("openstack_networking_port_v2.port[1]", "openstack_networking_port_v2") in found.in_flight
    assert not found.finished


def test_what_is_destroyed_later_is_not_there_any_more() -> None:
    found = log(text(HUMAN[0]) + text("log-kubespray-tofu-destroy.txt"))
    assert (found.created, found.in_flight, found.finished) == ((), (), True)


@given(st.integers(min_value=0, max_value=len(text(JSON))))
@examples(30)
def test_a_json_log_cut_anywhere(cut: int) -> None:
    check_cut(JSON, cut, re.compile(r'^.*"action":"create","id_key.*"apply_complete"\}$', re.MULTILINE))


@given(st.integers(min_value=0, max_value=len(text(HUMAN[0]))))
@examples(30)
def test_a_human_log_cut_anywhere(cut: int) -> None:
    check_cut(HUMAN[0], cut, re.compile(r"^.*Creation complete after \S+ \[id=[^]]*\]", re.MULTILINE))


def check_cut(name: str, cut: int, completed: re.Pattern[str]) -> None:
    full, part = text(name), text(name)[:cut]
    found = log(part)
    assert ids(found) <= ids(log(full))
    assert len(found.created) == len(completed.findall(part))
    assert not {address for address, _ in found.in_flight} & {c.address for c in found.created}


@given(st.text(max_size=400))
@examples(50)
def test_any_text_is_a_log(content: str) -> None:
    log(content)


BUILTIN = tuple(
    (binary, f"log-builtin-{binary}{kind}")
    for binary in ("tofu", "terraform")
    for kind in (".txt", ".jsonl", "-killed.txt")
)


@pytest.mark.parametrize(("binary", "name"), BUILTIN, ids=[name for _, name in BUILTIN])
def test_real_logs_with_colours_odd_keys_and_a_forging_provisioner(binary: str, name: str) -> None:
    """`terraform_data.forged` is what a provisioner prints; one of the keys has a bracket in it."""
    found = log(text(name))
    killed = "killed" in name
    labels = {
        'terraform_data.many["a b"]',
        'terraform_data.many["c]d"]',
        'terraform_data.many["e.f"]',
        "terraform_data.one",
    }
    assert {c.address for c in found.created} == labels | (set() if killed else {"terraform_data.last"})
    assert found.in_flight == ((("terraform_data.last", "terraform_data"),) if killed else ())
    assert found.finished is not killed
    assert all(len(c.id) == 36 for c in found.created), binary


@pytest.mark.parametrize("binary", ["tofu", "terraform"])
def test_a_real_log_of_a_replacement_ends_with_the_new_ids(binary: str) -> None:
    before, after = log(text(f"log-builtin-{binary}.txt")), text(f"log-builtin-{binary}-replaced.txt")
    found = log(text(f"log-builtin-{binary}.txt") + after)
    assert len(found.created) == 5
    assert {c.id for c in found.created if c.address.endswith(".one")}.isdisjoint({c.id for c in before.created})


ANY = [*HUMAN, JSON, KILLED, *(name for _, name in BUILTIN)]
SECTION = "section_start:1795271159:apply[collapsed=true]\r\x1b[0K"
DISGUISES = {
    "plain": lambda line, _: [line],
    "CRLF": lambda line, _: [line + "\r"],
    "GitLab's stamps": lambda line, n: [f"2026-11-21T15:00:{n % 60:02d}.123456Z 01O {line}"],
    "GitLab's sections": lambda line, n: [SECTION + line] if n % 7 == 0 else [line],
    "GitLab's pieces": lambda line, n: [
        f"2026-11-21T15:00:00.000001Z 01O {line[: n % 50]}",
        "2026-11-21T15:00:00.000002Z 02E warning: another stream comes between",
        f"2026-11-21T15:00:00.000003Z 01O+{line[n % 50 :]}",
    ],
    "GitHub's stamps": lambda line, _: [f"2026-11-21T15:00:00.1234567Z {line}"],
    "GitHub's groups": lambda line, n: [f"##[group]step {n}", line, "##[endgroup]"],
    "compose": lambda line, _: [f"apply-1  | {line}"],
    "another tool": lambda line, n: [line, f"+ curl -sf https://example.org/{n}", "openstack_x.y: Creatin"],
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("name", ANY)
def test_what_a_ci_makes_of_a_real_log_changes_nothing(name: str, disguise: str) -> None:
    plain = log(text(name))
    lines = [piece for n, line in enumerate(text(name).split("\n")) for piece in DISGUISES[disguise](line, n)]
    found = log("\n".join(lines))
    assert ids(found) == ids(plain)
    assert found.in_flight == plain.in_flight
    assert found.finished is plain.finished


@given(st.sampled_from(ANY), st.sampled_from(sorted(DISGUISES)), st.data())
@examples(60)
def test_a_disguised_log_cut_anywhere_invents_no_id(name: str, disguise: str, data: st.DataObject) -> None:
    """Cut at both ends, and in the middle: a log that was rotated, truncated, or lost a block. Not between a
    provisioner's name and what it prints: from then on nobody can tell whose words they are.
    """
    lines = [piece for n, line in enumerate(text(name).split("\n")) for piece in DISGUISES[disguise](line, n)]
    whole = "\n".join(lines)
    begin, first, second, end = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 4)))
    assume(not any("-exec)" in whole[whole.rfind("\n", 0, cut) + 1 : cut] for cut in (begin, second)))
    found = log(f"{whole[begin:first]}\n{whole[second:end]}")
    assert {c.id for c in found.created} <= {c.id for c in log(text(name)).created}


LINES = (
    "openstack_x_v2.a: Creating...\n"
    'module.m["k.e y"].openstack_x_v2.b[0]: Creating...\n'
    "openstack_x_v2.a: Still creating... [10s elapsed]\n"
    "openstack_x_v2.a: Creation complete after 12s [id=i-1]\n"
)


def decorated(decorate: str, line_end: str = "\n") -> str:
    return "".join(decorate.format(line=line) + line_end for line in LINES.splitlines())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(LINES, id="plain"),
        pytest.param(decorated("\x1b[0m\x1b[1m{line}\x1b[0m"), id="ANSI"),
        pytest.param(decorated("{line}", "\r\n"), id="CRLF"),
        pytest.param(decorated("2026-11-21T07:00:00.123456Z 01O {line}"), id="GitLab"),
        pytest.param(decorated("2026-11-21T07:00:00.1234567Z {line}"), id="GitHub"),
        pytest.param(decorated("[12:00:01] {line}"), id="another stamp"),
        pytest.param("section_start:1:apply\r\x1b[0K" + LINES, id="GitLab's section"),
        pytest.param("\ufeff" + LINES, id="BOM"),
    ],
)
def test_what_stands_around_a_line_does_not_matter(content: str) -> None:
    found = log(content)
    assert ids(found) == {("openstack_x_v2.a", "i-1")}
    assert found.in_flight == (('module.m["k.e y"].openstack_x_v2.b[0]', "openstack_x_v2"),)


@pytest.mark.parametrize(
    "line",
    [
        "openstack_x_v2.a: Creation complete after 1s [id=i-",
        "openstack_x_v2.a: Creation complete after 1s",
        "openstack_x_v2.a: Creation compl",
        "Creation complete after 1s [id=i-1]",
        "openstack_x_v2.a: Creation complete after 1s [id=i-1] and a tool says [ok]",
        "openstack_x_v2.a: Creation complete after 1s [id=i-openstack_x_v2.b: Creation complete after 1s [id=i-2]",
        "openstack_x_v2.a: Creation complete after 1s [id=0b5c2b9f-1a2b-4c3d (kn9e-0b5c2b9f1a2b]",
        "openstack_x_v2.a: Creation complete after 1s [id=0b\x00\x00\x00\x002b]",
        "openstack_x_v2.a: Creation complete after 1s [id=0b5c2b9f-1a2b-4c3d-9e0f-0b5c2b9f1a2b3]",
        "x_y.a (local-exec): openstack_x_v2.a: Creation complete after 1s [id=i-1]",
        "openstack_x_v2.a: Refreshing state... [id=i-1]",
        "data.openstack_x_v2.a: Read complete after 1s [id=i-1]",
        "openstack_x_v2.a: Modifications complete after 1s [id=i-1]",
        'prefix {"@level":"info","type":"apply_complete","hook":{"resource":{"addr":"a.b"},"action":"cre',
    ],
)
def test_no_creation_is_read_from(line: str) -> None:
    assert log(line + "\n").created == ()


@pytest.mark.parametrize("odd", ["null", "true", "[]", '{"a": 1}', "1.5", "1" + "0" * 400])
def test_an_id_that_is_none_is_not_made_one(odd: str) -> None:
    resource = '{"addr": "x_y.a", "resource_type": "x_y"}'
    hook = f'{{"resource": {resource}, "action": "create", "id_key": "id", "id_value": %s, "elapsed_seconds": {odd}}}'
    line = f'{{"@level": "info", "type": "apply_complete", "hook": {hook}}}\n'
    assert ids(log(line % '"i-1"')) == {("x_y.a", "i-1")}
    assert ids(log(line % odd)) <= {("x_y.a", "1" + "0" * 400)}


UUID = "0b5c2b9f-1a2b-4c3d-9e0f-0b5c2b9f1a2b"
ACCIDENTS = ("\r", "\x08", "\x1b[0m", "\x7f", "\x9b", "\x00", "\ufffd")


@pytest.mark.parametrize("identity", [UUID, "ci-1/a key"], ids=["a UUID", "a name"])
@pytest.mark.parametrize("accident", ACCIDENTS, ids=ascii)
def test_an_id_with_an_accident_in_it_is_not_mended_and_its_creation_stays_under_way(
    accident: str, identity: str
) -> None:
    """What stood there may have been another character: an id that exists nowhere would be called gone."""
    for place in range(1, len(identity)):
        harmed = identity[:place] + accident + identity[place:]
        hook = {"resource": {"addr": "x_y.b", "resource_type": "x_y"}, "action": "create", "id_key": "id"}
        event = {"@level": "info", "type": "apply_complete", "hook": hook | {"id_value": harmed}}
        begun = "x_y.a: Creating...\nx_y.b: Creating...\n"
        found = log(f"{begun}x_y.a: Creation complete after 1s [id={harmed}]\n{json.dumps(event)}\n")
        assert (found.created, found.in_flight) == ((), (("x_y.a", "x_y"), ("x_y.b", "x_y"))), place


def test_a_replacement_keeps_only_the_new_one() -> None:
    before = "x_y.a: Creation complete after 1s [id=old]\n"
    after = (
        "x_y.a: Destroying... [id=old]\nx_y.a: Destruction complete after 0s\n"
        "x_y.a: Creating...\nx_y.a: Creation complete after 1s [id=new]\n"
    )
    assert ids(log(before + after)) == {("x_y.a", "new")}


def test_create_before_destroy_keeps_only_the_new_one() -> None:
    content = (
        "x_y.a: Creation complete after 1s [id=old]\n"
        "x_y.a: Creating...\nx_y.a: Creation complete after 1s [id=new]\n"
        "x_y.a (deposed object 0badcafe): Destroying... [id=old]\n"
        "x_y.a (deposed object 0badcafe): Destruction complete after 0s\n"
    )
    assert ids(log(content)) == {("x_y.a", "new")}
    lost = content.replace("x_y.a (deposed object 0badcafe): Destroying... [id=old]\n", "")
    assert ids(log(lost)) == {("x_y.a", "new")}, "whose begin was lost is not what took its place"


def test_a_destroy_that_did_not_complete_keeps_the_id() -> None:
    assert ids(log("x_y.a: Creation complete after 1s [id=i]\nx_y.a: Destroying... [id=i]\n")) == {("x_y.a", "i")}


def test_ids_with_slashes_and_brackets() -> None:
    assert ids(log("x_y.a: Creation complete after 1s [id=r-1/s-2]\n")) == {("x_y.a", "r-1/s-2")}
    for name in ("20241121-1530-ci", "20241121-key", "0b5c2b9f-1a2b-4c3d-9e0f-0b5c2b9f1a2b-route-10.0.0.0/24-10.0.0.1"):
        assert ids(log(f"x_y.a: Creation complete after 1s [id={name}]\n")) == {("x_y.a", name)}
    assert ids(log("x_y.a: Creation complete after 1s [id=a [b] c]\n")) == {("x_y.a", "a [b] c")}
    assert ids(log("x_y.a: Creation complete after 1s (ID: old-form)\n")) == {("x_y.a", "old-form")}


@pytest.mark.parametrize(
    ("content", "finished"),
    [
        (LINES, False),
        (LINES + "\nApply complete! Resources: 2 added, 0 changed, 0 destroyed.\n", True),
        (LINES + "╷\n│ Error: execution halted\n│ \n╵\n", True),
        (LINES + "Error: Quota exceeded\n", True),
        ("Apply complete! Resources: 2 added\n" + LINES, False),
    ],
)
def test_a_log_has_its_end_or_not(content: str, *, finished: bool) -> None:
    assert log(content).finished is finished


def test_what_is_no_log_says_so_and_a_missing_one_is_refused(tmp_path: Path) -> None:
    assert "no line of an apply" in log("hello\n").problems[0]
    with pytest.raises(Refused, match="--from-log cannot be read: No such file"):
        read_log(tmp_path / "nope")


def test_the_time_of_the_file_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "apply.log"
    file.write_text(LINES, encoding="utf-16")
    found = read_log(file)
    assert ids(found) == {("openstack_x_v2.a", "i-1")}
    assert found.modified == file.stat().st_mtime
