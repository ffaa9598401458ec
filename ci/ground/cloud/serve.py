"""`python -m ground.cloud.serve SERVICE --state FOLDER --port PORT`: all of one OpenStack project in one process.

Its WSGI application is served by waitress on 127.0.0.1; its workers are threads beside it, reached over
oslo.messaging's `fake://`, so that no message broker is needed. Runs in the services' virtual environment.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ground.cloud import applications


def main() -> None:
    """Load the application and serve it until a signal comes."""
    parser = argparse.ArgumentParser(prog="ground.cloud.serve")
    parser.add_argument("service", choices=sorted(applications.LOADERS))
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    chosen = parser.parse_args()
    begun = time.monotonic()
    try:
        application = applications.LOADERS[chosen.service](chosen.state)
    except BaseException:  # noqa: BLE001 - some projects leave threads behind which would keep the process for ever
        traceback.print_exc()
        os._exit(1)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))
    print(f"READY {chosen.service} on {chosen.port} after {time.monotonic() - begun:.1f} s", flush=True)
    if chosen.service == "swift":
        application()
    else:
        serve(application, chosen.port)


def serve(application: Callable[..., Any], port: int) -> None:
    """Serve `application`; several processes may share one port (SO_REUSEPORT)."""
    import waitress  # here, for swift patches the world first and has a server of its own

    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("127.0.0.1", port))
    waitress.create_server(
        application,
        sockets=[listener],
        threads=16,
        connection_limit=2000,
        backlog=2048,
        channel_timeout=300,
        ident=None,
        clear_untrusted_proxy_headers=False,
        max_request_body_size=1 << 34,
        inbuf_overflow=1 << 24,
    ).run()


if __name__ == "__main__":
    main()
