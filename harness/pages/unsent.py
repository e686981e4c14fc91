"""Events that a page waits for and nobody sends: `addEventListener("onclick", ...)`, `onClick = `.

A type that the browser does not know may still come from a script: of the page's own, in which its
name then stands once more, or of a library. So beside a library a name counts only where it is
another spelling of one that the browser knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.pages.document import Document
from runners.pages.evidence import PageEvidence

_BROWSER = """
    abort activate active addsourcebuffer addstream addtrack afterprint animationcancel
    animationend animationiteration animationstart appinstalled audioend audioprocess audiostart
    auxclick beforecopy beforecut beforeinput beforeinstallprompt beforematch beforepaste
    beforeprint beforetoggle beforeunload beforexrselect begin blocked blur boundary
    bufferedamountlow cancel canplay canplaythrough capturehandlechange change
    characterboundsupdate chargingchange chargingtimechange click close closing command complete
    compositionend compositionstart compositionupdate connect connecting connectionstatechange
    contentvisibilityautostatechange contextlost contextmenu contextrestored controllerchange
    copy cuechange currententrychange cut dataavailable datachannel dblclick devicechange
    deviceready devicelight devicemotion deviceorientation deviceorientationabsolute
    deviceproximity dischargingtimechange disconnect dispose downloadprogress drag dragend
    dragenter dragexit dragleave dragover dragstart drop durationchange emptied encrypted end
    endevent ended enter enterpictureinpicture error exit fetch finish focus focusin focusout
    formdata freeze fullscreenchange fullscreenerror gamepadconnected gamepaddisconnected
    gatheringstatechange geometrychange gesturechange gestureend gesturestart gotpointercapture
    hashchange icecandidate icecandidateerror iceconnectionstatechange icegatheringstatechange
    inactive input install invalid keydown keypress keystatuseschange keyup languagechange
    leavepictureinpicture levelchange load loadeddata loadedmetadata loadend loading loadingdone
    loadingerror loadstart location lostpointercapture mark message messageerror midimessage
    mousedown mouseenter mouseleave mousemove mouseout mouseover mouseup mousewheel mute
    navigate navigateerror navigatesuccess negotiationneeded nomatch notificationclick
    notificationclose offline online open orientationchange pagehide pagereveal pageshow
    pageswap paste pause play playing pointercancel pointerdown pointerenter pointerleave
    pointerlockchange pointerlockerror pointermove pointerout pointerover pointerrawupdate
    pointerup popstate prerenderingchange prioritychange processorerror progress promptaction
    promptdismiss push ratechange readystatechange rejectionhandled release remove
    removesourcebuffer removestream removetrack repeat repeatevent reset resize
    resourcetimingbufferfull result resume scroll scrollend scrollsnapchange scrollsnapchanging
    search securitypolicyviolation seeked seeking select selectedcandidatepairchange
    selectionchange selectstart show signalingstatechange slotchange soundend soundstart
    sourceclose sourceended sourceopen speechend speechstart squeeze stalled start statechange
    stop storage stream submit success suspend sync textformatupdate textupdate timeout
    timeupdate toggle tonechange touchcancel touchend touchmove touchstart track
    transitioncancel transitionend transitionrun transitionstart unhandledrejection unload
    unmute update updateend updatefound updatestart upgradeneeded userproximity
    validationstatuschange versionchange visibilitychange voiceschanged volumechange waiting
    waitingforkey wheel zoom
    """
_NATIVE = frozenset(_BROWSER.split())
"""Types that a browser sends: those with an `on...` property on any interface of Chromium 156, and
those of the standards, of other browsers and of their old versions that have none."""
_OTHERS = re.compile(
    r"(?:webkit|moz|ms|DOM|MS|Moz)[A-Za-z]+|o[A-Z][A-Za-z]+|textInput|beginEvent|\W+|.*[:.#/].*"
)
"""Prefixed ones, and such as parts of a page or its host agree upon."""
_MADE = re.compile(r"\bnew\s+\w*Event\(\s*(?:[^\s'\"`)]|`[^`]*\$\{)|\binit(?:Custom)?Event\b")
"""An event whose type is put together when it is sent."""
_SPELLED = re.compile(r"on(?=[A-Za-z])", re.I)
_PROPERTY = re.compile(r"\.(on[A-Z]\w*)\s*=(?![=>])")


def unsent(evidence: PageEvidence, document: Document) -> str:
    """What a page waits for in vain, in words; empty where there is nothing of the kind."""
    texts = [script.text for script in document.scripts if script.kind != "data"]
    libraries = any(e.kind in ("script", "module") for e in document.externals)
    if any(map(_MADE.search, texts)):
        return ""
    for kind in evidence.own_listeners:
        if _known(kind) or (libraries and not _misspelt(kind)):
            continue
        if _quoted(kind, texts) == document.listeners.get(kind):
            return f"listens for {kind!r}, which neither the browser nor a script sends"
    for name in () if libraries else _set_in_vain(texts):
        return f"sets {name}, which nothing calls: the browser knows {name.lower()}"
    return ""


def _known(kind: str) -> bool:
    return kind in _NATIVE or _OTHERS.fullmatch(kind) is not None


def _misspelt(kind: str) -> bool:
    plain = kind.lower()
    return plain in _NATIVE or _SPELLED.sub("", plain, count=1) in _NATIVE


def _quoted(kind: str, texts: list[str]) -> int:
    """How often a type stands as a literal, but for where listeners are taken away."""
    literal = rf"(['\"`]){re.escape(kind)}\1"
    return sum(
        len(re.findall(literal, text))
        - len(re.findall(rf"removeEventListener\(\s*{literal}", text))
        for text in texts
    )


def _set_in_vain(texts: list[str]) -> Iterator[str]:
    """Properties like `onClick` that are set, and that no text names otherwise."""
    whole = "\n".join(texts)
    for name in dict.fromkeys(_PROPERTY.findall(whole)):
        sets = sum(found == name for found in _PROPERTY.findall(whole))
        if name[2:].lower() in _NATIVE and sets == len(re.findall(rf"\b{name}\b", whole)):
            yield name
