"""How each project's application is loaded, with its workers as threads of the same process.

The order of the imports inside each function decides whether it works: options are registered on import, and read once.
Nothing of OpenStack is patched but three things: where nova finds its driver, that privileged helpers run in process,
and that cinder does not probe the host for iSCSI and NVMe.
"""
# ruff: noqa: ANN401 - OpenStack has no types

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_running: list[Any] = []
"""Services that were started; nobody else would keep them."""


def keystone(state: Path) -> Any:
    """The identity service."""
    folder = state / "conf" / "keystone"
    os.environ["OS_KEYSTONE_CONFIG_FILES"] = str(folder / "keystone.conf")
    os.environ["OS_KEYSTONE_CONFIG_DIR"] = str(folder)
    sys.argv = ["keystone"]
    from keystone.wsgi.api import application

    return application


def glance(state: Path) -> Any:
    """The image service."""
    os.environ["OS_GLANCE_CONFIG_DIR"] = str(state / "conf" / "glance")
    sys.argv = ["glance-api"]
    from glance.wsgi.api import application

    return application


def placement(state: Path) -> Any:
    """What nova's scheduler asks."""
    os.environ["OS_PLACEMENT_CONFIG_DIR"] = str(state / "conf" / "placement")
    sys.argv = ["placement-api"]
    from placement.wsgi.api import application

    return application


def neutron(state: Path) -> Any:
    """The network API; there are no agents."""
    _name(state, "neutron")
    from neutron import policy
    from neutron.wsgi.api import application

    # Left to the first requests, it is a race: those that come while the rules are read are refused with 403.
    policy.init()
    return application


def nova(state: Path) -> Any:
    """The compute API with conductor, scheduler and one compute node."""
    os.environ["OS_NOVA_CONFIG_DIR"] = str(state / "conf" / "nova")
    sys.argv = ["nova-api"]
    import nova.virt
    from nova.wsgi.osapi_compute import application

    from ground.cloud.fakes import nova_driver

    # compute_driver is looked up below nova.virt
    sys.modules["nova.virt.scripted"] = nova_driver
    nova.virt.scripted = nova_driver
    import nova.conf
    import os_brick
    import os_vif
    from nova import context, policy, service, utils
    from nova.compute import rpcapi
    from nova.objects import host_mapping
    from oslo_privsep import priv_context

    priv_context.init(root_helper=shlex.split(utils.get_root_helper()))
    os_brick.setup(nova.conf.CONF)
    os_vif.initialize()
    policy.init()  # as for neutron
    _start(
        service.Service.create(binary="nova-conductor"),
        service.Service.create(binary="nova-scheduler"),
        service.Service.create(binary="nova-compute", topic=rpcapi.RPC_TOPIC, topic_alt=rpcapi.RPC_TOPIC_ALT),
    )
    host_mapping.discover_hosts(context.get_admin_context(), status_fn=print)
    return application


def cinder(state: Path) -> Any:
    """The volume API with volume, backup and scheduler."""
    os.environ["OS_CINDER_DISABLE_EVENTLET_PATCHING"] = "true"
    _name(state, "cinder")
    from cinder import monkey_patch

    monkey_patch.patch("threading")
    # these register command line options: before the WSGI module, which parses the command line
    import cinder.cmd.backup
    import cinder.cmd.volume  # isort: skip
    from cinder.wsgi.api import application  # isort: skip
    import cinder.privsep
    import os_brick.privileged
    from cinder import policy, service, utils
    from cinder.volume import volume_utils
    from oslo_config import cfg
    from oslo_privsep import priv_context

    priv_context.init(root_helper=shlex.split(utils.get_root_helper()))
    os_brick.setup(cfg.CONF)
    cinder.privsep.sys_admin_pctxt.set_client_mode(False)
    os_brick.privileged.default.set_client_mode(False)
    volume_utils.brick_get_connector_properties = lambda *_, **__: _connector(cfg.CONF.host)
    policy.init()  # as for neutron
    _start(
        *(
            service.Service.create(
                host=f"{cfg.CONF.host}@{backend}", service_name=backend, binary="cinder-volume", coordination=True
            )
            for backend in cfg.CONF.enabled_backends
        ),
        service.Service.create(
            binary="cinder-backup",
            coordination=True,
            service_name="backup",
            process_number=1,
            semaphore=utils.semaphore_factory(cfg.CONF.backup_max_operations, 1),
        ),
        # the last one: it waits for a report of every backend, up to a minute when there is none yet
        service.Service.create(binary="cinder-scheduler"),
    )
    return application


