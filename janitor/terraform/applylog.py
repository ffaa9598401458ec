"""An apply's output → which ids it reports as created, and what was under way when it stopped.

Reads the human form and `-json`, of terraform and tofu, also with what a CI wraps around the lines. A line that is not
whole says nothing: an id is taken only with the bracket that closes it. Whether to believe a log is decided elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from janitor.core.errors import Refused
from janitor.core.model import ApplyLog, LoggedCreate
from janitor.terraform.events import ApplyEvent, What, event_of_body, moment
from janitor.terraform.messages import plain

_KEY = r'(?:\[(?:\d+|"(?:[^"\\\n]|\\.)*")\])?'
_ADDRESS = rf"(?:module\.[\w-]+{_KEY}\.)*(?P<type>[A-Za-z_][\w-]*)\.[A-Za-z_][\w-]*{_KEY}"
_STEP = re.compile(
    rf"(?<![\w.\]])(?P<address>{_ADDRESS})(?: \(deposed (?:object )?(?P<deposed>[0-9a-f]+)\))?: "
    r"(?P<what>Creating\.\.\.|Creation complete after \S+|Destroying\.\.\.|Destruction complete after \S+)"
    r"(?:\s+(?P<open>[\[(])(?:id=|ID: )(?P<rest>.*))?"
)
_ENDS = re.compile(r"(?:Apply|Destroy) complete!|^\W*Error: |Apply cancelled|execution halted")
_PROVISIONER = re.compile(r" \((?:local|remote)-exec\): ")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_TORN = re.compile(rf"(?<![0-9a-f])(?!{_UUID.pattern}(?![0-9a-f]))[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{2}}", re.IGNORECASE)
_LINES_END = re.compile(r"\r?\n|\x00+")  # zeroes stand where a block of the file was lost: nothing goes on behind them
_BRACKETS = {"[": "]", "(": ")"}
_GITLAB = re.compile(r"^(?P<stamp>\d{4}-\S+Z) (?P<stream>[0-9a-f]{2}[OE])(?P<more>[ +]?)(?P<text>.*)$", re.DOTALL)
_STAMP = re.compile(r"^\W*(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))")


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    created: dict[tuple[str, str], LoggedCreate] = field(default_factory=dict)  # (address, id)
    under_way: dict[str, str] = field(default_factory=dict)  # address → type
    destroying: dict[str, str] = field(default_factory=dict)  # address and deposed key → id
    finished: bool = False
    since: float | None = None
    until: float | None = None
    steps: int = 0


def read_log(path: Path | str, *, text: str | None = None) -> ApplyLog:
    """The log in a file, or `text` (of stdin: path `-`). Raises Refused when the file cannot be read."""
    modified: float | None = None
    if text is None:
        try:
            raw = Path(path).read_bytes()
            modified = Path(path).stat().st_mtime
        except OSError as error:
            raise Refused(f"The log {path} of --from-log cannot be read: {error.strerror}.") from error
        text = decoded(raw)
    reading = _Reading()
    for line in _whole(_LINES_END.split(text)):
        _read_line(reading, line)
    problems = () if reading.steps else (f"{path} holds no line of an apply: neither a creation nor its beginning.",)
    created = tuple(reading.created.values())
    return ApplyLog(
        path=str(path),
        created=created,
        in_flight=tuple(sorted(reading.under_way.items())),
        finished=reading.finished,
        since=reading.since,
        until=reading.until,
        modified=modified,
        problems=problems,
    )


def decoded(raw: bytes) -> str:
    """The text of a log in the encodings that shells write; a character that was cut is no character."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    return raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace")


def _whole(lines: Iterable[str]) -> Iterator[str]:
    """GitLab stamps each piece of a line that was written in pieces; those marked `+` go on where their stream was."""
    open_lines: dict[str, str] = {}
    for line in lines:
        piece = _GITLAB.match(line)
        if piece is None:
            yield line
            continue
        stream = piece["stream"]
        if piece["more"] == "+":
            open_lines[stream] = open_lines.get(stream, f"{piece['stamp']} ") + piece["text"]
            continue
        if stream in open_lines:
            yield open_lines.pop(stream)
        open_lines[stream] = f"{piece['stamp']} {piece['text']}"
    yield from open_lines.values()


