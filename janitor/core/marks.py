"""The run's mark and the `keep` mark, as an object can carry them. Reads what was observed, writes nothing.

Three forms, one meaning: the tag `janitor:run=NAME`, the metadata `janitor-run: NAME`, and `janitor:run=NAME` as a
whole token of the description. NAME is `[A-Za-z0-9._-]{1,48}`: Nova's tags allow no more than 60 characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from janitor.core.catalogue import KINDS, MarkForm
from janitor.core.model import Observed

NAME = re.compile(r"[A-Za-z0-9._-]{1,48}")
_TOKEN = re.compile(r"(?:^|[\s,;|()\[\]\"'])janitor:(run=[A-Za-z0-9._-]{1,48}|until=\d{1,12})(?=$|[\s,;|()\[\]\"'])")


# What somebody may have meant as a mark: good enough to keep an object by, and no evidence.
_KEEP = re.compile(r"(?<![a-z0-9])janitor[:_-]keep(?![a-z0-9_-])(?!\s*[=:]\s*(?:false|no|0)\b)", re.IGNORECASE)
_RUN = re.compile(r"(?<![a-z0-9])janitor[:_-]run\s*[=:]\s*(?P<name>[^\s,;|()\[\]\"']*)", re.IGNORECASE)
_NO = frozenset({"false", "no", "0"})


def tokens(texts: Iterable[str]) -> frozenset[str]:
    """`run=NAME` and `until=EPOCH` as whole tokens of these texts."""
    return frozenset(match for text in texts for match in _TOKEN.findall(text))


def runs_in(
    *, tags: Iterable[str] = (), metadata: Mapping[str, str] | None = None, description: str = ""
) -> frozenset[str]:
    """The runs that these three places name."""
    named = {token[4:] for token in tokens((*tags, description)) if token.startswith("run=")}
    value = (metadata or {}).get("janitor-run", "")
    if NAME.fullmatch(value):
        named.add(value)
    return frozenset(named)


def runs_of(observed: Observed) -> frozenset[str]:
    """The runs whose mark the object carries, in the forms its kind can carry."""
    texts, metadata = _places(observed)
    return runs_in(tags=texts, metadata=metadata)


def _places(observed: Observed) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """The texts and the metadata of an object in which one of its kind can carry a mark."""
    forms = KINDS[observed.ref.kind].marks
    tags = tuple(observed.tags) if MarkForm.TAGS in forms else ()
    described = (observed.description,) if MarkForm.DESCRIPTION in forms else ()
    return (*tags, *described), observed.metadata if MarkForm.METADATA in forms else {}


def until_of(observed: Observed) -> float | None:
    """Until when the object's run wanted to live, in seconds since the epoch; the latest of several."""
    said = [token[6:] for token in tokens((*observed.tags, observed.description)) if token.startswith("until=")]
    value = observed.metadata.get("janitor-until", "")
    times = [float(text) for text in (*said, value) if text.isdecimal()]
    return max(times, default=None)


def is_kept(observed: Observed) -> bool:
    """Whether somebody asked for this object to be left alone, in any form, however spelt, and whatever its kind."""
    said = [value for key, value in observed.metadata.items() if _plain(key) == "janitor-keep"]
    if any(value.strip().lower() not in _NO for value in said):
        return True
    return any(_KEEP.search(text) for text in (*observed.tags, observed.description))


def strange_mark(observed: Observed) -> str:
    """What looks like a run's mark and is none, by its spelling or its name; empty where there is nothing like it."""
    texts, metadata = _places(observed)
    exact = runs_in(tags=texts, metadata=metadata)
    meant = [match["name"] for text in texts for match in _RUN.finditer(text)]
    meant += [value for key, value in metadata.items() if _plain(key) == "janitor-run"]
    return next((repr(name) for name in meant if name not in exact), "")


def _plain(key: str) -> str:
    return re.sub(r"[:_]", "-", key.strip().lower())
