"""PP116: pairs about authentication, cryptography or payments (S0-21)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from harness.checks._base import Example, Subject
from harness.models import Finding, Reason, Severity

_TOPICS: dict[str, re.Pattern[str]] = {
    "auth": re.compile(
        r"(?i)\b(?:authenticat\w*|authori[sz](?:e|es|ed|ation|ing)\b|oauth2?\b|jwts?\b|"
        r"json web token|log-?ins?\b|logged[- ]in\b|users?(?: to| can)? log in\b|sign-?in\b|"
        r"passwords?\b|passphrase|credentials?\b|two-factor|2fa\b|totp\b|single sign|saml\b|"
        r"(?:access|auth|session|bearer|api|csrf|reset|refresh|security|signed) tokens?\b|"
        r"api keys?\b|access control|privilege escalation|session hijack|role-based)"
    ),
    "crypto": re.compile(
        r"(?i)\b(?:(?:en|de)crypt\w*|cryptograph\w*|cipher\w*|aes\b|aes-?(?:128|256|gcm)|rsa\b|"
        r"hmac\b|digital signature|private keys?\b|public keys?\b|secret keys?\b|tls\b|ssl\b|"
        r"x\.?509|key derivation|bcrypt\b|scrypt\b|argon2\w*|pbkdf2\w*|elliptic curve|ed25519|"
        r"diffie|salted hash|one-time pad|blockchain|bitcoin|crypto wallet)"
    ),
    "payments": re.compile(
        r"(?i)\b(?:payments?\b|payment gateway|credit cards?\b|debit cards?\b|card numbers?\b|"
        r"cvv\b|paypal\b|stripe\b|checkout session|charge (?:a |the )?(?:card|customer)|"
        r"refunds?\b|iban\b|pci[- ]dss|wire transfers?|direct debit|merchant account)"
    ),
}
"""Words of an instruction, not of the code: "token", "sign", "author" and "hash" alone are none."""

_MODULES = {
    "ssl": "crypto", "hmac": "crypto", "jwt": "auth", "jose": "auth", "bcrypt": "crypto",
    "argon2": "crypto", "cryptography": "crypto", "Crypto": "crypto", "Cryptodome": "crypto",
    "nacl": "crypto", "passlib": "auth", "OpenSSL": "crypto", "rsa": "crypto", "ecdsa": "crypto",
    "authlib": "auth", "oauthlib": "auth", "requests_oauthlib": "auth", "ldap3": "auth",
    "flask_login": "auth", "stripe": "payments", "paypalrestsdk": "payments",
    "braintree": "payments", "square": "payments", "pyotp": "auth", "crypt": "auth",
}  # fmt: skip
_HASHLIB_ALONE = frozenset({"hashlib.pbkdf2_hmac", "hashlib.scrypt"})
_SECRET_NAMES = re.compile(r"(?i)(?:^|_)(?:password|passwd|credential|secret_key|private_key)")


class SensitiveTopic:
    """A pair about authentication, cryptography or payments, by its words and its imports.

    Why: models write code here that looks right and is not safe, so each such pair needs a person
    (S0-21). A checksum with hashlib, a lexer's tokens or an author's name are not such. Example:
    "Hash a password with bcrypt".
    """

    id: ClassVar[str] = "PP116"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            instruction="Hash a password and verify it later.",
            code="import hashlib\n",
            severity=Severity.REVIEW,
        ),
        Example(fires=True, instruction="Encrypt a text with AES.", code="x = 1\n"),
        Example(fires=True, instruction="Validate credit card numbers.", code="x = 1\n"),
        Example(fires=True, instruction="Do it.", code="import hmac\n"),
        Example(fires=True, code="def f(password):\n    return hash(password)\n"),
        Example(
            fires=False,
            instruction="Compute the SHA-256 checksum of a file to find duplicates.",
            code="import hashlib\ndef f(b):\n    return hashlib.sha256(b).hexdigest()\n",
        ),
        Example(
            fires=False,
            instruction="Write a lexer that yields tokens; list the authors of each book.",
            code="def f(tokens):\n    return tokens\n",
        ),
        Example(fires=False, instruction="Sign of a number; log in base 2.", code="x = 1\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One review, or one remark where the policy ignores sensitive topics."""
        found: dict[str, list[str]] = {}
        pair = subject.pair
        for text in (pair.instruction, pair.claims.topic):
            for topic, pattern in _TOPICS.items():
                words = {match[0].lower() for match in pattern.finditer(text)}
                if words:
                    found.setdefault(topic, []).extend(sorted(words)[:5])
        index = subject.code_index
        if index is not None:
            for path in sorted(set(index.imports.values()) | {p for p, _ in index.paths}):
                topic = _MODULES.get(path.split(".")[0]) or (
                    "crypto" if path in _HASHLIB_ALONE else ""
                )
                if topic:
                    evidence = f"import {path.split('.')[0]}"
                    if evidence not in found.setdefault(topic, []):
                        found[topic].append(evidence)
            names = sorted(name for name in index.bound if _SECRET_NAMES.search(name))
            if names:
                found.setdefault("auth", []).append(f"name {names[0]}")
        if found:
            ignored = subject.policy.sensitive == "ignore"
            yield Finding(
                rule=self.id,
                severity=Severity.INFO if ignored else Severity.REVIEW,
                reason="" if ignored else Reason.SENSITIVE_TOPIC,
                message=f"a sensitive topic: {', '.join(sorted(found))}",
                facts={"topics": sorted(found), "evidence": found},
            )
