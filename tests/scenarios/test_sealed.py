"""A whole run on a state that is encrypted: with its key as on any other, without it as on one that is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stage import Stage

pytestmark = pytest.mark.scenario

PASSPHRASE = "planted-correct-horse-battery"
KEY = (
    f'key_provider "pbkdf2" "k" {{\n  passphrase = "{PASSPHRASE}"\n}}\n'
    'method "aes_gcm" "m" {\n  keys = key_provider.pbkdf2.k\n}\nstate {\n  method = method.aes_gcm.m\n}\n'
)


@pytest.mark.thorough
def test_without_its_key_names_prove_and_the_state_waits_for_who_has_it(
    make: Callable[..., Stage], tofu: str, noted: Callable[..., None]
) -> None:
    stage = make("pair", tofu)
    stage.more["TF_ENCRYPTION"] = KEY
    stage.apply()
    there = stage.look()
    ended = stage.destroy("--since", stage.since, env={"TF_ENCRYPTION": ""})
    assert ended.code == 5, ended.text
    assert "encrypted by OpenTofu" in ended.text
    assert stage.look() == {}
    noted("encrypted, without its key", stage, ended, there, "--since")
    with_key = stage.destroy("-v")
    assert with_key.code == 0, with_key.text
    assert stage.listed() == []
    kept = [file for file in (stage.root / ".janitor").rglob("*") if file.is_file()]
    texts = [ended.text, with_key.text, *(file.read_text("utf-8") for file in (*kept, stage.root / "report.json"))]
    assert [text for text in texts if "planted" in text] == []
