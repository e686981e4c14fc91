"""Text that was escaped once too often: a backslash and an n where a line should end."""

from __future__ import annotations

import re

from harness.repair.fences import unwrap
from harness.repair.python import parse

_ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|[nrtbf"\\/])')
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_ESCAPED_FENCE = re.compile(r"\\n\s*(```|~~~)|(```|~~~)[\w+#.-]*\\n")
_HTML_HEAD = re.compile(r"\s*<(?:!doctype|html)[^>]*>\s*\\n", re.I)
_LINE_START = re.compile(r"""[\w#*\-'"`(\[]|\\n|\s*[-*\d]""")


def unescape_once(text: str) -> str:
    """`text` with one level of JSON escapes undone; other backslashes stay as they are.

    An escape of half a surrogate pair is only undone together with its other half.
    """

    def plain(match: re.Match[str]) -> str:
        body = match.group(1)
        return chr(int(body[1:], 16)) if body[0] == "u" else _PLAIN[body]

    plain_text = _ESCAPE.sub(plain, text)
    joined = _SURROGATES.sub(
        lambda m: m.group().encode("utf-16", "surrogatepass").decode("utf-16"), plain_text
    )
    return text if any(0xD800 <= ord(c) < 0xE000 for c in joined) else joined


def looks_escaped(text: str) -> bool:
    """True where there is no real line end but a literal backslash-n."""
    return "\\n" in text and "\n" not in text.strip()


def bare_newlines(text: str) -> list[int]:
    r"""Where a literal `\n` stands outside of quotes, so that it cannot be a string's content.

    An apostrophe between two letters, or before a lifetime, is not a quote.
    """
    found: list[int] = []
    quote = ""
    i = 0
    while i < len(text):
        c = text[i]
        if c == "\\":
            if not quote and text[i + 1 : i + 2] == "n":
                found.append(i)
            i += 2
            continue
        if quote:
            quote = "" if c == quote else quote
        elif c in '"`' or (c == "'" and not _is_apostrophe(text, i)):
            quote = c
        i += 1
    return found


def _is_apostrophe(text: str, i: int) -> bool:
    before, after = text[i - 1 : i] if i else "", text[i + 1 : i + 2]
    return (before.isalnum() and after.isalnum()) or before in {"<", "&"}


def code_is_escaped(code: str, language: str, *, evidence: bool = False) -> bool:
    r"""Whether `code` needs exactly one `unescape_once`.

    Python: it must fail to parse as it stands and parse afterwards. Other languages have no parser
    here: either the answer beside it is escaped (`evidence`), or a bare `\n` stands beside a brace
    or a semicolon, where only a line end can be (a regular expression may hold others), in HTML
    behind the doctype.
    """
    if not looks_escaped(code) or (language in {"", "python"} and parse(code) is not None):
        return False
    if language in {"", "python"}:
        after = unescape_once(code)
        inner = unwrap(after)
        if parse(inner[0] if inner else after) is not None:
            return True
    if language == "python":
        return False
    if language == "html":
        return evidence or _HTML_HEAD.match(code) is not None
    return evidence or any(
        code[i - 1 : i] in set("{};") or code[i + 2 : i + 3] == "}" for i in bare_newlines(code)
    )


def response_is_escaped(response: str, *, code_was_escaped: bool = False) -> bool:
    r"""Whether a whole answer needs it: no real line end, and the row's code needed it or a fence
    stands beside a literal `\n`."""
    return looks_escaped(response) and (
        code_was_escaped or _ESCAPED_FENCE.search(response) is not None
    )


def sketch_is_escaped(sketch: str, *, code_was_escaped: bool) -> bool:
    r"""Whether a sketch needs it: the row's code did, or a bare `\n` stands between two words with
    no space beside it, as "handles \n and \t" does not."""
    return looks_escaped(sketch) and (
        code_was_escaped
        or any(
            i > 0 and not sketch[i - 1].isspace() and _LINE_START.match(sketch, i + 2)
            for i in bare_newlines(sketch)
        )
    )
