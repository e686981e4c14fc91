"""Whose an error is: the page's, or of something that we refuse or do not hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from harness.models import Reason
from harness.pages.document import Document
from harness.pages.score.base import BEFORE, OWN_ORIGIN, UNCAUGHT
from runners.pages.evidence import Owner, PageError, PageEvidence, Phase, Request

_OURS = re.compile(
    r"ResizeObserver loop|NotAllowedError|AbortError|NotSupportedError|permission|play\(\) request"
    r"|user gesture|Failed to fetch|NetworkError|Load failed|dynamically imported module"
    r"|^Script error\.?$|ServiceWorker",
    re.I,
)
"""What a visit without network, devices, permissions and a person makes of good pages."""
_UNDEFINED = re.compile(r"ReferenceError: ([\w$]+) is not defined")
_LATE = re.compile(
    r"JSON|Failed to execute|is not a valid selector|regular expression|provide an export"
)
_EXPORT = re.compile(r"SyntaxError: .*provide an export")
_NAMES = """
    SpeechRecognition webkitSpeechRecognition EyeDropper BarcodeDetector FaceDetector TextDetector
    LanguageModel Translator LanguageDetector Summarizer Writer Rewriter NDEFReader ai chrome
    showOpenFilePicker showSaveFilePicker showDirectoryPicker launchQueue IdleDetector WakeLock
    """
_OPTIONAL = frozenset(_NAMES.split())
"""Names that some browsers have and a headless one has not."""
_CODE = frozenset({"script", "stylesheet"})
_MATERIAL = _CODE | {"fetch", "xhr", "document", "websocket", "eventsource", "other"}
_STYLISTS = re.compile(r"tailwind|unocss|twind|windi|styled|emotion|stylis|antd|material", re.I)
"""Scripts that make style rules."""
_NEEDLESS = re.compile(
    r"//(?:[\w-]+\.)*(?:plausible\.io|google-analytics\.com|googletagmanager\.com|clarity\.ms"
    r"|cloudflareinsights\.com|hotjar\.com|segment\.(?:com|io)|sentry(?:-cdn)?\.(?:com|io)"
    r"|doubleclick\.net|googlesyndication\.com|umami\.(?:is|dev)|goatcounter\.com"
    r"|fathom\.com|usefathom\.com|posthog\.com|mixpanel\.com|heapanalytics\.com)/"
    r"|^https?://fonts\.(?:googleapis\.com|bunny\.net)/"
)
"""Hosts that watch visitors, or give nothing but fonts: no page needs one, none is an excuse."""


class Scope(StrEnum):
    """What a fault may be excused by, where it was withheld."""

    NOTHING = "nothing"
    STYLE = "style"
    """A style sheet, or a script that makes style rules."""
    LOADING = "loading"
    """Scripts, sheets and data that the page asked for before anybody acted."""
    SIGHT = "sight"
    """Those, and a device that the page asked for."""
    BYTES = "bytes"
    """What was asked for while loading, and code that was answered with other bytes."""
    EVER = "ever"
    """Whatever was withheld, also after an action."""
    ANYTHING = "anything"
    """That, and a device."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """Something that we did not give the page, and the reason that it makes."""

    reason: Reason
    detail: str


def charged(error: PageError, evidence: PageEvidence) -> bool:
    """Whether an uncaught error counts against the page.

    One that the visit calls the environment's counts too where nothing was withheld but scripts
    that watch visitors: an error does not follow from those.
    """
    if error.kind not in UNCAUGHT or error.owner is Owner.LIBRARY or _OURS.search(error.text):
        return False
    if error.owner is Owner.ENVIRONMENT and (not error.cause or withheld(evidence)):
        return False
    name = _UNDEFINED.search(error.text)
    return name is None or name[1] not in _OPTIONAL


def own_errors(evidence: PageEvidence, *phases: Phase) -> list[PageError]:
    """The uncaught errors that count against the page, of some phases or of all."""
    return [
        error
        for error in evidence.errors
        if charged(error, evidence) and (not phases or error.phase in phases)
    ]


def withheld(evidence: PageEvidence, scope: Scope = Scope.EVER) -> list[Request]:
    """What the page asked for and was not given though it may exist: what a public CDN has first,
    then scripts and sheets, then the rest. Pictures, fonts and watchers of visitors never count."""
    asked = [
        r
        for r in evidence.requests
        if r.kind.lower() in _MATERIAL
        and not _NEEDLESS.search(r.url)
        and (_why(r) is not None or (scope is Scope.BYTES and _differs(r)))
        and _within(r, scope)
    ]
    return sorted(asked, key=lambda r: (r.outcome != "miss", r.kind.lower() not in _CODE))


def _within(request: Request, scope: Scope) -> bool:
    if scope in (Scope.EVER, Scope.ANYTHING):
        return True
    if scope is Scope.NOTHING or request.phase not in BEFORE:
        return False
    styles = request.kind.lower() == "stylesheet" or bool(_STYLISTS.search(request.url))
    return styles or scope is not Scope.STYLE


def _differs(request: Request) -> bool:
    """Whether another version, or bytes that were made otherwise, stood in for code."""
    return request.outcome == "approximate" and request.kind.lower() in _CODE


def _why(request: Request) -> Reason | None:
    """The reason of a refusal; None for what was given, or stands nowhere."""
    if request.outcome == "no_such_file" and request.url.startswith(OWN_ORIGIN):
        return Reason.MISSING_FILE
    return {"miss": Reason.CDN_MISS, "external": Reason.EXTERNAL_HOST}.get(request.outcome)


def is_syntax(error: PageError) -> bool:
    """Whether a script does not parse. JSON, selectors and expressions built at run time give
    errors of the same class, and a module's missing export is found when it is linked."""
    return error.kind == "syntax" and not _LATE.search(error.text)


