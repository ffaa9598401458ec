"""Where each configuration of the provider puts its resources: cloud, project and region, as its block says.

Decides nothing about credentials: a block that brings its own names a place that ours may not be, and is said to be
unclear. With a cloud of clouds.yaml, named by the block or by OS_CLOUD, the provider looks at the block's region alone,
whatever else it names (gophercloud/utils, terraform/auth/config.go). Reads no password.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from janitor.terraform.evaluator.hole import Hole
from janitor.terraform.evaluator.scope import Own, Scope
from janitor.terraform.evaluator.variables import input_values
from janitor.terraform.hcl import Body, Module, Written
from janitor.terraform.root import RootModule

_PROJECT = ("tenant_id", "tenant_name")
_OWN = (
    "auth_url", "user_name", "user_id", "password", "token", "application_credential_id",
    "application_credential_name", "application_credential_secret", "user_domain_name", "user_domain_id",
    "project_domain_name", "project_domain_id", "domain_id", "domain_name", "default_domain", "cert", "key",
)  # fmt: skip
"""Arguments that sign in as somebody."""


@dataclass(frozen=True, slots=True)
class ProviderCloud:
    """What a block says; empty is what the credentials say. `unclear`: it cannot be told from here."""

    cloud: str = ""
    project: str = ""  # id or name
    region: str = ""
    unclear: bool = False


def provider_clouds(root: RootModule, written: Written) -> Mapping[str, ProviderCloud]:
    """By alias; the configuration without one is called "". Of a module's own: `module.NAME` before it."""
    module = written.modules[()]
    scope = Scope(written, module, root.workspace, root.path, inputs=input_values(root, module))
    named = bool(root.environment.get("OS_CLOUD"))
    found = dict(_found(module, module, scope, named=named))
    for path, below in written.modules.items():
        if path:
            prefix = ".".join(f"module.{name}" for name in path)
            # What a module was called with is another's; only what stands there as a plain word is known.
            call = written.modules[path[:-1]].calls.get(path[-1], {})
            inputs = {name: Hole(f"{name} is given by the caller") for name in below.variables.keys() & call.keys()}
            here = Scope(written, below, root.workspace, root.path, inputs=inputs)
            found |= {
                f"{prefix}.{alias}".rstrip("."): place for alias, place in _found(below, module, here, named=named)
            }
    return found


def _found(module: Module, root: Module, scope: Scope, *, named: bool) -> Iterator[tuple[str, ProviderCloud]]:
    """The configurations of one module; tofu makes many of one block with `for_each`."""
    for (name, alias), block in module.providers.items():
        if not module.is_openstack(name):
            continue
        try:
            for key, own in scope.expanded(block):
                yield f"{alias}{key}", _place(block, root, scope, own, named=named)
        except Hole:
            yield alias, ProviderCloud(unclear=True)


def _place(block: Body, root: Module, scope: Scope, own: Own, *, named: bool) -> ProviderCloud:
    """An alias that signs in otherwise than the configuration without one may be anybody's."""
    base = next((body for (name, alias), body in root.providers.items() if not alias and root.is_openstack(name)), {})
    try:
        cloud, region = (_text(scope, block, name, own) for name in ("cloud", "region"))
        if cloud or named:
            return ProviderCloud(cloud, region=region)
        if block is not base and any(block.get(name) != base.get(name) for name in _OWN):
            return ProviderCloud(unclear=True)
        project = next(filter(None, (_text(scope, block, name, own) for name in _PROJECT)), "")
    except Hole:
        return ProviderCloud(unclear=True)
    return ProviderCloud(project=project, region=region)


def _text(scope: Scope, block: Body, name: str, own: Own) -> str:
    value = scope.value(block[name], own) if name in block else None
    return value if isinstance(value, str) else ""
