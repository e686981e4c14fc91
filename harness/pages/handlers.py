"""The `on...` attributes of a page, and those that call a function which nothing defines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from itertools import islice

from harness.pages.markup import Attribute, Markup, Tag
from harness.pages.scripts import ScriptFacts, read_script

NAME = re.compile(r"on[a-z]{3,30}")
FRAMEWORK = re.compile(
    r"(?:@|v-on:|x-on:|on:|wire:|hx-on)[\w:.\-]+|hx-(?:get|post|put|delete)|\([a-z]+\)|ng-click"
)
"""Attributes by which Vue, Alpine, Svelte, Livewire, htmx and Angular bind events."""
MAX_HANDLERS = 5_000
"""Attributes that are read; a page with more repeats itself."""
_KNOWN_TEXT = """
    alert confirm prompt print open close stop focus blur fetch find scroll scrollTo scrollBy
    moveTo moveBy resizeTo resizeBy postMessage setTimeout setInterval clearTimeout clearInterval
    requestAnimationFrame cancelAnimationFrame requestIdleCallback queueMicrotask structuredClone
    getComputedStyle getSelection matchMedia parseInt parseFloat isNaN isFinite
    encodeURIComponent decodeURIComponent encodeURI decodeURI escape unescape atob btoa eval
    reportError Number String Boolean Object Array Function Symbol BigInt Date RegExp Error
    Promise import addEventListener removeEventListener dispatchEvent createImageBitmap write
    writeln getElementById querySelector querySelectorAll createElement execCommand submit reset
    checkValidity reportValidity requestSubmit select click remove append prepend replaceWith
    replaceChildren after before setAttribute removeAttribute toggleAttribute scrollIntoView
    showModal show showPopover hidePopover togglePopover showPicker animate play pause load
    setSelectionRange stepUp stepDown requestFullscreen exitFullscreen closest matches super
    require
"""
_KNOWN = frozenset(_KNOWN_TEXT.split())
"""Names that a handler finds on the element, its form, the document or the window."""


@dataclass(frozen=True, slots=True)
class Handler:
    """One `on...` attribute with its code."""

    tag: Tag
    attribute: Attribute
    facts: ScriptFacts

    @property
    def empty(self) -> bool:
        """Whether it holds no code."""
        return not (self.attribute.value or "").strip(" ;\n\t")


def handlers_of(markup: Markup) -> list[Handler]:
    """The handler attributes in order, the first `MAX_HANDLERS`."""
    found = (
        (tag, attribute)
        for tag in markup.tags
        for attribute in tag.attributes
        if NAME.fullmatch(attribute.name)
    )
    return [
        Handler(tag, attribute, read_script(unescape(attribute.value or "").encode()))
        for tag, attribute in islice(found, MAX_HANDLERS)
    ]


def undefined_calls(handlers: list[Handler], defined: frozenset[str]) -> list[tuple[Handler, str]]:
    """Handlers with the plain name that they call and that neither the page nor the browser has."""
    return [
        (handler, name)
        for handler in handlers
        for name in sorted(handler.facts.called - defined - _KNOWN)
    ]
