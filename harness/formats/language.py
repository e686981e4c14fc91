"""Languages by whatever name a row gives them: "Python 3.11", "py", "C++17", "Node 20"."""

from __future__ import annotations

import re

from harness.models import Language

_ALIASES = {
    "python": "py py3 python3 cpython ipython pycon python-repl",
    "javascript": "js node nodejs node.js mjs cjs ecmascript es jsx",
    "typescript": "ts tsx deno",
    "go": "golang",
    "rust": "rs",
    "java": "jdk openjdk",
    "cpp": "c++ cxx cc hpp",
    "c": "gnuc ansic",
    "csharp": "c# cs dotnet",
    "fsharp": "f#",
    "bash": "sh shell zsh shellscript",
    "ruby": "rb",
    "php": "php-cli",
    "html": "htm html/css/js html+css+js htmlcssjs xhtml",
    "kotlin": "kt",
    "swift": "",
    "scala": "",
    "perl": "pl",
    "lua": "",
    "r": "",
    "julia": "jl",
    "haskell": "hs",
    "sql": "sqlite postgres postgresql mysql",
}
_NAMES = {alias: name for name, more in _ALIASES.items() for alias in (name, *more.split())}

_NOT_CODE = frozenset({
    "text", "txt", "plaintext", "plain", "output", "console", "log", "json", "jsonl", "yaml",
    "yml", "xml", "toml", "ini", "csv", "diff", "markdown", "md", "language", "mermaid",
})  # fmt: skip
_VERSIONED = re.compile(r"(.*?)[\s\-_:@/(]*v?((?:\d{1,4})(?:\.\d+)*)\s*\+?\)?")


def parse_language(text: str) -> Language | None:
    """The language of `text` with the version it asks for (S0-1); None where it is empty.

    Unknown names are kept in lower case, so that a later stage can say what it does not have.
    """
    plain = " ".join(text.split()).lower()
    if not plain or len(plain) > 60:
        return None
    if plain in _NAMES:
        return Language(name=_NAMES[plain], version="3" if plain in {"py3", "python3"} else "")
    match = _VERSIONED.fullmatch(plain)
    if match and match[1].strip():
        name = match[1].strip()
        return Language(name=_NAMES.get(name, name), version=match[2])
    return Language(name=plain)


def language_of_tag(tag: str) -> Language | None:
    """The language that a fence's tag names, or None for no tag and for tags that are not code."""
    plain = tag.strip().strip("{}").lstrip(".").lower()
    if not plain or plain in _NOT_CODE:
        return None
    found = parse_language(plain)
    return found if found and found.name in _ALIASES else None
