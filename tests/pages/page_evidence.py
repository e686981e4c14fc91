"""Hand-made pages and visits: a good one, and changes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness.models import CaseLine
from harness.pages.decide import PageMeasured
from harness.pages.document import Document, read_document
from runners.pages.evidence import (
    Action,
    Contrast,
    Control,
    Effect,
    End,
    Fault,
    Keyboard,
    Layout,
    Look,
    Owner,
    PageError,
    PageEvidence,
    Phase,
    Request,
)

HTML = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Counter of things</title>
<meta name="viewport" content="width=device-width">
<style>body { font: 16px sans-serif } .card { padding: 1em } .card button { color: #fff }</style>
</head><body><main class="card"><h1>Things</h1><button id="more">More</button>
<output id="sum">0</output></main>
<script>
// counts up
const sum = document.getElementById("sum");
function more() { sum.textContent = Number(sum.textContent) + 1; }
document.getElementById("more").addEventListener("click", more);
</script></body></html>
"""
GOOD_DOCUMENT = read_document(HTML)

PICTURE = Look(
    name="settled",
    width=1280,
    height=720,
    picture="0" * 64,
    entropy=1.2,
    colours=80,
    dominant=0.7,
    edges=0.04,
)
FLAT = replace(PICTURE, entropy=0.0, colours=1, dominant=1.0, edges=0.0)
BUTTON = Control(selector="#more", kind="button", label="More", listeners=("click",), main=True)
DOM: dict[str, float] = {
    "elements": 40,
    "visible": 25,
    "text_chars": 300,
    "controls": 3,
    "images": 0,
    "canvas": 0,
    "svg": 0,
    "media": 0,
    "rules": 30,
    "inline_styles": 0,
    "classed": 12,
    "styled": 20,
    "viewport_meta": 1,
    "live": 1,
    "landmarks": 2,
    "unlabelled": 0,
    "unnamed": 0,
    "font_sizes": 4,
    "fonts": 1,
    "grid": 1,
    "flex": 1,
    "width_rules": 1,
    "keyframes": 0,
    "transitions": 0,
    "aria": 1,
    "svg_shapes": 0,
}


def box(name: str, width: int, **changed: Any) -> Layout:
    """A viewport without faults."""
    plain: dict[str, Any] = {
        "name": name,
        "width": width,
        "scroll_width": width,
        "scroll_height": 900,
        "overflow": 0,
        "cut": 0,
        "clipped": 0,
        "overlaps": 0,
        "small_targets": 0,
        "columns": 1 + width // 700,
        "controls": 3,
        "shown": 25,
    }
    return Layout(**(plain | changed))


GOOD = PageEvidence(
    end=End.MEASURED,
    loaded=True,
    looks=(PICTURE, replace(PICTURE, name="after")),
    dom=DOM,
    dom_after=DOM,
    words={
        "title": "Counter of things",
        "lang": "en",
        "dir": "",
        "charset": "utf-8",
        "text": "Things More click to add one more thing to the list of things 0",
        "palette": ["#ffffff", "#111111", "#3366cc"],
        "fonts": ["sans-serif"],
        "headings": ["Things"],
    },
    layouts=(box("mobile", 375), box("tablet", 768), box("wide", 1440)),
    contrast=Contrast(texts=12),
    rules=(),
    keyboard=Keyboard(interactive=3, stops=3, ringed=3),
    controls=(BUTTON,),
    actions=tuple(
        Action(
            step=n, kind="click", selector="#more", label="More", effect=Effect(text=1, pixels=0.01)
        )
        for n in range(6)
    ),
    faults=(Fault(name="storage_denied"), Fault(name="odd_input", shown=True)),
    runtime={
        "script_ms": 40,
        "virtual_ms": 3000,
        "layouts": 12,
        "layout_shift": 0.0,
        "long_steps_rest": 0,
        "heap_kb": 2000,
        "heap_after_kb": 2100,
        "nodes": 120,
        "nodes_after": 125,
        "listeners": 4,
        "listeners_after": 4,
        "globals": 4,
    },
    listeners={"click": 1},
    coverage={"functions": 6, "functions_run": 5, "rules": 10, "rules_used": 9},
)


def error(text: str = "TypeError: x is null", **changed: Any) -> PageError:
    """An uncaught exception of the page's own, at load."""
    return PageError(**({"kind": "exception", "text": text, "line": 3} | changed))


def request(outcome: str, kind: str = "Script", url: str = "https://cdn.example/lib.js") -> Request:
    return Request(url=url, kind=kind, outcome=outcome)


def measured(
    *visits: PageEvidence, document: Document = GOOD_DOCUMENT, cases: tuple[CaseLine, ...] = ()
) -> PageMeasured:
    return PageMeasured(document=document, visits=visits or (GOOD,), cases=cases)


def ours(
    text: str = "ReferenceError: lib is not defined", cause: str = "https://cdn.example/lib.js"
) -> PageError:
    """An error that follows from what was refused."""
    return error(text, owner=Owner.ENVIRONMENT, cause=cause)


EXPLORE = Phase.EXPLORE
