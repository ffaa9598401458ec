"""Commands that are held to the permissions of files, whoever runs the tests: root may read what nobody may."""

from __future__ import annotations

import os
import shutil

import pytest

ABOVE_PERMISSIONS = "-dac_override,-dac_read_search"


def mortally(*command: str) -> list[str]:
    """The command as one that root runs without root's way past permissions; for anybody else, as it is."""
    if os.geteuid() != 0:
        return list(command)
    if shutil.which("setpriv") is None:
        pytest.skip("missing: setpriv (util-linux), or a user that is not root")
    return ["setpriv", "--bounding-set", ABOVE_PERMISSIONS, "--inh-caps", ABOVE_PERMISSIONS, *command]
