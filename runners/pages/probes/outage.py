"""Faults of the surroundings: storage denied, requests that fail, no network."""

from __future__ import annotations

import re

from runners.pages.evidence import Action, Fault
from runners.pages.probes.fresh import reload
from runners.pages.probes.witness import Witness, skipped
from runners.pages.tab import guest

_STORES = re.compile(rb"\b(?:localStorage|sessionStorage|indexedDB)\b")
_ASKS_ONLINE = re.compile(rb"\bonLine\b|['\"](?:on|off)line['\"]|\bon(?:off|on)line\b")
_MOST_AGAIN = 2
_AFTER_MS = 200


def storage_denied(witness: Witness) -> Fault:
    """Load the page anew with storage that throws, and repeat what wrote to it before."""
    name = "storage_denied"
    if not _STORES.search(witness.scene.order.page):
        return skipped(name, "the page's text names no storage")
    tab = witness.tab
    witness.begin()
    script = tab.call("Page.addScriptToEvaluateOnNewDocument", {"source": guest("deny.js")})
    loaded = reload(tab)
    saved = [a for a in witness.scene.evidence.actions if a.effect.storage][:_MOST_AGAIN]
    repeated = witness.again(saved)
    told = witness.tell(name, f"{repeated} of {len(saved)} saving actions repeated")
    tab.call("Page.removeScriptToEvaluateOnNewDocument", {"identifier": str(script["identifier"])})
    return told if loaded else skipped(name, "the page did not load a second time")


def fetch_fails(witness: Witness) -> Fault:
    """Repeat what asked the network, while every such request fails."""
    name = "fetch_fails"
    if not _fetched(witness):
        return skipped(name, "the page made no request of its own")
    asked = _asked(witness)
    if not asked:
        return _at_load(witness)
    witness.begin()
    gate = witness.tab.gate
    gate.failing = "Failed"
    repeated = witness.again(asked)
    witness.tab.clock.advance(_AFTER_MS, 60)
    gate.failing = ""
    return witness.tell(name, f"{repeated} of {len(asked)} asking actions repeated", network=True)


def offline(witness: Witness) -> Fault:
    """Tell the page that the network is gone, repeat what asked it, and bring it back."""
    name = "offline"
    minds = bool(_ASKS_ONLINE.search(witness.scene.order.page))
    if not minds and not _fetched(witness):
        return skipped(name, "the page neither asks the network nor whether there is one")
    tab, asked = witness.tab, _asked(witness)
    witness.begin()
    gate = tab.gate
    gate.failing = "InternetDisconnected"
    lost = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    tab.call("Network.emulateNetworkConditions", lost)
    tab.clock.advance(_AFTER_MS, 60)
    repeated = witness.again(asked)
    if repeated:
        tab.clock.advance(_AFTER_MS, 60)
    told = witness.tell(name, f"{repeated} of {len(asked)} asking actions repeated", network=True)
    gate.failing = ""
    tab.call("Network.emulateNetworkConditions", {**lost, "offline": False})
    tab.clock.advance(_AFTER_MS, 60)
    return told


def _at_load(witness: Witness) -> Fault:
    """No action to repeat; what the page made of refused requests is known already."""
    name = "fetch_fails"
    refused = [
        r for r in witness.tab.gate.requests()
        if r.kind in ("XHR", "Fetch") and r.outcome in ("external", "miss", "refused")
    ]  # fmt: skip
    if not refused:
        return skipped(name, "no action repeats the page's requests, and none was refused")
    view, lost = witness.view(), witness.lost()
    detail = "; ".join(["refused during the visit", *(error.text[:120] for error in lost[:2])])
    return Fault(name=name, errors=len(lost), shown=not view.blank, blank=view.blank, detail=detail)


def _fetched(witness: Witness) -> bool:
    return any(r.kind in ("XHR", "Fetch") for r in witness.tab.gate.requests())


def _asked(witness: Witness) -> list[Action]:
    found = (a for a in witness.scene.evidence.actions if a.effect.requests)
    return [a for a in found if a.kind in ("click", "submit", "check")][:_MOST_AGAIN]
