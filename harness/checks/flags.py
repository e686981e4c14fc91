"""PP113, PP114, PP115: the self-flagged risks beside what the code shows (S0-15 to S0-17)."""

from __future__ import annotations

import ast
import ipaddress
import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

from harness.checks._base import Example, Subject
from harness.checks._topics import is_under
from harness.models import Finding, Severity

_SERVICES = frozenset({
    "requests", "httpx", "aiohttp", "urllib3", "urllib.request", "http.client",
    "socket.create_connection", "socket.socket", "socket.getaddrinfo", "socket.gethostbyname",
    "ftplib", "smtplib", "imaplib", "poplib", "telnetlib", "xmlrpc.client", "websocket",
    "websockets", "grpc", "paramiko", "boto3", "botocore", "openai", "anthropic",
    "google.cloud", "googleapiclient", "stripe", "twilio", "redis", "pymongo", "psycopg",
    "psycopg2", "pymysql", "mysql", "kafka", "pika", "elasticsearch",
    "ssl.create_default_context", "asyncio.open_connection", "webbrowser", "huggingface_hub",
    "ollama",
})  # fmt: skip
_VARYING = frozenset({
    "secrets", "uuid.uuid1", "uuid.uuid4", "os.urandom", "os.getpid", "time.time",
    "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "datetime.datetime.now",
    "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "random.SystemRandom", "threading.get_ident",
})  # fmt: skip
_SEEDED = frozenset({"random", "numpy.random"})
_SEEDS = frozenset({"random.seed", "numpy.random.seed", "random.Random", "numpy.random.default_rng",
                    "numpy.random.RandomState"})  # fmt: skip
