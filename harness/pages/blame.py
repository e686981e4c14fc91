"""Whose an error is: the page's, or of something that we refuse or do not hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from harness.models import Reason
from harness.pages.score.base import OWN_ORIGIN, UNCAUGHT
from runners.pages.evidence import Owner, PageError, PageEvidence, Phase, Request

_OURS = re.compile(
    r"ResizeObserver loop|NotAllowedError|AbortError|NotSupportedError|permission|play\(\) request"
    r"|user gesture|Failed to fetch|NetworkError|Load failed|dynamically imported module"
    r"|^Script error\.?$|ServiceWorker",
    re.I,
)
"""What a visit without network, devices, permissions and a person makes of good pages."""
_UNDEFINED = re.compile(r"ReferenceError: ([\w$]+) is not defined")
_NAMES = """
    SpeechRecognition webkitSpeechRecognition EyeDropper BarcodeDetector FaceDetector TextDetector
    LanguageModel Translator LanguageDetector Summarizer Writer Rewriter NDEFReader ai chrome
    showOpenFilePicker showSaveFilePicker showDirectoryPicker launchQueue IdleDetector WakeLock
    """
_OPTIONAL = frozenset(_NAMES.split())
"""Names that some browsers have and a headless one has not."""
_CODE = frozenset({"script", "stylesheet"})
_MATERIAL = _CODE | {"fetch", "xhr", "document", "websocket", "eventsource", "other"}
_OBSERVERS = re.compile(
    r"//(?:[\w-]+\.)*(?:plausible\.io|google-analytics\.com|googletagmanager\.com|clarity\.ms"
    r"|cloudflareinsights\.com|hotjar\.com|segment\.(?:com|io)|sentry(?:-cdn)?\.(?:com|io)"
    r"|doubleclick\.net|googlesyndication\.com|umami\.(?:is|dev)|goatcounter\.com"
    r"|fathom\.com|usefathom\.com|posthog\.com|mixpanel\.com|heapanalytics\.com)/"
)
"""Hosts that watch visitors: no page needs one, so that none is an excuse."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """Something that we did not give the page. `broke`: an uncaught error followed from a script
    that we do not hold, so that what was measured is not the page."""

    reason: Reason
    detail: str
    broke: bool = False


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


def withheld(evidence: PageEvidence) -> list[Request]:
    """What the page asked for and was not given though it may exist: scripts and sheets first,
    those of public CDNs before those of other hosts, then a second file of the page's own."""
    asked = [
        r
        for r in evidence.requests
        if r.kind.lower() in _MATERIAL and not _OBSERVERS.search(r.url) and _why(r) is not None
    ]
    return sorted(asked, key=lambda r: (r.outcome != "miss", r.kind.lower() not in _CODE))


def _why(request: Request) -> Reason | None:
    """The reason of a refusal; None for what was given, or stands nowhere."""
    if request.outcome == "no_such_file" and request.url.startswith(OWN_ORIGIN):
        return Reason.MISSING_FILE
    return {"miss": Reason.CDN_MISS, "external": Reason.EXTERNAL_HOST}.get(request.outcome)


def undefined_name(error: PageError) -> str | None:
    """The name that an error says is not defined."""
    found = _UNDEFINED.search(error.text)
    return found[1] if found is not None and found[1] not in _OPTIONAL else None


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


def excuse(evidence: PageEvidence) -> Excuse | None:
    """What we withheld that could matter: a script, a sheet or data, never a picture or font."""
    asked = withheld(evidence)
    if not asked:
        return None
    first = asked[0]
    reason = _why(first) or Reason.EXTERNAL_HOST
    code = any(r.kind.lower() in _CODE for r in asked)
    broke = code and any(
        e.owner is Owner.ENVIRONMENT and e.kind in UNCAUGHT and e.cause for e in evidence.errors
    )
    told = {
        Reason.CDN_MISS: "is not held",
        Reason.MISSING_FILE: "is a second file, which was not given",
    }.get(reason, "is another server's")
    return Excuse(reason, f"{first.url[:200]} {told}", broke)
