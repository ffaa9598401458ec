"""Who makes what beside Terraform, and how it writes its cluster's key on what it makes: a table of traces.

A trace is a field, and what stands in it when the producer made the object for that key. A key is an identity (a
cluster's name or id), never a prefix of one: every pattern has to match the whole field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from janitor.core.model import Observed


class Via(StrEnum):
    """Which way the link of a trace goes."""

    OWN = "own"  # the object names the one that was made
    NAMED = "named"  # the one that was made names the object
    PORT = "port"  # a port of the object is on the one that was made
    ALL = "all"  # the object names some, and all of them were made


@dataclass(frozen=True, slots=True)
class Trace:
    """What a producer leaves on objects of these kinds.

    `field`: name, description, tag, or `metadata:KEY`; `pattern`: a regular expression, `{key}` is the key itself.
    `of`: the object has to be linked to one of that kind which the producer made for the same key, the way that `via`
    says: what is named by such a one is not the same as what names it. Its own field has to match, too.
    """

    kinds: tuple[str, ...]
    field: str
    pattern: str
    of: str = ""
    via: Via = Via.OWN
    along: bool = False  # only what Nova deletes together with that server
    gone: str = ""  # the kind of which the key is an id, that has to be gone

    def fits(self, observed: Observed, key: str) -> bool:
        """Whether the object's own field says so."""
        if observed.ref.kind not in self.kinds:
            return False
        pattern = self.pattern.replace("{key}", re.escape(key))
        return any(re.fullmatch(pattern, text, re.DOTALL) for text in _texts(observed, self.field))


def _texts(observed: Observed, field: str) -> tuple[str, ...]:
    if field == "name":
        return (observed.name,)
    if field == "description":
        return (observed.description,)
    if field == "tag":
        return tuple(sorted(observed.tags))
    value = observed.metadata.get(field.removeprefix("metadata:"))
    return () if value is None else (value,)


MADE_AGAIN = re.compile(
    r"(Floating IP for )?Kubernetes (external service|[Ii]ngress) "
    r"|Security Group for .+ Service LoadBalancer in cluster "
)
"""What cloud-provider-openstack writes on what it keeps in being, from a pod on the cluster's own nodes."""

NEUTRON = ("network", "subnet", "router", "port", "floating_ip", "security_group", "trunk")
CSI = "metadata:cinder.csi.openstack.org/cluster"
OCCM_ADDRESS = Trace(
    ("floating_ip",), "description", r"Floating IP for Kubernetes external service \S+ from cluster {key}"
)
OCCM = (
    Trace(("load_balancer",), "description", r"Kubernetes external service \S+ from cluster {key}"),
    OCCM_ADDRESS,
    Trace(("security_group",), "description", r"Security Group for \S+ Service LoadBalancer in cluster {key}"),
    Trace(("load_balancer",), "description", r"Kubernetes [Ii]ngress \S+ from cluster {key}(, version: \S*)?"),
    Trace(("floating_ip",), "description", r"Floating IP for Kubernetes ingress \S+ from cluster {key}"),
)

