"""What people look at, made from a real run: who holds whom, the versions, a saved run rendered again."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from stage import Stage

from janitor.reports import graph

SECONDS = re.compile(r"\d+\.\d+")

pytestmark = pytest.mark.scenario


def said(stage: Stage, *words: str) -> str:
    """What a command without a run report says on stdout; it must end well."""
    done = subprocess.run(
        stage.command(*words), cwd=stage.root, env=stage.env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def drawn(stage: Stage, *words: str) -> tuple[dict[str, Any], set[tuple[str, str, str]]]:
    """The nodes by their address, and the arrows that are drawn, by what stands in the addresses."""
    document = json.loads(said(stage, "graph", "--format", "json", *words))
    Draft202012Validator(json.loads(graph.schema())).validate(document)
    kind = {node["key"]: node["kind"] for node in document["nodes"]}
    arrows = {(kind[e["from"]], kind[e["to"]], e["source"]) for e in document["edges"] if not e["implied"]}
    return {node["address"]: node for node in document["nodes"]}, arrows


def test_the_graph_of_a_workspace_with_and_without_the_cloud(make: Callable[..., Stage], tofu: str) -> None:
    stage = make("net", tofu)
    stage.apply()
    before = (stage.look(), stage.state.read_bytes(), sorted(path.name for path in stage.root.iterdir()))

    nodes, arrows = drawn(stage)
    assert set(nodes) == set(stage.listed())
    assert {node["outcome"] for node in nodes.values()} == {"planned"}
    assert {("port", "subnet", "observed"), ("port", "security_group", "observed")} <= arrows

    offline, written = drawn(stage, "--offline")
    assert {(n["kind"], n["id"]) for n in offline.values()} == {(n["kind"], n["id"]) for n in nodes.values()}
    assert {node["outcome"] for node in offline.values()} == {"state"}
    assert {source for *_, source in written} == {"state"}

    assert (stage.look(), stage.state.read_bytes(), sorted(path.name for path in stage.root.iterdir())) == before

    if not shutil.which("dot"):
        pytest.skip("missing: graphviz")
    done = subprocess.run(["dot", "-Tsvg"], input=said(stage, "graph"), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count('class="node"') == len(nodes)


def test_a_real_run_is_rendered_again(make: Callable[..., Stage], tofu: str) -> None:
    stage = make("net", tofu)
    stage.apply()
    ran = stage.destroy("--direct", "--report", "html=run.html")
    assert ran.code == 0, ran.text
    again = said(stage, "report", "report.json", "--format", "html")
    # A saved run's times are cut to milliseconds, and 1.2500001 s is not rounded as 1.25 s is.
    assert SECONDS.sub("", again) == SECONDS.sub("", (stage.root / "run.html").read_text("utf-8"))
    assert json.loads(said(stage, "report", "report.json", "--format", "json")) == ran.report


def test_the_version_names_binary_provider_and_the_services_of_the_cloud(make: Callable[..., Stage], tofu: str) -> None:
    stage = make("net", tofu)
    facts = json.loads(said(stage, "version", "--json"))
    assert facts["binary"]["name"] == "tofu"
    assert facts["provider"]["source"].endswith("/openstack")
    assert facts["provider"]["version"] in (stage.root / ".terraform.lock.hcl").read_text("utf-8")
    assert {"compute", "identity", "network"} <= set(facts["cloud"]["services"])
    assert facts["cloud"]["project"] == stage.project.name
