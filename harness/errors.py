"""Every error that reaches a person, and the exit codes.

HarnessError
├── Misuse             2   an option, a configuration or a file that cannot be used
├── CannotJudge        3   no sandbox here, or too much of it failed
├── NothingToDo        4   no pair matched
└── Interrupted      130   stopped by a person; the run can be resumed
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the command's exit status means."""

    DONE = 0
    """The work was finished, however many pairs were rejected."""
    NO = 1
    """The answer is no: `repro` differs, an attack was accepted."""
    MISUSE = 2
    """A bad option, a bad configuration or an unreadable input."""
    CANNOT_JUDGE = 3
    """We could not judge: no sandbox, or too many pairs unscored."""
    NOTHING = 4
    """There was nothing to do."""
    INTERRUPTED = 130
    """Interrupted; the same command resumes."""


class HarnessError(Exception):
    """Shown to people without a traceback: what happened, then what to type next."""

    exit_code: ClassVar[ExitCode] = ExitCode.CANNOT_JUDGE

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Misuse(HarnessError):
    """An option, a configuration or a file that cannot be used."""

    exit_code = ExitCode.MISUSE


class CannotJudge(HarnessError):
    """No sandbox here, or too much of it failed."""

    exit_code = ExitCode.CANNOT_JUDGE


class NothingToDo(HarnessError):
    """No pair matched."""

    exit_code = ExitCode.NOTHING


class Interrupted(HarnessError):
    """Stopped by a person; the run can be resumed."""

    exit_code = ExitCode.INTERRUPTED
