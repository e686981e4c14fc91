"""DOM-level cases of a page: what is done and read goes to the browser, what is expected stays.

The page never holds an expected value, so it cannot make a wrong answer look right.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from runners.pages.steps import DriverCase, PageProbe, PageStep

OPS = (
    "eq", "ne", "contains", "notcontains", "shows", "notshows", "startswith", "json",
    "gt", "ge", "lt", "le", "none", "some", "colour", "anycontains", "notanycontains",
)  # fmt: skip
"""How what was found is held against what is expected. `shows`: as a part that begins and ends
where words do, so that "15" does not show "5". `json`: both as JSON values. `none` and `some`:
null, false, 0 or empty, and the opposite. `colour`: as colours of CSS.
`anycontains`: a text of the list holds it. `contains` of a list: it is one of them."""
_COLOURS = {
    "black": (0, 0, 0), "white": (255, 255, 255), "red": (255, 0, 0), "lime": (0, 255, 0),
    "green": (0, 128, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0), "gray": (128, 128, 128),
    "grey": (128, 128, 128), "orange": (255, 165, 0), "purple": (128, 0, 128),
    "navy": (0, 0, 128), "teal": (0, 128, 128), "silver": (192, 192, 192),
    "maroon": (128, 0, 0), "olive": (128, 128, 0), "aqua": (0, 255, 255), "cyan": (0, 255, 255),
    "fuchsia": (255, 0, 255), "magenta": (255, 0, 255), "pink": (255, 192, 203),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PageComparator:
    """One of `OPS`; `exact`: white space counts too, else runs of it are one space."""

    op: str = "eq"
    exact: bool = False


EQUAL = PageComparator()


@dataclass(frozen=True, slots=True)
class PageCase:
    """One case of a sketch: steps on a fresh page, one probe, one expectation."""

    id: str
    line: int
    """1-based line of the sketch."""
    text: str
    steps: tuple[PageStep, ...]
    probe: PageProbe
    expect: Any = None
    comparator: PageComparator = EQUAL
    confidence: float = 1.0
    """That the line means this case, 0 to 1; under `SURE` a failure alone should reject nothing."""

    def driver(self) -> DriverCase:
        """The part that may enter the browser."""
        return DriverCase(self.id, self.steps, self.probe)


SURE = 0.8
"""Confidence from which a failed case speaks against the page."""


def compare(case: PageCase, found: Any) -> tuple[bool, str]:
    """Whether what the driver found is what the case expects, and a sentence that says so.

    Strict in type: a text is never equal to a number. Never raises; a found value of an unexpected
    type is a mismatch.
    """
    held = _holds(case.comparator, case.expect, found)
    name = case.comparator.op
    wanted = "" if name in ("none", "some") else f" {_shown(case.expect)}"
    return held, f"found {_shown(found)}, {'as' if held else 'not'} expected: {name}{wanted}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else text[:200] + "..."


def _holds(how: PageComparator, expect: Any, found: Any) -> bool:
    op = how.op
    if op in ("none", "some"):
        return (not found) == (op == "none")
    if op in ("gt", "ge", "lt", "le"):
        return _ordered(op, expect, found)
    if op == "ne":
        return found is not None and not _equal(how, expect, found)
    if op.startswith("not"):
        return found is not None and not _part(op[3:], how, expect, found)
    if op in ("contains", "shows", "startswith", "anycontains"):
        return _part(op, how, expect, found)
    if op == "json":
        return isinstance(found, str) and _json(found) == json.dumps(expect, sort_keys=True)
    if op == "colour":
        wanted = colour(expect)
        return wanted is not None and isinstance(found, str) and colour(found) == wanted
    return _equal(how, expect, found)


def _equal(how: PageComparator, expect: Any, found: Any) -> bool:
    if isinstance(expect, str) and isinstance(found, str):
        return _text(how, expect) == _text(how, found)
    return type(expect) is type(found) and bool(expect == found)


def _text(how: PageComparator, text: str) -> str:
    return text if how.exact else " ".join(text.split())


def _part(op: str, how: PageComparator, expect: Any, found: Any) -> bool:
    if isinstance(found, list):
        if op != "anycontains":
            return op == "contains" and expect in found
        return any(isinstance(each, str) and _part("contains", how, expect, each) for each in found)
    if not isinstance(found, str) or not isinstance(expect, str):
        return False
    wanted, text = _text(how, expect), _text(how, found)
    if op == "startswith":
        return text.startswith(wanted)
    if op == "shows":
        return _whole(wanted, text)
    return wanted in text


def _whole(wanted: str, text: str) -> bool:
    """Whether `wanted` stands in `text` with no letter or digit going on at either side; a digit
    goes on over a sign, point or comma too ("-5", "1.5")."""
    before = r"(?<![\w])(?<!\d[.,])(?<!(?<!\w)-)" if wanted[:1].isdigit() else r"(?<!\w)"
    before = before if wanted[:1].isalnum() else ""
    after = (
        r"(?!\w|[.,]\d)" if wanted[-1:].isdigit() else r"(?!\w)" if wanted[-1:].isalnum() else ""
    )
    return bool(wanted) and re.search(before + re.escape(wanted) + after, text) is not None


def _ordered(op: str, expect: Any, found: Any) -> bool:
    if isinstance(found, str):
        digits = re.fullmatch(r"\s*([-+]?\d+(?:\.\d+)?)\s*", found)
        found = float(digits[1]) if digits else None
    numbers = (int, float)
    if not isinstance(found, numbers) or not isinstance(expect, numbers) or isinstance(found, bool):
        return False
    return {"gt": found > expect, "ge": found >= expect, "lt": found < expect}.get(
        op, found <= expect
    )


def _json(found: str) -> str | None:
    try:
        return json.dumps(json.loads(found), sort_keys=True)
    except (ValueError, RecursionError):
        return None


def colour(text: Any) -> tuple[int, int, int, float] | None:
    """A CSS colour as red, green, blue and alpha; None where it is not one that is read here: names
    of the sixteen basic ones and a few more, hex, rgb() and rgba()."""
    told = str(text).strip().lower()
    if told in _COLOURS:
        return (*_COLOURS[told], 1.0)
    if told == "transparent":
        return 0, 0, 0, 0.0
    found = re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", told)
    if found:
        digits = found[1] if len(found[1]) == 6 else "".join(c * 2 for c in found[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16), 1.0
    found = re.fullmatch(r"rgba?\((\d+)[,\s]+(\d+)[,\s]+(\d+)(?:\s*[,/]\s*([\d.]+))?\)", told)
    if found:
        return int(found[1]), int(found[2]), int(found[3]), float(found[4] or 1)
    return None
