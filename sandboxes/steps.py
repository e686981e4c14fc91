"""Names for the steps of a start, so that a client learns which one the machine refused."""

from __future__ import annotations

import contextlib

from sandboxes import wire

EXIT_LOST = 70
"""A start that failed, or a PID 1 that ended by itself, without kernel evidence of a cause."""


class StepError(Exception):
    """A step of a start that failed: its name, and the error."""

    def __init__(self, name: str, error: OSError) -> None:
        super().__init__(f"{name}: {error.strerror or error}")
        self.step = name
        self.number = error.errno or 0


class step:  # noqa: N801  (reads as a statement)
    """Names the step in which an OSError happened."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise StepError(self._name, error) from error


def fail(error: StepError) -> None:
    """Tell the client, on descriptor 1, which step failed."""
    answer = {"fatal": str(error), "step": error.step, "errno": error.number}
    with contextlib.suppress(wire.WireError):
        wire.send(1, wire.pack(answer))
