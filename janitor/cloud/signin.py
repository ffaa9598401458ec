"""From clouds.yaml and the environment to a signed-in session, or to one sentence that says what to do.

Decides nothing about what the account may do. The password never gets into a message.
"""

from __future__ import annotations

import os
import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, NoReturn

from janitor.cloud.session import Session, mount, no_answer_errors, regions_of
from janitor.cloud.wire import no_answer
from janitor.core.errors import CredentialsRefused
from janitor.core.text import clean

if TYPE_CHECKING:
    from keystoneauth1.access import AccessInfo
    from keystoneauth1.identity.base import BaseIdentityPlugin
    from keystoneauth1.session import Session as KeystoneSession
    from openstack.config import OpenStackConfig
    from openstack.config.cloud_region import CloudRegion

TIMEOUT = 60.0
SERVERS_FAULT = HTTPStatus.INTERNAL_SERVER_ERROR
PAUSES = (0.5, 1.0, 2.0)
"""Seconds between the questions for a token: a keystone that is down is told soon, one that stumbles is asked again."""

POOL_SIZE = 16
PROJECT_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MISSHAPEN = (AttributeError, TypeError, KeyError, ValueError)
MADE_UP = frozenset({"defaults", "envvars"})
"""Names that openstacksdk gives to clouds which stand in no clouds.yaml."""


def connect(
    cloud: str | None = None,
    region: str | None = None,
    *,
    project: str = "",
    timeout: float = TIMEOUT,
    pool_size: int = POOL_SIZE,
) -> Session:
    """Sign in; to that project, by id or name, where it is not the credentials' own.

    Raises CredentialsRefused when there is no project's token to be had.
    """
    config = _configuration(cloud, region, project)
    session = _session(config, timeout=timeout)
    tally = mount(session, pool_size=pool_size)
    auth = _plugin(config, session)
    access = _access(config, session, auth)
    _check_scope(config, access, project)
    return Session(config, session, auth, access=access, tally=tally, timeout=timeout)


def _configuration(cloud: str | None, region: str | None, project: str) -> CloudRegion:
    """What openstacksdk finds for this cloud; it reads files and environment, and asks nobody."""
    from keystoneauth1.exceptions import ClientException
    from openstack.config import OpenStackConfig
    from openstack.exceptions import SDKException

    known: list[str] = []
    try:
        loader = OpenStackConfig()
        known = sorted(set(loader.get_cloud_names()) - MADE_UP)
        if cloud and cloud not in {*known, *MADE_UP}:
            names = f"it knows {', '.join(known)}" if known else "it knows none"
            raise CredentialsRefused(
                f"There is no cloud {cloud!r} in clouds.yaml ({names}): give --os-cloud, or set OS_CLOUD."
            )
        if project:
            _enter(loader, cloud, project)
        # Like the provider, which prefers OS_REGION_NAME to the region in clouds.yaml.
        return _in_region(loader, cloud, region or os.environ.get("OS_REGION_NAME"))
    except _MISSHAPEN as error:  # how the SDK takes an entry that is none
        raise CredentialsRefused(
            f"clouds.yaml, or its entry {cloud or 'for this cloud'!r}, is not of the form that openstacksdk reads: "
            "compare it with its documentation, and mind the indentation."
        ) from error
    except (SDKException, ClientException) as error:
        if not cloud and not known and not os.environ.get("OS_AUTH_URL"):
            raise CredentialsRefused(
                "There are no credentials: set OS_CLOUD (or give --os-cloud) and provide a clouds.yaml, or set "
                "OS_AUTH_URL and the other OS_ variables."
            ) from error
        raise CredentialsRefused(
            f"The credentials of {f'cloud {cloud!r}' if cloud else 'the cloud'} cannot be used: "
            f"{clean(str(error)).rstrip('.')}; complete clouds.yaml or the OS_ variables."
        ) from error


def _enter(loader: OpenStackConfig, cloud: str | None, project: str) -> None:
    """Have a token of this project asked for. A name is looked for in the domain of the credentials' own."""
    entry = loader.cloud_config["clouds"].get(cloud or loader.default_cloud, {})
    auth = entry.setdefault("auth", {})
    if any(key.startswith("application_credential") for key in (*auth, *entry)):
        return  # bound to its project, and refused when it asks for one; whose token it is, is looked at afterwards
    for key in ("project_id", "project_name", "tenant_id", "tenant_name", "trust_id", "domain_id", "domain_name"):
        auth.pop(key, None)
        entry.pop(key, None)  # that of the OS_ variables is flat
    auth["project_id" if PROJECT_ID.fullmatch(project) else "project_name"] = project


def _in_region(loader: OpenStackConfig, cloud: str | None, region: str | None) -> CloudRegion:
    """The cloud's configuration for a region, which clouds.yaml need not list: the catalog has the last word."""
    from openstack.exceptions import ConfigException

    if not region:
        return loader.get_one(cloud=cloud)
    try:
        return loader.get_one(cloud=cloud, region_name=region)
    except ConfigException:
        config = loader.get_one(cloud=cloud)
        config.config["region_name"] = region
        return config


