"""The journal: what was appended is on the disk, private, and comes back; what is torn, newer or full is said."""

from __future__ import annotations

import json
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janitor import journal
from janitor.core.errors import Refused
from janitor.core.model import Evidence, Outcome, Ref, Scope
from janitor.journal import Journal, JournalKey, JournalUnwritable, Recalled, recall

SCOPE = Scope("gitlab", "RegionOne", "7f3a", "ci")
KEY = JournalKey("http https://user:hunter2@gitlab/state", "ci/4711 ::x", "RegionOne 7f3a")
PORT, SERVER, KEYPAIR = Ref(SCOPE, "port", "p-1"), Ref(SCOPE, "server", "s-1"), Ref(SCOPE, "keypair", "ci")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path / ".janitor", KEY, clock=lambda: 1000.0) as opened:
        yield opened


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def begin(command: str = "destroy", since: float | None = None) -> journal.Entry:
    return journal.run_begin(command=command, workspace="w", scopes=[SCOPE], lineage="l", serial=3, since=since)


def test_folder_and_files_are_for_their_owner_alone(book: Journal, tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        copy = book.save_snapshot(b"{}")
    finally:
        os.umask(previous)
    assert mode(tmp_path / ".janitor") == 0o700
    assert (tmp_path / ".janitor" / ".gitignore").read_text().splitlines()[-1] == "*"
    assert mode(book.path) == mode(copy) == 0o600
    assert sorted(path.name for path in copy.parent.iterdir()) == sorted([".gitignore", book.path.name, copy.name])


def test_a_folder_that_somebody_else_made_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Journal.open(tmp_path, KEY).close()
    assert mode(tmp_path) == 0o755
    assert not (tmp_path / ".gitignore").exists()


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / f"{KEY.stem}.jsonl"
    path.touch(0o644)
    Journal.open(tmp_path, KEY).close()
    assert mode(path) == 0o600


def test_the_name_is_readable_and_shows_no_backend() -> None:
    assert KEY.stem.startswith("ci-4711-x-")
    assert "hunter2" not in KEY.stem
    assert len({KEY.stem, JournalKey("b", "w", "s").stem, JournalKey("b", "w", "t").stem}) == 3
    assert JournalKey("b", "../..", "s").stem.startswith("workspace-")


def test_a_symlink_in_the_journals_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / f"{KEY.stem}.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(JournalUnwritable):
        Journal.open(tmp_path, KEY)
    assert not (tmp_path / "elsewhere").exists()


def test_what_was_planned_comes_back_with_all_that_was_known(book: Journal) -> None:
    book.append(
        begin(since=900.0),
        journal.planned(PORT, evidence=[Evidence.MARK, Evidence.ATTACHED], address="a.b", name="n", created_at=5.5),
        journal.planned(SERVER, evidence=[Evidence.STATE]),
    )
    found = recall(book.entries())
    assert found.ours == {
        PORT: Recalled((Evidence.MARK, Evidence.ATTACHED), "a.b", "n", 5.5),
        SERVER: Recalled((Evidence.STATE,), "", "", None),
    }
    assert found.open_section
    assert not found.open_apply
    assert not found.closed
    assert found.began == 900.0
    assert journal.peek(book.path.parent, KEY) == book.entries()


def test_a_begin_that_nobody_gave_is_not_the_destroys_own(book: Journal) -> None:
    book.append(begin())
    assert recall(book.entries()).began is None


def test_the_begin_of_an_apply_is_the_sections_begin(book: Journal) -> None:
    book.append(begin("apply"), begin(since=5.0))
    assert recall(book.entries()).began == 1000.0
    book.append(journal.closed(listed=1), begin("apply", since=990.0), begin(since=5.0))
    assert recall(book.entries()).began == 990.0


def test_accepted_is_not_gone_and_refused_is_not_accepted(book: Journal) -> None:
    book.append(begin(), *(journal.planned(ref, evidence=[Evidence.STATE]) for ref in (PORT, SERVER, KEYPAIR)))
    book.append(journal.request(PORT, "delete"), journal.answer(PORT, "delete", status=204, accepted=True))
    book.append(journal.request(SERVER, "delete"), journal.answer(SERVER, "delete", status=409, code="conflict"))
    book.append(journal.gone(KEYPAIR), journal.outcome(KEYPAIR, Outcome.DELETED))
    found = recall(book.entries())
    assert set(found.ours) == {PORT, SERVER}
    assert set(found.spent) == {KEYPAIR}
    assert found.met == {PORT, SERVER, KEYPAIR}


def test_a_name_that_was_deleted_is_not_ours_when_somebody_makes_it_again(book: Journal) -> None:
    book.append(begin(), journal.planned(KEYPAIR, evidence=[Evidence.STATE]), journal.gone(KEYPAIR))
    assert KEYPAIR not in recall(book.entries()).ours


def test_the_proof_closes_the_section_and_forgets_nothing_about_deletes(book: Journal) -> None:
    book.append(
        begin(since=1.0), journal.planned(PORT, evidence=[Evidence.STATE]), journal.planned(SERVER, evidence=[])
    )
    book.append(journal.answer(PORT, "delete", status=204, accepted=True), journal.gone(PORT), journal.closed(listed=9))
    found = recall(book.entries())
    assert found.ours == {}
    assert found.closed
    assert not found.open_section
    assert (found.met, found.began) == ({PORT, SERVER}, None), "the server went by what a run before had asked for"
    book.append(begin())
    assert not recall(book.entries()).closed


def test_a_torn_last_line_is_normal_and_the_next_entry_stands_alone(book: Journal) -> None:
    book.append(begin(), journal.planned(PORT, evidence=[Evidence.STATE]))
    with book.path.open("ab") as file:
        file.write(b'{"v":1,"what":"go')
    assert set(recall(book.entries()).ours) == {PORT}
    with Journal.open(book.path.parent, KEY) as again:
        again.append(begin(), journal.gone(PORT))
        found = recall(again.entries())
    assert set(found.spent) == {PORT}
    assert found.notes == ()


def test_other_garbage_is_noted_and_left_out(book: Journal) -> None:
    book.append(begin())
    with book.path.open("ab") as file:
        file.write(b'\0\0\0\n[1]\n{"v":"x"}\n')
    book.append(journal.planned(PORT, evidence=[Evidence.STATE]))
    found = recall(book.entries())
    assert set(found.ours) == {PORT}
    assert len(found.notes) == 3
    assert "line 2" in found.notes[0]


def test_what_a_newer_janitor_wrote_is_refused(book: Journal) -> None:
    book.append(begin())
    with book.path.open("ab") as file:
        file.write(b'{"v":2,"what":"run-begin"}\n')
    with pytest.raises(Refused, match=r"newer janitor \(version 2, line 2\)"):
        book.entries()


def test_reading_a_journal_that_is_not_there_makes_nothing(tmp_path: Path) -> None:
    assert journal.peek(tmp_path / "none", KEY) == ()
    assert list(tmp_path.iterdir()) == []
    assert recall(()) == journal.Recollection()


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_fall(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("journal") / "x.jsonl"
    path.write_bytes(content)
    recall(journal.read(path))


def test_entries_of_several_threads_do_not_mix(book: Journal) -> None:
    refs = [[Ref(SCOPE, "port", f"{hand}-{number}") for number in range(20)] for hand in range(8)]
    hands = [threading.Thread(target=lambda mine=mine: [book.append(journal.gone(r)) for r in mine]) for mine in refs]  # type: ignore[misc]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert recall(book.entries()).met == {ref for mine in refs for ref in mine}


def test_what_append_returned_from_survives_kill_9(tmp_path: Path) -> None:
    program = (
        "import os, signal; from pathlib import Path\n"
        "from janitor import journal as j; from janitor.core.model import *\n"
        f"book = j.Journal.open(Path({str(tmp_path)!r}), j.JournalKey('b', 'w', 's'))\n"
        "book.append(j.gone(Ref(Scope('c', 'r', 'p'), 'port', 'p-1')))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False)
    assert done.returncode == -signal.SIGKILL
    path = tmp_path / f"{JournalKey('b', 'w', 's').stem}.jsonl"
    assert [entry["what"] for entry in journal.read(path)] == ["gone"]


def test_the_snapshot_is_kept_once_and_dropped_after_the_proof(book: Journal) -> None:
    first, again, other = book.save_snapshot(b"one"), book.save_snapshot(b"one"), book.save_snapshot(b"two")
    assert first == again != other
    assert first.read_bytes() == b"one"
    assert recall((begin(), *book.entries())).snapshots == (str(first), str(first), str(other))
    book.drop_copies()
    assert not first.exists()
    assert not other.exists()
    assert book.path.exists()


def test_a_folder_that_cannot_be_made_ends_in_a_sentence_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalUnwritable, match="--journal PATH") as caught:
        Journal.open(tmp_path / "file", KEY)
    assert caught.value.exit_code == 3


def test_a_full_disk_ends_in_a_sentence(tmp_path: Path) -> None:
    """A file size limit answers a write like a full disk does; the signal that comes with it is ignored."""
    with Journal.open(tmp_path, KEY) as book:
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
        try:
            with pytest.raises(JournalUnwritable, match="cannot be written") as caught:
                book.append(begin())
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, handler)
    assert "\n" not in str(caught.value)


def test_the_fields_that_reach_the_disk_are_these(book: Journal) -> None:
    book.append(begin(), journal.planned(PORT, evidence=[]), journal.request(PORT, "delete"), journal.closed(listed=1))
    book.append(journal.answer(PORT, "delete", status=500, code="x" * 500), journal.outcome(PORT, Outcome.FAILED))
    lines = [json.loads(line) for line in book.path.read_text().splitlines()]
    fields = {line["what"]: sorted(set(line) - {"v", "at", "what"}) for line in lines}
    assert fields == {
        "run-begin": ["command", "host", "lineage", "pid", "scopes", "serial", "since", "workspace"],
        "planned": ["address", "created_at", "evidence", "name", "ref"],
        "request": ["op", "ref"],
        "answer": ["accepted", "code", "op", "ref", "status"],
        "outcome": ["outcome", "ref"],
        "closed": ["listed", "proof"],
    }
    assert all(len(line.get("code", "")) <= 64 for line in lines)
