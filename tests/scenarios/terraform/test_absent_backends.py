"""Backends that janitor reads through the binary alone, where their service is not there: one sentence, and exit 3.

Nothing listens on port 9, which is also the proxy of every call that would leave this machine. Where a client would
repeat for minutes what is refused, a server answers 404 to everything.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from roots import SIMPLE, MakeRoot, clean_environment, run
from ways import binaries

NOWHERE = "127.0.0.1:9"
SECRET = "aHVudGVyMi1odW50ZXIy"
KUBECONFIG = f"""apiVersion: v1
kind: Config
current-context: c
clusters: [{{name: c, cluster: {{server: "https://{NOWHERE}"}}}}]
contexts: [{{name: c, context: {{cluster: c, user: u}}}}]
users: [{{name: u, user: {{}}}}]
"""
BACKENDS = {
    "azurerm": {"storage_account_name": "states", "container_name": "states", "key": "x", "access_key": SECRET},
    "consul": {"address": NOWHERE, "path": "states/x", "access_token": SECRET},
    "gcs": {"bucket": "states", "access_token": SECRET, "storage_custom_endpoint": "http://{empty}/storage/v1/b"},
    "kubernetes": {"secret_suffix": "x", "config_path": "kubeconfig", "token": SECRET},
}
SLOWER = ("azurerm", "gcs", "kubernetes")


@contextmanager
def empty_server() -> Iterator[str]:
    """The address of a server that has nothing."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def planned(root: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`janitor plan`, with credentials of a cloud that is away, too."""
    names = {"AUTH_URL": f"http://{NOWHERE}/v3", "USERNAME": "u", "PASSWORD": "p", "PROJECT_NAME": "p"}
    env = {name: value for name, value in clean_environment().items() if not name.startswith(("OS_", "CI", "GITLAB_"))}
    env |= {f"OS_{name}": value for name, value in names.items()}
    env |= {"HTTPS_PROXY": f"http://{NOWHERE}"} | more
    command = [sys.executable, "-m", "janitor", "plan", "--chdir", str(root), *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=100)


def declared(kind: str, config: dict[str, str]) -> str:
    settings = "".join(f'    {name} = "{value}"\n' for name, value in config.items())
    return f'terraform {{\n  backend "{kind}" {{\n{settings}  }}\n}}\n{SIMPLE}'


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    assert SECRET not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[-1]


@binaries("tofu", rarely="terraform")
@pytest.mark.parametrize("kind", ["consul", *(pytest.param(kind, marks=pytest.mark.thorough) for kind in SLOWER)])
def test_a_backend_whose_service_is_away_is_unreadable_in_one_sentence(
    make_root: MakeRoot, kind: str, binary: str
) -> None:
    """It says what `init` said, which janitor itself ran: "please run init" would lead nowhere."""
    with empty_server() as empty:
        config = {name: value.replace("{empty}", empty) for name, value in BACKENDS[kind].items()}
        root = make_root({"main.tf": declared(kind, config), "kubeconfig": KUBECONFIG})
        done = planned(root.path, "--binary", binary)
    told = last_line(done)
    begins = f"janitor: The workspaces of the {kind} backend cannot be listed: {binary} init failed (exit 1): "
    assert (done.returncode, told[: len(begins)]) == (3, begins)
    assert re.search("connection refused|storage: bucket doesn't exist|proxyconnect", told), told
    assert "please run" not in told
    assert told.endswith("Check the backend's credentials and address, or give a copy of the state with --state FILE.")
    assert {entry.name for entry in root.path.iterdir()} <= {".terraform", "kubeconfig", "main.tf"}


@pytest.mark.parametrize("kind", BACKENDS)
def test_without_a_binary_such_a_backend_asks_for_one(make_root: MakeRoot, kind: str) -> None:
    root = make_root(declared(kind, BACKENDS[kind]))
    done = planned(root.path, PATH="/nowhere")
    assert (done.returncode, f"The {kind} backend is read through tofu or terraform" in last_line(done)) == (3, True)
    assert "--state FILE" in last_line(done)


@binaries("tofu", rarely="terraform")
def test_a_backend_that_left_after_init_is_unreadable_and_a_copy_of_its_state_is_read(
    make_root: MakeRoot, binary: str
) -> None:
    with empty_server() as address:
        config = {"address": address, "path": "x", "access_token": SECRET}
        root = make_root(declared("consul", config), binary=binary)
        run(root, "init", "-input=false", TF_WORKSPACE="default").check_returncode()
    done = planned(root.path, "--binary", binary)
    told = last_line(done)
    assert (done.returncode, "init" in told, "connection refused" in told) == (3, False, True), told

    (root.path / "copy.tfstate").write_bytes(b"")
    again = planned(root.path, "--binary", binary, "--state", "copy.tfstate")
    assert "backend" not in last_line(again), "from here on it is the cloud that is away"
