"""The jobs that `janitor ci` prints, as their runners read them: each script by its name, as a shell is given it."""

from __future__ import annotations

import pytest
import yaml

IMAGE = "registry.example.org/janitor:0.1.0"
VARIANTS = [
    ("gitlab",),
    ("gitlab", "--state", "http", "--image", "$CI_REGISTRY_IMAGE/janitor:0.1.0"),
    ("github", "--chdir", "infra/e2e/"),
    ("github", "--state", "http", "--image", IMAGE),
]
KUBERNETES = [("kubernetes", "--image", IMAGE), ("kubernetes", "--image", IMAGE, "--shards", "100")]
RUN = "ci-4711"

every_variant = pytest.mark.parametrize("variant", VARIANTS, ids=" ".join)


def scripts(runner: str, text: str) -> dict[str, str]:
    """Each script in the jobs by its name, as its runner hands it to a shell."""
    document = yaml.safe_load(text)
    if runner == "gitlab":
        parts = ("script", "after_script")
        return {
            f"{name} {part}": "\n".join(job[part]) for name, job in document.items() for part in parts if part in job
        }
    return {step["name"]: step["run"] for job in document["jobs"].values() for step in job["steps"] if "run" in step}
