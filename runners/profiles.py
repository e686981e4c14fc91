"""Which interpreter a Python job forks from: one that already holds what its texts import.

The choice is of time alone. A job that forks from a lighter interpreter imports the package itself
and comes to the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from sandboxes.base import Profile

GUEST = str(Path(__file__).parent / "guest")

HELD = ("pytest", "numpy", "pandas", "scipy")
"""Packages that pairs may import beside the standard library, where the toolchain has them."""

_STDLIB = (
    "abc", "bisect", "collections", "contextlib", "copy", "dataclasses", "datetime", "decimal",
    "enum", "fractions", "functools", "heapq", "io", "itertools", "json", "math", "operator",
    "pathlib", "random", "re", "statistics", "string", "textwrap", "time", "types", "typing",
)  # fmt: skip
"""What answers import most: loaded once, before any fork."""

_VALUES = (*_STDLIB, "codec", "variation", "values")
_SUITES = (*_VALUES, "wire", "split", "native", "suite")
_PYTEST = (*_SUITES, "warm_pytest")
# What a fork costs grows with what its parent holds, so that each holds no more than it must.
_PRELOADS = {
    "values": _VALUES,
    "bare": _SUITES,
    "pytest": _PYTEST,
    "numeric": (*_PYTEST, "warm_numpy"),
    "frames": (*_PYTEST, "warm_pandas"),
}

PROFILES: Mapping[str, Profile] = {
    name: Profile(guest=GUEST, preload=preload, distributions=HELD)
    for name, preload in _PRELOADS.items()
}
"""The profiles of Python, by the name that jobs use."""

# A hint, bounded so that no text takes long: what it misses costs time and nothing else.
_IMPORTS = re.compile(r"^[ \t]*(?:import|from)[ \t][^\n#]{0,200}?\b(numpy|pandas|scipy)\b", re.M)


def profile_of(*texts: str, otherwise: str) -> str:
    """The profile for a job that loads these texts: "frames" where one imports pandas, "numeric"
    for numpy or scipy, else `otherwise`."""
    named = {name for text in texts for name in _IMPORTS.findall(text)}
    if "pandas" in named:
        return "frames"
    return "numeric" if named else otherwise
