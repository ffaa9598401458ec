"""The page without a browser: what stands in the file, how large it is, and that no name is more than a name in it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from clusters import cluster
from runs import BARE, EMPTY, HOSTILE, LEFT, PLANNED, hostile, result

from janitor.core.model import Holder, Outcome
from janitor.core.outcome import RunReport
from janitor.reports import html, picture

NAMES = (
    HOSTILE,
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "\"'><svg onload=alert(1)>",
    "<!--<script>",
    "]]>--!><b>",
    "&lt;script&gt;",
    "{{ 7 * 7 }}{% for x in y %}",
    "\u2028\u2029\u202egnp.exe",
)
RUNS = {"left": LEFT, "empty": EMPTY, "planned": PLANNED, "hostile": hostile(), "nothing": BARE, "cluster": cluster(60)}


class Page(HTMLParser):
    """Tags with their attributes, and what stands in scripts and styles, as a browser's parser would see them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in self.raw:
            self.raw[tag].append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem in self.raw:
            self.raw[self.cdata_elem or ""][-1] += data
        else:
            self.words.append(data)


def named(name: str) -> RunReport:
    """A run in which everything has this name."""
    rows = tuple(
        result(
            "server",
            f"{number}{name}",
            outcome,
            name=name,
            address=name,
            reason=name,
            holders=(Holder(name, name, name, name),),
        )
        for number, outcome in enumerate(Outcome)
    )
    return replace(hostile(), results=rows, workspace=name, refused="")


@pytest.mark.parametrize("name", NAMES)
def test_no_name_makes_a_tag_or_leaves_the_data(name: str) -> None:
    page, plain = Page(html.render(named(name))), Page(html.render(named("web")))
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in plain.tags]
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]
    data = json.loads(page.raw["script"][0])
    assert len(data["nodes"]) == len(json.loads(plain.raw["script"][0])["nodes"])
    assert not re.search(r"[<>&\u2028\u2029\u202e]", page.raw["script"][0])
    assert page.raw["script"][1:] == plain.raw["script"][1:]


def test_a_name_is_shown_as_it_is() -> None:
    shown = "".join(Page(html.render(named("a<b>&amp;{{ c }}\"'"))).words)
    assert "a<b>&amp;{{ c }}\"'" in shown


@pytest.mark.parametrize("run", RUNS)
def test_it_fetches_nothing_and_lets_nothing_else_run(run: str) -> None:
    page = Page(html.render(RUNS[run]))
    policy = next(a["content"] or "" for tag, a in page.tags if tag == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    for text in (*page.raw["script"][1:], *page.raw["style"]):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy
    addresses = {key for _, attributes in page.tags for key in attributes} & {"src", "href", "srcset", "action"}
    assert addresses == set()
    assert "sourceMappingURL" not in "".join(page.raw["script"])
    assert not re.search(r"url\(|@import", page.raw["style"][0])


def test_five_hundred_objects_are_below_a_megabyte_and_a_half() -> None:
    assert len(html.render(cluster(500)).encode()) < 1_000_000
    assert len(html.render(replace(cluster(500), notes=("x" * 1000,) * 20)).encode()) < 1_500_000


def test_every_library_is_there_with_its_licence() -> None:
    folder = files("janitor.reports").joinpath("assets/vendor")
    found = {entry.name for entry in folder.iterdir()}
    assert found == {f"{name}{end}" for name in html.VENDORED for end in (".min.js", ".LICENSE")}
    page = "".join(Page(html.render(EMPTY)).words)
    for name in html.VENDORED:
        assert folder.joinpath(f"{name}.LICENSE").read_text(encoding="utf-8").strip() in page


def test_trouble_comes_first_with_its_next_step() -> None:
    words = " ".join(" ".join(Page(html.render(cluster(60))).words).split())
    assert words.index("server node-0 (") < words.index("subnet nodes (") < words.index("security_group k8s (")
    assert words.count("free server node-0 (server-node-0-7f3a91c2) first") == 1  # for all that it holds


def test_a_run_without_times_has_no_timeline() -> None:
    assert 'id="timeline"' in html.render(LEFT)
    assert 'id="timeline"' not in html.render(PLANNED)


def test_a_graph_is_a_page_without_a_run() -> None:
    shown = " ".join(Page(html.render_graph(replace(picture.of_run(PLANNED), live=False))).words)
    assert "who holds whom" in shown
    assert "the cloud was not asked" in shown
    assert "Exit code" not in shown
