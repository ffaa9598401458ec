"""What a cluster leaves behind, as its producer makes it; beside it a neighbour's, whose key is longer.

The names, texts, tags and metadata are those of the producers' sources (`core/producers.py` names the files). What OCCM
and Harvester leave is in `test_sweep.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import stock
from places import Place

pytestmark = pytest.mark.scenario

OURS, NEIGHBOURS = "ci-4711", "ci-47110"
"""A key is never a prefix: the neighbour's begins with ours."""


def behind(cloud: Any, name: str, cidr: str, **more: Any) -> tuple[Any, Any, Any]:
    """A network, its subnet, and a router with a gateway that leads to it."""
    outside = {"network_id": cloud.network.find_network("public").id}
    net = cloud.network.create_network(name=name, **more)
    subnet = cloud.network.create_subnet(name=name, network_id=net.id, ip_version=4, cidr=cidr, **more)
    router = cloud.network.create_router(name=name, external_gateway_info=outside, **more)
    cloud.network.add_interface_to_router(router, subnet_id=subnet.id)
    return net, subnet, router


def port(cloud: Any, net: Any, name: str, group: Any, **more: Any) -> Any:
    return cloud.network.create_port(name=name, network_id=net.id, security_group_ids=[group.id], **more)


def tagged(cloud: Any, *made: Any, tag: str) -> None:
    for one in made:
        cloud.network.set_tags(one, [tag])


def capo(cloud: Any, key: str, cidr: str) -> None:
    """cluster-api-provider-openstack, with a load balancer for its API, and a machine."""
    text = f"Created by cluster-api-provider-openstack cluster default-{key}"
    name = f"k8s-clusterapi-cluster-default-{key}"
    net, subnet, _ = behind(cloud, name, cidr, description=text)
    groups = [
        cloud.network.create_security_group(
            name=f"k8s-cluster-default-{key}-secgroup-{role}", description="Cluster API"
        )
        for role in ("controlplane", "worker")
    ]
    cloud.network.create_security_group_rule(  # the workers are let in by the group of the control plane
        security_group_id=groups[0].id, remote_group_id=groups[1].id, direction="ingress"
    )
    on = port(cloud, net, f"{key}-control-plane-x7k2p-0", groups[0], description=text)
    stock.server(cloud, f"{key}-control-plane-x7k2p", networks=[{"port": on.id}])
    made = cloud.load_balancer.create_load_balancer(name=f"{name}-kubeapi", description=text, vip_subnet_id=subnet.id)
    balancer = stock.active(cloud, made)
    outside = cloud.network.find_network("public").id
    cloud.network.create_ip(floating_network_id=outside, port_id=balancer.vip_port_id, description=text)


def openshift(cloud: Any, key: str, cidr: str) -> None:
    """openshift-installer: everything carries the infra id, as a tag or as metadata."""
    tag = f"openshiftClusterID={key}"
    net, subnet, router = behind(cloud, f"{key}-openshift", cidr)
    group = cloud.network.create_security_group(name=f"{key}-master")
    on = port(cloud, net, f"{key}-master-port-0", group)
    address = cloud.network.create_ip(floating_network_id=cloud.network.find_network("public").id, port_id=on.id)
    tagged(cloud, net, subnet, router, group, on, address, tag=tag)
    stock.server(cloud, f"{key}-master-0", networks=[{"port": on.id}], metadata={"openshiftClusterID": key})
    stock.volume(cloud, f"{key}-registry", metadata={"openshiftClusterID": key})
    stock.image(cloud, f"{key}-ignition", tags=[tag])


