"""The jobs that `janitor ci` prints are what their runners read: each passes the schema of its own, and its linter.

Nothing is asked of the network: every schema is part of a package.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner
from runners import KUBERNETES, VARIANTS, every_variant, scripts

SCHEMAS = {"gitlab": "vendor.gitlab-ci", "github": "vendor.github-workflows"}
SHELLCHECK = Path(sys.executable).with_name("shellcheck")
OLDEST = "1.29"  # of Kubernetes: what the manifest says it needs

on_github = pytest.mark.parametrize("variant", [words for words in VARIANTS if words[0] == "github"], ids=" ".join)


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a schema was asked for in the network")

    monkeypatch.setattr(socket.socket, "connect", refused)


def complaints(runner: str, text: str) -> str:
    """What the runner's own schema has against it."""
    path = Path("jobs.yml")
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(check_jsonschema, ["--builtin-schema", SCHEMAS[runner], str(path)])
    return "" if done.exit_code == 0 else done.output or repr(done.exception)


@every_variant
def test_the_jobs_pass_the_schema_of_their_runner(rendered: Callable[..., str], variant: tuple[str, ...]) -> None:
    text = rendered(*variant)
    assert complaints(variant[0], text) == ""
    assert complaints(variant[0], text.replace("timeout", "tiemout").replace("runs-on", "runs-of")) != ""


def linted(text: str) -> list[str]:
    """What actionlint says: it types the expressions, too, and knows what each context of GitHub's holds."""
    program = shutil.which("actionlint")
    if program is None:
        pytest.skip("missing: actionlint, which ci/toolchain builds")
    options = ["-oneline", "-no-color", f"-shellcheck={SHELLCHECK}", "-pyflakes="]
    done = subprocess.run([program, *options, "-"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1 if done.stdout else 0, "")
    return done.stdout.splitlines()


@on_github
def test_actionlint_has_nothing_to_say(rendered: Callable[..., str], variant: tuple[str, ...]) -> None:
    text = rendered(*variant)
    assert linted(text) == []
    (said,) = linted(text.replace("${{ github.token }}", "${{ github.tokn }}"))
    assert 'property "tokn" is not defined' in said
    assert any("SC2086" in said for said in linted(text.replace('"$GITHUB_STEP_SUMMARY"', "$GITHUB_STEP_SUMMARY")))


def shellchecked(script: str) -> str:
    """What shellcheck says of a script for any shell: an image may have no bash."""
    done = subprocess.run([SHELLCHECK, "--shell=sh", "--format=gcc", "-"], input=script,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (1 if done.stdout else 0, "")
    return done.stdout


@every_variant
def test_shellcheck_has_nothing_to_say(rendered: Callable[..., str], variant: tuple[str, ...]) -> None:
    found = scripts(variant[0], rendered(*variant))
    assert {name: said for name, script in found.items() if (said := shellchecked(script))} == {}
    assert "SC2086" in "".join(shellchecked(script.replace('"$', "$").replace('" ', " ")) for script in found.values())


@pytest.mark.parametrize("variant", KUBERNETES, ids=" ".join)
@pytest.mark.parametrize("version", [OLDEST, ".".join(kubernetes_validate.latest_version().split(".")[:2])])
def test_kubernetes_takes_the_manifest(rendered: Callable[..., str], variant: tuple[str, ...], version: str) -> None:
    """Strictly, as an apply does on the server: a field that it does not know is an error."""
    manifest = yaml.safe_load(rendered(*variant))
    kubernetes_validate.validate(manifest, version, strict=True)
    manifest["spec"]["jobTemplate"]["spec"]["completion"] = 4
    with pytest.raises(kubernetes_validate.ValidationError, match="'completion' was unexpected"):
        kubernetes_validate.validate(manifest, version, strict=True)


def test_the_oldest_kubernetes_is_the_one_that_the_manifest_names(rendered: Callable[..., str]) -> None:
    text = rendered(*KUBERNETES[0])
    assert f"Kubernetes {OLDEST} or newer" in text
    with pytest.raises(kubernetes_validate.ValidationError, match="backoffLimitPerIndex"):
        kubernetes_validate.validate(yaml.safe_load(text), "1.27", strict=True)