_HARMLESS_RANDOM = frozenset(
    {"random.Random", "numpy.random.Generator", "numpy.random.RandomState"}
)
_URL = re.compile(
    r"\b(?:https?|wss?|ftp)://(?:[^\s/@]+@)?(\[[0-9a-fA-F:]+\]|[\w.-]+)", re.IGNORECASE
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@([\w-]+(?:\.[\w-]+)+)\b")
_UUID = re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b")
_ARN = re.compile(r"\barn:aws[\w-]*:[\w-]+:[\w-]*:\d{12}:\S+")
_PHONE = re.compile(r"(?<![\w+])\+\d{1,3}[ .-]?\(?\d{2,4}\)?(?:[ .-]?\d{2,4}){2,3}\b")
_ADDRESS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_RESERVED_NAMES = re.compile(
    r"(?i)(?:^|\.)(?:example(?:\.(?:com|net|org|edu))?|test|invalid|localhost|local|internal|"
    r"localdomain)$"
)
_STANDARD_HOSTS = re.compile(
    r"(?i)(?:^|\.)(?:w3\.org|xmlsoap\.org|json-schema\.org|python\.org|schema\.org|ietf\.org|"
    r"wikipedia\.org|purl\.org|openxmlformats\.org|rfc-editor\.org)$"
)
_DOCUMENTED_NETS = tuple(
    ipaddress.ip_network(net)
    for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
_MAX_EVIDENCE = 5


def _flag(
    subject: Subject, rule: str, flag: str, evidence: list[tuple[str, int]]
) -> Iterator[Finding]:
    """A remark where claim and measurement agree on the flag, a warning where they differ."""
    claims = subject.pair.claims
    claimed, measured = flag in claims.risks, bool(evidence)
    if not claimed and not measured:
        return
    says_anything = bool(claims.risks or claims.difficulty or claims.estimated_loc is not None)
    differ = claimed != measured and says_anything
    said = "claimed" if claimed else "not claimed"
    found = "found" if measured else "not found"
    yield Finding(
        rule=rule,
        severity=Severity.WARN if differ else Severity.INFO,
        message=f"{flag}: {said}, {found} in the text",
        line=min((line for _, line in evidence), default=0),
        facts={
            "flag": flag,
            "claimed": claimed,
            "measured": measured,
            "evidence": [what for what, _ in evidence[:_MAX_EVIDENCE]],
        },
    )


class ExternalApi:
    """`uses_external_api`, claimed or found: imports and calls of network and service clients.

    Why: self-flags are claims (S0-15); the sandbox's own log decides, this is the text's evidence.
    Example: `requests.get(url)` without the flag.
    """

    id: ClassVar[str] = "PP113"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="import urllib.request\ndef f(u):\n    return urllib.request.urlopen(u)\n",
            claims={"difficulty": "easy"},
            severity=Severity.WARN,
        ),
        Example(
            fires=True,
            code="import requests\nrequests.get('http://example.com')\n",
            claims={"risks": ("uses_external_api",)},
            severity=Severity.INFO,
        ),
        Example(fires=True, code="x = 1\n", claims={"risks": ("uses_external_api",)}),
        Example(fires=False, code="import urllib.parse\nx = urllib.parse.quote('a')\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One finding with claim, measurement and evidence."""
        index = subject.code_index
        if index is not None:
            used = [(is_under(p, _SERVICES), n.lineno) for p, n in index.paths]
            evidence = list(dict.fromkeys((name, line) for name, line in used if name))
            yield from _flag(subject, self.id, "uses_external_api", evidence)


class NonDeterministic:
    """`non_deterministic`, claimed or found: chance without a seed, the clock, fresh identifiers.

    Why: self-flags are claims (S0-16); repeated runs decide. A fixed seed makes chance repeatable.
    Example: `random.choice(xs)` without the flag.
    """

    id: ClassVar[str] = "PP114"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="import random\ndef f(xs):\n    return random.choice(xs)\n",
            claims={"difficulty": "easy"},
            severity=Severity.WARN,
        ),
        Example(fires=True, code="from uuid import uuid4\ndef f():\n    return str(uuid4())\n"),
        Example(
            fires=True,
            code="import time\ndef f():\n    return time.time()\n",
            claims={"risks": ("non_deterministic",)},
            severity=Severity.INFO,
        ),
        Example(
            fires=False,
            code="import random\nrandom.seed(7)\ndef f(xs):\n    return random.choice(xs)\n",
        ),
        Example(fires=False, code="import time\ndef f():\n    time.sleep(1)\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One finding with claim, measurement and evidence."""
        index = subject.code_index
        if index is None:
            return
        seeded = any(
            index.dotted(call.func) in _SEEDS
            and call.args
            and isinstance(call.args[0], ast.Constant)
            and call.args[0].value is not None
            for call in index.all(ast.Call)
        )
        evidence: list[tuple[str, int]] = []
        for path, node in index.paths:
            called = isinstance(index.parent.get(node), ast.Call)
            chance = bool(is_under(path, _SEEDED)) and path not in _HARMLESS_RANDOM | _SEEDS
            if is_under(path, _VARYING) or (chance and called and not seeded):
                evidence.append((path, node.lineno))
        yield from _flag(subject, self.id, "non_deterministic", evidence)


class FabricatedSpecific:
    """`fabricated_specific`, claimed or found: addresses and identifiers outside reserved ranges.

    Why: invented hosts, mail addresses and accounts may belong to somebody (S0-17). RFC 2606 names
    and RFC 5737 addresses are made for examples; nothing is looked up. Example:
    `"https://api.acme-weather.io/v1"` without the flag.
    """

    id: ClassVar[str] = "PP115"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="URL = 'https://api.acme-weather.io/v1'\n",
            claims={"difficulty": "easy"},
            severity=Severity.WARN,
        ),
        Example(fires=True, code="TO = 'jane.roe@acme-mail.com'\n"),
        Example(fires=True, code="A = 'arn:aws:iam::123456789012:user/jane'\n"),
        Example(fires=True, code="HOST = '93.184.216.34'\n"),
        Example(
            fires=False,
            code="A = 'https://example.com/a'\nB = 'me@example.org'\nC = '192.0.2.7'\n"
            "D = '127.0.0.1'\nE = 'http://www.w3.org/2000/svg'\nF = '10.0.0.1'\n"
            "G = 'http://localhost:80'\nH = '1.2.3'\nI = 'a@b'\n",
        ),
        Example(
            fires=False, code="def f(x):\n    '''See https://acme-weather.io.'''\n    return x\n"
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One finding with claim, measurement and evidence."""
        index = subject.code_index
        if index is None:
            return
        prose = index.docstrings()
        evidence: list[tuple[str, int]] = []
        for constant in index.all(ast.Constant):
            text = constant.value
            if isinstance(text, str) and len(text) >= 7 and constant not in prose:
                evidence += [(what, constant.lineno) for what in _specifics(text[:5000])]
        evidence = list(dict.fromkeys(evidence))
        yield from _flag(subject, self.id, "fabricated_specific", evidence)


def _specifics(text: str) -> Iterator[str]:
    if "://" in text:
        for match in _URL.finditer(text):
            if not _is_reserved(match[1].strip("[]")):
                yield f"URL {match[0]}"
    if "@" in text:
        for match in _EMAIL.finditer(text):
            if not _is_reserved(match[1]):
                yield f"e-mail {match[0]}"
    if text.count("-") >= 4:
        for match in _UUID.finditer(text):
            if len(set(match[0].replace("-", ""))) > 2:
                yield f"UUID {match[0]}"
    if "arn:aws" in text:
        yield from (f"ARN {match[0]}" for match in _ARN.finditer(text))
    if "+" in text:
        for match in _PHONE.finditer(text):
            if "555" not in match[0]:
                yield f"phone {match[0]}"
    if text.count(".") >= 3 and "://" not in text:
        for match in _ADDRESS.finditer(text):
            if not _is_reserved(match[0]):
                yield f"address {match[0]}"


def _is_reserved(host: str) -> bool:
    """Whether a host is made for examples, private, or a standard's own name space."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        bare = host.rstrip(".")
        if bare.replace(".", "").isdigit():
            return True
        known = _RESERVED_NAMES.search(bare) or _STANDARD_HOSTS.search(bare)
        return bool(known) or "." not in bare
    if not address.is_global:
        return True
    return any(address in net for net in _DOCUMENTED_NETS if net.version == address.version)
