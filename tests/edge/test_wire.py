"""The dialects of the services' answers, each as it was recorded, and what they mean."""

import json
from http import HTTPStatus
from typing import Any

import pytest
from keystoneauth1 import exceptions
from requests.exceptions import ConnectTimeout

from janitor.cloud.session import patience
from janitor.cloud.wire import Response, classify, http_date, no_answer
from janitor.engine.protocols import Reply

ID = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
OURS = {"x-openstack-request-id": "req-1"}
KEY_STAYS = "Unable to delete encryption key for volume: Secret deletion attempt not allowed."


def answer(status: int, body: Any = None, **headers: str) -> Response:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    text = body if isinstance(body, str) else json.dumps(body) if body is not None else ""
    return Response(status, OURS | named, None if isinstance(body, str) else body, text)


def neutron(status: int, word: str, text: str) -> Response:
    return answer(status, {"NeutronError": {"type": word, "message": text, "detail": ""}})


@pytest.mark.parametrize(
    ("response", "reply", "code", "text"),
    [
        pytest.param(answer(204), Reply.ACCEPTED, "", "", id="no content"),
        pytest.param(answer(202, {"server": {}}), Reply.ACCEPTED, "", "", id="accepted is not gone"),
        pytest.param(
            neutron(409, "SecurityGroupInUse", f"Security Group {ID} in use."),
            *(Reply.REFUSED, "SecurityGroupInUse", f"Security Group {ID} in use."),
            id="neutron",
        ),
        pytest.param(
            answer(409, {"conflictingRequest": {"code": 409, "message": "Instance is locked"}}),
            *(Reply.REFUSED, "conflictingRequest", "Instance is locked"),
            id="nova",
        ),
        pytest.param(
            answer(400, {"badRequest": {"code": 400, "message": "Invalid volume: Volume status must be available"}}),
            *(Reply.REFUSED, "badRequest", "Invalid volume: Volume status must be available"),
            id="cinder",
        ),
        pytest.param(
            answer(409, {"faultcode": "Client", "faultstring": "Load Balancer is immutable", "debuginfo": None}),
            *(Reply.REFUSED, "Client", "Load Balancer is immutable"),
            id="octavia",
        ),
        pytest.param(
            answer(
                403, {"message": "Image is protected.<br /><br />\n\n", "code": "403 Forbidden", "title": "Forbidden"}
            ),
            *(Reply.DENIED, "Forbidden", "Image is protected."),
            id="glance",
        ),
        # Refusals that the local cloud cannot bring about, in the words of its services.
        pytest.param(
            neutron(409, "TrunkInUse", f"Trunk {ID} is currently in use."),
            *(Reply.REFUSED, "TrunkInUse", f"Trunk {ID} is currently in use."),
            id="a trunk that its driver locks",
        ),
        pytest.param(
            neutron(409, "TrunkDisabled", f"Trunk {ID} is currently disabled."),
            *(Reply.REFUSED, "TrunkDisabled", f"Trunk {ID} is currently disabled."),
            id="a trunk that is disabled",
        ),
        pytest.param(
            neutron(
                409,
                "TrunkInErrorState",
                f"Trunk {ID} is in error state. Attempt to resolve the error condition before proceeding.",
            ),
            *(
                Reply.REFUSED,
                "TrunkInErrorState",
                f"Trunk {ID} is in error state. Attempt to resolve the error condition before proceeding.",
            ),
            id="a trunk in error",
        ),
        pytest.param(
            neutron(400, "BadRequest", f"Subnet {ID} has IPs in use."),
            *(Reply.REFUSED, "BadRequest", f"Subnet {ID} has IPs in use."),
            id="a subnet of another plugin than ML2",
        ),
        pytest.param(
            answer(
                409,
                {
                    "conflictingRequest": {
                        "code": 409,
                        "message": f"Cannot 'detach_volume' instance {ID} while it is in task_state deleting",
                    }
                },
            ),
            *(
                Reply.REFUSED,
                "conflictingRequest",
                f"Cannot 'detach_volume' instance {ID} while it is in task_state deleting",
            ),
            id="a detach while the server is at something",
        ),
        pytest.param(
            answer(400, {"badRequest": {"code": 400, "message": f"Invalid volume: {KEY_STAYS}"}}),
            *(Reply.REFUSED, "badRequest", f"Invalid volume: {KEY_STAYS}"),
            id="a volume whose key stays",
        ),
        pytest.param(
            answer(409, {"conflictingRequest": {"code": 409, "message": f"Failed to delete allocations for {ID}."}}),
            *(Reply.REFUSED, "conflictingRequest", f"Failed to delete allocations for {ID}."),
            id="a server whose allocation stays",
        ),
        pytest.param(
            answer(
                409,
                {"message": f"Image {ID} could not be deleted because it is in use: clones", "title": "Conflict"},
            ),
            *(Reply.REFUSED, "Conflict", f"Image {ID} could not be deleted because it is in use: clones"),
            id="an image with clones in its backend",
        ),
        pytest.param(
            answer(
                409, "<html><head><title>409 Conflict</title></head><body><h1>Conflict</h1>\nin use &amp; so</body>"
            ),
            *(Reply.REFUSED, "", "Conflict in use & so"),
            id="an old glance's page",
        ),
        pytest.param(
            answer(401, {"error": {"code": 401, "message": "Sign in.", "title": "Unauthorized"}}),
            *(Reply.DENIED, "Unauthorized", "Sign in."),
            id="keystone",
        ),
        pytest.param(
            answer(404, {"code": 404, "type": "zone_not_found", "message": "Could not find Zone"}),
            *(Reply.GONE, "zone_not_found", "Could not find Zone"),
            id="designate",
        ),
        pytest.param(
            answer(404, {"code": 404, "title": "Not Found", "description": "Secret not found."}),
            *(Reply.GONE, "Not Found", "Secret not found."),
            id="barbican",
        ),
        pytest.param(answer(412), Reply.REFUSED, "", "412 Precondition Failed", id="changed meanwhile"),
        pytest.param(answer(500, "boom"), Reply.BROKEN, "", "boom", id="a broken service"),
        pytest.param(answer(503), Reply.BROKEN, "", "503 Service Unavailable", id="unavailable"),
        pytest.param(answer(503, retry_after="2"), Reply.THROTTLED, "", "503 Service Unavailable", id="come again"),
        pytest.param(answer(429), Reply.THROTTLED, "", "429 Too Many Requests", id="too many"),
        pytest.param(answer(413, retry_after="1"), Reply.THROTTLED, "", f"413 {HTTPStatus(413).phrase}", id="old nova"),
        pytest.param(answer(302), Reply.BROKEN, "", "302 Found", id="a redirect is no answer"),
        pytest.param(answer(599), Reply.BROKEN, "", "status 599", id="no such status"),
    ],
)
def test_answers_mean(response: Response, reply: Reply, code: str, text: str) -> None:
    found = classify(response)
    assert (found.reply, found.code, found.text) == (reply, code, text)


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(neutron(404, "PortNotFound", f"Port {ID} could not be found."), id="neutron"),
        pytest.param(
            answer(404, {"itemNotFound": {"code": 404, "message": f"Volume {ID} is not there."}}), id="cinder"
        ),
        pytest.param(answer(404, {"faultcode": "Client", "faultstring": f"Pool {ID} not found."}), id="octavia"),
        pytest.param(answer(404, "<html><title>404</title><h1>404</h1>No image found with ID x</html>"), id="glance"),
        pytest.param(answer(404), id="without a word, but with the service's header"),
        pytest.param(Response(404, {"x-trans-id": "tx1"}, None, "<p>The resource could not be found.</p>"), id="swift"),
        pytest.param(
            Response(404, {}, {"NeutronError": {"type": "PortNotFound", "message": "no"}}, "{}"), id="no header"
        ),
    ],
)
def test_a_services_404_of_an_object_means_gone(response: Response) -> None:
    assert classify(response).reply is Reply.GONE


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(Response(404, {}, None, "<h1>404 Not Found</h1>nginx"), id="a web server"),
        pytest.param(Response(404, {}, None, "default backend - 404"), id="an ingress"),
        pytest.param(Response(404, {}, {"message": "no Route matched with those values"}, "{}"), id="a gateway"),
        pytest.param(Response(404), id="nobody at all"),
        pytest.param(neutron(404, "HTTPNotFound", "The resource could not be found."), id="neutron, no such path"),
        pytest.param(
            answer(
                404, {"message": "The resource could not be found.<br /><br />\n", "code": "404", "title": "Not Found"}
            ),
            id="nova, no such path",
        ),
        pytest.param(answer(404, {"code": 404, "title": "Not Found", "description": ""}), id="octavia, no such path"),
        pytest.param(
            answer(404, "<title>404</title><p>The requested URL was not found on the server.</p>"), id="keystone"
        ),
    ],
)
def test_any_other_404_proves_nothing(response: Response) -> None:
    assert classify(response).reply is Reply.BROKEN


