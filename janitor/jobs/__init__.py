"""Jobs that can be pasted: how GitLab, GitHub and Kubernetes run janitor. Pure: from what is wanted to the text.

Reads nothing of the caller's surroundings: what a job has to know of its run, it is told by its runner.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where the jobs keep Terraform's state: on the runner's disk, with an artifact; or behind an http address."""

    ARTIFACT = "artifact"
    HTTP = "http"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What differs between one project's jobs and another's. `chdir`: the root module, from the repository's top."""

    state: State = State.ARTIFACT
    chdir: str = "."
    image: str = ""
    shards: int = 4


JOBS: Mapping[str, str] = MappingProxyType(
    {
        "gitlab": "gitlab.yml.j2",
        "github": "github.yml.j2",
        "kubernetes": "kubernetes.yml.j2",
    }
)
"""Who can run them, and the template of each."""


def render(runner: str, wanted: Wanted) -> str:
    """The jobs of one of `JOBS`, as YAML with comments."""
    import jinja2

    # Square brackets, because braces are GitHub's own. What is rendered is YAML: nothing in it is escaped for HTML.
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("janitor.jobs"),
        autoescape=jinja2.select_autoescape(),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
    )
    environment.filters["quoted"] = _quoted
    folder = "" if wanted.chdir == "." else wanted.chdir
    return environment.get_template(JOBS[runner]).render(
        http=wanted.state is State.HTTP,
        chdir=folder,
        above=f"{folder}/" if folder else "",
        image=wanted.image,
        shards=wanted.shards,
    )


def _quoted(text: str) -> str:
    """One scalar of YAML, whatever is in it: JSON's strings are strings of YAML, too."""
    return json.dumps(text)