def _connector(host: str) -> dict[str, Any]:
    """What os-brick would find out by looking for iSCSI and NVMe on the machine."""
    return {
        "platform": "x86_64",
        "os_type": "linux",
        "ip": "127.0.0.1",
        "host": host,
        "multipath": False,
        "initiator": "iqn.2004-10.org.openstack:lo1",
    }


def octavia(state: Path) -> Any:
    """The load balancer API with its worker."""
    _threading()
    _name(state, "octavia")
    import oslo_messaging
    from octavia.common import constants, rpc
    from octavia.controller.queue.v2 import endpoints
    from octavia.wsgi.api import application
    from oslo_config import cfg

    target = oslo_messaging.Target(topic=constants.TOPIC_AMPHORA_V2, server=cfg.CONF.host, fanout=False)
    _start(rpc.get_server(target, [endpoints.Endpoints()]))
    return application


def barbican(state: Path) -> Any:
    """The secret store."""
    _threading()
    file = _name(state, "barbican")
    # its plugins parse the default configuration files again: ~/.barbican/barbican.conf
    home = state / "barbican" / "home"
    (home / ".barbican").mkdir(parents=True, exist_ok=True)
    link = home / ".barbican" / "barbican.conf"
    link.unlink(missing_ok=True)
    link.symlink_to(file)
    os.environ["HOME"] = str(home)
    from barbican.common import config
    from paste import deploy

    config.parse_args(config.CONF, args=["--config-file", str(file)])
    return deploy.loadapp(f"config:{sys.prefix}/etc/barbican/barbican-api-paste.ini", name="main")


def designate(state: Path) -> Any:
    """DNS: the API with central, worker and producer."""
    os.environ["EVENTLET_NO_GREENDNS"] = "yes"  # before oslo.service imports eventlet, else zone imports fail
    _threading()
    folder = state / "conf" / "designate"
    os.environ["OS_DESIGNATE_CONFIG_DIR"] = str(folder)
    os.environ["LOCAL_CLOUD_NAME_SERVER"] = str(state / "designate" / "nameserver")
    from designate.wsgi.api import application

    from ground.cloud.fakes import designate_backend

    designate_backend.install()
    from designate.central import service as central
    from designate.manage import pool
    from designate.producer import service as producer
    from designate.worker import service as worker

    _start(central.Service())
    # what `designate-manage pool update` does: it calls central, which another process cannot over fake://
    pool.PoolCommands().update(str(folder / "pools.yaml"), delete=False)
    _start(worker.Service(), producer.Service())
    return application


def heat(state: Path) -> Any:
    """Orchestration: API and engine."""
    _threading()
    _name(state, "heat")
    from heat.common import config
    from heat.engine import template
    from heat.rpc import api as rpc_api
    from heat.wsgi.api import application
    from oslo_config import cfg

    config.startup_sanity_check()
    template._get_template_extension_manager()  # noqa: SLF001 - what heat's own entry point does
    from heat.engine import service

    _start(service.EngineService(cfg.CONF.host, rpc_api.ENGINE_TOPIC))
    return application


def manila(state: Path) -> Any:
    """Shared file systems: API, two share services and the scheduler."""
    _name(state, "manila")
    _threading()
    from manila import service
    from manila.wsgi.api import application
    from oslo_config import cfg

    _start(
        *(
            service.Service.create(
                host=f"{cfg.CONF.host}@{backend}", service_name=backend, binary="manila-share", coordination=True
            )
            for backend in cfg.CONF.enabled_share_backends
        ),
        service.Service.create(binary="manila-scheduler", coordination=True),
    )
    return application


def swift(state: Path) -> Callable[[], None]:
    """Object storage, which brings its own server."""
    from ground.cloud import swift_server

    return swift_server.load(state)


def _name(state: Path, service: str) -> Path:
    """Make the command line say which configuration file `service` reads."""
    file = state / "conf" / service / f"{service}.conf"
    sys.argv = [f"{service}-api", "--config-file", str(file)]
    return file


def _threading() -> None:
    """Choose oslo.service's threads over its green threads."""
    from oslo_service import backend

    backend.init_backend(backend.BackendType.THREADING)


def _start(*services: Any) -> None:
    for service in services:
        service.start()
        _running.append(service)


LOADERS: dict[str, Callable[[Path], Any]] = {
    load.__name__: load
    for load in (
        keystone,
        glance,
        placement,
        neutron,
        nova,
        cinder,
        octavia,
        barbican,
        designate,
        heat,
        manila,
        swift,
    )
}
