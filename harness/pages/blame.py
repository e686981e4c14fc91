"""Whose an error is: the page's, or of something that we refuse or do not hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from harness.models import Reason
from harness.pages.score.base import UNCAUGHT
from runners.pages.evidence import Owner, PageError, PageEvidence, Phase

_OURS = re.compile(
    r"ResizeObserver loop|NotAllowedError|AbortError|NotSupportedError|permission|play\(\) request"
    r"|user gesture|Failed to fetch|NetworkError|Load failed|dynamically imported module"
    r"|^Script error\.?$|ServiceWorker",
    re.I,
)
"""What a visit without network, devices, permissions and a person makes of good pages."""
_UNDEFINED = re.compile(r"ReferenceError: ([\w$]+) is not defined")
_OPTIONAL = frozenset(
    [
        "SpeechRecognition",
        "webkitSpeechRecognition",
        "EyeDropper",
        "BarcodeDetector",
        "FaceDetector",
        "TextDetector",
        "LanguageModel",
        "Translator",
        "LanguageDetector",
        "Summarizer",
        "Writer",
        "Rewriter",
        "NDEFReader",
        "ai",
        "chrome",
        "showOpenFilePicker",
        "showSaveFilePicker",
        "showDirectoryPicker",
        "launchQueue",
        "IdleDetector",
        "WakeLock",
    ]
)
"""Names that some browsers have and a headless one has not."""
_MATERIAL = frozenset(
    {"script", "stylesheet", "fetch", "xhr", "document", "websocket", "eventsource"}
)
_CODE = frozenset({"script", "stylesheet"})


@dataclass(frozen=True, slots=True)
class Excuse:
    """Something that we did not give the page. `broke`: an uncaught error followed from a script
    that we do not hold, so that what was measured is not the page."""

    reason: Reason
    detail: str
    broke: bool = False


def charged(error: PageError) -> bool:
    """Whether an uncaught error counts against the page."""
    if error.owner is not Owner.PAGE or error.kind not in UNCAUGHT or _OURS.search(error.text):
        return False
    name = _UNDEFINED.search(error.text)
    return name is None or name[1] not in _OPTIONAL


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
        if e.kind in kinds and charged(e) and (phases is None or e.phase in phases) and only(e)
    ]
    return found[skip] if len(found) > skip else None


def excuse(evidence: PageEvidence) -> Excuse | None:
    """What we withheld that could matter: a script, a sheet or data, never a picture or font."""
    withheld = [r for r in evidence.requests if r.kind.lower() in _MATERIAL]
    miss = next((r for r in withheld if r.outcome == "miss"), None)
    foreign = next((r for r in withheld if r.outcome == "external"), None)
    request = miss or foreign
    if request is None:
        return None
    code = {
        r.url for r in withheld if r.outcome in ("miss", "external") and r.kind.lower() in _CODE
    }
    broke = any(
        e.owner is Owner.ENVIRONMENT and e.kind in UNCAUGHT and e.cause in code
        for e in evidence.errors
    )
    if miss is not None:
        return Excuse(Reason.CDN_MISS, f"{miss.url} is not held", broke)
    return Excuse(Reason.EXTERNAL_HOST, f"{request.url} is another server's", broke)
