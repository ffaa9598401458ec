"""One request whose answer has to say something: what is no answer to the question is a CloudFault, never "empty"."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from janitor.cloud.session import Session
from janitor.cloud.wire import Response, classify
from janitor.engine.protocols import Answer, CloudFault, Reply


def segment(name: str) -> str:
    """A name as one piece of a path. Raises CloudFault for `..`, by which every client means the object above it."""
    if name in {".", ".."}:
        raise CloudFault(Answer(Reply.DENIED, text=f"no path can name what is called {name!r}", requests=0))
    return quote(name, safe="")


def answered(
    session: Session,
    service: str,
    method: str,
    path: str,
    *,
    params: Mapping[str, str] | None = None,
    microversion: str = "",
    timeout: float | None = None,
) -> Response:
    """The response to a request that has to succeed. Raises CloudFault."""
    response = session.request(service, method, path, params=params, microversion=microversion, timeout=timeout)
    answer = classify(response)
    if answer.reply is not Reply.ACCEPTED:
        raise CloudFault(answer)
    return response


def found(
    session: Session,
    service: str,
    method: str,
    path: str,
    *,
    params: Mapping[str, str] | None = None,
    microversion: str = "",
) -> Response | None:
    """The same, None where the service says that what the path names is not there."""
    try:
        return answered(session, service, method, path, params=params, microversion=microversion)
    except CloudFault as fault:
        if fault.answer.reply is Reply.GONE:
            return None
        raise
