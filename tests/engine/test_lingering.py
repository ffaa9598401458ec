"""What outlives its delete: servers that a cloud keeps for a while, with all that they hold, and what they leave."""

from __future__ import annotations

from builders import HOME, a, case, in_state, world
from engine.memory_cloud import Times
from engine.staging import left, stage

from janitor.core.model import World
from janitor.workflows.cleaning import Edges, look


def reads(here, kind: str) -> int:
    return sum((call.op, call.kind) == ("read", kind) for call in here.cloud.calls)


def test_a_server_that_the_cloud_keeps_is_deleted_for_good():
    here = stage(times=Times(keeps=True))
    subnet = here.make("subnet", "s", network=here.make("network", "n"))
    server = here.make("server", "kept", ports=[here.make("port", "p", subnet=subnet)])
    assert left(here.run()) == {}
    assert here.cloud.left() == []
    assert here.deletes("server") == [server, server]


def test_elsewhere_one_reading_answers_for_all_that_follow():
    here = stage()
    for n in range(20):
        here.make("server", f"s{n}")
    assert left(here.run()) == {}
    assert reads(here, "server") == 20 + 1
    assert len(here.deletes("server")) == 20


SERVERS = [a("server", f"s{n}") for n in range(3)]
KNOWN = case(in_state(*SERVERS))


def looked(hidden: set[str]) -> tuple[set[str], list[str]]:
    """After terraform's half: no listing shows a server. What is known to be there, and what was read for that."""
    asked: list[str] = []

    def lookup(refs):
        wanted = list(refs)
        asked.extend(ref.id for ref in wanted)
        there = {s.ref: s for s in SERVERS if s.ref in wanted and s.ref.id in hidden}
        return World(objects=there, missing=frozenset(wanted) - there.keys())

    now = look(KNOWN, Edges(), lambda _: world(scope=HOME), lookup, before=world(*SERVERS))
    return {ref.id for ref in now.world.objects}, asked


def test_after_terraform_one_server_is_read_and_the_others_only_if_it_is_still_there():
    assert looked(set()) == (set(), ["s0"])
    assert looked({"s0", "s1", "s2"}) == ({"s0", "s1", "s2"}, ["s0", "s1", "s2"])


def test_what_a_server_left_on_its_volume_is_let_go_once_the_server_is_gone():
    here = stage()
    volume = here.make("volume", "data")
    here.cloud.times.left.add(volume)
    server = here.make("server", "s")
    link = here.make("volume_attachment", "", server=server, volume=volume)
    assert left(here.run(here.plan(hide=[link]))) == {}
    assert here.cloud.left() == []
    assert here.deletes() == [server, volume, link, volume]
