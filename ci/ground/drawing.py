"""The picture of `ci/bench`: the rivals' timelines on one axis, a panel for each stack and latency, as SVG.

Pure, by the standard library; names come in as they are and leave escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from ground.rivals import Measured
from ground.tables import left
from ground.timelines import service_of
from janitor.core.text import clean

SVG = "http://www.w3.org/2000/svg"
WIDTH, MARGIN, LEGEND = 1200, 20, 22
HEAD, LABEL, GAP, AXIS = 34, 18, 14, 26
TALL, LOW, ROOM = 5.0, 0.8, 190.0
"""A bar's height, at most and at least, and what the bars of one rival may take together."""
COLOURS = {
    "compute": "#3b6fb6",
    "network": "#3a9a5b",
    "load-balancer": "#c2641d",
    "block-storage": "#8a5bb0",
    "": "#8a8a8a",
}
STYLE = """
text { font: 12px sans-serif; fill: #222 } .title { font-size: 15px; font-weight: bold }
.ground { fill: #fff } .whole { fill: #e4e4e4 } .grid { stroke: #d0d0d0 } .tick { fill: #666; font-size: 11px }
"""


def picture(rows: Sequence[Measured], title: str) -> str:
    """One SVG document: the first run of each rival in each panel."""
    panels: dict[tuple[int, int], dict[str, Measured]] = {}
    for row in rows:
        panels.setdefault((row.latency, row.resources), {}).setdefault(row.rival, row)
    root = ET.Element("svg", xmlns=SVG, width=str(WIDTH))
    ET.SubElement(root, "style").text = STYLE
    ground = ET.SubElement(root, "rect", {"class": "ground", "width": "100%", "height": "100%"})
    _text(root, MARGIN, 24, title, "title")
    _legend(root, 46)
    top = 46.0 + LEGEND
    for (latency, resources), rivals in sorted(panels.items()):
        top = _panel(root, top, f"{resources} resources, {latency} ms", list(rivals.values()))
    root.set("height", f"{top:.0f}")
    root.set("viewBox", f"0 0 {WIDTH} {top:.0f}")
    ground.tail = "\n"
    return ET.tostring(root, encoding="unicode") + "\n"


def _legend(root: ET.Element, top: float) -> None:
    x = float(MARGIN)
    for service, colour in COLOURS.items():
        _rect(root, (x, top - 10, 12, 12), fill=colour)
        words = service or "others, or not told"
        _text(root, x + 18, top, words)
        x += 40 + 7 * len(words)


def _panel(root: ET.Element, top: float, title: str, rivals: Sequence[Measured]) -> float:
    """Draw one; returns where the next one begins."""
    longest = max(row.seconds for row in rivals) or 1.0
    scale = (WIDTH - 2 * MARGIN) / longest
    _text(root, MARGIN, top + 20, title, "title")
    panel = ET.SubElement(root, "g")
    y = top + HEAD
    for row in rivals:
        y = _rival(panel, y, row, scale)
    for second in ticks(longest):
        x = MARGIN + second * scale
        line = {"x1": f"{x:.1f}", "x2": f"{x:.1f}", "y1": f"{top + HEAD:.1f}", "y2": f"{y:.1f}", "class": "grid"}
        panel.insert(0, ET.Element("line", line))
        _text(root, x, y + 12, f"{second:g} s", "tick")
    return y + AXIS


def _rival(panel: ET.Element, top: float, row: Measured, scale: float) -> float:
    """A rival's words, its whole time in grey, and a bar for each object that it tells of."""
    _text(panel, MARGIN, top + 12, f"{row.rival}: {row.seconds:.1f} s, exit code {row.code}, left {left(row.left)}")
    high = min(TALL, max(LOW, ROOM / max(1, len(row.bars))))
    room = max(2 * TALL, high * len(row.bars))
    begin = top + LABEL
    _rect(panel, (MARGIN, begin, row.seconds * scale, room), **{"class": "whole"})
    for number, bar in enumerate(row.bars):
        x, width = MARGIN + bar.began * scale, max(0.6, bar.seconds * scale)
        colour = COLOURS.get(service_of(bar.kind), COLOURS[""])
        drawn = _rect(panel, (x, begin + number * high, width, high), fill=colour)
        words = f"{bar.kind} {bar.name}: {bar.began:.1f} to {bar.ended:.1f} s"
        ET.SubElement(drawn, "title").text = clean(words)
    return begin + room + GAP


def ticks(longest: float) -> Iterable[float]:
    """About ten round seconds between 0 and the longest."""
    step = next((step for step in (0.5, 1, 2, 5, 10, 20, 50, 100, 200) if longest / step <= 12), 500)
    return [number * step for number in range(int(longest / step) + 1)]


def _rect(parent: ET.Element, place: tuple[float, float, float, float], **more: str) -> ET.Element:
    named = {name: f"{value:.1f}" for name, value in zip(("x", "y", "width", "height"), place, strict=True)}
    return ET.SubElement(parent, "rect", named | more)


def _text(parent: ET.Element, x: float, y: float, words: str, style: str = "") -> None:
    made = ET.SubElement(parent, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}"} | ({"class": style} if style else {}))
    made.text = clean(words)
