"""A state that OpenTofu encrypts: read through it where the key is, sealed where it is not, and kept encrypted."""

from __future__ import annotations

import json

import pytest
from roots import SIMPLE, MakeRoot, run
from states import StateServer, gitlab
from ways import found

from janitor.core.model import Health
from janitor.terraform.backends import read_state
from janitor.terraform.root import RootModule

__all__ = ["gitlab"]

PASSPHRASE = "planted-correct-horse-battery"
METHOD = 'method "aes_gcm" "m" {\n  keys = key_provider.pbkdf2.k\n}\nstate {\n  method = method.aes_gcm.m\n}\n'
KEY = f'key_provider "pbkdf2" "k" {{\n  passphrase = "{PASSPHRASE}"\n}}\n{METHOD}'
BY_VARIABLE = """
variable "word" {
  sensitive = true
}
terraform {
  encryption {
    key_provider "pbkdf2" "k" {
      passphrase = var.word
    }
    method "aes_gcm" "m" {
      keys = key_provider.pbkdf2.k
    }
    state {
      method = method.aes_gcm.m
    }
  }
}
"""


@pytest.fixture(autouse=True)
def tofu() -> str:
    """Terraform encrypts nothing."""
    return found("tofu")


def encrypted(make_root: MakeRoot, **environment: str) -> RootModule:
    return make_root(SIMPLE, binary="tofu", environment={"TF_ENCRYPTION": KEY} | environment)


def apply(root: RootModule, **more: str) -> None:
    told = {name: value for name, value in root.environment.items() if name.startswith("TF_")} | more
    for words in ["init", "-input=false"], ["apply", "-auto-approve", "-input=false"]:
        done = run(root, *words, **told)
        assert done.returncode == 0, done.stdout + done.stderr


def assert_sealed(root: RootModule) -> None:
    told = read_state(root)
    assert (told.health, told.sealed, told.resources) == (Health.LOST, True, ())
    assert "is encrypted by OpenTofu, and only tofu with the same key" in told.problem
    assert "planted" not in told.problem


def test_with_its_key_it_is_whole_and_what_is_kept_of_it_encrypted(make_root: MakeRoot) -> None:
    root = encrypted(make_root)
    apply(root)
    told = read_state(root)
    assert (told.health, len(told.resources)) == (Health.WHOLE, 3)
    assert "encrypted_data" in json.loads(told.raw)


@pytest.mark.parametrize("key", ["", KEY.replace(PASSPHRASE, "planted-another-passphrase")])
def test_without_its_key_it_is_sealed(make_root: MakeRoot, key: str) -> None:
    apply(encrypted(make_root))
    assert_sealed(encrypted(make_root, TF_ENCRYPTION=key))
    assert_sealed(make_root(SIMPLE, environment={"PATH": "/nowhere", "TF_ENCRYPTION": KEY}))


def test_a_key_that_is_a_variable_is_given_to_whoever_reads(make_root: MakeRoot) -> None:
    root = make_root(SIMPLE + BY_VARIABLE, binary="tofu", variables=(f"word={PASSPHRASE}",))
    apply(root, TF_VAR_word=PASSPHRASE)
    assert read_state(root).health is Health.WHOLE
    assert_sealed(make_root(SIMPLE + BY_VARIABLE, binary="tofu", variables=("word=planted-something-else",)))


def test_at_a_backend_it_is_the_same(make_root: MakeRoot, gitlab: StateServer) -> None:
    text = 'terraform {\n  backend "http" {\n  }\n}\n' + SIMPLE
    there = gitlab.environment() | {"TF_ENCRYPTION": KEY}
    root = make_root(text, binary="tofu", environment=there)
    apply(root)
    told = read_state(root)
    assert (told.health, told.raw) == (Health.WHOLE, b""), "no plain text is kept"
    assert_sealed(make_root(text, binary="tofu", environment=gitlab.environment()))
    assert_sealed(make_root(text, environment=there | {"PATH": "/nowhere"}))
