"""Who holds whom: the picture, and what every drawing makes of it; Graphviz has the last word on its own language."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from clusters import cluster
from jsonschema import Draft202012Validator
from runs import BEGUN, EMPTY, LEFT, PLANNED, hostile, ref, result

from janitor.core.model import Configuration, Declared, Edge, EdgeSource, Health, Outcome, Resource, Snapshot
from janitor.core.outcome import Command, RunReport
from janitor.reports import graph, picture
from janitor.reports.graph import DRAWINGS

BARE = RunReport(Command.PLAN, "w", (), BEGUN, BEGUN)
SNAPSHOT = Snapshot(
    Health.WHOLE,
    "terraform.tfstate",
    resources=(
        Resource(
            "openstack_networking_network_v2.net", "openstack_networking_network_v2", "n-1", attributes={"name": "net"}
        ),
        Resource(
            "openstack_networking_subnet_v2.sub",
            "openstack_networking_subnet_v2",
            "s-1",
            dependencies=("openstack_networking_network_v2.net", "data.openstack_images_image_v2.x"),
        ),
        Resource(
            "openstack_networking_port_v2.eth[0]",
            "openstack_networking_port_v2",
            "p-1",
            dependencies=("openstack_networking_network_v2.net", "openstack_networking_subnet_v2.sub"),
        ),
        Resource("data.openstack_images_image_v2.x", "openstack_images_image_v2", "i-1", mode="data"),
    ),
)
CONFIGURATION = Configuration(
    instances=(
        Declared("openstack_networking_port_v2.eth[0]", "openstack_networking_port_v2"),
        Declared("openstack_networking_port_v2.eth[1]", "openstack_networking_port_v2", name="eth1"),
        Declared("openstack_compute_servergroup_v2.all", "openstack_compute_servergroup_v2"),
    ),
    edges=(("openstack_networking_port_v2.eth", "openstack_networking_subnet_v2.sub"),),
    problems=("x.tf could not be parsed",),
)
SOURCES = picture.of_sources("ci-4711", SNAPSHOT, CONFIGURATION)
PICTURES = {
    "left": picture.of_run(LEFT),
    "empty": picture.of_run(EMPTY),
    "planned": picture.of_run(PLANNED),
    "hostile": picture.of_run(hostile()),
    "sources": SOURCES,
    "nothing": picture.of_run(BARE),
    "cluster": picture.of_run(cluster(300)),
}


def told(drawn: picture.Picture) -> set[tuple[str, str, str, bool]]:
    title = {node.key: node.title for node in drawn.nodes}
    return {(title[a.dependent], title[a.dependency], a.source.name, a.implied) for a in drawn.arrows}


def test_a_holder_that_is_no_row_of_the_run_is_drawn_as_a_stranger() -> None:
    by_hand = next(node for node in PICTURES["left"].nodes if node.id == "p-9")
    assert (by_hand.name, by_hand.outcome) == ("by-hand", picture.HOLDER)
    assert told(PICTURES["left"]) == {("by-hand", "k8s", "OBSERVED", False)}


def test_candidates_hold_nothing() -> None:
    assert "192.0.2.7" not in {node.title for node in PICTURES["left"].nodes}


def test_state_and_configuration_are_drawn_with_their_source() -> None:
    assert told(SOURCES) == {
        ("sub", "net", "STATE", False),
        ("eth[0]", "net", "STATE", True),
        ("eth[0]", "sub", "STATE", False),
        ("eth1", "net", "STATE", True),
        ("eth1", "sub", "STATE", False),
    }
    assert [(n.kind, n.outcome) for n in SOURCES.nodes][-2:] == [("port", "configured"), ("server_group", "configured")]
    assert SOURCES.notes == ("x.tf could not be parsed",)


def test_only_what_others_imply_is_left_out_and_nothing_that_was_observed() -> None:
    a, b, c, d = (ref("port", name) for name in "abcd")
    rows = tuple(result("port", name, Outcome.PLANNED) for name in "abcd")
    edges = (
        Edge(a, b, EdgeSource.OBSERVED),
        Edge(b, c, EdgeSource.CONFIG),
        Edge(a, c, EdgeSource.STATE),
        Edge(c, d, EdgeSource.OBSERVED),
        Edge(a, d, EdgeSource.OBSERVED),
    )
    drawn = picture.of_run(replace(BARE, results=rows, edges=edges))
    assert {(x, y) for x, y, _, implied in told(drawn) if implied} == {("a", "c")}


def test_a_circle_is_drawn_whole() -> None:
    a, b = ref("router", "a"), ref("router", "b")
    rows = tuple(result("router", name, Outcome.BLOCKED) for name in "ab")
    edges = (Edge(a, b, EdgeSource.OBSERVED), Edge(b, a, EdgeSource.STATE))
    assert len(picture.of_run(replace(BARE, results=rows, edges=edges)).drawn) == 2


@pytest.mark.parametrize("name", PICTURES)
def test_json_keeps_its_schema(name: str) -> None:
    document = json.loads(DRAWINGS["json"](PICTURES[name]))
    Draft202012Validator(json.loads(graph.schema())).validate(document)
    keys = {node["key"] for node in document["nodes"]}
    assert bool(document["edges"]) == (name not in {"empty", "nothing", "planned"})
    assert all({edge["from"], edge["to"]} <= keys for edge in document["edges"])


@pytest.mark.parametrize("name", PICTURES)
def test_graphviz_takes_it_without_a_warning(name: str) -> None:
    if not shutil.which("dot"):
        pytest.skip("missing: graphviz")
    drawn = PICTURES[name]
    done = subprocess.run(["dot", "-Tsvg"], input=DRAWINGS["dot"](drawn), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count('class="node"') == len(drawn.nodes)
    assert done.stdout.count('class="edge"') == len(drawn.drawn)
    assert "<script" not in done.stdout


def test_graphviz_shows_a_name_as_it_is() -> None:
    if not shutil.which("dot"):
        pytest.skip("missing: graphviz")
    name = r'a"b\N\\ &amp; <i> \l'
    drawn = picture.of_run(replace(BARE, results=(result("port", "p", Outcome.PLANNED, name=name),)))
    done = subprocess.run(["dot", "-Tplain"], input=DRAWINGS["dot"](drawn), capture_output=True, text=True, check=True)
    assert done.stdout.count("node ") == 1
    svg = subprocess.run(["dot", "-Tsvg"], input=DRAWINGS["dot"](drawn), capture_output=True, text=True, check=True)
    assert "a&quot;b\\N\\\\ &amp;amp; &lt;i&gt; \\l" in svg.stdout.replace("&#45;", "-")


def test_mermaid_words_cannot_leave_their_label() -> None:
    shown = DRAWINGS["mermaid"](PICTURES["hostile"])
    for line in shown.splitlines()[1:]:
        assert re.fullmatch(
            r'  (n\d+\["([A-Za-z0-9 ._,/-]|#\d+;|<br/>)*"\]:::\w+|n\d+ (==>|-->|-\.->)\|\w+\| n\d+'
            r"|classDef \w+ [\w:#,]+)",
            line,
        ), line


def test_mermaid_draws_no_more_arrows_than_it_can_and_says_so() -> None:
    shown = DRAWINGS["mermaid"](picture.of_run(cluster(1000)))
    assert len(re.findall(r"\|\w+\|", shown)) == 500
    assert "less trusted arrows left out" in shown


@pytest.mark.parametrize("name", DRAWINGS)
def test_no_name_is_more_than_a_name(name: str) -> None:
    shown = re.sub(r"<script>.*?</script>", "", DRAWINGS[name](PICTURES["hostile"]), flags=re.DOTALL)
    assert "\x1b" not in shown
    assert not re.search(r"^\s*::", shown, re.MULTILINE)
    assert "<script>alert" not in shown
