"""Accessibility: axe-core's rules of WCAG A and AA, and text contrast by our own, cheaper check.

Both run in the isolated world: a page can neither call nor change them.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from runners.pages.evidence import Contrast, Rule
from runners.pages.inputs import hand
from runners.pages.protocol import CallFailed
from runners.pages.scene import Scene
from runners.pages.tab import Tab, guest

MOST_ELEMENTS = 2000
"""Beyond it axe-core is not run: it takes about 0.5 CPU ms an element (measured up to 4,000)."""
_CONTRAST_ELEMENTS = 4000
_SHOWN = 5
_WITHIN_MS = 4000
_COUNT = "Document.prototype.querySelectorAll.call(document, '*').length"
_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    # Its contrast rule costs as much as all others together; see guest/contrast.js.
    "rules": {"color-contrast": {"enabled": False}},
    "resultTypes": ["violations"],
    "iframes": False,
    "preload": False,
}
_RUN = """axe.run(document, OPTIONS).then((found) => found.violations.map((rule) => ({
  id: rule.id, impact: rule.impact || "minor", nodes: rule.nodes.length,
  targets: rule.nodes.slice(0, SHOWN).map((node) => node.target.flat().join(" ").slice(0, 160)),
})))"""


def accessibility(scene: Scene) -> None:
    """Lay `rules` and `contrast` into the evidence. Raises PageEnded, BrowserFault."""
    tab = scene.tab
    scene.add(contrast=_contrast(tab), rules=_rules(tab))


def _rules(tab: Tab) -> tuple[Rule, ...] | None:
    """The broken rules; None where the document is too large, or axe-core itself failed on it."""
    if tab.measure(_COUNT) > MOST_ELEMENTS:
        return None
    run = _RUN.replace("OPTIONS", json.dumps(_OPTIONS)).replace("SHOWN", str(_SHOWN))
    try:
        tab.measure(f"{_axe()};0")
        found = tab.settle(tab.waiting(run), _WITHIN_MS)
    except CallFailed:
        return None
    if found is None:
        return None
    return tuple(
        Rule(id=one["id"], impact=one["impact"], nodes=one["nodes"], targets=tuple(one["targets"]))
        for one in found
    )


def _contrast(tab: Tab) -> Contrast:
    source = guest("contrast.js").replace("HAND", hand())
    try:
        found: dict[str, Any] = tab.measure(f"({source})({_CONTRAST_ELEMENTS}, {_SHOWN})")
    except CallFailed:
        return Contrast()
    return Contrast(
        texts=found["texts"], failing=found["failing"], offenders=tuple(found["offenders"])
    )


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text()
