"""How Swift's containers go: emptied first, a bounded batch per attempt, so that signals and the deadline are heeded.

A container is emptied only when the reading that was judged showed that it holds something: what appeared since is
judged with the next reading. Bulk deletion answers 200 whatever happened; what counts is in its body.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from urllib.parse import quote

from janitor.cloud import batch, swift
from janitor.cloud.session import Session
from janitor.cloud.ways.sending import Undo, counting, send
from janitor.cloud.wire import classify
from janitor.core.model import Observed
from janitor.engine.protocols import Answer, Reply

BATCH = 200
"""Objects per attempt: about what a small cluster deletes within the grace of an interrupted run."""

NOT_DELETED = "ObjectsNotDeleted"
"""Our word for objects that a service does not let go; the holders of their container are looked for among them."""


def _delete_container(session: Session, container: Observed) -> Answer:
    emptied = Answer(Reply.ACCEPTED, requests=0)
    if container.facts.get("objects") or container.facts.get("versioned"):
        emptied = _empty(session, container)
        if emptied.reply is not Reply.ACCEPTED:
            return emptied
    answer = send(session, swift.SERVICE, "DELETE", swift.path(container.ref.id))
    return replace(answer, requests=answer.requests + emptied.requests, note=emptied.note)


def _empty(session: Session, container: Observed) -> Answer:
    """Delete one batch of what the container holds. ACCEPTED: nothing is left; PARTLY: there is more."""
    name, versions = container.ref.id, container.facts.get("versioned") is True
    found = swift.entries(session, name, most=BATCH, versions=versions)
    if not found:
        return Answer(Reply.ACCEPTED)
    note = _left_behind(session, name, found)
    answer = _one_by_one(session, name, found) if versions else _in_bulk(session, name, found)
    archive = container.fact("archive")
    if archive:
        note = "; ".join(filter(None, (note, f"old versions of the objects of container {name} stay in {archive}")))
    if answer.reply is Reply.ACCEPTED and (len(found) == BATCH or archive):  # an older version may have come back
        answer = replace(answer, reply=Reply.PARTLY)
    if answer.reply is Reply.PARTLY:
        answer = replace(answer, text=f"{len(found)} of {container.fact('objects')} objects gone, going on")
    return replace(counting(answer, answer.requests + 1), note=note)


def _in_bulk(session: Session, name: str, found: Sequence[swift.Body]) -> Answer:
    lines = "\n".join(quote(f"/{name}/{entry.get('name')}") for entry in found)
    kind = {"Content-Type": "text/plain"}
    response = session.request(swift.SERVICE, "POST", "/", params={"bulk-delete": "true"}, text=lines, headers=kind)
    told = response.mapping()
    if not response.ok:
        return classify(response)
    if "Response Status" not in told:  # the cluster has no such middleware, and took it for an update of the account
        return _one_by_one(session, name, found)
    deleted = int(str(told.get("Number Deleted") or 0))
    errors = told.get("Errors")
    failed = (
        [" ".join(map(str, error)) for error in errors if isinstance(error, list)] if isinstance(errors, list) else []
    )
    return _outcome(session, name, found, deleted=deleted, failed=failed)


def _one_by_one(session: Session, name: str, found: Sequence[swift.Body]) -> Answer:
    """Each by itself: the versions of an object, and everything where bulk deletion is not offered."""
    answers = batch.all_of([partial(_delete_entry, session, name, entry) for entry in found], threads=swift.HANDS)
    deleted = sum(answer.reply is Reply.ACCEPTED for answer in answers)
    failed = [
        f"{entry.get('name')} {answer.status} {answer.text}"
        for entry, answer in zip(found, answers, strict=True)
        if answer.reply not in {Reply.ACCEPTED, Reply.GONE}
    ]
    outcome = _outcome(session, name, found, deleted=deleted, failed=failed)
    return counting(outcome, outcome.requests + len(answers))


def _delete_entry(session: Session, name: str, entry: swift.Body) -> Answer:
    version = entry.get("version_id")
    query = {"version-id": str(version)} if version else {}
    return send(session, swift.SERVICE, "DELETE", swift.path(name, str(entry.get("name"))), params=query)


def _outcome(
    session: Session, name: str, found: Sequence[swift.Body], *, deleted: int, failed: Sequence[str]
) -> Answer:
    """ACCEPTED: all are gone. PARTLY: some are, so it goes on. REFUSED: none is.

    An object that has expired is listed until its DELETE answers 404; a listing that is behind shows others so, too.
    """
    if deleted == len(found):
        return Answer(Reply.ACCEPTED)
    if failed:
        text = f"{len(failed)} objects were not deleted, the first is {failed[0]}"
        return Answer(Reply.REFUSED, HTTPStatus.CONFLICT, NOT_DELETED, text) if not deleted else Answer(Reply.PARTLY)
    if deleted or swift.entries(session, name, most=1, versions=False)[:1] != list(found[:1]):
        return Answer(Reply.ACCEPTED, requests=2)
    text = f"{len(found)} objects are listed, and are not there: the listing is behind"
    return Answer(Reply.REFUSED, HTTPStatus.CONFLICT, text=text, requests=2)


def _left_behind(session: Session, name: str, found: Sequence[swift.Body]) -> str:
    """Where the segments of large objects are, when these are in another container."""
    suspects = [entry for entry in found if entry.get("slo_etag") or entry.get("bytes") == 0]
    holding = batch.all_of([partial(swift.segments_of, session, name, one) for one in suspects], threads=swift.HANDS)
    return _note(f"container {name}", {other for other in holding if other})


def _note(whose: str, containers: set[str]) -> str:
    if not containers:
        return ""
    where = ", ".join(sorted(containers))
    return f"the segments of the large objects of {whose} are in {where}: they stay there, unless that goes, too"


def _delete_object(session: Session, stored: Observed) -> Answer:
    """The object alone: a manifest leaves its segments where they are."""
    inside, _, name = stored.ref.id.partition("/")
    answer = send(session, swift.SERVICE, "DELETE", swift.path(inside, name))
    return replace(answer, note=_note(f"container {inside}", {stored.fact("segments")} - {""}))


UNDO: Mapping[str, Undo] = {
    "delete_container": _delete_container,
    "delete_object": _delete_object,
}
"""`Kind.undo` → how it is done."""
