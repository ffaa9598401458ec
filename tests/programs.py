"""Configurations whose plan starts a program: through a provider's data source, as `external` ones do."""

from __future__ import annotations

from pathlib import Path

import pytest

from ground import toolchain
from ground.part import PartMissingError

ASKED_FOR = f"""    program = {{
      source = "{toolchain.PROGRAM_SOURCE}"
    }}
"""
ALONE = f"terraform {{\n  required_providers {{\n{ASKED_FOR}  }}\n}}\n"


def output_of(*words: str) -> str:
    """The data source; what the program prints is its `result`."""
    listed = ", ".join(f'"{word}"' for word in words)
    return f'data "program_output" "this" {{\n  program = [{listed}]\n}}\n'


def environment(folder: Path) -> dict[str, str]:
    """Lets tofu and terraform find the provider beside that of OpenStack. Skips where it cannot be built."""
    try:
        mirrors = {
            toolchain.provider_folder(): toolchain.OPENSTACK,
            toolchain.program_folder(): (toolchain.PROGRAM_SOURCE,),
        }
    except PartMissingError as missing:
        pytest.skip(f"missing: a provider ({missing})")
    file = folder / "cli.tfrc"
    file.write_text(toolchain.cli_configuration(mirrors), encoding="utf-8")
    return {"TF_CLI_CONFIG_FILE": str(file)}
