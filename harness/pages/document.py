"""What the text of a page proves without running it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.pages.cuts import Cut, find_cut
from harness.pages.externals import External, externals_of, is_stylesheet
from harness.pages.handlers import FRAMEWORK, Handler, handlers_of, undefined_calls
from harness.pages.ids import MissingId, missing_ids
from harness.pages.inline import Inline, ScriptText, inline_scripts, located
from harness.pages.markup import Markup, read_markup, utf8
from harness.pages.placeholders import Placeholder, comment_kind
from harness.pages.repeats import longest_repeat
from harness.pages.scripts import ScriptFacts
from harness.pages.styles import StyleFacts, read_style
from harness.pages.tree import Element, elements, text_end, tree_depth

MAX_BYTES = 1_000_000
"""A longer page is read up to here for everything but how it ends."""
_NOWHERE = ("javascript:void(0)", "javascript:", "javascript:;", "javascript:void 0")
_CONTROLS = frozenset({"button", "input", "select", "textarea", "summary"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """The facts of one page's text. Lines are 1-based, sizes bytes of UTF-8, shares 0 to 1."""

    bytes: int = 0
    lines: int = 0
    doctype: bool = False
    """`<!doctype html>` stands first: standards mode."""
    fragment: bool = False
    """Neither html nor body nor head was written."""
    closed: bool = False
    """`</body>` or `</html>` was written."""
    cut: Cut | None = None
    """Proof that the page is truncated; open html and body alone prove nothing (their end tags may
    be left out)."""
    open: tuple[str, ...] = ()
    """Elements still open at the end of the text, outermost first."""
    errors: tuple[tuple[int, str], ...] = ()
    """(line, text) where the markup is malformed, as tree-sitter sees it: a hint."""
    scripts: tuple[ScriptText, ...] = ()
    externals: tuple[External, ...] = ()
    ids: tuple[str, ...] = ()
    duplicate_ids: tuple[str, ...] = ()
    missing_ids: tuple[MissingId, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    listeners: Mapping[str, int] = field(default_factory=dict)
    """addEventListener calls by type; the empty type is one that is not a literal."""
    properties: Mapping[str, int] = field(default_factory=dict)
    """Assignments to `on...` properties by name."""
    handlers: Mapping[str, int] = field(default_factory=dict)
    """`on...` attributes with code, by name."""
    bindings: int = 0
    """Events bound through libraries, JSX and framework attributes."""
    elements: int = 0
    """Of the tree that a browser builds."""
    controls: int = 0
    """Buttons, links with href, fields, summaries and elements with an `on...` attribute."""
    style_rules: int = 0
    torn_style: tuple[int, int] | None = None
    """Where a style sheet opens a rule that it never closes: the line, and how many others begin
    within it."""
    inline_styles: int = 0
    stylesheets: int = 0
    """Linked ones."""
    media_queries: int = 0
    keyframes: int = 0
    viewport: str = ""
    charset: str = ""
    lang: str = ""
    dir: str = ""
    title: str = ""
    comment_share: float = 0.0
    """Bytes of comments (HTML, CSS, scripts) of all bytes."""
    functions: int = 0
    function_lines_p90: int = 0
    nesting_p90: int = 0
    """Blocks inside each other within a function."""
    repeat_lines: int = 0
    repeat_share: float = 0.0
    """The longest run of lines that stands twice, and its share of the lines."""
    intl: int = 0
    """Uses of Intl and toLocale...String."""
    storage: int = 0
    """Uses of localStorage, sessionStorage, indexedDB."""

    @property
    def truncated(self) -> bool:
        """Whether the text proves that it was cut off."""
        return self.cut is not None

    @property
    def wiring(self) -> int:
        """Places at which an event is bound, of every form."""
        counts = (self.listeners, self.properties, self.handlers)
        return sum(sum(each.values()) for each in counts) + self.bindings


def read_document(html: str | bytes) -> Document:
    """The facts of a page. Pure, deterministic, and total: any text or bytes give a record."""
    whole = utf8(html)
    source = whole[:MAX_BYTES]
    markup, tree = read_markup(source, tree_depth(source)), elements(source)
    parts = _Parts(
        markup,
        tree,
        inline_scripts(markup, tree),
        [(offset, read_style(e.text.encode())) for offset, e in located(markup, tree, "style")],
        handlers_of(markup),
    )
    end = text_end(whole)
    return Document(
        bytes=len(whole),
        lines=whole.count(b"\n") + 1,
        closed=end.closed or any(name in ("body", "html") for name, _ in markup.ends),
        cut=find_cut(markup, end),
        open=end.open,
        **_structure(parts),
        **_wiring(parts),
        **_head(parts),
        **_styling(parts),
        **_code(parts),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """A page taken apart."""

    markup: Markup
    tree: list[Element]
    scripts: list[Inline]
    styles: list[tuple[int, StyleFacts]]
    handlers: list[Handler]

    @property
    def code(self) -> list[Inline]:
        """The scripts that are run or compiled."""
        return [script for script in self.scripts if script.kind != "data"]

    @property
    def facts(self) -> list[tuple[int, ScriptFacts]]:
        """(offset, facts) of scripts and handlers."""
        inline = [(script.offset, script.facts) for script in self.code]
        return inline + [(h.attribute.value_span[0], h.facts) for h in self.handlers]

    def comments(self) -> Iterator[tuple[int, str]]:
        """(line, text) of every comment."""
        for span in self.markup.comments:
            yield self.markup.line(span[0]), self.markup.text(span)
        for script in self.code:
            for at, text in script.facts.comments:
                yield script.line(self.markup, at), text
        for offset, style in self.styles:
            for at, text in style.comments:
                yield self.markup.line(offset + at) if offset >= 0 else 0, text


def _structure(parts: _Parts) -> dict[str, Any]:
    markup, tree = parts.markup, parts.tree
    ids = Counter(value for e in tree if (value := e.attributes.get("id")))
    written = {tag.name for tag in markup.tags}
    return {
        "doctype": _doctype(markup),
        "fragment": not written & {"html", "head", "body"},
        "errors": tuple((markup.line(at), markup.text((at, at + 60))) for at in markup.errors[:50]),
        "scripts": tuple(script.told(markup) for script in parts.scripts),
        "externals": tuple(externals_of(markup)),
        "ids": tuple(ids),
        "duplicate_ids": tuple(name for name, count in ids.items() if count > 1),
        "missing_ids": tuple(missing_ids(markup, parts.facts, frozenset(ids))),
        "placeholders": tuple(_placeholders(parts)),
        "elements": len(tree),
        "controls": sum(map(_is_control, tree)),
    }


def _wiring(parts: _Parts) -> dict[str, Any]:
    facts = [fact for _, fact in parts.facts]
    framework = sum(
        FRAMEWORK.fullmatch(a.name) is not None for tag in parts.markup.tags for a in tag.attributes
    )
    return {
        "listeners": dict(Counter(kind for fact in facts for kind in fact.listeners)),
        "properties": dict(Counter(name for fact in facts for name in fact.properties)),
        "handlers": dict(Counter(h.attribute.name for h in parts.handlers if not h.empty)),
        "bindings": sum(fact.bindings for fact in facts) + framework,
        "intl": sum(fact.intl for fact in facts),
        "storage": sum(fact.storage for fact in facts),
    }


def _head(parts: _Parts) -> dict[str, Any]:
    metas = [e.attributes for e in parts.tree if e.name == "meta"]
    named = {(m.get("name") or "").lower(): m.get("content") or "" for m in reversed(metas)}
    told = next((m["charset"] for m in metas if m.get("charset")), "") or ""
    for meta in metas:
        if not told and (meta.get("http-equiv") or "").lower() == "content-type":
            told = (meta.get("content") or "").rpartition("charset=")[2]
    root: Mapping[str, str | None] = next(
        (e.attributes for e in parts.tree if e.name == "html"), {}
    )
    title = next((e.text for e in parts.tree if e.name == "title"), "")
    return {
        "viewport": named.get("viewport", ""),
        "charset": told.strip().lower(),
        "lang": root.get("lang") or "",
        "dir": root.get("dir") or "",
        "title": " ".join(title.split()),
    }


def _styling(parts: _Parts) -> dict[str, Any]:
    styles = [style for _, style in parts.styles]
    torn = [
        (parts.markup.line(at + style.torn.at), style.torn.within)
        for at, style in parts.styles
        if style.torn is not None
    ]
    return {
        "torn_style": min(torn, default=None),
        "style_rules": sum(style.rules for style in styles),
        "inline_styles": sum(bool((e.attributes.get("style") or "").strip()) for e in parts.tree),
        "stylesheets": sum(map(is_stylesheet, parts.tree)),
        "media_queries": sum(style.media for style in styles),
        "keyframes": sum(style.keyframes for style in styles),
    }


def _code(parts: _Parts) -> dict[str, Any]:
    source = parts.markup.source
    shapes = [shape for script in parts.code for shape in script.facts.functions]
    lines, share = longest_repeat(source.decode("utf-8", "replace"))
    commented = sum(len(text.encode()) for _, text in parts.comments())
    return {
        "comment_share": round(commented / max(1, len(source)), 4),
        "functions": len(shapes),
        "function_lines_p90": _p90(shape.lines for shape in shapes),
        "nesting_p90": _p90(shape.depth for shape in shapes),
        "repeat_lines": lines,
        "repeat_share": round(share, 4),
    }


def _doctype(markup: Markup) -> bool:
    """Whether `<!doctype html` comes before any tag; comments and white space may precede it."""
    if markup.doctype is None:
        return False
    first = min((tag.span[0] for tag in markup.tags), default=markup.doctype[1])
    words = markup.text(markup.doctype).lower().strip("<!> ").split()
    return markup.doctype[0] < first and words[:2] == ["doctype", "html"]


def _is_control(element: Element) -> bool:
    attributes = element.attributes
    if element.name == "a":
        return "href" in attributes
    if element.name == "input" and (attributes.get("type") or "").lower() == "hidden":
        return False
    return element.name in _CONTROLS or "onclick" in attributes


def _placeholders(parts: _Parts) -> Iterator[Placeholder]:
    markup = parts.markup
    for line, text in parts.comments():
        if kind := comment_kind(text):
            yield Placeholder(kind, line, text.strip()[:160])
    for handler in parts.handlers:
        if handler.empty:
            shown = markup.text(handler.tag.span)[:160]
            yield Placeholder("empty_handler", markup.line(handler.tag.span[0]), shown)
    for script in parts.code:
        for at in script.facts.empty_handlers:
            yield Placeholder("empty_handler", script.line(markup, at), "")
    for tag in markup.named("a"):
        href = (tag.get("href") or "x").strip().lower()
        bound = any(a.name.startswith("on") or FRAMEWORK.fullmatch(a.name) for a in tag.attributes)
        if not bound and (href == "#" or href.rstrip("; ") in _NOWHERE):
            yield Placeholder("dead_link", markup.line(tag.span[0]), markup.text(tag.span)[:160])
    yield from _undefined(parts)


def _undefined(parts: _Parts) -> Iterator[Placeholder]:
    """Handlers that name what nothing defines, where the text can tell: a script that is loaded, or
    one that is not valid, may define anything."""
    loaded = any(e.name == "script" and e.attributes.get("src") for e in parts.tree)
    if loaded or any(script.facts.errors for script in parts.code):
        return
    classic = [script for script in parts.code if script.kind == "classic"]
    modules = [script.facts.assigned for script in parts.code if script.kind != "classic"]
    defined = frozenset().union(*(s.facts.globals for s in classic), *modules)
    ids = {value for e in parts.tree if (value := e.attributes.get("id"))}
    for handler, name in undefined_calls(parts.handlers, defined | ids):
        line = parts.markup.line(handler.tag.span[0])
        yield Placeholder("undefined_handler", line, name)


def _p90(values: Iterable[int]) -> int:
    """The 90th percentile by nearest rank; 0 of nothing."""
    ordered = sorted(values)
    return ordered[math.ceil(0.9 * len(ordered)) - 1] if ordered else 0
