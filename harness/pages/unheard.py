"""Pages that promise something to do while none of their code listens: a person should look.

Nothing here is proof by itself, since a page may be left alone on purpose: a clock, an animation.
So the text must bind no event that a visitor sets off, no handler of the page's own may be heard,
and beside that the page must promise something that only a listener keeps.
"""

from __future__ import annotations

import re

from harness.pages.document import Document
from harness.pages.scripts import Node, parse_script, text_of
from harness.pages.shapes import walk
from harness.pages.wiring import ACTIVATING, FIELDS, Wiring
from runners.pages.evidence import PageEvidence

_KEYS = re.compile(
    r"\b(?:arrow keys?|wasd|space ?bar)\b|\b(?:press|hit) (?:the )?(?:space|enter|esc|any key"
    r"|[b-z]\b|a(?=\s+(?:to|or|and|for)\b|[^\w\s]|\s*$)|\w+ key)"
    r"|\bkeys? [a-z](?:[ ,/]+[a-z]\b){2,}|\b(?:use|with) (?:the |your )?keyboard\b"
    r"|[←→↑↓]{2}",
    re.I,
)
_HANDS = re.compile(
    r"\b(?:click|tap|drag|swipe|scroll wheel)\b|\bmove (?:your |the )?(?:mouse|cursor|pointer)\b",
    re.I,
)
_TOLD_CHARS = 800
"""Instructions of a game stand on a page of few words; an article may tell of anybody's."""
_STATES = frozenset({"checkbox", "radio", "file", "email"})
"""Fields whose state a style rule or the browser itself shows, and the one that stands on many a
page for looks, beside "Subscribe"."""
_TAKING = frozenset({"input", "change", "beforeinput"})
"""What is heard from above to take a field's value; libraries hear clicks and keys anywhere."""
_HEARS_ALL = re.compile(r"\breact-dom\b", re.I)
"""A library that hears every event at its root, whether anybody minds it or not."""
_HANDLER = re.compile(r"handle[A-Z]")
_EVENT = r"(?:e|ev|evt|event)"
_POLLS = re.compile(r"setInterval|requestAnimationFrame|setAnimationLoop|setTimeout")
_READS = re.compile(
    r"\.(?:value|valueAsNumber|valueAsDate|selectedIndex|selectedOptions)\b|FormData"
)
_MADE_BY = frozenset({"function_declaration", "generator_function_declaration"})
_VALUES = frozenset({"arrow_function", "function_expression"})
_MOST = 3
_LEFT_OVER = 2


def unheard(evidence: PageEvidence, document: Document, found: Wiring) -> str:
    """What the page promises and no listener keeps, in words; empty where all is well."""
    scripts = [script.text for script in document.scripts if script.kind != "data"]
    libraries = [e.url for e in document.externals if e.kind in ("script", "module")]
    rooted = any(map(_HEARS_ALL.search, libraries))
    coded = found.functions or rooted  # what is compiled in the page has no place in its text
    if found.own or found.written or not coded or not scripts:
        return ""
    fields = [
        control
        for control in evidence.controls
        if control.visible
        and not control.in_form
        and control.kind in FIELDS - _STATES
        and not ACTIVATING & set(control.listeners)
        and (rooted or not _TAKING & set(control.reached))
    ]
    polled = any(_POLLS.search(text) and _READS.search(text) for text in scripts)
    if fields and not polled:
        return f"{len(fields)} fields outside of any form, and no code listens to one"
    if found.heard:
        return ""
    promise = _promised(evidence)
    if promise:
        return f"the page says {promise!r}, and nothing listens"
    idle = [] if document.handlers else sorted(_uncalled(scripts))
    if libraries:  # which may call by name what the page declares for them
        idle = [name for name in idle if _HANDLER.match(name)]
    elif found.moving and _only_looked_at(evidence) and len(idle) < _LEFT_OVER:
        # made to be looked at, with a helper left over
        idle = [name for name in idle if _HANDLER.match(name) or _hears(name, scripts)]
    if idle:
        return f"nothing calls {', '.join(idle[:_MOST])}, and nothing listens"
    return ""


def _promised(evidence: PageEvidence) -> str:
    """The words by which a short page asks for keys or a hand, where the browser alone would not
    answer them."""
    text = str(evidence.words.get("text", ""))
    if len(text) > _TOLD_CHARS:
        return ""
    keys = _KEYS.search(text)
    hands = _HANDS.search(text) if _only_looked_at(evidence) else None
    told = keys or hands
    return told[0] if told else ""


def _only_looked_at(evidence: PageEvidence) -> bool:
    return all(control.kind in ("canvas", "element") for control in evidence.controls)


def _hears(name: str, scripts: list[str]) -> bool:
    """Whether a function takes an event, by the name of its first parameter."""
    taking = re.compile(
        rf"\b{re.escape(name)}\b\s*(?:=\s*(?:async\s*)?(?:function\s*)?)?\(\s*{_EVENT}\b"
    )
    return any(map(taking.search, scripts))


def _uncalled(scripts: list[str]) -> set[str]:
    """Functions that are declared and never named again, by any script."""
    declared: set[str] = set()
    named: dict[str, int] = {}
    for text in scripts:
        for node in walk(parse_script(text.encode())):
            if node.type in ("identifier", "shorthand_property_identifier"):
                named[text_of(node)] = named.get(text_of(node), 0) + 1
            elif _names_function(node):
                declared.add(text_of(node.child_by_field_name("name")))
    whole = "\n".join(scripts)
    return {
        name
        for name in declared
        if named.get(name) == 1 and not re.search(rf"[\"'`.]{re.escape(name)}\b", whole)
    }


def _names_function(node: Node) -> bool:
    """Whether a node declares a function by name that stays in its script."""
    if node.parent is not None and node.parent.type == "export_statement":
        return False
    value = node.child_by_field_name("value") if node.type == "variable_declarator" else None
    return node.type in _MADE_BY or (value is not None and value.type in _VALUES)
