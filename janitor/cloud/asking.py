"""One request whose answer has to say something: what is no answer to the question is a CloudFault, never "empty"."""

from __future__ import annotations

from collections.abc import Mapping

from janitor.cloud.session import Session
from janitor.cloud.wire import Response, classify
from janitor.engine.protocols import CloudFault, Reply


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
