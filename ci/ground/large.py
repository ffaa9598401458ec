"""Files of a size that somebody has, and what their readers take: seconds of the processor, and memory.

Each reader runs in a process of its own. The tests hold the same readers against what a parser alone takes, so that
they mean the same on any machine; the seconds are `ci/bench`'s to tell.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from ground.venv import ROOT

STATE = ROOT / "tests" / "terraform" / "data" / "state-kubespray-tofu.json"
RESOURCES, PORTS = 10_000, 300

HEAD = """variable "name" {
  default = "big"
}
locals {
  prefix = "${var.name}-x"
}
"""

PORT = """
# number {n}
resource "openstack_networking_port_v2" "p{n}" {{
  name           = format("%s-port-%03d", local.prefix, {n})
  network_id     = openstack_networking_network_v2.n{n}[0].id
  admin_state_up = true
  tags           = ["janitor:run=${{var.name}}", "port"]

  fixed_ip {{
    subnet_id = openstack_networking_subnet_v2.s.id # of another
  }}
}}

resource "openstack_networking_network_v2" "n{n}" {{
  count = 1
  name  = "${{local.prefix}}-net-{n}-${{count.index}}"
}}
"""

TELLS = """
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(said, count, time.process_time(), status["VmHWM"].split()[0])
"""

READS_STATE = """
import sys, time
from pathlib import Path
from janitor.terraform.state import parse
found = parse(Path(sys.argv[1]).read_bytes(), source="s")
said, count = found.health, len(found.resources)
"""

EVALUATES = """
import sys, time
from pathlib import Path
from janitor.terraform.evaluate import evaluate
from janitor.terraform.root import open_root
found = evaluate(open_root(Path(sys.argv[1]), environment={"PATH": "/nowhere"}), how="static")
said, count = found.complete, len(found.instances)
"""


class Read(NamedTuple):
    """What a reader said of its file's health, how much it found there, its own seconds of processor, and its MB."""

    health: str
    found: int
    seconds: float
    memory: float


def configuration(ports: int = PORTS) -> str:
    """HCL of some 18 lines for each port: every one's name is an expression, and it refers to its own network."""
    return HEAD + "".join(PORT.format(n=n) for n in range(ports))


def state(resources: int = RESOURCES) -> str:
    """A state of at least so many instances: those of a real stack's, again and again."""
    body = json.loads(STATE.read_bytes())
    managed = [one for one in body["resources"] if one["mode"] == "managed"]
    count = sum(len(one["instances"]) for one in managed)
    body["resources"] = [one | {"name": f"{one['name']}{n}"} for n in range(-(-resources // count)) for one in managed]
    return json.dumps(body, indent=2)


def read_state(folder: Path) -> Read:
    """Janitor's reading of a large state that is put into `folder`."""
    file = folder / "large.tfstate"
    file.write_text(state(), encoding="utf-8")
    return _said_by(READS_STATE, file)


def read_configuration(folder: Path) -> Read:
    """Janitor's own evaluation of a large configuration that is put into `folder`."""
    (folder / "large.tf").write_text(configuration(), encoding="utf-8")
    return _said_by(EVALUATES, folder)


def read_both() -> tuple[Read, Read]:
    """State and configuration, one after the other."""
    with tempfile.TemporaryDirectory(prefix="janitor-large-") as name:
        return read_state(Path(name)), read_configuration(Path(name))


def _said_by(program: str, path: Path) -> Read:
    done = subprocess.run([sys.executable, "-c", program + TELLS, path], capture_output=True, text=True, check=True)
    health, found, seconds, peak = done.stdout.split()
    return Read(health, int(found), float(seconds), int(peak) / 1024)
