"""Which settings hold a secret, and a text without the credentials that stand in its addresses."""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"(?i)pass|pwd|psk|secret|token|credential|private|(?:api|access|auth)_?key|TF_ENCRYPTION|conn_str"
)
_IN_ADDRESS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)[^\s/@\"']+@", re.IGNORECASE)
_IN_WORDS = re.compile(r"(?i)\b(?P<key>password|sslpassword)\s*=\s*(?:'(?:[^'\\]|\\.)*'|[^\s&'\"]+)")


def is_secret(name: str) -> bool:
    """Whether a setting or variable of this name holds a secret."""
    return _SECRET.search(name) is not None


def without_credentials(text: str) -> str:
    """The text without user and password of addresses, and without `password=…` of a connection string."""
    return _IN_WORDS.sub(r"\g<key>=***", _IN_ADDRESS.sub(r"\g<scheme>", text))