def _session(config: CloudRegion, *, timeout: float) -> KeystoneSession:
    from keystoneauth1.exceptions import ClientException
    from openstack.exceptions import SDKException

    try:
        session = config.get_session()
    except (SDKException, ClientException, OSError) as error:
        raise CredentialsRefused(
            f"Cloud {config.name!r} cannot be used: {clean(str(error)).rstrip('.')}; look at its entry in clouds.yaml."
        ) from error
    session.timeout = session.timeout or timeout  # keystone's own requests
    return session


def _plugin(config: CloudRegion, session: KeystoneSession) -> BaseIdentityPlugin:
    from keystoneauth1.identity.base import BaseIdentityPlugin

    if isinstance(session.auth, BaseIdentityPlugin):
        return session.auth
    raise CredentialsRefused(
        f"Cloud {config.name!r} has auth_type {config.config.get('auth_type')!r}, which names no project: "
        "use one that signs in at keystone."
    )


def _access(config: CloudRegion, session: KeystoneSession, auth: BaseIdentityPlugin) -> AccessInfo:
    from keystoneauth1.exceptions import ClientException, HttpError, MissingRequiredOptions, Unauthorized

    where = f"Keystone at {auth.auth_url}"
    try:
        return _token(session, auth)
    except MissingRequiredOptions as error:
        raise CredentialsRefused(
            f"The credentials of cloud {config.name!r} are incomplete: {clean(str(error)).rstrip('.')}; "
            "complete clouds.yaml or the OS_ variables."
        ) from error
    except Unauthorized as error:
        raise CredentialsRefused(
            f"{where} refused {_account(config)}: check the password, the project and their domains "
            f"of cloud {config.name!r}."
        ) from error
    except HttpError as error:
        text = clean(str(error)).rstrip(".")
        raise CredentialsRefused(f"{where} gave no token: {text}; check auth_url, or wait for keystone.") from error
    except no_answer_errors() as error:
        _unreachable(where, error)
    except ClientException as error:
        raise CredentialsRefused(f"{where} gave no token: {clean(str(error))}") from error
    except ValueError as error:  # of urllib, which takes it apart
        raise CredentialsRefused(f"{where} cannot be asked: {clean(str(error))}; check auth_url.") from error


def _token(session: KeystoneSession, auth: BaseIdentityPlugin) -> AccessInfo:
    """Ask for a token; a few times, where keystone is in a trouble that may pass. Raises what the last one raised."""
    from keystoneauth1.exceptions import ConnectFailure, ConnectTimeout, HttpError, UnknownConnectionError

    for wait in PAUSES:
        try:
            return auth.get_access(session)
        except HttpError as error:
            if not (error.http_status == HTTPStatus.TOO_MANY_REQUESTS or error.http_status >= SERVERS_FAULT):
                raise
        except ConnectTimeout:
            raise
        except (ConnectFailure, UnknownConnectionError):
            pass
        time.sleep(wait)
    return auth.get_access(session)


def _unreachable(where: str, error: BaseException) -> NoReturn:
    answer = no_answer(error, what=f"{where} cannot be used")
    raise CredentialsRefused(f"{answer.text}; check auth_url and the network.") from error


def _account(config: CloudRegion) -> str:
    """Who signs in, without anything secret."""
    auth = config.config.get("auth", {})
    for key, noun in (
        ("application_credential_id", "application credential"),
        ("application_credential_name", "application credential"),
        ("username", "user"),
        ("user_id", "user"),
    ):
        if auth.get(key):
            return f"{noun} {clean(str(auth[key]), longest=80)}"
    return "these credentials"


def _check_scope(config: CloudRegion, access: AccessInfo, project: str) -> None:
    if not access.project_id:
        raise CredentialsRefused(
            f"The token of cloud {config.name!r} belongs to no project: set project_name "
            "(or OS_PROJECT_NAME) and its domain."
        )
    if project not in {"", access.project_id, access.project_name}:
        raise CredentialsRefused(
            f"The token of cloud {config.name!r} is one of project {access.project_name}, not of {clean(project)}: "
            "these credentials are bound to their own project (an application credential is)."
        )
    region, known = config.get_region_name(), regions_of(access)
    if region and region not in known:
        # Asking the wrong region would find nothing, and nothing must not look like clean.
        raise CredentialsRefused(
            f"The catalog of cloud {config.name!r} has no region {region!r} (it has {', '.join(known) or 'none'}): "
            "set region_name or OS_REGION_NAME."
        )
    if not region and len(known) > 1:
        raise CredentialsRefused(
            f"The catalog of cloud {config.name!r} has the regions {', '.join(known)}: set region_name "
            "or OS_REGION_NAME."
        )
