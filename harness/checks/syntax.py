"""PP101, PP102: the code is what its language's own parser accepts (S0-9)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from harness.checks._base import Example, Subject
from harness.checks._languages import guess_language
from harness.checks._response import canonical_language
from harness.models import Finding, Reason, Severity

_PARSER_LINE = re.compile(r"\(line (\d+)\)$")


class ParseFailure:
    """Code that its own language's parser refuses: pseudocode, or cut off, or damaged.

    Why: nothing that does not parse can run, and no repair is guessed here (S0-9, failure mode
    "pseudocode disguised as code"). Example: `def f(x) return x`.
    """

    id: ClassVar[str] = "PP101"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(fires=True, code="def f(x) return x\n", severity=Severity.REJECT),
        Example(fires=True, code="x = 1\0\n", severity=Severity.REJECT),
        Example(fires=True, code="\n", severity=Severity.REJECT),
        Example(fires=False, code="def f(x):\n    return x\n"),
        Example(fires=False, language="javascript", code="const f = x => x;\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One rejection, with the parser's own words."""
        code = subject.pair.code
        if not code.strip():
            yield self._finding("the pair holds no code")
        elif "\0" in code:
            line = code[: code.index("\0")].count("\n") + 1
            yield self._finding("the code holds a null byte", line=line)
        elif subject.is_python and subject.tree is None:
            error = subject.parse_error or "no tree"
            place = _PARSER_LINE.search(error)
            yield self._finding(
                f"Python's parser refuses the code: {error}", line=int(place[1]) if place else 0
            )

    def _finding(self, message: str, *, line: int = 0) -> Finding:
        return Finding(
            rule=self.id,
            severity=Severity.REJECT,
            reason=Reason.PARSE,
            message=message,
            line=line,
        )


class OtherLanguage:
    """Code that is plainly written in another language than the pair claims.

    Why: the claimed language chooses the sandbox and labels the training row. Only asked of code
    that the claimed language's parser refuses, or that Python's parser accepts though the pair
    claims otherwise. Example: a pair that claims Python with `function f(x) { return x; }`.
    """

    id: ClassVar[str] = "PP102"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="function f(x) { return x.trim(); }\n",
            severity=Severity.REJECT,
        ),
        Example(fires=True, language="javascript", code="def f(x):\n    return x\n"),
        Example(fires=False, code="def f(x) return x\n"),
        Example(fires=False, code="def f(x):\n    return 'function g() { }'\n"),
        Example(fires=False, language="javascript", code="const f = x => x;\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One rejection that names the guess."""
        claimed = canonical_language(subject.pair.language.name)
        if subject.is_python and subject.tree is not None:
            return
        guess = guess_language(subject.pair.code)
        if guess and guess != claimed and (subject.is_python or guess == "python"):
            yield Finding(
                rule=self.id,
                severity=Severity.REJECT,
                reason=Reason.MISMATCH,
                message=f"the pair claims {claimed}, but the code reads as {guess}",
                facts={"claimed": claimed, "guess": guess},
            )
