"""How Heat's stacks go: by name and id, as a DELETE by id alone is answered with a redirection."""

from __future__ import annotations

from collections.abc import Mapping

from janitor.cloud.asking import segment
from janitor.cloud.session import Session
from janitor.cloud.ways.sending import Undo, send
from janitor.core.model import Observed
from janitor.engine.protocols import Answer


def _delete_stack(session: Session, stack: Observed) -> Answer:
    return send(session, "orchestration", "DELETE", f"/stacks/{segment(stack.name)}/{stack.ref.id}")


UNDO: Mapping[str, Undo] = {
    "delete_stack": _delete_stack,
}
"""`Kind.undo` → how it is done."""
