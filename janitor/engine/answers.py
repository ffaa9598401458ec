"""What each finished task means for its step: gone, waited for, refused by whom, tried again, given up.

"Accepted" is never "gone", unless the service is known to answer only after its row is gone. A fault never means
"empty", and a step whose object could not even be read is UNVERIFIED, not FAILED.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from http import HTTPStatus

from janitor.core.catalogue import KINDS, source_kind
from janitor.core.model import Order, Outcome, Ref, Scope
from janitor.engine.attempt import Listed, Searched, Tried
from janitor.engine.board import Board, end, gone, hold, keep, rest
from janitor.engine.conflicts import promote, resolve
from janitor.engine.doubts import doubt, may_linger, speak_for_others
from janitor.engine.protocols import Answer, CloudFault, Done, Reply
from janitor.engine.retry import calmer, is_over, pause
from janitor.engine.steps import (
    DROPPED,
    WAITED_FOR,
    Phase,
    Progress,
    explained,
    is_busy,
    is_dying,
    is_stuck,
    standing,
    words,
)
from janitor.engine.waits import Finding, Watch, Watches, join, overdue, read_round

BELIEVED = 3  # unchanged readings after which a 403 without a holder is no race with one that has just gone
TROUBLE = frozenset({Reply.THROTTLED, Reply.BROKEN})


@dataclass(slots=True)
class Desk:
    """Where answers are dealt with: the board, the listings under way, the refusals whose holders are to be found."""

    board: Board
    watches: Watches
    searches: deque[Ref] = field(default_factory=deque)


def take(desk: Desk, done: Done) -> None:
    """Deal with a finished task."""
    board = desk.board
    board.running -= 1
    match done.key:
        case ("list", (Scope() as scope, str(kind))):
            board.requests += 1
            _listed(desk, desk.watches[scope, kind], done)
        case ("try", Ref() as ref):
            board.limit_of(board.steps[ref].service, ref.scope).running -= 1
            _tried(desk, board.steps[ref], done)
        case ("search", Ref() as ref):
            board.limit_of(board.steps[ref].service, ref.scope).running -= 1
            _searched(desk, board.steps[ref], done)


def _tried(desk: Desk, one: Progress, done: Done) -> None:
    board = desk.board
    if not isinstance(done.value, Tried):
        fault = _fault(done)
        speak_for_others(board, one, are_gone=False)
        _count(board, one, fault.requests)
        board.write("answer", one.ref, read="fault", reply=fault.reply.value, status=fault.status, code=fault.code)
        _unread(board, one, fault)
        return
    observed, answer = done.value.observed, done.value.answer
    _count(board, one, 1 + (answer.requests if answer else 0))
    said = {"reply": answer.reply.value, "status": answer.status, "code": answer.code} if answer else {}
    board.write("answer", one.ref, read="found" if observed else "missing", **said)
    board.unseen.pop((one.ref.scope, source_kind(one.ref.kind)), None)
    speak_for_others(board, one, are_gone=observed is None)
    board.limit_of(one.service, one.ref.scope).speak()
    if observed is None:
        gone(board, one, reason="its answer was lost" if one.sent and not one.accepted else "")
        return
    one.answered_at = done.value.at
    moved = one.note(observed) or one.refusals == 0
    if answer is None:
        _not_sent(desk, one, done.value)
    elif answer.reply in TROUBLE:
        _unanswered(board, one, answer)
    else:
        _answered(desk, one, answer, moved=moved)


def _not_sent(desk: Desk, one: Progress, tried: Tried) -> None:
    """The judge objected, something foreign would go along, or somebody is already deleting it."""
    verdict = tried.verdict
    if verdict is None or not verdict.ours:
        why, denial = (verdict.why, verdict.denial) if verdict else ("", None)
        keep(desk.board, one, why=why, denial=denial)
    elif verdict.held_by:
        one.answer, one.refusals = None, one.refusals + 1
        if not resolve(desk.board, one, holders=verdict.held_by):
            _be_patient(desk, one)
    else:
        desk.board.tell("accepted", one, text="it is already being deleted")
        join(desk.watches, desk.board, one=one, phase=Phase.ACCEPTED)


def _answered(desk: Desk, one: Progress, answer: Answer, *, moved: bool) -> None:
    board = desk.board
    one.attempts, one.troubled_since, one.insists = 0, None, False
    board.limit_of(one.service, one.ref.scope).recover()
    if answer.reply is Reply.GONE:
        gone(board, one)
    elif answer.reply is Reply.ACCEPTED:
        one.sent, one.accepted = one.sent + 1, True
        board.tell("accepted", one)
        if one.kind.sync:
            gone(board, one)
        else:
            join(desk.watches, board, one=one, phase=Phase.ACCEPTED)
    elif answer.reply is Reply.PARTLY:
        one.begun, one.refusals, one.unchanged, one.waiting_since = True, 0, 0, None
        board.tell("retry", one, text=answer.text)
        hold(board, one)
    elif answer.reply is Reply.REFUSED or _has_owner(one, answer):
        _refused(desk, one, answer, moved=moved)
    else:
        if answer.status == HTTPStatus.UNAUTHORIZED:
            _unsee(board, one.ref.scope, one.ref.kind, answer)
        end(board, one, Phase.FAILED, reason=f"not allowed: {words(answer)}")


def _hopeless(board: Board, one: Progress) -> None:
    end(board, one, Phase.FAILED, reason=explained(one, f"is {standing(one.observed)}"))


def _has_owner(one: Progress, answer: Answer) -> bool:
    """A 403 on what belongs to something else (a server's port) is a refusal with a holder; Manila says it to more."""
    links = one.observed.links if one.observed else ()
    may_be_held = one.kind.forbids or any(link.order is Order.HELD for link in links)
    return answer.status == HTTPStatus.FORBIDDEN and may_be_held


def _refused(desk: Desk, one: Progress, answer: Answer, *, moved: bool) -> None:
    board, observed = desk.board, one.observed
    one.answer, one.refusals = answer, one.refusals + 1
    if observed is None or (is_stuck(one.kind, observed) and not one.kind.remarks):
        _hopeless(board, one)
    elif is_dying(observed):
        join(desk.watches, board, one=one, phase=Phase.ACCEPTED)
    elif is_busy(one.kind, observed) and not moved and one.waiting_since is not None:
        _be_patient(desk, one)  # asked already who holds it: its own status does
    else:
        _look_for_holders(desk, one)


def _look_for_holders(desk: Desk, one: Progress) -> None:
    one.phase = Phase.SEARCHED
    desk.searches.append(one.ref)


def _searched(desk: Desk, one: Progress, done: Done) -> None:
    board = desk.board
    _count(board, one, 1)
    if one.phase is not Phase.SEARCHED:
        return
    if not isinstance(done.value, Searched):
        _unanswered(board, one, _fault(done))
        return
    one.remarks = done.value.remarks or one.remarks
    if one.observed is not None and is_stuck(one.kind, one.observed):
        _hopeless(board, one)
    elif resolve(board, one, holders=done.value.holders):
        one.waiting_since, one.unchanged = None, 0
    else:
        one.holders = tuple(holder for holder in done.value.holders if holder.passing)
        if one.holders:
            one.unchanged = 0  # something moves, only not this object: its own share of the time is the limit
        _be_patient(desk, one)


def _be_patient(desk: Desk, one: Progress) -> None:
    """Nobody is seen to hold it: wait for a status that passes, or ask again later, but not for ever."""
    board, now = desk.board, desk.board.crew.now()
    if one.waiting_since is None:
        one.waiting_since = now
    if overdue(one, board.policy, now=now):
        _stuck(board, one)
    elif _is_meant(one):
        end(board, one, Phase.FAILED, reason=f"not allowed: {words(one.answer)}")
    elif one.observed is not None and is_busy(one.kind, one.observed):
        board.tell("retry", one, text=f"is {one.observed.status}")
        join(desk.watches, board, one=one, phase=Phase.BUSY)
    else:
        wait = pause(board.policy, one.refusals - 1, answer=one.answer, dice=board.dice)
        behind = f"; {one.holders[0]} is on its way out" if one.holders else ""
        board.tell("retry", one, text=f"refused ({words(one.answer)}), again in {wait:.1f} s{behind}")
        rest(board, one, until=now + wait)


def _is_meant(one: Progress) -> bool:
    """Whether a 403 says what it says: nobody was found behind it, and the object rests."""
    denied = one.answer is not None and one.answer.reply is Reply.DENIED
    rests = one.observed is not None and not is_busy(one.kind, one.observed)
    return denied and rests and not one.holders and one.unchanged >= BELIEVED


def _stuck(board: Board, one: Progress) -> None:
    status = standing(one.observed) if one.observed else ""
    said = f"is {status} and does not change" if status else "does not change"
    reason = one.unseen() or explained(one, f"{said} ({one.unchanged} readings)")
    board.tell("stuck", one, text=reason)
    end(board, one, Phase.FAILED, reason=reason, holders=one.holders)


def _unread(board: Board, one: Progress, fault: Answer) -> None:
    """The reading failed: again later, or never seen."""
    if fault.reply in TROUBLE:
        silent = board.limit_of(one.service, one.ref.scope).silent(board.crew.now())
        if _back_off(board, one, fault, since=silent):
            return
    if fault.status == HTTPStatus.FORBIDDEN:
        end(board, one, Phase.FAILED, reason=f"not allowed to read it: {words(fault)}")
        return
    _unsee(board, one.ref.scope, one.ref.kind, fault)
    one.passing = fault.reply in TROUBLE
    end(board, one, Phase.FAILED, reason=f"could not be read: {words(fault)}", outcome=Outcome.UNVERIFIED)


def _unanswered(board: Board, one: Progress, answer: Answer) -> None:
    """A request may have been lost before or after it was carried out: the next attempt begins with a reading."""
    one.sent += answer.reply is Reply.BROKEN
    if not _back_off(board, one, answer):
        one.passing = True
        end(board, one, Phase.FAILED, reason=f"no usable answer: {words(answer)}")


def _back_off(board: Board, one: Progress, answer: Answer, *, since: float = float("inf")) -> bool:
    """Pause and ask the service less; False when the trouble has had its share of the run.

    `since`: when the whole service fell silent. Who comes late to that does not wait for it from the begin.
    """
    limit, now = board.limit_of(one.service, one.ref.scope), board.crew.now()
    one.attempts += 1
    if limit.halve(now):
        board.tell("slower", one, text=f"{one.service} answers {words(answer)}: at most {int(limit.allowed)} at once")
    if one.troubled_since is None:
        one.troubled_since = now
        board.tell("retry", one, text=f"{words(answer)}, asked again until it answers")
    wait = pause(board.policy, one.attempts - 1, answer=answer, dice=board.dice)
    if is_over(board.policy, min(since, one.troubled_since), now=now) or now + wait >= board.policy.deadline:
        return False
    rest(board, one, until=now + wait)
    return True


def _listed(desk: Desk, watch: Watch, done: Done) -> None:
    board = desk.board
    if not isinstance(done.value, Listed):
        _not_listed(board, watch, _fault(done))
        return
    board.unseen.pop((watch.scope, source_kind(watch.kind)), None)
    board.limit_of(KINDS[watch.kind].service, watch.scope).speak()
    findings = read_round(watch, board, listed=done.value)
    still = len(watch.waiting) + sum(finding is not Finding.GONE for _, finding in findings)
    board.tell("round", text=f"{watch.kind}: {still} still there")
    for one, finding in findings:
        _found(desk, one, finding)


def _found(desk: Desk, one: Progress, finding: Finding) -> None:
    board = desk.board
    if finding is Finding.GONE and may_linger(board, one):
        if not doubt(board, one):
            _stuck(board, one)
    elif finding is Finding.GONE:
        gone(board, one)
    elif finding is Finding.PASSED:
        hold(board, one)
    elif finding is Finding.STAYED:
        board.tell("held", one, text="did not go with what it belongs to")
        promote(board, one)
    elif finding is Finding.CAME_BACK:
        _came_back(desk, one)
    elif one.phase is Phase.ACCEPTED and not one.insisted:
        one.insisted = one.insists = True
        one.unchanged = 0
        board.tell("retry", one, text="nothing changes: asked once more")
        hold(board, one)
    else:
        _stuck(board, one)


def _came_back(desk: Desk, one: Progress) -> None:
    """The delete was accepted and then dropped: something the service does not name holds the object."""
    board, observed = desk.board, one.observed
    one.accepted = one.saw_dying = False
    one.refusals += 1
    one.answer = Answer(Reply.REFUSED, code=DROPPED)
    if observed is not None and is_stuck(one.kind, observed):
        hold(board, one)
    elif one.refusals > board.policy.drops:
        _stuck(board, one)
    else:
        _look_for_holders(desk, one)


def _not_listed(board: Board, watch: Watch, fault: Answer) -> None:
    """Unseen is not empty: what waits for the listing cannot be called gone."""
    watch.running, watch.faults = False, watch.faults + 1
    if fault.reply in TROUBLE and not _has_been_silent(board, watch):
        watch.interval = calmer(board.policy, watch.interval)
        wait = pause(board.policy, watch.faults, answer=fault, dice=board.dice)
        watch.due = board.crew.now() + max(watch.interval, wait)
        return
    _unsee(board, watch.scope, watch.kind, fault)
    for ref in sorted(watch.waiting):
        one = board.steps[ref]
        if one.phase in WAITED_FOR:
            one.passing = fault.reply in TROUBLE
            reason = f"its listing did not answer: {words(fault)}"
            end(board, one, Phase.FAILED, reason=reason, outcome=Outcome.UNVERIFIED)
    watch.waiting.clear()
    watch.faults, watch.troubled_since = 0, None


def _has_been_silent(board: Board, watch: Watch) -> bool:
    """One more listing without an answer: whether that has had its share of the run."""
    now = board.crew.now()
    if watch.troubled_since is None:
        watch.troubled_since = now
    silent = board.limit_of(KINDS[watch.kind].service, watch.scope).silent(now)
    return is_over(board.policy, min(silent, watch.troubled_since), now=now)


def _unsee(board: Board, scope: Scope, kind: str, fault: Answer) -> None:
    board.unseen[scope, source_kind(kind)] = words(fault)


def _count(board: Board, one: Progress, requests: int) -> None:
    one.requests += requests
    board.requests += requests


def _fault(done: Done) -> Answer:
    """A task that raised. What is not a CloudFault is a bug: said so, and the rest goes on."""
    if isinstance(done.error, CloudFault):
        return done.error.answer
    return Answer(Reply.BROKEN, code=type(done.error).__name__, text=f"unexpected: {done.error}")
