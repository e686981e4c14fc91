"""The steps of the repair lane in their order, over one row's texts."""

from __future__ import annotations

from harness.models import Repair
from harness.repair import characters, escapes, fences, indentation, mojibake
from harness.repair.python import parse, parse_or_error

REPLACEMENT = "\ufffd"

_FOREIGN_TO_PYTHON = frozenset({
    "js", "javascript", "ts", "typescript", "java", "c", "cpp", "c++", "go", "rust", "ruby",
    "php", "html", "css", "json", "bash", "sh", "shell",
})  # fmt: skip
"""Tags of other languages: wrong on a block that is Python."""


class Lane:
    """One row on its way through: `texts` by role, and what was done and noticed."""

    def __init__(self, texts: dict[str, str], *, language: str, names: dict[str, str]) -> None:
        self.texts = texts
        self.language = language
        self.names = names
        self.repairs: list[Repair] = []
        self.notes: list[str] = []

    def run(self) -> None:
        """Every step, once."""
        self._line_ends()
        self._mojibake()
        self._escapes()
        self._fences()
        self._invisible()
        self._indentation()

    def _set(self, role: str, text: str, kind: str, detail: str, *, lossy: bool = False) -> None:
        self.texts[role] = text
        self._record(role, kind, detail, lossy=lossy)

    def _record(self, role: str, kind: str, detail: str, *, lossy: bool = False) -> None:
        field = self.names.get(role, role)
        self.repairs.append(Repair(kind=kind, field=field, detail=detail, lossy=lossy))

    def _line_ends(self) -> None:
        for role, text in list(self.texts.items()):
            clean, detail = characters.without_bom(text)
            if detail:
                self._set(role, clean, "bom", detail)
            clean, detail = characters.lf_only(clean)
            if detail:
                self._set(role, clean, "newlines", detail)

    def _mojibake(self) -> None:
        found = mojibake.find(list(self.texts.values()))
        for role, text in list(self.texts.items()):
            gone = text.count(REPLACEMENT)
            if gone:
                said = f"{gone} characters were lost before this row was written (U+FFFD)"
                self._record(role, "mojibake", f"{said}; left as it is", lossy=True)
            if found is None:
                continue
            right = mojibake.recover(text, found.code_page)
            if right == text:
                continue
            lost = right.count(REPLACEMENT) - gone
            detail = f"UTF-8 had been read as {found.code_page}"
            if lost:
                detail += f"; {lost} characters are lost and stand as U+FFFD"
            self._set(role, right, "mojibake", detail, lossy=lost > 0)

    def _escapes(self) -> None:
        response = self.texts.get("response", "")
        evidence = escapes.response_is_escaped(response)
        code_was = escapes.code_is_escaped(
            self.texts.get("code", ""), self.language, evidence=evidence
        )
        response_is = escapes.response_is_escaped(response, code_was_escaped=code_was)
        sketch_is = escapes.sketch_is_escaped(
            self.texts.get("sketch", ""), code_was_escaped=code_was or response_is
        )
        suite_is = escapes.code_is_escaped(self.texts.get("suite", ""), self.language)
        for role, needed in (
            ("code", code_was),
            ("response", response_is),
            ("sketch", sketch_is),
            ("suite", suite_is),
        ):
            if needed:
                text, _ = characters.lf_only(escapes.unescape_once(self.texts[role]))
                self._set(role, text, "unescape_once", "it had backslash-n for every line end")

    def _fences(self) -> None:
        for role in ("code", "suite"):
            unwrapped = fences.unwrap(self.texts.get(role, ""))
            if unwrapped is not None:
                code, tag = unwrapped
                self._set(role, code, "fence", f"taken out of its fence (tag {tag!r})")
        response = self.texts.get("response", "")
        closed = fences.close(response)
        if closed is not None:
            self._set("response", closed, "fence", "the last fence was never closed")
        found = fences.blocks(self.texts.get("response", ""))
        if len(found) > 1:
            self.notes.append(f"S0-7: the response holds {len(found)} code blocks")
        if len(found) == 1:
            self._tag(found[0])

    def _tag(self, block: fences.Block) -> None:
        """Give the only block the row's language where the tag is plainly wrong."""
        tag = block.tag.lower()
        if not self.language or tag.startswith((self.language, "{")):
            return
        wrong = tag == "language" or (
            tag in _FOREIGN_TO_PYTHON and self.language == "python" and bool(parse(block.code))
        )
        if wrong:
            text = fences.retag(self.texts["response"], block, self.language)
            self._set("response", text, "fence", f"tag {block.tag!r} became {self.language!r}")
        elif not tag:
            self.notes.append("S0-7: the code block has no language tag")

    def _invisible(self) -> None:
        for role, text in list(self.texts.items()):
            found = characters.invisible(text)
            if role in {"code", "suite"} and self.language in {"", "python"}:
                clean, detail = characters.visible_only(text)
                if clean != text and parse(text) is None and parse(clean) is not None:
                    self._set(role, clean, "control_characters", detail)
                    continue
            if found:
                self.notes.append(f"{self.names.get(role, role)}: holds {found}, left as it is")

    def _indentation(self) -> None:
        code, role = self.texts.get("code", ""), "code"
        if not code.strip():
            found = fences.blocks(self.texts.get("response", ""))
            code, role = (found[0].code, "response") if found else ("", "code")
        one_space = indentation.collapsed(code)
        if not code.strip() or (self.language not in {"", "python"} and not one_space):
            return
        _, error = parse_or_error(code) if self.language in {"", "python"} else (None, "")
        if error == "IndentationError" or (self.language == "python" and error == "TabError"):
            why = "every indent is one space" if one_space else "the blocks do not line up"
            self._record(role, "indentation_suspect", f"{why}; left as it is")
        elif one_space:
            self.notes.append(
                "indentation_suspect: every indent is one space; the code still parses"
            )
