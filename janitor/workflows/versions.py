"""`janitor version`: what stands around janitor on this machine, and the services of the cloud behind it.

Changes nothing, and fails for nothing: what is not there is said to be not there.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from janitor import __version__
from janitor.cloud.signin import connect
from janitor.core.errors import CredentialsRefused
from janitor.core.text import clean
from janitor.settings import Settings
from janitor.terraform import runner
from janitor.terraform.root import LOCK_FILE, RootModule, find_binary

Facts = Mapping[str, object]

_LOCKED = re.compile(r'provider\s+"([^"]*/openstack)"\s*\{[^}]*?version\s*=\s*"([^"]+)"', re.DOTALL)


def seen(settings: Settings) -> Facts:
    """Everything that a report of a problem should say; null: it is not there. Raises Refused for a wrong --binary."""
    return {
        "janitor": __version__,
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "openstacksdk": version("openstacksdk"),
        "binary": _binary(settings),
        "provider": _provider(settings.chdir),
        "cloud": _cloud(settings.os_cloud),
    }


def _binary(settings: Settings) -> Facts | None:
    environment = dict(settings.environment)
    found = find_binary(settings.chdir, binary=settings.binary, search=environment.get("PATH"))
    if found is None:
        return None
    here = RootModule(path=settings.chdir, workspace="default", binary=found, environment=environment)
    return {"name": found.name, "version": runner.version(here), "path": str(found)}


def _provider(folder: Path) -> Facts | None:
    """The OpenStack provider that the root module's lock file holds fast."""
    try:
        locked = _LOCKED.search((folder / LOCK_FILE).read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None
    return {"source": clean(locked[1]), "version": clean(locked[2])} if locked else None


def _cloud(name: str | None) -> Facts:
    try:
        session = connect(name)
    except CredentialsRefused as error:
        return {"problem": clean(error)}
    scope = session.scope
    return {
        "name": clean(scope.cloud),
        "region": clean(scope.region),
        "project": clean(scope.project_name),
        "services": [clean(service) for service in session.services],
    }