def _read_line(reading: _Reading, line: str) -> None:
    if '"@level"' in line:  # one event, several that ran into each other, or a cut one, of which nothing is whole
        for event in _events(line):
            _span(reading, event.at)
            _json_step(reading, event)
        return
    bare = plain(line).replace("\n", " ")
    stamp = _STAMP.match(bare)
    at = moment(stamp[1]) if stamp else None
    _span(reading, at)
    step = None if _PROVISIONER.search(bare) else _STEP.search(bare)  # what a provisioner prints is its own
    if step:
        _human_step(reading, step, at, line)
    elif _ENDS.search(bare):
        reading.finished = True


def _events(line: str) -> Iterator[ApplyEvent]:
    begins = [match.start() for match in re.finditer(r'\{(?=\s*")', line)]
    end = 0
    for begin in begins:
        if begin < end:
            continue
        try:
            body, end = json.JSONDecoder().raw_decode(line, begin)
        except (ValueError, RecursionError):
            continue
        if isinstance(body, dict) and "@level" in body:
            yield event_of_body(body)


def _json_step(reading: _Reading, event: ApplyEvent) -> None:
    if event.what is What.SUMMARY and event.action in {"apply", "destroy"}:
        reading.finished = True
    if event.what is What.DIAGNOSTIC and event.severity == "error":
        reading.finished = True
    if event.what is What.START:
        _started(reading, event.address, event.type, event.action, event.id)
    elif event.what is What.COMPLETE and event.action == "create":
        _created(reading, LoggedCreate(event.address, event.type, event.id, event.at))
    elif event.what is What.COMPLETE and event.action == "delete":
        _destroyed(reading, event.address, event.address)


def _human_step(reading: _Reading, step: re.Match[str], at: float | None, line: str) -> None:
    address, kind, identity = step["address"], step["type"], _id(step["open"], step["rest"])
    key = f"{address} {step['deposed'] or ''}".strip()
    what = step["what"]
    if what.startswith("Creating"):
        _started(reading, address, kind, "create", "")
    elif what.startswith("Creation"):
        # As the line has it, or not at all: what was taken out of its middle may have been in the place of a character.
        _created(reading, LoggedCreate(address, kind, identity if identity in line else "", at))
    elif what.startswith("Destroying"):
        _started(reading, key, kind, "delete", identity)
    else:
        _destroyed(reading, address, key)


def _id(opening: str | None, rest: str | None) -> str:
    """The id up to the bracket that closes it, which ends the line: another tool's words may have run into it.

    Behind a UUID anything may stand; nothing else is told from what it ran into. What begins like a UUID and is none
    has another line in its middle.
    """
    if opening is None or rest is None:
        return ""
    depth = 1
    for place, character in enumerate(rest):
        depth += {opening: 1, _BRACKETS[opening]: -1}.get(character, 0)
        if depth == 0:
            identity, behind = rest[:place].strip(), rest[place + 1 :].strip()
            whole = _UUID.fullmatch(identity) or not (behind or _TORN.search(identity))
            return identity if whole else ""
    return ""


def _started(reading: _Reading, key: str, kind: str, action: str, identity: str) -> None:
    reading.steps += 1
    reading.finished = False
    if action == "create":
        reading.under_way[key] = kind
    elif action == "delete":
        reading.destroying[key] = identity


def _created(reading: _Reading, create: LoggedCreate) -> None:
    reading.steps += 1
    if create.id and _legible(create.id):  # a completion without its id is not whole: the create stays under way
        reading.under_way.pop(create.address, None)
        reading.created[create.address, create.id] = create


def _legible(identity: str) -> bool:
    """Whether every character can be one that a service gave: bytes that are no text were read as U+FFFD."""
    return identity.isprintable() and "\N{REPLACEMENT CHARACTER}" not in identity


def _destroyed(reading: _Reading, address: str, key: str) -> None:
    reading.steps += 1
    identity = reading.destroying.pop(key, "")
    here = [k for k in reading.created if k[0] == address and (not identity or k[1] == identity)]
    if not identity and key != address:
        here = here[:-1]  # a deposed one, whose begin was lost: what took its place is there
    for created in here:
        del reading.created[created]


def _span(reading: _Reading, at: float | None) -> None:
    if at is not None:
        reading.since = at if reading.since is None else min(at, reading.since)
        reading.until = at if reading.until is None else max(at, reading.until)
