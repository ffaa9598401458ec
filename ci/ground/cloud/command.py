"""The command `ci/cloud`."""

from __future__ import annotations

import argparse
import secrets
import shlex
from pathlib import Path

from ground.cache import say
from ground.cloud import instance, slots
from ground.cloud.local import OPTIONAL_NAMES, LocalCloud, running
from ground.cloud.services import ALL

DESCRIPTION = """\
A real OpenStack on 127.0.0.1 to test against: keystone, glance, placement, neutron, nova, cinder, octavia and
barbican from PyPI, with only the hypervisor and the storage faked. It is built on first use (as root on Debian or
Ubuntu it installs what it needs), kept in the cache folder, and runs in the background until `down`.
Each checkout has a cloud of its own."""

EPILOG = """\
examples:
  ci/cloud up                          the cloud of this checkout, in about ten seconds once it was built
  ci/cloud up --with designate,heat    the same with optional services, also while it runs
  eval "$(ci/cloud env)"               become its administrator in this shell
  eval "$(ci/cloud env --project me)"  become the member of a fresh project

exit codes: 0 done · 1 failed · 2 usage · 3 no cloud runs · 77 a part is missing here (the last line names it)
The cache folder is $XDG_CACHE_HOME/tf-janitor, else ~/.cache/tf-janitor."""

NOT_RUNNING = 3


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="ci/cloud", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    up = commands.add_parser("up", help="start the cloud, or complete the one that runs")
    up.add_argument(
        "--with",
        dest="more",
        type=_services,
        default=frozenset(),
        metavar="SERVICE,…",
        help=f"optional services: {', '.join(OPTIONAL_NAMES)}",
    )
    commands.add_parser("down", help="end it, with everything it holds")
    commands.add_parser("status", help="what runs, here and in other checkouts; exit code 3 when nothing runs here")
    env = commands.add_parser("env", help="print shell lines which make OpenStack clients use it")
    env.add_argument("--project", metavar="NAME", help="as the member of a fresh project, not as the administrator")
    project = commands.add_parser(
        "project", help="make a fresh project with a user; prints the path of its clouds.yaml"
    )
    project.add_argument("name", metavar="NAME", help="of the project, its user and the cloud in clouds.yaml")
    project.add_argument("--folder", type=Path, help="where clouds.yaml goes (default: in the cache)")
    return top


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    chosen = parser().parse_args(arguments)
    try:
        return _run(chosen)
    except OSError as failed:
        raise RuntimeError(f"The local cloud cannot be reached or written: {failed}.") from None


def _run(chosen: argparse.Namespace) -> int:
    if chosen.command == "up":
        cloud = LocalCloud.up(chosen.more)
        say(f'the cloud runs at {cloud.auth_url}; to use it: eval "$(ci/cloud env)"')
        return 0
    cloud_here = running()
    if chosen.command == "status":
        return _status(cloud_here)
    if cloud_here is None:
        if chosen.command == "down":
            return 0
        say("No cloud of this checkout runs: `ci/cloud up` starts it.")
        return NOT_RUNNING
    if chosen.command == "down":
        cloud_here.down()
    elif chosen.command == "env":
        _env(cloud_here, chosen.project)
    else:
        folder = chosen.folder.resolve() if chosen.folder else None
        print(cloud_here.project(chosen.name, folder).clouds_yaml)
    return 0


def _env(cloud: LocalCloud, project: str | None) -> None:
    env = cloud.project(f"{project}-{secrets.token_hex(3)}").env if project else cloud.admin_env
    for name, value in env.items():
        print(f"export {name}={shlex.quote(value)}")


def _status(cloud: LocalCloud | None) -> int:
    """Tell what runs; the slots of other checkouts too, for they share the machine."""
    for slot in slots.all_slots():
        facts, alive = slot.facts(), slot.alive()
        what = f"{len(alive)} processes" if alive else "down"
        more = f" with {', '.join(facts['more'])}" if alive and facts.get("more") else ""
        print(f"{slot.folder.name}  {what}{more}  of {facts.get('owner', 'nobody')}  in {slot.folder}")
    if cloud is None:
        print("No cloud of this checkout runs: `ci/cloud up` starts it.")
        return NOT_RUNNING
    dead = instance.dead(cloud.slot)
    for name in cloud.services:
        print(f"  {name:<10} {'ended' if name in dead else f'http://127.0.0.1:{cloud.slot.port(ALL[name])}'}")
    if dead:
        print("Something has ended: `ci/cloud up` starts it again.")
    return 1 if dead else 0


def _services(text: str) -> frozenset[str]:
    names = frozenset(filter(None, text.split(",")))
    unknown = sorted(names - set(OPTIONAL_NAMES))
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown {', '.join(unknown)}; there are {', '.join(OPTIONAL_NAMES)}")
    return names