def test_ids_are_those_of_a_refusal_in_order_and_once() -> None:
    text = f"Unable to complete operation on network {OTHER}. Ports {ID}, {OTHER}, {ID.upper()} and x{ID}"
    assert classify(neutron(409, "NetworkInUse", text)).ids == (OTHER, ID)
    assert classify(answer(200, {"text": ID})).ids == ()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"retry_after": "7"}, 7.0, id="seconds"),
        pytest.param(
            {"retry_after": "Fri, 21 Nov 2026 10:00:30 GMT", "date": "Fri, 21 Nov 2026 10:00:00 GMT"},
            30.0,
            id="a moment, on the service's own clock",
        ),
        pytest.param(
            {"retry_after": "Fri, 21 Nov 2026 09:00:00 GMT", "date": "Fri, 21 Nov 2026 10:00:00 GMT"}, 0.0, id="past"
        ),
        pytest.param({"retry_after": "soon"}, None, id="nonsense"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_the_time_to_wait_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert classify(answer(429, **headers)).retry_after == seconds


def test_texts_are_one_bounded_line_without_terminal_codes() -> None:
    text = classify(neutron(409, "In\x1b[31mUse", "a\x1b]0;title\x07b\r\n::error::" + "x" * 1000)).text
    assert text.startswith("ab ::error::x")
    assert len(text) == 500
    assert text.isprintable()


@pytest.mark.parametrize(
    ("error", "reply", "text"),
    [
        pytest.param(ConnectTimeout("slow"), Reply.BROKEN, "no answer in time", id="timeout"),
        pytest.param(
            exceptions.SSLError("bad"), Reply.BROKEN, "its certificate is not trusted (see cacert and verify", id="tls"
        ),
        pytest.param(exceptions.Unauthorized("no"), Reply.DENIED, "the token could not be renewed", id="token"),
        pytest.param(exceptions.NotFound("no"), Reply.DENIED, "the token could not be renewed", id="credential gone"),
        pytest.param(exceptions.ServiceUnavailable("no"), Reply.BROKEN, "the connection broke", id="keystone is busy"),
        pytest.param(ConnectionRefusedError(111, "x"), Reply.BROKEN, "the connection was refused", id="refused"),
        pytest.param(ValueError("?"), Reply.BROKEN, "the connection broke (ValueError)", id="anything else"),
    ],
)
def test_no_answer_is_told_by_its_cause(error: Exception, reply: Reply, text: str) -> None:
    found = no_answer(error, what="GET network /v2.0/ports")
    assert found.reply is reply
    assert found.text.startswith(f"GET network /v2.0/ports: {text}")


@pytest.mark.parametrize(
    ("left", "waited"), [(3000.0, 60.0), (10.0, 10.0), (1.0, 3.0), (-30.0, 3.0), (float("inf"), 60.0)]
)
def test_no_answer_is_waited_for_much_beyond_the_runs_time(left, waited):
    assert patience(60.0, left=left) == waited


def test_a_date_of_no_clock_is_none() -> None:
    """A proxy's nonsense in a header that every answer has."""
    assert http_date("Mon, 01 Jan 99999999999 00:00:00 GMT") is None
    assert classify(answer(429, retry_after="Mon, 01 Jan 99999999999 00:00:00 GMT")).retry_after is None
