"""Which backups stand on which: an increment needs every backup of its volume back to the last full one.

No API names the backup that an increment stands on: Cinder takes the newest one of the volume.
"""

from __future__ import annotations

from collections.abc import Iterable

from janitor.core.model import Observed

DEPENDED = "has_dependent_backups"


def on(backup: Observed, others: Iterable[Observed]) -> list[Observed]:
    """The increments that cannot live without this backup.

    Of those made in the same second only the ones on which nothing stands: which is older, nobody can say.
    """
    if backup.facts.get(DEPENDED) is False:
        return []
    volumes = set(backup.linked("volume"))
    found: list[Observed] = []
    chain = (o for o in others if volumes & set(o.linked("volume")) and o.ref != backup.ref)
    for other in sorted(chain, key=lambda o: (_made(o), _is_increment(o))):
        apart = _made(other) - _made(backup)
        if apart > 0 and not _is_increment(other):
            break  # the next full one: what follows stands on that
        if _is_increment(other) and (apart > 0 or (apart == 0 and other.facts.get(DEPENDED) is not True)):
            found.append(other)
    return found


def _is_increment(backup: Observed) -> bool:
    return backup.facts.get("is_incremental") is True


def _made(backup: Observed) -> float:
    return backup.created_at or 0.0
