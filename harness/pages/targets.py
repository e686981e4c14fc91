"""Elements that scripts ask for by id and that never exist."""

from __future__ import annotations

import re

from harness.pages.blame import charged
from harness.pages.document import Document
from runners.pages.evidence import PageEvidence

_NULL = re.compile(r"TypeError: (?:Cannot (?:read|set) propert|.* is null)")


def lost_targets(evidence: PageEvidence, document: Document) -> list[str]:
    """Ids that scripts look up, that the text never makes, and that stand in no document seen.

    An id of which only labels and ARIA attributes speak is a lesser matter and left to the score.
    """
    seen = {str(name) for name in evidence.words.get("ids", ()) or ()}
    asked = [m.id for m in document.missing_ids if m.by == "script" and m.id not in seen]
    return list(dict.fromkeys(asked))


def null_errors(evidence: PageEvidence) -> list[str]:
    """Errors of the page's own that come of an element which was not found."""
    return [e.text for e in evidence.errors if charged(e) and _NULL.search(e.text)]
