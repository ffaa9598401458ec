"""Services that run nowhere here, by the bodies and statuses of their API references: Magnum, Trove, Mistral."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from builders import case
from edge.stub import PROJECT, Stub, stub

from janitor.cloud.live import LiveCloud
from janitor.core.case import object_id
from janitor.core.catalogue import KINDS
from janitor.core.model import Observed, Ref, Resource
from janitor.core.ownership import denial
from janitor.core.plan import Action, Step
from janitor.engine.protocols import Answer, Reply
from janitor.engine.steps import is_busy

CLUSTER = "746e779a-751a-456b-a3e9-c883d734946f"
TEMPLATE = "0562d357-8641-4759-8fed-8173f02c9633"
GROUP = "05eeb13b-0d95-4e67-a7d0-5b0a1a0a6ae8"
INSTANCE = "7de1bed8-6983-4d46-9a52-0abfbb0d27a2"
REPLICA = "b76a6a76-748b-4064-adec-4c9e6c9abd68"
CONFIGURATION = "2aa51628-5c42-4086-8682-137caffd2ba6"
TRIGGER = "123e4567-e89b-12d3-a456-426655440000"
DATABASE_ROOT = f"/v1.0/{PROJECT}"


@pytest.fixture
def magnum() -> Iterator[Stub]:
    cluster = {
        "status": "CREATE_COMPLETE",
        "uuid": CLUSTER,
        "stack_id": "9c6f1169-7300-4d08-a444-d2be38758719",
        "created_at": "2016-08-29T06:51:31+00:00",
        "cluster_template_id": TEMPLATE,
        "keypair": "my_keypair",
        "labels": {"janitor-run": "ci-7"},
        "fixed_network": None,
        "name": "k8s",
    }
    template = {"uuid": TEMPLATE, "name": "k8s-bm", "created_at": "2016-08-26T09:34:41+00:00", "public": False}
    group = {"uuid": GROUP, "name": "default-worker", "is_default": True, "role": "worker", "status": "CREATE_COMPLETE"}
    with stub(container_infra="/v1") as cloud:
        page = f"{cloud.url}/v1/clusters/detail?limit=1&marker={CLUSTER}"
        other = {**cluster, "uuid": "731387cf-a92b-4c36-981e-3271d63e5597", "name": "other"}
        cloud.says("GET", "/v1/clusters/detail", 200, {"clusters": [cluster], "next": page})
        cloud.says("GET", f"/v1/clusters/detail?limit=1&marker={CLUSTER}", 200, {"clusters": [other]})
        cloud.says("GET", f"/v1/clusters/{CLUSTER}", 200, cluster)
        cloud.says("GET", f"/v1/clusters/{CLUSTER}/nodegroups", 200, {"nodegroups": [group]})
        cloud.says("GET", f"/v1/clusters/{CLUSTER}/nodegroups/{GROUP}", 200, {**group, "cluster_id": CLUSTER})
        cloud.says("GET", f"/v1/clustertemplates/{TEMPLATE}", 200, template)
        yield cloud


@pytest.fixture
def trove() -> Iterator[Stub]:
    master = {"id": INSTANCE, "name": "test", "status": "ACTIVE", "created": "2019-12-23T20:58:35"}
    master |= {"tenant_id": PROJECT, "configuration": {"id": CONFIGURATION, "name": "group1"}}
    replica = {**master, "id": REPLICA, "name": "copy", "replica_of": {"id": INSTANCE}, "configuration": None}
    with stub(database=DATABASE_ROOT) as cloud:
        where = f"{DATABASE_ROOT}/instances"
        following = [{"rel": "next", "href": f"https://elsewhere{where}/detail?marker={INSTANCE}&limit=1"}]
        cloud.says("GET", f"{where}/detail", 200, {"instances": [master], "links": following})
        cloud.says("GET", f"{where}/detail?marker={INSTANCE}&limit=1", 200, {"instances": [replica]})
        cloud.says("GET", f"{where}/{INSTANCE}", 200, {"instance": master})
        cloud.says("GET", f"{where}/{INSTANCE}/databases", 200, {"databases": [{"name": "sampledb"}]})
        cloud.says("GET", f"{where}/{REPLICA}/databases", 200, {"databases": []})
        users = [{"name": "dbuser1", "host": "%", "databases": [{"name": "sampledb"}]}]
        cloud.says("GET", f"{where}/{INSTANCE}/users", 200, {"users": users})
        group = {"id": CONFIGURATION, "name": "group1", "description": None, "created": "2015-07-01T16:38:27"}
        cloud.says("GET", f"{DATABASE_ROOT}/configurations/{CONFIGURATION}", 200, {"configuration": group})
        named = {"instances": [{"id": INSTANCE, "name": "test"}]}
        cloud.says("GET", f"{DATABASE_ROOT}/configurations/{CONFIGURATION}/instances", 200, named)
        yield cloud


def ref(live: LiveCloud, kind: str, identifier: str) -> Ref:
    return Ref(live.scopes[0], kind, identifier)


def read(live: LiveCloud, kind: str, identifier: str) -> Observed:
    observed = live.read(ref(live, kind, identifier))
    assert observed is not None
    return observed


def ask(live: LiveCloud, observed: Observed) -> Answer:
    return live.delete(Step(observed.ref, Action.DELETE, observed), observed)


def holders(live: LiveCloud, observed: Observed, answer: Answer) -> list[tuple[str, str]]:
    return [(holder.kind, holder.id) for holder in live.holders(observed, answer)]


def test_clusters_are_listed_page_by_page_and_carry_marks_as_labels(magnum: Stub) -> None:
    live = LiveCloud([magnum.session()])
    found = live.listing(live.scopes[0], "cluster")
    assert [(o.ref.id, o.name) for o in found] == [(CLUSTER, "k8s"), ("731387cf-a92b-4c36-981e-3271d63e5597", "other")]
    assert found[0] == read(live, "cluster", CLUSTER)
    assert (found[0].metadata["janitor-run"], found[0].linked("cluster_template")) == ("ci-7", (TEMPLATE,))
    assert found[0].created_at == 1472453491.0


def test_a_clusters_delete_is_accepted_and_says_nothing_of_its_end(magnum: Stub) -> None:
    live = LiveCloud([magnum.session()])
    magnum.says("DELETE", f"/v1/clusters/{CLUSTER}", 204)
    assert ask(live, read(live, "cluster", CLUSTER)).reply is Reply.ACCEPTED
    body = magnum.routes["GET", f"/v1/clusters/{CLUSTER}"][1]
    magnum.says("GET", f"/v1/clusters/{CLUSTER}", 200, {**body, "status": "DELETE_IN_PROGRESS"})
    dying, kind = read(live, "cluster", CLUSTER), KINDS["cluster"]
    assert is_busy(kind, dying)
    magnum.says("GET", f"/v1/clusters/{CLUSTER}", 200, {**body, "status": "DELETE_FAILED"})
    assert not is_busy(kind, read(live, "cluster", CLUSTER)), "a second delete may succeed"
    title = f"Cluster {CLUSTER} could not be found."
    gone = {"errors": [{"status": 404, "code": "client", "title": title, "detail": title, "links": []}]}
    magnum.says("GET", f"/v1/clusters/{CLUSTER}", 404, gone)
    assert live.read(dying.ref) is None


def test_a_template_is_held_by_the_clusters_that_are_made_of_it(magnum: Stub) -> None:
    live = LiveCloud([magnum.session()])
    detail = f"ClusterTemplate {TEMPLATE} is referenced by one or multiple clusters."
    errors = [{"request_id": "", "code": "client", "status": 400, "title": detail[:-1], "detail": detail, "links": []}]
    magnum.says("DELETE", f"/v1/clustertemplates/{TEMPLATE}", 400, {"errors": errors})
    template = read(live, "cluster_template", TEMPLATE)
    answer = ask(live, template)
    assert (answer.reply, answer.text, answer.ids) == (Reply.REFUSED, detail, (TEMPLATE,))
    assert ("cluster", CLUSTER) in holders(live, template, answer)


def test_a_default_node_group_goes_with_its_cluster_only(magnum: Stub) -> None:
    live = LiveCloud([magnum.session()])
    told = "Deleting a default nodegroup is not supported."
    path = f"/v1/clusters/{CLUSTER}/nodegroups"
    magnum.says("GET", "/v1/clusters/731387cf-a92b-4c36-981e-3271d63e5597/nodegroups", 200, {"nodegroups": []})
    magnum.says("DELETE", f"{path}/{GROUP}", 400, {"errors": [{"status": 400, "title": told, "detail": told}]})
    (group,) = live.listing(live.scopes[0], "nodegroup")
    assert group.ref.id == f"{CLUSTER}/{GROUP}"
    assert read(live, "nodegroup", group.ref.id).linked("cluster") == (CLUSTER,)
    answer = ask(live, group)
    assert (answer.reply, holders(live, group, answer)) == (Reply.REFUSED, [("cluster", CLUSTER)])
    spoken = zip(magnum.asked, magnum.headers[-len(magnum.asked) :], strict=True)
    versions = {headers.get("openstack-api-version") for (_, path), headers in spoken if "nodegroups" in path}
    assert versions == {"container-infra 1.9"}


def test_instances_are_listed_page_by_page_and_name_what_they_need(trove: Stub) -> None:
    live = LiveCloud([trove.session()])
    master, replica = live.listing(live.scopes[0], "database_instance")
    assert (master.linked("database_configuration"), replica.linked("database_instance")) == (
        (CONFIGURATION,),
        (INSTANCE,),
    )
    assert master == read(live, "database_instance", INSTANCE)
    assert master.project_id == PROJECT


def test_a_source_of_replicas_is_held_by_them(trove: Stub) -> None:
    live = LiveCloud([trove.session()])
    told = "Detach replicas before deleting replica source."
    trove.says("DELETE", f"{DATABASE_ROOT}/instances/{INSTANCE}", 403, {"forbidden": {"code": 403, "message": told}})
    master = read(live, "database_instance", INSTANCE)
    answer = ask(live, master)
    assert (answer.reply, answer.text) == (Reply.DENIED, told)
    assert KINDS["database_instance"].forbids
    assert holders(live, master, answer) == [("database_instance", REPLICA)]


def test_databases_and_users_are_known_by_their_instance_and_name(trove: Stub) -> None:
    live = LiveCloud([trove.session()])
    trove.says("GET", f"{DATABASE_ROOT}/instances/{REPLICA}/users", 200, {"users": []})
    for kind, name, collection in (("database", "sampledb", "databases"), ("database_user", "dbuser1", "users")):
        resource = Resource("a.b", f"openstack_{KINDS[kind].types[0]}", f"{INSTANCE}/{name}")
        wanted = ref(live, kind, object_id(resource))
        assert [o.ref for o in live.listing(live.scopes[0], kind)] == [wanted]
        observed = read(live, kind, wanted.id)
        assert (observed.name, observed.linked("database_instance")) == (name, (INSTANCE,))
        assert live.read(ref(live, kind, f"{INSTANCE}/other")) is None
        assert live.read(ref(live, kind, f"gone/{name}")) is None
        trove.says("DELETE", f"{DATABASE_ROOT}/instances/{INSTANCE}/{collection}/{name}", 202)
        assert ask(live, observed).reply is Reply.ACCEPTED


def test_a_configuration_is_held_by_the_instances_that_use_it(trove: Stub) -> None:
    live = LiveCloud([trove.session()])
    told = "A configuration group cannot be deleted if it is associated with one or more non-terminated instances."
    path = f"{DATABASE_ROOT}/configurations/{CONFIGURATION}"
    trove.says("DELETE", path, 400, {"badRequest": {"code": 400, "message": told}})
    configuration = read(live, "database_configuration", CONFIGURATION)
    answer = ask(live, configuration)
    assert (answer.reply, answer.code) == (Reply.REFUSED, "badRequest")
    assert holders(live, configuration, answer) == [("database_instance", INSTANCE)]


def test_a_public_trigger_is_not_one_projects_alone() -> None:
    body = {"id": TRIGGER, "name": "my_trigger", "workflow_name": "my_wf", "created_at": "1970-01-01T00:00:00.000000"}
    public = {**body, "id": "another", "scope": "public"}
    with stub(workflow="/v2") as cloud:
        where = "/v2/cron_triggers"
        cloud.says(
            "GET", f"{where}?project_id={PROJECT}", 200, {"cron_triggers": [{**body, "scope": "private"}, public]}
        )
        cloud.says("GET", f"{where}/{TRIGGER}", 200, {**body, "scope": "private"})
        cloud.says("DELETE", f"{where}/{TRIGGER}", 204)
        live = LiveCloud([cloud.session()])
        ours, shared = live.listing(live.scopes[0], "cron_trigger")
        assert read(live, "cron_trigger", TRIGGER) == ours
        assert denial(case(), ours) is None
        assert denial(case(), shared) is not None
        assert ask(live, ours).reply is Reply.ACCEPTED
        assert KINDS["cron_trigger"].sync
