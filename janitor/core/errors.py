"""The tree of errors janitor ends a run with. The class carries the exit code; the message is a sentence to act on.

JanitorError                    70   a bug, unless a subclass says otherwise
├── UsageError                   2   options that do not go together
├── Refused                      3   the input cannot be read, or what was asked must not be done
│   ├── StateUnreadable          3   the backend answered, but not with a state
│   ├── CredentialsRefused       3   no credentials, wrong ones, keystone out of reach
│   ├── WrongCloud               3   no id of the state is known here
│   ├── LockHeld                 3   somebody else works on this state
│   └── NothingProves            3   no source says what belonged to this workspace
├── Unverifiable                 4   a service did not answer where the answer was needed
├── StateDisagrees               5   the cloud is clean, the state could not be made to agree
└── Interrupted                130   SIGINT or SIGTERM
"""

from __future__ import annotations

from typing import ClassVar


class JanitorError(Exception):
    """Base of everything janitor raises on purpose. `str(error)` is one sentence for a person."""

    exit_code: ClassVar[int] = 70


class UsageError(JanitorError):
    """Options, or options and surroundings, do not go together."""

    exit_code = 2


class Refused(JanitorError):
    """The input is unreadable, or doing what was asked could delete something that is not ours."""

    exit_code = 3


class StateUnreadable(Refused):
    """The backend, or a state file, could not be read; a lost state is not this, it is a value."""


class CredentialsRefused(Refused):
    """No token could be had."""


class WrongCloud(Refused):
    """No id of the state resolves in its scope: the credentials probably belong to another cloud or project."""


class LockHeld(Refused):
    """A living holder has the state's lock."""


class NothingProves(Refused):
    """Every source is empty-handed: a misspelt workspace must not look like success."""


class Unverifiable(JanitorError):
    """A service that had to be asked did not answer."""

    exit_code = 4


class StateDisagrees(JanitorError):
    """The cloud is proved clean but the state still lists what is gone."""

    exit_code = 5


class Interrupted(JanitorError):
    """A signal asked us to stop."""

    exit_code = 130