def kubespray(cloud: Any, key: str, cidr: str) -> None:
    """contrib/terraform/openstack of Kubespray, whose state is lost; its router was borrowed from the project."""
    outside = {"network_id": cloud.network.find_network("public").id}
    net = cloud.network.create_network(name=f"ci-{key}")
    subnet = cloud.network.create_subnet(name=f"{key}-internal-network", network_id=net.id, ip_version=4, cidr=cidr)
    borrowed = cloud.network.find_router("borrowed") or cloud.network.create_router(
        name="borrowed", external_gateway_info=outside
    )
    cloud.network.add_interface_to_router(borrowed, subnet_id=subnet.id)
    groups = {role: cloud.network.create_security_group(name=f"{key}-{role}") for role in ("k8s", "k8s-master")}
    cloud.network.create_security_group_rule(
        security_group_id=groups["k8s"].id, remote_group_id=groups["k8s-master"].id, direction="ingress"
    )
    on = port(cloud, net, f"{key}-k8s-master-1", groups["k8s-master"])
    stock.server(
        cloud,
        f"{key}-k8s-master-1",
        networks=[{"port": on.id}],
        metadata={"kubespray_groups": "etcd,kube_control_plane"},
    )
    cloud.compute.create_keypair(name=f"kubernetes-{key}")
    stock.volume(cloud, f"{key}-glusterfs_volume-1")


def csi(cloud: Any, key: str, _cidr: str) -> None:
    """cinder-csi: a claim, its snapshot, and a volume that was made from that."""
    text, mine = "Created by OpenStack Cinder CSI driver", {"cinder.csi.openstack.org/cluster": key}
    claim = stock.volume(cloud, "pvc-0c7b6f6e-6a52-4e51-9c3c-1f3a3c1e9a01", description=text, metadata=mine)
    snapshot = stock.snapshot(cloud, "snapshot-7a1d", claim, description=text, metadata=mine)
    stock.volume(cloud, "pvc-of-a-snapshot", description=text, metadata=mine, snapshot_id=snapshot.id)


Makes = Callable[[Any, str, str], None]


@pytest.mark.parametrize(
    ("producer", "key", "make", "kinds"),
    [
        pytest.param(
            "capo",
            f"default-{OURS}",
            capo,
            {"network", "subnet", "router", "security_group", "port", "server", "load_balancer", "floating_ip"},
            id="capo",
            marks=pytest.mark.thorough,
        ),
        pytest.param(
            "openshift",
            OURS,
            openshift,
            {"network", "subnet", "router", "security_group", "port", "server", "floating_ip", "volume", "image"},
            id="openshift",
            marks=pytest.mark.thorough,
        ),
        pytest.param(
            "kubespray",
            OURS,
            kubespray,
            {"network", "subnet", "security_group", "port", "server", "keypair", "volume"},
            id="kubespray",
        ),
        pytest.param("csi", OURS, csi, {"volume", "volume_snapshot"}, id="csi", marks=pytest.mark.thorough),
    ],
)
def test_what_a_producer_left_goes_and_its_neighbours_stays(
    place: Place, producer: str, key: str, make: Makes, kinds: set[str]
) -> None:
    make(place.cloud, NEIGHBOURS, "10.81.0.0/24")
    neighbours = place.look()
    make(place.cloud, OURS, "10.82.0.0/24")
    ours = {kind for name in place.look().keys() - neighbours.keys() for kind in [name.partition("/")[0]]}
    assert kinds <= ours
    planned = place.sweep("--producer", f"{producer}={key}", "--dry-run")
    assert planned.code == 0, planned.text
    ended = place.sweep("--yes", "--producer", f"{producer}={key}")
    assert ended.code == 0, ended.text
    assert place.look().keys() == neighbours.keys(), ended.text
    deleted = {row["id"] for row in ended.objects(outcome="deleted")}
    assert {row["id"] for row in planned.objects(outcome="planned")} <= deleted
    assert place.sweep("--yes", "--producer", f"{producer}={key}").code == 0


@pytest.mark.thorough
def test_a_network_that_openshift_was_only_given_stays(place: Place) -> None:
    """The installer tags the user's own network with `-primaryClusterNetwork`, and only takes that off again."""
    network = place.cloud.network
    given, subnet, _ = behind(place.cloud, "the-users-own", "10.83.0.0/24")
    network.set_tags(given, [f"{OURS}-primaryClusterNetwork"])
    theirs = place.look()
    mine = network.create_port(name=f"{OURS}-master-port-0", network_id=given.id, fixed_ips=[{"subnet_id": subnet.id}])
    network.set_tags(mine, [f"openshiftClusterID={OURS}"])
    ended = place.sweep("--yes", "--producer", f"openshift={OURS}")
    assert ended.code == 0, ended.text
    assert place.look().keys() == theirs.keys(), ended.text