PRODUCERS: Mapping[str, tuple[Trace, ...]] = MappingProxyType(
    {
        # cloud-provider-openstack: pkg/openstack/loadbalancer.go, loadbalancer_sg.go; pkg/ingress/controller
        "occm": OCCM,
        # cloud-provider-openstack: pkg/csi/cinder, pkg/csi/manila
        "csi": (
            Trace(("volume", "volume_snapshot", "volume_backup"), CSI, "{key}"),
            Trace(("share", "share_snapshot"), "metadata:manila.csi.openstack.org/cluster", "{key}"),
        ),
        # cluster-api-provider-openstack: KEY is NAMESPACE-CLUSTER
        "capo": (
            Trace(
                ("network", "subnet", "router", "port", "floating_ip", "load_balancer"),
                "description",
                "Created by cluster-api-provider-openstack cluster {key}",
            ),
            Trace(("security_group",), "name", "k8s-cluster-{key}-secgroup-(controlplane|worker|bastion)"),
            Trace(("server",), "name", ".+", of="port", via=Via.NAMED),
            Trace(("volume",), "name", ".+", of="server", along=True),
        ),
        # magnum/common/octavia.py, neutron.py: KEY is the cluster's UUID
        "magnum": (
            Trace(("load_balancer",), "description", "Kubernetes .+ from cluster {key}"),
            Trace(("floating_ip",), "description", "Floating IP for Kubernetes .+ from cluster {key}"),
        ),
        # octavia: what belongs to a load balancer that is gone; KEY is its id
        "octavia": (
            Trace(("port",), "name", "octavia-lb-{key}", gone="load_balancer"),
            Trace(("security_group",), "name", "lb-{key}", gone="load_balancer"),
        ),
        # openshift/installer: pkg/destroy/openstack; KEY is the infra id
        "openshift": (
            Trace((*NEUTRON, "load_balancer", "image"), "tag", "openshiftClusterID={key}"),
            Trace(("server", "volume", "volume_snapshot", "container"), "metadata:openshiftClusterID", "{key}"),
            Trace(("server",), "tag", "openshiftClusterID={key}"),
        ),
        # gardener-extension-provider-openstack: infraflow; KEY is the shoot's namespace, shoot--PROJECT--SHOOT
        "gardener": (
            Trace(("network", "subnet", "router", "security_group", "server_group"), "name", "{key}"),
            Trace(("keypair",), "name", "{key}(-ssh-publickey)?"),
            Trace(("server",), "name", "{key}-.+", of="network", via=Via.PORT),
            *OCCM,
            Trace(("volume", "volume_snapshot"), CSI, "{key}"),
        ),
        # kops: pkg/resources/openstack; KEY is the cluster's DNS name
        "kops": (
            Trace(("server",), "metadata:k8s", "{key}"),
            Trace(("volume",), "metadata:KubernetesCluster", "{key}"),
            Trace(("network", "subnet", "port", "router", "load_balancer"), "tag", "(KubernetesCluster=)?{key}"),
            Trace(("network",), "name", "{key}"),
            Trace(("security_group",), "name", r"[a-z0-9-]+\.{key}"),
            Trace(("floating_ip",), "description", "fip-.+", of="port"),
            Trace(("keypair",), "name", "kubernetes-{key}(-[0-9a-f]{2}(-[0-9a-f]{2}){15})?"),
        ),
        # kubespray: contrib/terraform/openstack; KEY is cluster_name. Its server groups are called alike in every one.
        "kubespray": (
            Trace(
                ("server", "port"), "name", "{key}-(bastion|etcd|gfs-node|k8s-(master|node))(-(ne|nf))*-[^-]+(-port)?"
            ),
            Trace(("security_group",), "name", "{key}-(k8s(-master|-worker)?|bastion)"),
            Trace(("network",), "name", "ci-{key}"),
            Trace(("subnet",), "name", "{key}-internal-network"),
            Trace(("router",), "name", "{key}-router"),
            Trace(("server_group",), "name", "k8s-.+-srvgrp", of="server", via=Via.ALL),
            Trace(("keypair",), "name", "kubernetes-{key}"),
            Trace(("load_balancer",), "name", "{key}-api-loadbalancer"),
            Trace(("volume",), "name", r"{key}-glusterfs_volume(-nf)?-\d+"),
        ),
        # harvester/vm-import-controller: pkg/source/openstack/client.go; KEY is the virtual machine's name
        "harvester": (
            Trace(("image", "volume_snapshot"), "name", r"import-controller-{key}-\d+"),
            Trace(("volume",), "name", "", of="volume_snapshot"),
        ),
    }
)


def is_made_again(observed: Observed) -> bool:
    """Whether a controller on the cluster's nodes makes it anew, under a new id, as long as one of them lives."""
    return MADE_AGAIN.match(observed.description) is not None
