"""Pages that lead away by themselves: who opens one sees another document in its place.

A visit stays where it is, whatever else a page asks for, so that nothing else shows it.
"""

from __future__ import annotations

import re

from harness.pages.score.base import BEFORE, OWN_ORIGIN
from runners.pages.evidence import PageEvidence

_HOST = re.escape(OWN_ORIGIN.split("/")[2])
_ITSELF = re.compile(rf"https?://{_HOST}(?::\d+)?/?(?:[?#].*)?", re.DOTALL)


def leaves(evidence: PageEvidence) -> str:
    """How the page leaves before anybody acts; empty where it stays.

    To load itself again, with other parameters say, is no leaving: such a page was followed until
    it came to rest. One that does not is never seen.
    """
    if evidence.attempts.get("restless"):
        return "loads itself again and again before anybody acts"
    if evidence.attempts.get("leaves_late"):
        return "leads away after a while, though nobody acts"
    for request in evidence.requests:
        early = request.outcome == "navigation" and request.phase in BEFORE
        if early and not is_itself(request.url):
            return f"leads away to {request.url} before anybody acts"
    return ""


def is_itself(url: str) -> bool:
    """Whether an address is the page's own, whatever the parameters."""
    return _ITSELF.fullmatch(url) is not None
