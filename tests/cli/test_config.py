"""`janitor config`: what counts, and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "tf-janitor.toml").write_text('concurrency = 4\n[timeouts]\nload_balancer = "8m"\n', encoding="utf-8")
    return tmp_path


def test_every_value_is_shown_with_where_it_came_from(janitor, root, monkeypatch):
    monkeypatch.setenv("JANITOR_STALL_AFTER", "90s")
    done = janitor("config", "-C", str(root), "--timeout", "30m", "--format", "json")
    assert done.code == 0
    shown = json.loads(done.out)
    assert shown["timeout"] == {"value": "30m00s", "source": "option --timeout"}
    assert shown["stall-after"] == {"value": "1m30s", "source": "environment JANITOR_STALL_AFTER"}
    assert shown["concurrency"] == {"value": "4", "source": "file tf-janitor.toml"}
    assert shown["timeouts.load_balancer"] == {"value": "8m00s", "source": "file tf-janitor.toml"}
    assert shown["lock-timeout"] == {"value": "1m00s", "source": "default"}


def test_what_may_be_secret_is_named_and_not_shown(janitor, root):
    with (root / "tf-janitor.toml").open("a", encoding="utf-8") as file:
        file.write('[backend-config]\npassword = "hunter2"\n')
    done = janitor("config", "-C", str(root))
    assert "password=…" in done.out
    assert "hunter2" not in done.out + done.err


def test_a_mistake_in_the_file_is_a_sentence(janitor, root):
    (root / "tf-janitor.toml").write_text('[timeouts]\nload_balancr = "8m"\n', encoding="utf-8")
    done = janitor("config", "-C", str(root))
    assert done.code == 2
    assert "did you mean 'load_balancer'" in done.err
