"""What it takes to look at a page and at a drawing: Chromium with its driver, a font, and Graphviz, all of Debian."""

from __future__ import annotations

from pathlib import Path

from ground.cloud.parts import Part, ensure_packages, program

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")

PARTS = (
    Part("chromium", lambda: bool(program("chromium"))),
    Part("chromium-driver", lambda: bool(program("chromedriver"))),
    Part("fonts-dejavu-core", FONT.exists),
    Part("graphviz", lambda: bool(program("dot"))),
)


def ensure() -> None:
    """Have them all. Raises PartMissingError where this machine does not let us."""
    ensure_packages(PARTS, what="the floor browser")
