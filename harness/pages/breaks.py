"""Seven broken versions of a page, each by one seeded edit at positions that a parser gave.

This is the page mutator of the product: a version that is judged like its original shows a check
that does not see that kind of fault, and the share that is told apart is the strength of the page
pipeline (`pairproof bench-verifier`). Same page and seed, same versions, on any machine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from harness.pages.edits import Edit, OpenPage, open_page
from harness.pages.externals import is_stylesheet_tag
from harness.pages.inline import Inline
from harness.pages.markup import Tag, captured
from harness.pages.scripts import parse_script, script_query
from harness.pages.unwire import unwiring

TRUNCATED_SHARE = 0.6
"""Share of the bytes that a truncated version keeps."""
LOOP_DELAY_MS = 300
"""When the endless loop begins, in milliseconds of page time."""
_HEAD_ONLY = frozenset({"html", "head", "meta", "title", "link", "style", "script", "base"})
_KEPT = ("script", "style")
_STYLE_SCRIPT = re.compile(r"tailwindcss|unocss|twind", re.IGNORECASE)
_PIECE = re.compile(rb"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Broken:
    """One version: its text, or None with the reason why it does not apply to this page."""

    name: str
    html: str | None
    detail: str
    """What was done, or why nothing could be."""


Breaker = Callable[[OpenPage, Random], Broken]


def versions(html: str | bytes, seed: int = 1) -> Mapping[str, Broken]:
    """The seven versions by name, in the order of `BREAKERS`. Deterministic; never raises."""
    page = open_page(html)
    return {name: make(page, Random(f"{seed}:{name}")) for name, make in BREAKERS.items()}


def syntax_error(page: OpenPage, random: Random) -> Broken:
    """One brace or parenthesis gone from the longest script.

    Every script with unpaired brackets is invalid, and what stands between brackets keeps its
    tokens: braces of template literals and brackets before a slash, whose absence could change
    how the rest is read, are left alone. So V8 must reject it, and with it the whole script.
    """
    for script in page.native:
        spans = _brackets(script)
        if spans:
            start, end = random.choice(spans)
            at = script.offset + start
            text = page.applied([(at, script.offset + end, "")])
            gone = script.text.encode()[start:end].decode()
            return Broken("syntax_error", text, f"{gone} removed on line {page.markup.line(at)}")
    return Broken("syntax_error", None, "no inline script with a bracket")


def css_removed(page: OpenPage, random: Random) -> Broken:
    """No style element, stylesheet link, style attribute, nor a script that makes styles of class
    names (Tailwind, UnoCSS, Twind)."""
    edits: list[Edit] = []
    for tag in page.markup.tags:
        making = tag.name == "script" and _STYLE_SCRIPT.search(tag.get("src") or "")
        if tag.name == "style" or making:
            edits.append((*page.element_span(tag), ""))
        elif is_stylesheet_tag(tag):
            edits.append((*tag.span, ""))
        edits += [(*a.span, "") for a in tag.attributes if a.name == "style"]
    if not edits:
        return Broken("css_removed", None, "no styles")
    return Broken("css_removed", page.applied(edits), f"{len(edits)} styles removed")


def endless_loop(page: OpenPage, random: Random) -> Broken:
    """A loop that never ends, begun by a timer or by the load event, so that the page is shown
    first."""
    if not page.native:
        return Broken("endless_loop", None, "no inline script")
    script = page.native[0]
    loop = random.choice(
        (
            f"setTimeout(() => {{ for (;;); }}, {LOOP_DELAY_MS});",
            f"setTimeout(() => {{ let n = 0; while (true) n++; }}, {LOOP_DELAY_MS});",
            "addEventListener('load', () => { for (;;); });",
        )
    )
    at = script.offset + _after_directives(script)
    return Broken("endless_loop", page.applied([(at, at, f"\n{loop}\n")]), loop)


def blank_body(page: OpenPage, random: Random) -> Broken:
    """Nothing in the body but its scripts and styles."""
    start, end = _body(page)
    kept = [
        page.element_span(tag) for tag in page.markup.named(*_KEPT) if start <= tag.span[0] < end
    ]
    edits: list[Edit] = []
    at = start
    for first, last in kept:
        edits.append((at, max(at, first), "\n"))
        at = max(at, last)
    edits.append((at, max(at, end), "\n"))
    if not any(page.markup.source[a:b].strip() for a, b, _ in edits):
        return Broken("blank_body", None, "the body has no content of its own")
    return Broken("blank_body", page.applied(edits), "body emptied, scripts kept")


def truncated(page: OpenPage, random: Random) -> Broken:
    """The first 60 % of the bytes, up to the last whole word or sign."""
    source = page.markup.source
    goal = int(len(source) * TRUNCATED_SHARE)
    at = 0
    for piece in _PIECE.finditer(source, max(0, goal - 200)):
        if piece.end() > goal and at:
            break
        at = piece.end()
    if not source[at:].strip() or not source[:at].strip():
        return Broken("truncated", None, "too short to be cut")
    text = source[:at].decode("utf-8", "ignore")
    return Broken("truncated", text, f"cut at byte {at} of {len(source)}")


def renamed_id(page: OpenPage, random: Random) -> Broken:
    """The element id that scripts look for most often has another name in the markup, and only
    there."""
    used = Counter(lookup.id for script in page.scripts for lookup in script.facts.lookups)
    held: dict[str, list[Edit]] = {}
    for tag in page.markup.tags:
        for attribute in tag.attributes:
            if attribute.name == "id" and attribute.value:
                other = f"{attribute.value}-{random.randrange(16**4):04x}"
                held.setdefault(attribute.value, []).append((*attribute.value_span, other))
    asked = [(count, name) for name, count in used.items() if name in held]
    if not asked:
        return Broken("renamed_id", None, "no script looks for an id of the markup")
    count, name = max(asked, key=lambda each: each[0])
    return Broken("renamed_id", page.applied(held[name]), f"#{name}, looked for {count} times")


def unwired(page: OpenPage, random: Random) -> Broken:
    """Listeners of user events, `on...` properties and `on...` attributes gone: looks right, does
    nothing. What the browser does by itself (links, forms, details) stays."""
    edits = list(unwiring(page))
    if not edits:
        return Broken("unwired", None, "no event is bound")
    return Broken("unwired", page.applied(edits), f"{len(edits)} bindings removed")


BREAKERS: Mapping[str, Breaker] = {
    "syntax_error": syntax_error,
    "css_removed": css_removed,
    "endless_loop": endless_loop,
    "blank_body": blank_body,
    "truncated": truncated,
    "renamed_id": renamed_id,
    "unwired": unwired,
}
"""What makes each version."""


def _brackets(script: Inline) -> list[tuple[int, int]]:
    """Brackets whose absence leaves the others' pairing wrong and the tokens as they are."""
    source = script.text.encode()
    root = parse_script(source)
    nodes = captured(script_query('["{" "}" "(" ")"] @bracket'), root).get("bracket", [])
    out = []
    for node in nodes:
        inside = node.parent.type if node.parent is not None else ""
        odd = inside.startswith(("template", "jsx", "ERROR")) or node.is_missing
        if not odd and not source[node.end_byte :].lstrip().startswith(b"/"):
            out.append((node.start_byte, node.end_byte))
    return sorted(out)


def _after_directives(script: Inline) -> int:
    """Behind "use strict" and the like, which only count at the top."""
    at = 0
    for node in parse_script(script.text.encode()).named_children:
        first = node.named_children[0] if node.named_children else None
        if node.type == "comment":
            continue
        if node.type != "expression_statement" or first is None or first.type != "string":
            break
        at = node.end_byte
    return at


def _body(page: OpenPage) -> tuple[int, int]:
    """Where the body's content starts and ends; without a body tag, from the first tag that may not
    stand in a head."""
    source, markup = page.markup.source, page.markup
    opened: Tag | None = next(markup.named("body"), None)
    if opened is not None:
        start = opened.span[1]
    else:
        shown = (tag.span[0] for tag in markup.tags if tag.name not in _HEAD_ONLY)
        start = next(shown, len(source))
    ends = [span[0] for name, span in markup.ends if name in ("body", "html") and span[0] >= start]
    return start, ends[0] if ends else len(source)