def undefined_name(error: PageError) -> str | None:
    """The name that an error says is not defined."""
    found = _UNDEFINED.search(error.text)
    return found[1] if found is not None and found[1] not in _OPTIONAL else None


def hopeless(error: PageError) -> bool:
    """Whether no input makes it right: a name that nothing defines, or a function that calls itself
    until there is no more room."""
    return undefined_name(error) is not None or "Maximum call stack size" in error.text


def first_error(
    evidence: PageEvidence,
    *,
    kinds: Collection[str] = UNCAUGHT,
    phases: Collection[Phase] | None = None,
    skip: int = 0,
    only: Callable[[PageError], bool] = lambda _: True,
) -> PageError | None:
    """The first error that counts against the page, after as many as are forgiven."""
    found = [
        e
        for e in evidence.errors
        if e.kind in kinds
        and charged(e, evidence)
        and (phases is None or e.phase in phases)
        and only(e)
    ]
    return found[skip] if len(found) > skip else None


def excuse(evidence: PageEvidence, scope: Scope) -> Excuse | None:
    """What we withheld that could be behind a fault of this scope."""
    asked = withheld(evidence, scope)
    if asked:
        return _excuse(asked[0])
    if scope in (Scope.SIGHT, Scope.ANYTHING) and evidence.attempts.get("devices"):
        return Excuse(Reason.NO_DEVICE, "asks for a camera, a microphone, a place or the like")
    return None


def _excuse(asked: Request) -> Excuse:
    reason = _why(asked) or Reason.CDN_MISS
    told = {
        Reason.CDN_MISS: "stands in for other bytes" if _differs(asked) else "is not held",
        Reason.MISSING_FILE: "is a second file, which was not given",
    }.get(reason, "is another server's")
    return Excuse(reason, f"{asked.url[:200]} {told}")


def unmeasured(evidence: PageEvidence, document: Document) -> Excuse | None:
    """Why a visit says nothing of the page: a script that we withheld ended its own code.

    Seen by an uncaught error that follows from it, or by functions of the text of which the browser
    never compiled one: a module whose import fails is not run, and throws nothing. No sheet keeps a
    script from running.
    """
    linked = next((e for e in evidence.errors if _EXPORT.search(e.text)), None)
    if linked is not None and any(r.outcome in ("hit", "approximate") for r in evidence.requests):
        return Excuse(Reason.CDN_MISS, f"a module of the store has other exports: {linked.text}")
    scripts = [r for r in withheld(evidence, Scope.LOADING) if r.kind.lower() == "script"]
    if not scripts:
        return None
    thrown = any(
        e.owner is Owner.ENVIRONMENT and e.kind in UNCAUGHT and e.cause and e.phase in BEFORE
        for e in evidence.errors
    )
    idle = document.functions > 0 and evidence.coverage.get("functions") == 0
    return _excuse(scripts[0]) if thrown or idle else None
