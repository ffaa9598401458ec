"""What the journal remembers of applies: what was intended, what was begun, what is done, and what nobody saw end."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from thorough import examples

from janitor import journal
from janitor.core.model import Evidence, Ref, Scope
from janitor.journal import Intended, Recollection, recall

SCOPE = Scope("gitlab", "RegionOne", "7f3a")
PORT = Ref(SCOPE, "port", "p-1")
ADDRESS, TYPE = "module.net.openstack_networking_port_v2.port[0]", "openstack_networking_port_v2"


def begin() -> journal.Entry:
    return at(990, journal.run_begin(command="apply", workspace="w", scopes=[SCOPE], since=990.0))


def at(when: float, entry: journal.Entry) -> journal.Entry:
    return {"v": 1, "at": when, **entry}


def applying(when: float = 1000, *, whole: bool = True) -> journal.Entry:
    return at(when, journal.applying(Path(f"/x/{when}.apply.jsonl"), whole=whole))


def intended(name: str = "ci-port", *, marks: tuple[str, ...] = ("ci-1",)) -> journal.Entry:
    return at(1000, journal.intended(ADDRESS, TYPE, name, marks, run_bound=True, scope=SCOPE, within={}))


def creating(when: float = 1001) -> journal.Entry:
    return at(when, journal.creating(ADDRESS))


def created(identifier: str = "p-1", when: float = 1005) -> journal.Entry:
    return at(when, journal.created(ADDRESS, TYPE, identifier, Ref(SCOPE, "port", identifier)))


WORDS = (
    *("run-begin", "planned", "answer", "gone", "snapshot", "closed", "unreadable", "applying", "stated", "intended"),
    *("creating", "created", "applied", "else"),
)
FIELDS = (
    *("ref", "evidence", "match", "at", "since", "address", "type", "scope", "marks", "log", "id", "name"),
    *("command", "path", "line"),
)
VALUES = st.sampled_from([["c", "r", "p", "port", "p-1"], ["c", "r", "p"]]) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=6,
)


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.dictionaries(st.sampled_from(FIELDS), VALUES)), max_size=8))
@examples(80)
def test_no_entry_makes_the_reader_fall(entries: list[tuple[str, dict[str, object]]]) -> None:
    recall([{"v": 1, "what": word, **fields} for word, fields in entries])


def test_what_was_intended_comes_back_whole() -> None:
    found = recall([begin(), applying(), intended()])
    assert found.intended == {ADDRESS: Intended(ADDRESS, TYPE, "ci-port", frozenset({"ci-1"}), True, SCOPE)}  # noqa: FBT003
    assert (found.ours, found.in_flight, found.open_apply, found.accounted) == ({}, {}, True, True)


def test_a_creation_is_in_flight_from_its_begin_to_its_end() -> None:
    begun = [begin(), applying(), intended(), creating()]
    assert recall(begun).in_flight == {ADDRESS: 1001}
    done = recall([*begun, created()])
    assert done.in_flight == {}
    assert done.ours[PORT] == ((Evidence.JOURNAL,), ADDRESS, "ci-port", None, (), (1001, 1005))


def test_an_apply_that_has_ended_is_open_no_more_and_accounts_for_nothing() -> None:
    found = recall([begin(), applying(), intended(), creating(), created(), at(1006, journal.applied(0))])
    assert (found.open_section, found.open_apply, found.accounted) == (True, False, False)
    assert PORT in found.ours


def test_a_second_apply_does_not_hide_what_the_first_one_left_in_flight() -> None:
    """It creates the same address again, under a name that may be another one: two objects, not one."""
    first = [begin(), applying(), intended("old"), creating()]
    second = [begin(), applying(2000), intended("new"), creating(2001), created(when=2002)]
    found = recall([*first, *second])
    (label,) = found.in_flight
    assert label == f"{ADDRESS} (interrupted 1)"
    assert found.in_flight[label] == 1001
    assert (found.intended[label].name, found.intended[ADDRESS].name) == ("old", "new")
    third = recall([*first, *second, begin(), applying(3000), intended("newest"), creating(3001)])
    assert set(third.in_flight) == {label, ADDRESS}


def test_the_account_is_whole_only_if_it_was_whole_before() -> None:
    assert not recall([begin(), applying(whole=False)]).accounted


def test_what_was_made_where_nobody_could_look_is_terraforms_alone() -> None:
    entry = at(1005, journal.created("openstack_new_thing_v1.x", "openstack_new_thing_v1", "i-1", None))
    (thing,) = recall([begin(), applying(), entry]).elsewhere
    assert (thing.address, thing.id, thing.provider_name) == ("openstack_new_thing_v1.x", "i-1", "openstack")


def test_what_the_state_knew_is_claimed_and_was_seen_by_nobody() -> None:
    known = at(1000, journal.stated(PORT, address=ADDRESS, name="ci-port", match={"fingerprint": "aa"}))
    found = recall([begin(), applying(), known])
    assert found.ours == {}
    assert found.stated[PORT].match == (("fingerprint", "aa"),)
    assert recall([begin(), applying(), known, at(1, journal.gone(PORT))]).stated == {}


def test_the_proof_forgets_applies_too() -> None:
    done = recall([begin(), applying(), intended(), creating(), at(1, journal.closed(listed=1))])
    assert (done.applies, done.intended, done.in_flight, done.closed) == ((), {}, {}, True)


def test_an_entry_that_this_janitor_does_not_know_is_left_out() -> None:
    assert recall([at(1, {"what": "sung"})]) == Recollection()


def test_output_lies_beside_the_journal_until_the_proof(tmp_path: Path) -> None:
    with journal.Journal.open(tmp_path, journal.JournalKey("b", "w", "s")) as book:
        first, second = book.new_log(), book.new_log()
        assert first != second
        first.touch()
        book.drop_copies()
        assert [path.name for path in tmp_path.iterdir()] == [book.path.name]


def test_the_fields_that_reach_the_disk_are_these() -> None:
    every = [
        applying(),
        intended(),
        creating(),
        created(),
        journal.stated(PORT, address=ADDRESS, name="n", match={}),
        journal.applied(1),
    ]
    fields = {str(entry["what"]): sorted(entry.keys() - {"v", "at", "what"}) for entry in every}
    assert fields == {
        "applying": ["log", "whole"],
        "intended": ["address", "marks", "name", "run_bound", "scope", "type", "within"],
        "creating": ["address"],
        "created": ["address", "carried", "id", "ref", "type"],
        "stated": ["address", "match", "name", "ref"],
        "applied": ["exit_code"],
    }
