"""What an adapter is, and how the texts it found become a Pair."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Protocol

from harness.formats.language import language_of_tag
from harness.formats.suites import is_python_suite, suite_kind
from harness.models import Claims, Language, Pair, Place, SuiteText
from harness.repair import Role, repair_row
from harness.repair.characters import escape_controls
from harness.repair.fences import Block, blocks
from harness.repair.python import parse

Row = Mapping[str, Any]

MAX_ID_CHARS = 200
_TAG = re.compile(r"(?:^|\n|\\n)[ \t]*(?:```|~~~)[ \t]*([\w+#.-]+)")


class Unreadable(Exception):
    """A row that cannot become a pair: a reason code and a sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Format(Protocol):
    """Reads the rows of one dataset layout. Both methods are pure."""

    name: str
    description: str

    def score(self, row: Row) -> float:
        """How surely `row` has this layout: 0 not at all, 1 nothing else could have it."""

    def read(self, row: Row, place: Place) -> Pair:
        """The pair of `row`; raises Unreadable and nothing else."""


@dataclass(kw_only=True)
class Draft:
    """What an adapter found in a row, before repairs. Texts are as the row gave them."""

    format: str
    place: Place
    id: Any = None
    language: Language | None = None
    instruction: str = ""
    response: str = ""
    code: str = ""
    """The code to judge where the row has it apart from the response."""
    code_is_copy: bool = False
    """True where `code` stands beside a response that should hold the same (S0-8)."""
    sketch: str = ""
    suite: str = ""
    entry_point: str = ""
    claims: Claims = field(default_factory=Claims)
    notes: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    names: dict[Role, str] = field(default_factory=dict)
    """The row's own field name for each text."""

    def take_tests(self, text: str) -> None:
        """File tests of an unknown kind under what they are: a Python suite, or a sketch; tests in
        another language are kept in `metadata["test_source"]` until that language runs suites."""
        name = self.language.name if self.language else "python"
        if name not in {"python", "html", "unknown"}:
            if text:
                self.metadata["test_source"] = text
        elif name == "python" and is_python_suite(text):
            self.suite = text
        elif self.sketch and text:
            self.metadata["tests"] = text
        else:
            self.sketch = self.sketch or text

    def pair(self) -> Pair:
        """The repaired pair; raises Unreadable("no_code") without both code and response."""
        if not self.code.strip() and not self.response.strip():
            raise Unreadable("no_code", "the row has neither code nor a response")
        notes = list(self.notes)
        language = self.language or self._tagged(notes)
        done = repair_row(
            self._texts(), language=language.name if language else "", names=self.names
        )
        texts = done.texts
        notes.extend(done.notes)
        code = texts.get("code", "")
        if not code.strip():
            block = choose_block(blocks(texts.get("response", "")), language)
            code = block.code if block else ""
            if block is None:
                notes.append("S0-22: the response holds no code block")
        language = language or _inferred(code, notes)
        suite = texts.get("suite", "")
        return Pair(
            id=safe_id(self.id, self.place, notes),
            language=language,
            instruction=texts.get("instruction", ""),
            response=texts.get("response", ""),
            code=code,
            code_only=texts.get("code") if self.code_is_copy else None,
            sketch=texts.get("sketch", ""),
            suite=SuiteText(source=suite, kind=suite_kind(suite)) if suite.strip() else None,
            entry_point=self.entry_point,
            claims=self.claims,
            format=self.format,
            origin=self.place,
            repairs=done.repairs,
            notes=tuple(notes),
            metadata=self.metadata,
        )

    def _tagged(self, notes: list[str]) -> Language | None:
        """The language of the first fence that names one; the fence may still be escaped."""
        for text in (self.response, self.code):
            for match in _TAG.finditer(text):
                if found := language_of_tag(match[1]):
                    notes.append(f"language {found.name!r} is read from the fence's tag")
                    return found
        return None

    def _texts(self) -> dict[Role, str]:
        texts: dict[Role, str] = {
            "instruction": self.instruction,
            "response": self.response,
            "code": self.code,
            "sketch": self.sketch,
            "suite": self.suite,
        }
        return {role: text for role, text in texts.items() if text}


def choose_block(found: list[Block], language: Language | None) -> Block | None:
    """The block with the code: the first of the language, else of any language, else the first."""
    tagged = [(block, language_of_tag(block.tag)) for block in found]
    for block, of in tagged:
        if language and of and of.name == language.name:
            return block
    for block, of in tagged:
        if of:
            return block
    return found[0] if found else None


def safe_id(value: Any, place: Place, notes: list[str]) -> str:
    """The row's id on one line, or `<file stem>-<line>` where it has none that can be used."""
    if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
        name = escape_controls(str(value).strip())
        if len(name) <= MAX_ID_CHARS:
            return name
        notes.append(f"the id has {len(name)} characters and is not used")
    elif value is not None and value != "":
        notes.append(f"the id is of type {type(value).__name__} and is not used")
    stem = PurePath(place.file).name.split(".")[0] or "row"
    return f"{escape_controls(stem)}-{place.line}"


def given_id(row: Row, keys: tuple[str, ...]) -> Any:
    """The value of the first of `keys` that is neither null nor empty; None where there is none."""
    return next((row[key] for key in keys if row.get(key) not in (None, "")), None)


def text_of(row: Row, key: str, notes: list[str], rule: str = "") -> str:
    """The string at `key`; "" where it is missing, null or (with a note) something else."""
    value = row.get(key)
    of = f"{rule}: " if rule else ""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        notes.append(f"{of}{key} is a list of strings, joined by line ends")
        return "\n".join(value)
    notes.append(f"{of}{key} is of type {type(value).__name__}, not a string")
    return ""


def first_text(row: Row, keys: tuple[str, ...], notes: list[str]) -> tuple[str, str]:
    """(text, key) of the first of `keys` that holds some text; ("", keys[0]) where none does."""
    for key in keys:
        if key in row and (text := text_of(row, key, notes)):
            return text, key
    return "", keys[0]


def rest_of(row: Row, known: frozenset[str] | set[str]) -> dict[str, Any]:
    """The fields of `row` that no one asked for."""
    return {key: value for key, value in row.items() if key not in known}


def _inferred(code: str, notes: list[str]) -> Language:
    head = code.lstrip()[:200].lower()
    name = "unknown"
    if head.startswith(("<!doctype html", "<html")):
        name = "html"
    elif parse(code) and any(word in code for word in ("def ", "import ", "class ", "print(")):
        name = "python"
    notes.append(f"language {name!r} is inferred from the code")
    return Language(name=name)
