"""Files of a size that somebody has: read in seconds of the processor, and in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from roots import DATA, MakeRoot

from janitor.core.model import Health
from janitor.terraform.evaluate import evaluate

READER = """
import sys
from pathlib import Path
from janitor.terraform.state import parse
found = parse(Path(sys.argv[1]).read_bytes(), source="s")
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(found.health, len(found.resources), status["VmHWM"].split()[0])
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


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="missing: /proc")
def test_ten_thousand_real_resources_take_little_memory(tmp_path: Path) -> None:
    """In a process of its own, from the real stack's instances, again and again."""
    body = json.loads((DATA / "state-kubespray-tofu.json").read_bytes())
    managed = [one for one in body["resources"] if one["mode"] == "managed"]
    count = sum(len(one["instances"]) for one in managed)
    body["resources"] = [one | {"name": f"{one['name']}{n}"} for n in range(-(-10_000 // count)) for one in managed]
    file = tmp_path / "terraform.tfstate"
    file.write_text(json.dumps(body, indent=2), encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", READER, str(file)], capture_output=True, text=True, check=True)
    health, resources, peak = done.stdout.split()
    assert health == str(Health.WHOLE)
    assert int(resources) >= 10_000
    assert int(peak) / 1024 <= 150, "megabytes"


def test_five_thousand_lines_are_evaluated_in_three_seconds(make_root: MakeRoot) -> None:
    """Of its own processor: the machine may be busy with others."""
    head = 'variable "name" {\n  default = "big"\n}\nlocals {\n  prefix = "${var.name}-x"\n}\n'
    text = head + "".join(PORT.format(n=n) for n in range(300))
    assert len(text.splitlines()) > 5000
    root = make_root(text)
    begin = time.process_time()
    found = evaluate(root, how="static")
    assert time.process_time() - begin < 3
    assert (len(found.instances), len(found.edges), found.complete) == (600, 300, True)
    assert found.instances[-1].name == "big-x-port-099"
