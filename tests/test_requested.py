"""What counts as a write to a dying object: the scenarios hold every janitor to it."""

from __future__ import annotations

import pytest
from requested import Request, writes_to_the_dying

PORT, SERVER = "net:1/v2.0/ports/p", "compute:1/v2.1/servers/s"


def request(method: str, url: str, began: float, *, status: int = 204) -> Request:
    return Request(method, url, status, began, began + 0.1)


@pytest.mark.parametrize(
    "later",
    [
        request("PUT", PORT, 2),
        request("PUT", f"{PORT}/tags/gone", 2),
        request("DELETE", f"{SERVER}/os-volume_attachments/v", 2),
        request("POST", f"{SERVER}/action?x=1", 2, status=409),
    ],
    ids=lambda one: one.url,
)
def test_an_update_a_tag_or_a_detach_after_the_delete_is_one(later: Request) -> None:
    deleted = [request("DELETE", PORT, 1), request("DELETE", SERVER, 1)]
    (told,) = writes_to_the_dying([*deleted, later])
    assert told.startswith(f"{later.method} {later.url}, 0.90 s after")


@pytest.mark.parametrize(
    "calls",
    [
        [request("PUT", PORT, 0), request("DELETE", PORT, 1)],
        [request("DELETE", PORT, 1), request("PUT", PORT, 1.05)],
        [request("DELETE", PORT, 1, status=409), request("PUT", PORT, 2)],
        [request("DELETE", PORT, 1), request("DELETE", PORT, 2)],
        [request("DELETE", PORT, 1), request("GET", PORT, 2)],
        [request("DELETE", PORT, 1), request("PUT", f"{PORT}2", 2)],
    ],
    ids=["before", "while it was not answered", "refused", "the delete again", "a reading", "another one"],
)
def test_none_is(calls: list[Request]) -> None:
    assert writes_to_the_dying(calls) == []
