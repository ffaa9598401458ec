"""The fault proxy of the local cloud: what it tells of the calls that went through it."""

import http.client
import time

from ground.cloud.proxy import Call, Fault, Faults, Proxy

NOBODY = "127.0.0.1:1"


def test_a_call_is_recorded_before_its_answer_is_there() -> None:
    """Else whoever has his answer looks for the call, and now and then it is not there."""
    recorded = []

    def slowly(call: Call) -> None:
        time.sleep(0.1)
        recorded.append(call.status)

    proxy = Proxy("identity", NOBODY, Faults([Fault(status=503)], 0), slowly)
    connection = http.client.HTTPConnection(proxy.address)
    try:
        connection.request("GET", "/v3")
        assert connection.getresponse().status == 503
        assert recorded == [503]
    finally:
        connection.close()
        proxy.stop()
