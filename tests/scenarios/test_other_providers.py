"""What others have in the same state: a dead provider stops terraform, and not the OpenStack part."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from stage import Stage

pytestmark = pytest.mark.scenario

ASKED_FOR = """  required_providers {{
    {name} = {{
      source = "{source}"
    }}
"""


def beside(stage: Stage, source: str, kind: str) -> None:
    """A resource of a provider that cannot be had any more, in configuration and state."""
    name = source.rpartition("/")[2]
    providers = stage.root / "terraform.tf"
    text = providers.read_text(encoding="utf-8")
    asked = text.replace("  required_providers {\n", ASKED_FOR.format(name=name, source=source))
    providers.write_text(f'{asked}\nresource "{kind}" "theirs" {{\n  name = "x"\n}}\n', encoding="utf-8")
    body = json.loads(stage.state.read_bytes())
    instance = {"schema_version": 0, "attributes": {"id": "x", "name": "x"}}
    theirs = {"mode": "managed", "type": kind, "name": "theirs", "instances": [instance]}
    theirs["provider"] = f'provider["registry.opentofu.org/{source}"]'
    body["resources"].append(theirs)
    body["serial"] += 1
    stage.state.write_text(json.dumps(body), encoding="utf-8")


def test_what_ran_in_the_cluster_leaves_the_state_with_it_and_the_selected_workspace_goes(
    make: Callable[..., Stage], tofu: str, noted: Callable[..., None]
) -> None:
    stage = make("pair", tofu, workspace="ci-7")
    stage.apply()
    there = stage.look()
    beside(stage, "hashicorp/helm", "helm_release")
    selected = stage.root / ".terraform" / "environment"
    assert selected.read_text(encoding="utf-8") == "ci-7"
    ended = stage.destroy("--delete-workspace")
    assert ended.code == 0, ended.text
    assert "hashicorp/helm" in ended.report["terraform"]["handed_over"], "terraform could not even plan"
    assert stage.look() == {}
    noted("a provider that is not to be had", stage, ended, there)
    assert not stage.state.parent.exists()
    assert selected.read_text(encoding="utf-8") == "default"


@pytest.mark.thorough
def test_what_another_cloud_holds_is_told_and_stays_in_the_state(make: Callable[..., Stage], tofu: str) -> None:
    stage = make("pair", tofu)
    stage.apply()
    beside(stage, "cloudflare/cloudflare", "cloudflare_record")
    assert stage.janitor("plan").code == 0, "terraform may still delete its own"
    assert stage.janitor("plan", "--direct").code == 4
    ended = stage.destroy("--delete-workspace")
    assert ended.code == 4, ended.text
    (row,) = ended.objects(outcome="unverified")
    assert row["address"] == "cloudflare_record.theirs"
    assert stage.look() == {}
    assert [r["type"] for r in json.loads(stage.state.read_bytes())["resources"]] == ["cloudflare_record"]
