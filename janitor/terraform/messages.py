"""What a failed command says, as part of a sentence; never with a secret of this run's settings in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from janitor.terraform.backend import backend_of
from janitor.terraform.events import What, event_of, one_line
from janitor.terraform.root import RootModule
from janitor.terraform.secrecy import is_secret, without_credentials

_ANSI = re.compile(r"\x1b\[[0-9;?]*(?:[A-Za-z]|$)|\x1b\][^\x07]*\x07?", re.MULTILINE)  # also one that was cut
_BOX = re.compile(r"^[\s│╷╵|]+", re.MULTILINE)
_WORDS = frozenset({"true", "false", "null", "none"})
_SHORTEST = 4
_QUOTED = re.compile(r'(?:passphrase|secret\w*|token|key)"?\s*[=:]\s*"([^"]+)"', re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    """Without terminal codes."""
    return _CONTROL.sub("", _ANSI.sub("", text).replace("\r", "\n"))


def reason(output: bytes, errors: str) -> str:
    """Why a command failed: its first errors, from the `-json` stream or from the boxes it draws for people."""
    events = (event_of(line) for line in output.splitlines() if line.startswith(b"{"))
    said = [e.text for e in events if e is not None and e.what is What.DIAGNOSTIC and e.severity == "error"]
    if said:
        return "; ".join(list(dict.fromkeys(said))[:3])
    text = _BOX.sub("", plain(errors)).strip()
    first = text.find("Error: ")
    told = text[first + len("Error: ") :] if first >= 0 else text
    return one_line(told.split("\nError: ")[0], longest=400)


def masked(text: str, root: RootModule) -> str:
    """The text without any secret of the environment, the variables or the backend's configuration."""
    for secret in sorted(set(_secrets(root)), key=len, reverse=True):
        text = text.replace(secret, "***")
    return _CONTROL.sub("", without_credentials(text))


def _secrets(root: RootModule) -> Iterator[str]:
    pairs = [
        *root.environment.items(),
        *(pair.split("=", 1) for pair in (*root.variables, *root.backend_config) if "=" in pair),
        *((name, value) for name, value in backend_of(root).config.items() if isinstance(value, str)),
    ]
    for name, value in pairs:
        if is_secret(name) and len(value) >= _SHORTEST:
            yield value
            yield from (word for word in _QUOTED.findall(value) if len(word) >= _SHORTEST)  # of TF_ENCRYPTION
