"""The addresses in pages, data sets and lists of URLs that some rule reads."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

from harness.cdn.rules import known, read_url
from harness.dataset import read_pairs
from harness.errors import Misuse
from harness.models import Pair

_URL = re.compile(r"(?:https?:)?//[A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,}(?:[/?][^\s\"'`<>\\]*)?")
_PAGES = frozenset({".html", ".htm", ".css", ".js", ".mjs", ".jsx", ".svg", ".xhtml"})
_PATH = re.compile(r"//[^/?]+(?:/[^/]|/?\?)")
_MOST_LENGTH = 2000


def urls_of(text: str) -> tuple[str, ...]:
    """The distinct addresses in `text` whose host some rule knows, in order.

    Such as hold a placeholder of a template (`${...}`) are passed over: they are no address yet.
    """
    text = text.replace("\\/", "/").replace("\\u0026", "&")
    found: dict[str, None] = {}
    for match in _URL.finditer(text):
        url = unescape(match[0]).rstrip(".,;:!")
        while url.endswith(")") and url.count("(") < url.count(")"):
            url = url[:-1]
        if "${" in url or "{{" in url or len(url) > _MOST_LENGTH:
            continue
        url = "https:" + url if url.startswith("//") else url
        # Pages name bare hosts to connect to them early; only some serve a file there.
        if known(url) and (_PATH.search(url) or read_url(url) is not None):
            found[url] = None
    return tuple(found)


def scan(paths: Iterable[Path]) -> Counter[str]:
    """Addresses with the number of pages that name them.

    A path is a page, a folder of pages, a data set of pairs, or a JSON file with a list of URLs
    (strings, or objects with `url` and perhaps `pages`, at any depth). Raises Misuse for a path
    that is missing or unreadable.
    """
    found: Counter[str] = Counter()
    for path in paths:
        for text, weight in _texts(path):
            for url in urls_of(text):
                found[url] += weight
    return found


def _texts(path: Path) -> Iterator[tuple[str, int]]:
    if not path.exists():
        raise Misuse(f"no file or folder {path}", hint="name a page, a folder, or a data set")
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in _PAGES and p.is_file())
        if inside:
            for page in inside:
                yield _text(page), 1
            return
    elif path.suffix.lower() in _PAGES:
        yield _text(path), 1
        return
    elif path.suffix.lower() == ".json" and (urls := list(_listed(_json(path)))):
        yield from urls
        return
    for pair in read_pairs([path]):
        if isinstance(pair, Pair):
            yield f"{pair.code}\n{pair.response}", 1


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise Misuse(
            f"cannot read {path}: {error.strerror}", hint="check its permissions"
        ) from error


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except ValueError as error:
        raise Misuse(f"{path} is no JSON: {error}", hint="give a page or a data set") from error


def _listed(value: Any) -> Iterator[tuple[str, int]]:
    """The URLs of a document; nothing where it is no list of them."""
    if isinstance(value, str):
        if re.match(r"(?:https?:)?//\S+$", value):
            yield value, 1
    elif isinstance(value, list):
        for item in value:
            yield from _listed(item)
    elif isinstance(value, dict):
        url = value.get("url")
        if isinstance(url, str):
            pages = value.get("pages")
            yield url, pages if isinstance(pages, int) and pages > 0 else 1
        elif all(isinstance(item, list | dict) for item in value.values()):
            for item in value.values():
                yield from _listed(item)
