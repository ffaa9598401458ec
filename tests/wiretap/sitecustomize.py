"""Python imports this by itself where PYTHONPATH names its folder: each request to a service of OpenStack is written
into the file that WIRETAP names, as a line of JSON. Nothing else of the process is touched, and no header or body kept.
"""

from __future__ import annotations

import http.client
import json
import os
import time
from typing import Any

FILE = os.environ.get("WIRETAP", "")


class Tapped(http.client.HTTPConnection):
    """What every connection does from now on; a request without a token is none to a service."""

    def putrequest(self, method: str, url: str, *args: Any, **more: Any) -> None:
        self.__dict__["tapped"] = [method, f"{self.host}:{self.port}{url}", time.time(), False]
        put_request(self, method, url, *args, **more)

    def putheader(self, header: Any, *values: Any) -> None:
        if str(header).lower() == "x-auth-token":
            self.__dict__["tapped"][3] = True
        put_header(self, header, *values)

    def getresponse(self) -> http.client.HTTPResponse:
        answer = get_response(self)
        method, url, began, signed = self.__dict__["tapped"]
        if signed:
            line = {"method": method, "url": url, "status": answer.status, "began": began, "ended": time.time()}
            with open(FILE, "a", encoding="utf-8") as file:  # noqa: PTH123 - pathlib would cost every start its import
                file.write(json.dumps(line) + "\n")
        return answer


put_request = http.client.HTTPConnection.putrequest
put_header = http.client.HTTPConnection.putheader
get_response = http.client.HTTPConnection.getresponse

if FILE:
    for name in ("putrequest", "putheader", "getresponse"):
        setattr(http.client.HTTPConnection, name, Tapped.__dict__[name])
