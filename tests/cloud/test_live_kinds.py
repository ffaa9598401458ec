"""Every kind of the catalogue on the real services: listed, read, deleted, gone; and known to nobody else."""

from pathlib import Path
from typing import Any

import pytest
import stock
from clouds import OPTIONAL, needing

from ground.cloud import LocalCloud, Project
from janitor.cloud.live import LiveCloud
from janitor.core.catalogue import KINDS, Fate
from janitor.core.model import Observed, Ref
from janitor.core.selection import changed
from janitor.engine.protocols import CloudFault, Reply

pytestmark = [pytest.mark.cloud, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]

NAMED_OTHERWISE = {"floating_ip", "floating_ip_association", "zone", "recordset"}  # by their address, or domain
IDEMPOTENT = {"floating_ip_association", "router_route", "interface_attachment", "image_acceptance"}  # undone twice
NOT_HERE = {"container-infra", "database", "workflow"}  # no local cloud has them; administrators' kinds are elsewhere
VEILED = {"volume_backup", *(name for name in KINDS if name.startswith("bgpvpn"))}  # the project is told to admins only


def test_there_is_a_maker_for_every_kind(local_cloud: LocalCloud) -> None:
    """A kind that is added to the catalogue is tried here, or the service it needs is optional in the local cloud."""
    here = {kind.name for kind in KINDS.values() if kind.is_read and kind.service not in {*OPTIONAL, *NOT_HERE}}
    assert {n for n in here if KINDS[n].fate is not Fate.REFUSED and not KINDS[n].retired} <= set(stock.MAKERS)


@pytest.mark.parametrize("name", [pytest.param(name, marks=needing(name)) for name in sorted(stock.MAKERS)])
def test_a_kind_is_listed_read_and_deleted(project: Project, conn: Any, live: LiveCloud, name: str) -> None:
    kind = KINDS[name]
    ref = Ref(live.scopes[0], name, stock.MAKERS[name](conn, project.name))

    read = live.read(ref)
    listed = [o for o in live.listing(ref.scope, name) if o.ref == ref] if kind.is_listed else [read]
    assert len(listed) == 1
    assert read is not None
    assert (read.ref, read.name, read.links) == (ref, listed[0].name, listed[0].links)
    assert set(listed[0].facts) <= set(read.facts)
    assert not changed(listed[0], read), "what is swept is judged by its listing, and again as it is read"
    if kind.name_field and name not in NAMED_OTHERWISE and not kind.is_relation:
        assert read.name == project.name
    if kind.project_fields and not kind.is_relation:
        assert read.project_id == ("" if name in VEILED else project.id)
    if kind.created_field and not kind.is_relation:
        assert read.created_at is not None
    for link in read.links:
        assert KINDS[link.kind]

    answer = live.delete(stock.step(read), read)
    assert (answer.reply, answer.text) == (Reply.ACCEPTED, "")
    stock.until(lambda: live.read(ref) is None)
    stock.until(lambda: not kind.is_listed or ref not in {o.ref for o in live.listing(ref.scope, name)})
    again = live.delete(stock.step(read), read)
    assert again.reply is Reply.GONE or name in IDEMPOTENT, again


@pytest.mark.parametrize("name", ["network", "volume", "image", "server_group", "load_balancer"])
def test_another_project_neither_lists_nor_reads_it(
    project: Project, live: LiveCloud, name: str, local_cloud: LocalCloud, tmp_path: Path
) -> None:
    ours = Ref(live.scopes[0], name, stock.MAKERS[name](stock.connection(project), project.name))
    with local_cloud.project(f"{project.name}-other", tmp_path / "other") as other:
        theirs = LiveCloud([stock.session(other)])
        scope = theirs.scopes[0]
        assert theirs.listing(scope, name) == []
        foreign = Observed(Ref(scope, name, ours.id))
        if name == "load_balancer":  # Octavia admits that there is one, and says no more
            with pytest.raises(CloudFault, match="Policy does not allow"):
                theirs.read(foreign.ref)
            assert list(theirs.lookup([foreign.ref]).unseen) == [(scope, name)]
        else:
            assert theirs.read(foreign.ref) is None
        assert theirs.delete(stock.step(foreign), foreign).reply in {Reply.GONE, Reply.DENIED}
    assert live.read(ours) is not None
