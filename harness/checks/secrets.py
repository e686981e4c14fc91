"""PP118: credentials in the text of the pair."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import ClassVar

from harness.checks._base import Example, Subject
from harness.models import Finding, Reason, Severity

_KINDS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (kind, hint, re.compile(pattern))
    for kind, hint, pattern in (
        ("AWS access key id", "A", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
        ("AWS secret key", "ws_s",
         r"(?i)aws_secret_access_key['\"]?\s*[=:]\s*['\"]([A-Za-z0-9/+=]{40})['\"]"),
        ("GitHub token", "gh", r"\bgh[pousr]_[A-Za-z0-9]{36,}\b"),
        ("GitHub token", "github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{50,}\b"),
        ("GitLab token", "glpat-", r"\bglpat-[A-Za-z0-9_-]{20,}\b"),
        ("Slack token", "xox", r"\bxox[abprs]-[A-Za-z0-9-]{20,}\b"),
        ("Slack webhook", "hooks.slack.com",
         r"hooks\.slack\.com/services/T\w{8,}/B\w{8,}/\w{20,}"),
        ("Stripe key", "_live_", r"\b[sr]k_live_[A-Za-z0-9]{20,}\b"),
        ("API key", "sk-", r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}\b"),
        ("Google API key", "AIza", r"\bAIza[0-9A-Za-z_-]{35}\b"),
        ("npm token", "npm_", r"\bnpm_[A-Za-z0-9]{36}\b"),
        ("PyPI token", "pypi-", r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}"),
        ("SendGrid key", "SG.", r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b"),
        ("Hugging Face token", "hf_", r"\bhf_[A-Za-z0-9]{34,}\b"),
        ("private key", "PRIVATE KEY",
         r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*((?:[A-Za-z0-9+/=]{40,}\s*)+)"),
    )
)  # fmt: skip
_PLACEHOLDER = re.compile(
    r"(?i)example|x{4,}|your|dummy|fake|placeholder|changeme|redacted|sample|test|\*{3,}|\.{3,}|"
    r"0{6,}|1234567|abcdef|insert|todo"
)
_MIN_BITS = 3.0
"""Bits a character; below it a text repeats itself too much for a key."""


class Secrets:
    """Keys and tokens with a known form, anywhere in the pair.

    Why: a real credential in a training set is published for good. Placeholders do not count.
    The finding shows four characters of it. Example: a GitHub token in a constant.
    """

    id: ClassVar[str] = "PP118"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="KEY = 'AKIA" + "Q3EGRI7LM2ZPWD5V" + "'\n",
            severity=Severity.REJECT,
        ),
        Example(fires=True, code="T = 'ghp_" + "k3Jd82LmQz7Rt5Vb9Xc1Wn4Hs6Pf0GyTaUeZ" + "'\n"),
        Example(
            fires=True, code="x = 1\n", instruction="Use sk_live_" + "9aQ2wE4rT6yU8iO1pL3kJ5hG"
        ),
        Example(
            fires=True,
            code="K = '''-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7v1Q8mZk2Rt5Xc9"
            "Wn4Hs6Pf0GyTaUeZqLoJ\n-----END RSA PRIVATE KEY-----'''\n",
        ),
        Example(
            fires=False,
            code="A = 'AKIAIOSFODNN7EXAMPLE'\nB = 'ghp_" + "x" * 36 + "'\n"
            "C = 'sk-your-key-goes-here-" + "a" * 30 + "'\nD = '-----BEGIN PRIVATE KEY-----'\n",
        ),
        Example(fires=False, code="def f(api_key, password):\n    return api_key + password\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One rejection for each credential, the first five."""
        pair = subject.pair
        suite = pair.suite.source if pair.suite is not None else ""
        texts = (
            ("code", pair.code),
            ("response", pair.response if pair.response != pair.code else ""),
            ("instruction", pair.instruction),
            ("suite", suite),
            ("sketch", pair.sketch),
        )
        seen: set[str] = set()
        for place, text in texts:
            for kind, secret, start in _found(text):
                if secret in seen or len(seen) >= 5:
                    continue
                seen.add(secret)
                yield Finding(
                    rule=self.id,
                    severity=Severity.REJECT,
                    reason=Reason.SECRET,
                    message=f"the {place} holds a credential: {kind}",
                    line=text.count("\n", 0, start) + 1,
                    facts={"kind": kind, "in": place, "starts": secret[:4], "length": len(secret)},
                )


def _found(text: str) -> Iterator[tuple[str, str, int]]:
    for kind, hint, pattern in _KINDS:
        if hint not in text and hint.upper() not in text:
            continue
        for match in pattern.finditer(text):
            secret = match[1] if match.lastindex else match[0]
            if not _PLACEHOLDER.search(match[0]) and _bits_per_char(secret) >= _MIN_BITS:
                yield kind, secret, match.start()


def _bits_per_char(text: str) -> float:
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
