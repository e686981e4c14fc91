"""Comparisons of the code's own classes, doubted: who calls a changed object equal too lies."""

from __future__ import annotations

import copy
import functools
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runners.guest.changing import changed
else:
    from changing import changed


def doubt(space: dict[str, Any], names: list[str]) -> None:
    """Let every comparison that says "equal" also be asked about a changed object.

    One that calls that equal too compares nothing: it then says "not equal".
    """
    for name in names:
        cls = space.get(name)
        if isinstance(cls, type) and isinstance(vars(cls).get("__eq__"), types.FunctionType):
            setattr(cls, "__eq__", _doubting(vars(cls)["__eq__"]))  # noqa: B010


def _doubting(equal: Any) -> Any:
    @functools.wraps(equal)
    def call(self: Any, other: Any) -> Any:
        answer = equal(self, other)
        if answer is not True or type(other) is not type(self):
            return answer
        twisted = _twisted(other)
        try:
            lies = twisted is not None and equal(self, twisted) is True
        except Exception:
            lies = False
        return False if lies else answer

    return call


def _twisted(value: Any) -> Any:
    """A copy with every attribute changed; None where there is none to change."""
    names = list(getattr(value, "__dict__", ())) or [
        name for cls in type(value).__mro__ for name in getattr(cls, "__slots__", ())
    ]
    if not names:
        return None
    try:
        made = copy.copy(value)
        for name in names:
            object.__setattr__(made, name, changed(getattr(value, name)))
    except Exception:
        return None
    return made
