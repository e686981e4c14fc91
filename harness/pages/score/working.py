"""Whether a page is proved not to work: then no good looks carry its score over a filter."""

from __future__ import annotations

from harness.pages.blame import Scope, excuse, own_errors
from harness.pages.document import Document
from harness.pages.policy import PagePolicy
from harness.pages.score.base import BEFORE
from harness.pages.styling import styling, unstyled
from harness.pages.targets import lost_targets
from harness.pages.wiring import disconnected, wiring
from runners.pages.evidence import PageEvidence

CAP = 59.0
"""Total of a page that does not work: well under FrontCoder's 80, over the 0 of the gates."""


def broken(evidence: PageEvidence, document: Document) -> str:
    """What of the page does not work, by measured fact, in words: an uncaught error of its own
    before any action, controls that nothing is connected to, an id that scripts use and no element
    has, classes without a rule. Empty where nothing is proved, or where what we withheld may be
    behind it.
    """

    def ours(scope: Scope) -> bool:
        return excuse(evidence, scope) is not None

    errors = own_errors(evidence, *BEFORE)
    if errors and not ours(Scope.BYTES):
        return f"throws before any action: {errors[0].text[:120]}"
    loose = disconnected(wiring(evidence, document), PagePolicy())
    if loose and not ours(Scope.LOADING):
        return loose
    lost = lost_targets(evidence, document)
    if lost:
        return f"scripts ask for #{lost[0]}, which no element has"
    asked = unstyled(evidence, document) and styling(evidence, document).asked
    return "classes, and no style rule" if asked and not ours(Scope.STYLE) else ""
