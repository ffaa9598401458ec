"""The rollback of an apply that failed: what this apply created goes, by the journal's word, and nothing else does.

An object that was begun and never told of is looked for by its name, and named where it cannot be told from others.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace

from janitor.cloud.live import LiveCloud
from janitor.cloud.session import Session
from janitor.core.case import Case, claims_by_ref
from janitor.core.model import Configuration, Snapshot
from janitor.core.outcome import Command, RunReport, Source
from janitor.journal import Recollection
from janitor.settings import Settings
from janitor.terraform.root import RootModule
from janitor.workflows import destroy, recounting
from janitor.workflows.booking import Book
from janitor.workflows.call import Call
from janitor.workflows.cleaning import Edges
from janitor.workflows.knowing import Knowledge


def settings_of(settings: Settings) -> Settings:
    """The settings of the rollback: straight from the journal, with a deadline of its own."""
    return replace(settings, command=Command.DESTROY, yes=True, direct=True, timeout=settings.rollback_timeout)


def run(
    call: Call,
    *,
    root: RootModule,
    sessions: Iterable[Session],
    book: Book,
    snapshot: Snapshot,
    configuration: Configuration,
    since: float,
) -> RunReport:
    """Remove what the last apply of the journal created. Raises JanitorError where it cannot begin."""
    here = tuple(sessions)
    now = book.now()
    mine = _of_this_apply(book.recollection, now)
    case = Case(
        claims=claims_by_ref(recounting.claims(mine)),
        spent=mine.spent,
        in_flight=recounting.in_flight(mine),
        instances=recounting.instances(configuration, mine, accounted=True),
        names_prove=True,
        protected=configuration.protected,
        since=since,
    )
    knowledge = Knowledge(
        root=root,
        cloud=LiveCloud(here, threads=call.settings.concurrency),
        scope=here[0].scope,
        book=book,
        snapshot=snapshot,
        configuration=configuration,
        recollection=now,
        case=case,
        edges=Edges(config=configuration.edges),
        workspaces=(root.workspace,),
        sources=(Source("journal", str(call.settings.journal_folder), len(mine.ours)),),
        interrupted_lately=bool(mine.in_flight),
        accounted=True,
        only_this_apply=True,
    )
    return destroy.carry_out(call, knowledge, began=time.time())


def _of_this_apply(before: Recollection, now: Recollection) -> Recollection:
    """What the journal has learnt since this run opened it; begun is what the last apply began.

    A label does not tell: an address that an earlier apply left begun may be begun again, and is then the later one's.
    """
    begin = now.applies[-1].at
    return replace(
        now,
        stated={},
        ours={ref: known for ref, known in now.ours.items() if ref not in before.ours},
        in_flight={label: at for label, at in now.in_flight.items() if at >= begin},
    )
