"""PP104, PP105, PP106: the response explains, then shows the code that is judged (S0-7, S0-8)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any, ClassVar

from harness.checks._base import Example, Subject, parse_python
from harness.checks._response import (
    PLAIN_FENCES,
    Block,
    canonical_language,
    read_response,
    sentences,
)
from harness.checks._tree import same_tree
from harness.models import Finding, Reason, Severity

_FILLER = re.compile(
    r"(?i)\A\W*(?:sure\b|certainly\b|of course\b|absolutely\b|great question|no problem\b|"
    r"here(?:'s|’s| is| are)\b|happy to\b|i'd be happy|i would be happy|let me\b|okay\b|ok\b)"
)
_DIFF_LINES = 12
_SAME_FAMILY = ({"javascript", "typescript"}, {"c", "cpp"}, {"html", "css", "javascript"})
_GOOD = "It trims the text.\n\n```python\ndef f(x):\n    return x.strip()\n```"
_CODE = "def f(x):\n    return x.strip()\n"


class Explanation:
    """A response whose explanation is missing, longer than two sentences, or opens with filler.

    Why: S0-7 wants one or two sentences of intent and approach before the code, then the code.
    Example: "Sure! Here is the code:" before the fence.
    """

    id: ClassVar[str] = "PP104"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(fires=True, code=_CODE, code_only=_CODE, response="```python\n" + _CODE + "```"),
        Example(fires=True, code=_CODE, code_only=_CODE, response="Sure! " + _GOOD),
        Example(fires=True, code=_CODE, code_only=_CODE, response="One. Two. Three. " + _GOOD),
        Example(fires=False, code=_CODE, code_only=_CODE, response=_GOOD),
        Example(
            fires=False,
            code=_CODE,
            code_only=_CODE,
            response="Trims, e.g. `a. b. c`, at 3.5 times the speed. " + _GOOD,
        ),
        Example(fires=False, code=_CODE),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """Warnings only: prose never decides whether code is true."""
        pair = subject.pair
        if pair.code_only is None or not pair.response.strip():
            return
        response = read_response(pair.response)
        if not response.blocks:
            yield self._warn("the response has no fenced block", line=1)
            return
        count = len(sentences(response.before))
        if count == 0:
            yield self._warn("no explanation before the code", line=1, sentences=0)
        elif count > 2:
            yield self._warn(
                f"{count} sentences of explanation before the code, 1 or 2 are asked for",
                line=1,
                sentences=count,
            )
        opener = _FILLER.match(response.before)
        if opener:
            yield self._warn(
                "the explanation opens with filler", line=1, opener=opener[0].strip().lower()
            )
        if not any(block.code.strip() for block in response.blocks):
            yield self._warn("the fenced block is empty", line=response.blocks[0].line)

    def _warn(self, message: str, *, line: int, **facts: Any) -> Finding:
        return Finding(
            rule=self.id, severity=Severity.WARN, message=message, line=line, facts=facts
        )


class CodeOnly:
    """A `code_only` that is not the code of the response's one fenced block.

    Why: what is trained on must be what was judged (S0-8). Python is compared as trees, so that
    layout and comments do not count; other languages as text with white space at line ends
    stripped. Example: the block shows `return text`, `code_only` the right solution.
    """

    id: ClassVar[str] = "PP105"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            code_only=_CODE,
            response="It trims.\n```python\ndef f(x):\n    return x\n```",
            severity=Severity.REJECT,
        ),
        Example(
            fires=True,
            code=_CODE,
            code_only=_CODE,
            response=_GOOD + "\nBetter:\n```python\n...\n```",
            severity=Severity.REJECT,
        ),
        Example(fires=False, code=_CODE, code_only="def f(x):\n  return x.strip()", response=_GOOD),
        Example(fires=False, code=_CODE, code_only=_CODE, response=_GOOD + "\n" + _GOOD),
        Example(fires=False, code=_CODE, response=_GOOD),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One rejection with a short diff in its facts, or nothing."""
        pair = subject.pair
        if pair.code_only is None or not pair.response.strip():
            return
        blocks = read_response(pair.response).blocks
        if not blocks:
            if not self._same(pair.response, pair.code_only, subject):
                yield self._reject("the response shows no code to hold `code_only` against")
            return
        first = blocks[0]
        different = [b for b in blocks[1:] if not self._same(b.code, first.code, subject)]
        if different:
            yield self._reject(
                f"the response has {len(blocks)} fenced blocks that differ; exactly one is asked "
                "for",
                line=different[0].line,
                blocks=len(blocks),
            )
        elif not self._same(first.code, pair.code_only, subject):
            yield self._reject(
                "`code_only` is not the code in the response",
                line=first.line,
                diff=_diff(first, pair.code_only),
            )

    def _same(self, left: str, right: str, subject: Subject) -> bool:
        if _normal(left) == _normal(right):
            return True
        if not subject.is_python:
            return False
        trees = [parse_python(text)[0] for text in (left, right)]
        return trees[0] is not None and trees[1] is not None and same_tree(*trees)

    def _reject(self, message: str, *, line: int = 0, **facts: Any) -> Finding:
        return Finding(
            rule=self.id,
            severity=Severity.REJECT,
            reason=Reason.MISMATCH,
            message=message,
            line=line,
            facts=facts,
        )


class FenceLanguage:
    """A fence whose tag names another language than the pair does.

    Why: the tag is what a reader and a renderer believe (S0-7). It is a rejection only where the
    code does not parse in the pair's language either. Example: ```javascript around Python.
    """

    id: ClassVar[str] = "PP106"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            response=_GOOD.replace("```python", "```javascript"),
            severity=Severity.WARN,
        ),
        Example(
            fires=True,
            code="let f = x => x;\n",
            response="It is f.\n```js\nlet f = x => x;\n```",
            severity=Severity.REJECT,
        ),
        Example(fires=True, code=_CODE, code_only=_CODE, response=_GOOD.replace("python", "", 1)),
        Example(fires=False, code=_CODE, response=_GOOD.replace("```python", "```py")),
        Example(fires=False, code=_CODE, response=_GOOD.replace("```python", "```Python title=a")),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One finding for the first fence that disagrees."""
        claimed = canonical_language(subject.pair.language.name)
        if not claimed:
            return
        for block in read_response(subject.pair.response).blocks[:1]:
            facts = {"claimed": claimed, "fence": block.language}
            if block.language in PLAIN_FENCES:
                if subject.pair.code_only is not None:
                    yield Finding(
                        rule=self.id,
                        severity=Severity.WARN,
                        message="the fence names no language",
                        line=block.line,
                        facts=facts,
                    )
            elif block.language != claimed and not _related(block.language, claimed):
                broken = subject.is_python and subject.tree is None
                yield Finding(
                    rule=self.id,
                    severity=Severity.REJECT if broken else Severity.WARN,
                    reason=Reason.MISMATCH if broken else "",
                    message=f"the fence says {block.language}, the pair says {claimed}",
                    line=block.line,
                    facts=facts,
                )


def _related(left: str, right: str) -> bool:
    return any({left, right} <= family for family in _SAME_FAMILY)


def _normal(code: str) -> str:
    return "\n".join(line.rstrip() for line in code.strip("\r\n").rstrip().splitlines())


def _diff(block: Block, code_only: str) -> list[str]:
    lines = difflib.unified_diff(
        _normal(block.code).splitlines()[:400],
        _normal(code_only).splitlines()[:400],
        "response",
        "code_only",
        lineterm="",
        n=1,
    )
    return [line[:200] for line, _ in zip(lines, range(_DIFF_LINES), strict=False)]
