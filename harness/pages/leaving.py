"""Pages that lead away by themselves: who opens one sees another document in its place.

A visit stays where it is, whatever a page asks for, so that nothing else shows it.
"""

from __future__ import annotations

import re

from harness.pages.score.base import BEFORE, OWN_ORIGIN
from runners.pages.evidence import PageEvidence

_HOST = re.escape(OWN_ORIGIN.split("/")[2])
_ITSELF = re.compile(rf"https?://{_HOST}(?::\d+)?/?(?:[?#].*)?", re.DOTALL)


def leads_to(evidence: PageEvidence) -> str:
    """The first other address that the page asks for in its own place before anybody acts; empty
    where there is none. To load itself again, with other parameters say, is no leaving."""
    for request in evidence.requests:
        early = request.outcome == "navigation" and request.phase in BEFORE
        if early and _ITSELF.fullmatch(request.url) is None:
            return request.url
    return ""
