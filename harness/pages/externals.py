"""The URLs that a page's markup loads, with their integrity attributes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.pages.markup import Markup, Tag
from harness.pages.tree import Element

_SOURCES = {
    "img": "image", "iframe": "frame", "frame": "frame", "embed": "other", "audio": "media",
    "video": "media", "source": "media", "track": "media", "input": "image",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class External:
    """A URL that the page loads. `kind`: script, module, style, preload, icon, image, media, frame,
    other. URLs of `data:` and `blob:` are none."""

    url: str
    kind: str
    integrity: str = ""
    line: int = 0


def is_stylesheet(element: Element) -> bool:
    """Whether an element links a style sheet."""
    rel = (element.attributes.get("rel") or "").lower().split()
    return element.name == "link" and "stylesheet" in rel and bool(element.attributes.get("href"))


def is_stylesheet_tag(tag: Tag) -> bool:
    """Whether a start tag links a style sheet, or preloads one as its own replacement."""
    rel = (tag.get("rel") or "").lower().split()
    preloads = "preload" in rel and (tag.get("as") or "").lower() == "style"
    return tag.name == "link" and ("stylesheet" in rel or preloads)


def externals_of(markup: Markup) -> Iterator[External]:
    """Every external URL in order, as written."""
    for tag in markup.tags:
        url, kind = _loaded(tag)
        url = url.strip()
        if (
            url
            and kind
            and not url.lower().startswith(("data:", "blob:", "javascript:", "about:", "#"))
        ):
            yield External(url, kind, tag.get("integrity") or "", markup.line(tag.span[0]))


def _loaded(tag: Tag) -> tuple[str, str]:
    if tag.name == "script":
        return tag.get("src") or "", "module" if tag.get("type") == "module" else "script"
    if tag.name == "link":
        return tag.get("href") or "", _link(tag)
    if tag.name == "object":
        return tag.get("data") or "", "other"
    return tag.get("src") or "", _SOURCES.get(tag.name, "")


def _link(tag: Tag) -> str:
    rel = (tag.get("rel") or "").lower().split()
    if "stylesheet" in rel:
        return "style"
    if {"preload", "modulepreload", "prefetch"} & set(rel):
        return "preload"
    return "icon" if "icon" in rel else "other" if "manifest" in rel else ""
