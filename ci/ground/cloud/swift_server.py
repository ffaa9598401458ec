"""Swift's proxy, account, container and object servers and the container updater: green threads of one process.

Swift is written for eventlet, so it is served by its own WSGI server. Its `run_server` cannot be called four times:
each call makes a new eventlet hub, and the earlier loops hang for ever; what it does is done here.
"""

from __future__ import annotations

import os
import signal
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SERVERS = ("account", "container", "object", "proxy")
UPDATE_EVERY = 5


def load(state: Path) -> Callable[[], None]:
    """Bind the four servers; the result serves and never returns."""
    from swift.common import utils

    utils.monkey_patch()
    import eventlet

    eventlet.hubs.use_hub(utils.get_hub())
    folder = state / "conf" / "swift"
    # before anything else of swift: policies and limits are read on import
    utils.set_swift_dir(str(folder))
    from swift.common import constraints

    constraints.reload_constraints()
    from swift.common.storage_policy import reload_storage_policies

    reload_storage_policies()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    threads = [_spawn(folder / f"{server}-server.conf", server) for server in SERVERS]

    def run() -> None:
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        eventlet.spawn(_update, folder)
        threads[-1].wait()

    return run


def _spawn(file: Path, server: str) -> Any:  # noqa: ANN401 - a green thread
    """Serve one of the four in a green thread."""
    import eventlet
    from swift.common import wsgi

    conf, _, name = wsgi._initrp(str(file), f"{server}-server", verbose=True)  # noqa: SLF001 - as run_server does
    application = wsgi.loadapp(str(file), global_conf={"log_name": name})
    return eventlet.spawn(
        wsgi.wsgi.server,
        wsgi.get_socket(conf),
        application,
        wsgi.NullLogger(),
        custom_pool=wsgi.RestrictedGreenPool(size=1024),
        protocol=wsgi.SwiftHttpProtocol,
        socket_timeout=60,
        capitalize_response_headers=False,
        url_length_limit=wsgi.constraints.MAX_REQUEST_LINE,
    )


def _update(folder: Path) -> None:
    """Carry the containers' counters to their accounts; the daemon itself would fork."""
    import eventlet
    from paste.deploy import appconfig
    from swift.container.updater import ContainerUpdater

    conf = appconfig(f"config:{folder / 'container-server.conf'}", name="container-server")
    updater = ContainerUpdater(dict(conf, interval=UPDATE_EVERY))
    while True:
        try:
            updater.account_suppressions.clear()
            updater.run_once()
        except Exception:  # noqa: BLE001 - the next round tries again
            traceback.print_exc()
        eventlet.sleep(UPDATE_EVERY)
