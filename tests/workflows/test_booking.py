"""When a run writes into its journal: not before something can be changed; and what an apply's output adds to it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from builders import HOME

from janitor import journal
from janitor.core.model import Configuration, Declared, Health, Ref, Resource, Snapshot
from janitor.core.plan import Plan
from janitor.journal import Intended, Journal, JournalKey, recall
from janitor.settings import Settings
from janitor.terraform.locks import LockInfo, LockState
from janitor.terraform.root import RootModule
from janitor.workflows import recounting
from janitor.workflows.booking import Book

KEY = JournalKey("local", "ci-1", "home")
ADDRESS, TYPE = "openstack_networking_port_v2.port", "openstack_networking_port_v2"
WHOLE, LOST = Snapshot(Health.WHOLE, "state", raw=b"{}"), Snapshot(Health.LOST, "state")
STAMP = "2026-11-21T10:00:00.000000Z"


def opened(folder: Path, **more: object) -> Book:
    book = Book.open(replace(Settings(chdir=folder, yes=True), **more), KEY)  # type: ignore[arg-type]
    book.begin(book.settings, RootModule(folder), WHOLE, scope=HOME, since=5.0)
    return book


def words(book: Book) -> list[str]:
    return [str(entry["what"]) for entry in journal.peek(book.settings.journal_folder, KEY)]


def test_a_run_that_is_refused_before_it_does_anything_leaves_nothing(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_writes_nothing_at_all(tmp_path: Path) -> None:
    with opened(tmp_path, dry_run=True) as book:
        book.planned(Plan())
        book.proved(3)
    assert list(tmp_path.iterdir()) == []


def test_begin_and_copy_are_on_the_disk_before_anything_can_be_changed(tmp_path: Path) -> None:
    with opened(tmp_path) as book:
        book.planned(Plan())
        assert words(book) == ["run-begin", "snapshot"]
        book.write(journal.gone(Ref(HOME, "port", "p-1")))
        assert words(book) == ["run-begin", "snapshot", "gone"]


# --- what terraform said into its file while nobody listened ---


def event(word: str, identifier: str = "", address: str = ADDRESS) -> str:
    hook = {"resource": {"addr": address, "resource_type": TYPE}, "action": "create"}
    hook |= {"id_key": "id", "id_value": identifier} if identifier else {}
    return json.dumps({"@level": "info", "@timestamp": STAMP, "hook": hook, "type": word}) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A journal of an apply that janitor did not live to hear anything of."""
    with Journal.open(tmp_path / ".janitor", KEY) as book:
        book.append(
            journal.run_begin(command="apply", workspace="ci-1", scopes=[HOME], since=5.0),
            journal.applying(Path("x.apply.jsonl"), whole=True),
            journal.intended(ADDRESS, TYPE, "ci-1-port", ["ci-1"], run_bound=True, scope=HOME, within={}),
        )
    return tmp_path


def say(folder: Path, text: str) -> None:
    (folder / ".janitor" / "x.apply.jsonl").write_text(text, encoding="utf-8")


def test_an_id_that_only_the_output_has_is_ours_and_joins_the_journal(folder: Path) -> None:
    say(folder, event("apply_start") + event("apply_complete", "p-1"))
    with opened(folder) as book:
        assert set(book.recollection.ours) == {Ref(HOME, "port", "p-1")}
        assert book.recollection.in_flight == {}
        book.planned(Plan())
        assert words(book)[3:5] == ["created", "run-begin"]
    with opened(folder) as again:
        assert again.opening[0]["what"] == "run-begin", "it was written down once"


def test_a_creation_that_only_the_output_saw_begin_is_in_flight(folder: Path) -> None:
    say(folder, event("apply_start") + '{"@level":"info","hook":{"resou')
    assert set(opened(folder).recollection.in_flight) == {ADDRESS}


def test_an_output_that_was_never_made_says_that_nothing_began(folder: Path) -> None:
    found = opened(folder).recollection
    assert (found.ours, found.in_flight, found.accounted) == ({}, {}, True)


def test_what_was_not_intended_is_nobodys(folder: Path) -> None:
    say(folder, event("apply_complete", "p-9", address="openstack_networking_port_v2.other"))
    assert opened(folder).recollection.ours == {}


def test_a_type_that_janitor_does_not_know_is_terraforms_alone(folder: Path) -> None:
    entry = recounting.created_entry("openstack_new_v1.x", "openstack_new_v1", "i-1", {})
    assert (entry["ref"], entry["id"]) == (None, "i-1")


def test_an_id_of_two_parts_is_put_together_or_goes_with_its_parent() -> None:
    """Access to somebody's share is known whole before; that to a share of the same apply goes with the share."""
    kind = "openstack_sharedfilesystem_share_access_v2"
    known = Intended("a.b", kind, "", frozenset(), run_bound=False, scope=HOME, within=(("share_id", "s-1"),))
    entry = recounting.created_entry("a.b", kind, "r-1", {"a.b": known})
    assert (entry["ref"], entry["carried"]) == (["cloud", "RegionOne", "home", "share_access_rule", "s-1/r-1"], False)
    entry = recounting.created_entry("a.b", kind, "r-1", {"a.b": known._replace(within=())})
    assert (entry["ref"], entry["carried"]) == (None, True)
    assert recall([{"v": 1, **entry}]).elsewhere == ()


# --- whether the journal still knows it all ---


def accounted(folder: Path, snapshot: Snapshot = LOST, lock: LockState | None = None) -> bool:
    known = recall(journal.peek(folder / ".janitor", KEY))
    witnessed = recounting.is_witnessed(known, snapshot, lock or LockState(), folder / ".janitor")
    return recounting.is_accounted(known, witnessed=witnessed)


def test_a_lost_state_takes_nothing_from_the_account(folder: Path) -> None:
    assert accounted(folder)


def test_a_state_that_lists_a_stranger_ends_the_account(folder: Path) -> None:
    stranger = Resource("openstack_networking_port_v2.other", TYPE, "p-9")
    assert not accounted(folder, replace(WHOLE, resources=(stranger,)))


@pytest.mark.parametrize(("late", "still"), [(1.0, True), (600.0, False)])
def test_a_dead_lock_that_is_younger_than_the_apply_ends_the_account(folder: Path, late: float, *, still: bool) -> None:
    began = recall(journal.peek(folder / ".janitor", KEY)).applies[0].at
    lock = LockState(holder=LockInfo("id", operation="OperationTypeApply", created=began + late))
    assert accounted(folder, lock=lock) is still


def test_what_has_not_begun_does_not_exist_while_the_account_holds(folder: Path) -> None:
    never = Declared("openstack_x.never", "openstack_x")
    configured = Configuration(instances=(Declared(ADDRESS, TYPE, "other"), never))
    say(folder, event("apply_start"))
    known = opened(folder).recollection
    assert [one.address for one in recounting.instances(configured, known, accounted=True)] == [ADDRESS]
    every = {one.address: one for one in recounting.instances(configured, known, accounted=False)}
    assert set(every) == {ADDRESS, never.address}
    assert every[ADDRESS].name == "ci-1-port", "what terraform was given counts, not what this call would give it"
