"""A container is ours, and emptied, only where it was made by the run; its id is a name that others may take, too."""

from __future__ import annotations

import pytest
from builders import HOME, a, case, in_state, ref, world

from janitor.core.case import Claim, state_claims
from janitor.core.model import Denial, Evidence, Observed, Resource
from janitor.core.ownership import judge, surroundings
from janitor.core.planning import held_by, make

BORN = "2026-11-21T10:00:00+00:00"
THEN = 1795255200.0  # the same moment
RUN = frozenset({"r1"})
OPENSTACK = "registry.opentofu.org/terraform-provider-openstack/openstack"


def box(*, put: float = THEN, objects: int = 0, versioned: bool = False, **metadata: str) -> Observed:
    return a(
        "container",
        "box",
        name="box",
        created_at=BORN,
        put_at=put,
        objects=objects,
        versioned=versioned,
        metadata=metadata,
    )


def note(**body: object) -> Observed:
    return a("stored_object", "box/note", container="box", created_at=BORN, etag="1", **body)


def of_state(kind: str, **attributes: object) -> list[Claim]:
    """The claims of a state with one resource."""
    types = {"container": "openstack_objectstorage_container_v1", "stored_object": "openstack_objectstorage_object_v1"}
    identifier = {"container": "box", "stored_object": "box/note"}[kind]
    address = f"{types[kind]}.x"
    found = Resource(address, types[kind], identifier, provider=OPENSTACK, attributes=attributes)
    return state_claims([found], {address: HOME})[0]


def held(known, *objects: Observed) -> list[str]:
    seen = world(*objects)
    around = surroundings(known, seen, judge(known, seen))
    return [holder.id for holder in held_by(objects[0], around)]


def test_one_that_was_written_to_once_was_made_by_who_knows_it():
    known = case(of_state("container"))
    assert judge(known, world(box(objects=3)))[ref("container", "box")].evidence == (Evidence.STATE,)
    assert held(known, box(objects=3)) == []


def test_one_that_was_written_to_again_may_be_another_of_that_name():
    known = case(of_state("container"))
    verdict = judge(known, world(box(put=THEN + 60)))[ref("container", "box")]
    assert verdict.denial is Denial.UNPROVED
    assert "--since" in verdict.why


@pytest.mark.parametrize(
    ("claims", "since"),
    [
        pytest.param(of_state("container"), THEN - 10, id="the run began before"),
        pytest.param(of_state("container", force_destroy=True), None, id="its author lets the content go"),
        pytest.param(
            [Claim(ref("container", "box"), Evidence.LOG, name="box", window=(THEN - 5, THEN + 5))],
            None,
            id="a log saw it",
        ),
    ],
)
def test_more_than_its_name_says_that_the_run_made_it(claims: list[Claim], since: float | None):
    known = case(claims, since=since)
    assert judge(known, world(box(put=THEN + 60, objects=3)))[ref("container", "box")].ours
    assert held(known, box(put=THEN + 60, objects=3)) == []


def test_without_what_the_state_says_it_carries_it_is_another_one():
    known = case(of_state("container", metadata={"Data_Owner": "us"}))
    assert judge(known, world(box(**{"data-owner": "us"})))[ref("container", "box")].ours
    for other in (box(), box(**{"data-owner": "them"})):
        assert judge(known, world(other))[other.ref].denial is Denial.FOREIGN


def test_a_key_that_signs_links_is_neither_kept_nor_compared():
    (claim,) = of_state("container", metadata={"Temp-URL-Key": "secret", "owner": "us"})
    assert claim.carries == {"owner": "us"}


@pytest.mark.parametrize("known", [case(of_state("container", metadata={"owner": "us"}), marks=RUN), case(marks=RUN)])
@pytest.mark.parametrize("content", [{"objects": 3}, {"versioned": True}])
def test_it_is_ours_and_not_emptied_where_it_may_be_older_than_the_run(known, content):
    """Whoever creates a container that is there already is told that all is well, and may add metadata to it."""
    found = box(put=THEN + 60, owner="us", **{"janitor-run": "r1"}, **content)
    assert judge(known, world(found))[found.ref].ours
    assert held(known, found) == ["box/…"]
    assert held(known, box(put=THEN + 60, owner="us", **{"janitor-run": "r1"})) == []


def test_objects_that_the_state_knows_are_not_counted_as_others():
    known = case([*of_state("container", metadata={"owner": "us"}), *of_state("stored_object", etag="1")])
    one, two = (box(put=THEN + 60, objects=n, owner="us") for n in (1, 2))
    assert held(known, one, note()) == []
    assert held(known, two, note()) == ["box/…"]


def test_once_ours_are_gone_from_it_what_is_left_is_of_others():
    known = case([*of_state("container", metadata={"owner": "us"}), *of_state("stored_object", etag="1")])
    seen = world(box(put=THEN + 60, objects=1, owner="us"), note())
    around = surroundings(known, seen, judge(known, seen))
    now = a("container", "box", name="box", created_at=BORN, put_at=THEN + 61, objects=1, metadata={"owner": "us"})
    assert [holder.id for holder in held_by(now, around)] == ["box/…"]


def test_an_object_that_stays_keeps_its_container_whoever_made_that():
    known = case([*of_state("container"), *in_state(note(), protected="prevent_destroy")])
    assert held(known, box(objects=1), note()) == ["box/note"]
    known = case([*of_state("container"), *of_state("stored_object", etag="1")])
    for kept in (note(metadata={"janitor-keep": "true"}), note(description="of use (janitor:keep)")):
        assert held(known, box(objects=1), kept) == ["box/note"]


def test_an_object_that_others_wrote_anew_is_not_the_states():
    known = case(of_state("stored_object", etag="2"))
    assert judge(known, world(note()))[note().ref].denial is Denial.FOREIGN


def test_objects_go_before_their_container():
    known = case([*of_state("container"), *of_state("stored_object", etag="1")])
    seen = world(box(objects=1), note())
    plan = make(known, seen, judge(known, seen))
    assert [(edge.dependent.kind, edge.dependency.kind) for edge in plan.graph.listed()] == [
        ("stored_object", "container")
    ]


def test_what_a_stack_may_have_made_waits_for_it_and_what_the_state_knows_does_not():
    """A stack deletes its own; what carries the mark may be among them."""
    stack = a("stack", "s", stack_name="s", creation_time=BORN, tags=["janitor:run=r1"])
    marked = a("server", "v", name="v", metadata={"janitor-run": "r1"})
    known_one = a("server", "k", name="k")
    known = case(in_state(known_one), marks=RUN)
    seen = world(stack, marked, known_one)
    plan = make(known, seen, judge(known, seen))
    assert [(edge.dependent.id, edge.dependency.id) for edge in plan.graph.listed()] == [("s", "v")]
