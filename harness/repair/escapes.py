"""Text that was escaped once too often: a backslash and an n where a line should end."""

from __future__ import annotations

import re

from harness.repair.python import parse

_ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|[nrtbf"\\/])')
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_ESCAPED_FENCE = re.compile(r"\\n\s*(```|~~~)|(```|~~~)[\w+#.-]*\\n")


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
    return "\\n" in text and "\n" not in text


def newline_outside_quotes(text: str) -> bool:
    r"""True where some literal `\n` stands outside of quotes, so it cannot be a string's content.

    An apostrophe between two letters is not a quote.
    """
    quote = ""
    i = 0
    while i < len(text):
        c = text[i]
        if c == "\\":
            if not quote and text[i + 1 : i + 2] == "n":
                return True
            i += 2
            continue
        if quote:
            if c == quote:
                quote = ""
        elif c in "\"'`" and not (
            c == "'" and text[i - 1 : i].isalnum() and text[i + 1 : i + 2].isalnum()
        ):
            quote = c
        i += 1
    return False


def code_is_escaped(code: str, language: str) -> bool:
    """Whether `code` needs exactly one `unescape_once`.

    Python: it must fail to parse as it stands and parse afterwards. Other languages have no parser
    here, so a backslash-n outside of quotes must prove it.
    """
    if not looks_escaped(code):
        return False
    if language in {"", "python"} and parse(code) is None and parse(unescape_once(code)):
        return True
    return language != "python" and parse(code) is None and newline_outside_quotes(code)


def response_is_escaped(response: str) -> bool:
    r"""Whether a whole answer needs it: no real line end, and a fence beside a literal `\n`."""
    return looks_escaped(response) and _ESCAPED_FENCE.search(response) is not None


def sketch_is_escaped(sketch: str, *, code_was_escaped: bool) -> bool:
    r"""Whether a sketch needs it: the row's code did, or a `\n` stands outside of quotes."""
    return looks_escaped(sketch) and (code_was_escaped or newline_outside_quotes(sketch))
