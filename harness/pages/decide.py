"""The decision table of pages: what was measured becomes a verdict. Pure and total.

Each row looks for one fault. A fault that something of ours could have caused (a URL that we did
not hold, a host that we refuse) is excused where such a thing happened: the page stays unscored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.decide import Decision
from harness.models import CaseLine, Reason, VerdictStatus
from harness.pages.blame import (
    Excuse,
    Scope,
    excuse,
    first_error,
    hopeless,
    is_syntax,
    unmeasured,
)
from harness.pages.cases import SURE
from harness.pages.document import Document
from harness.pages.doubts import doubt
from harness.pages.leaving import leaves
from harness.pages.policy import PagePolicy
from harness.pages.score.base import BEFORE, OWN_ORIGIN
from harness.pages.score.network import NEVER
from harness.pages.sight import sight
from harness.pages.styling import Styling, styling
from harness.pages.targets import lost_targets
from harness.pages.unheard import unheard
from harness.pages.wiring import disconnected, wiring
from runners.pages.evidence import End, PageError, PageEvidence, Phase

_ENDS = {
    End.HANG: Reason.TIMEOUT,
    End.CRASH: Reason.CRASH,
    End.MEMORY: Reason.MEMORY,
    End.NO_FRAME: Reason.BLANK,
}
_LATE = frozenset({Phase.KEYBOARD, Phase.EXPLORE, Phase.LINGER})
_ASKED = 3
"""So many classes without any rule are no accident."""


@dataclass(frozen=True, kw_only=True)
class PageMeasured:
    """All that is known of a page when nothing more will be run.

    `visits`: each in a fresh context; after an end that is not `measured` the next one in a fresh
    browser. `cases`: of the sketch, compared by the host; `weak`: why they prove nothing though
    they hold; `later`: the visit that gave them more time. `score` and `coverage`: measured total
    and share of weights, where they were computed; the policy may ask for them.
    """

    document: Document
    visits: Sequence[PageEvidence]
    cases: Sequence[CaseLine] = ()
    weak: str = ""
    later: PageEvidence | None = None
    score: float | None = None
    coverage: float | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """One row's finding. `excused_by`: what of ours may be behind it."""

    reason: Reason
    detail: str
    status: VerdictStatus = VerdictStatus.REJECTED
    excused_by: Scope = Scope.LOADING


Row = Callable[[PageEvidence, Document, PagePolicy], Fault | None]


def decide_page(measured: PageMeasured, policy: PagePolicy) -> Decision:
    """The verdict. The text is asked first, then the ends, then every visit by itself; visits that
    disagree leave the page to a person."""
    document = measured.document
    for fault in (_truncated(document), _doctype(document, policy), _closing(document, policy)):
        if fault is not None and fault.status is VerdictStatus.REJECTED:
            return _given(fault)
    ended = _ended(measured, policy)
    if ended is not None:
        return ended
    decisions = [
        _visit(visit, measured, policy) for visit in measured.visits if visit.end is End.MEASURED
    ]
    first = decisions[0]
    other = next((d for d in decisions if d.status is not first.status), None)
    if other is not None:
        return Decision(
            VerdictStatus.REVIEW,
            (Reason.NONDETERMINISTIC,),
            f"two visits differ: {first.detail}; {other.detail}",
        )
    return first


def _visit(evidence: PageEvidence, measured: PageMeasured, policy: PagePolicy) -> Decision:
    """The verdict by one visit that was measured to its end."""
    document = measured.document
    found = [row(evidence, document, policy) for row in _ROWS]
    faults = [fault for fault in found if fault is not None]
    rejecting = [f for f in faults if f.status is VerdictStatus.REJECTED]
    void = unmeasured(evidence, document)
    excuses = [(f, excuse(evidence, f.excused_by)) for f in rejecting]
    solid = [f for f, ours in excuses if ours is None and (void is None or _proved(f))]
    if solid:
        reasons = tuple(dict.fromkeys(f.reason for f in solid))
        return Decision(VerdictStatus.REJECTED, reasons, solid[0].detail)
    for fault, ours in excuses:
        if ours is not None:
            return _excused(ours, fault)
    if void is not None:
        return _excused(void, rejecting[0] if rejecting else None)
    led = _leaving(evidence, policy)
    if led is not None:  # what a case found after that is of a page that nobody sees
        return _given(led)
    failed = _cases(measured)
    if failed is not None:
        return _by_cases(failed, evidence, measured)
    faults += [f for f in (_doctype(document, policy), _closing(document, policy)) if f is not None]
    if faults:
        return _given(faults[0])
    odd = doubt(evidence, document)
    if odd is not None:
        return Decision(VerdictStatus.REVIEW, (odd[0],), odd[1])
    return _asked(measured, policy)


def _by_cases(failed: Fault, evidence: PageEvidence, measured: PageMeasured) -> Decision:
    """A case that does not hold, where nothing else is wrong: what we withheld may be behind it."""
    told = (excuse(visit, failed.excused_by) for visit in (evidence, measured.later) if visit)
    ours = next((each for each in told if each is not None), None)
    return _given(failed) if ours is None else _excused(ours, failed)


def _proved(fault: Fault) -> bool:
    """Whether a fault stands even where the page's own code was not run to its end."""
    return fault.excused_by in (Scope.NOTHING, Scope.STYLE)


def _given(fault: Fault) -> Decision:
    return Decision(fault.status, (fault.reason,), fault.detail)


def _excused(ours: Excuse, fault: Fault | None) -> Decision:
    then = f" ({fault.reason.value}: {fault.detail})" if fault is not None else ""
    return Decision(VerdictStatus.UNSCORED, (ours.reason,), f"{ours.detail}{then}")


def _asked(measured: PageMeasured, policy: PagePolicy) -> Decision:
    """What the policy asks of a page without a fault."""
    if measured.weak:
        return Decision(VerdictStatus.REVIEW, (Reason.NEEDS_TESTS,), measured.weak)
    passed = sum(line.outcome == "passed" for line in measured.cases)
    if policy.require_cases and not passed:
        return Decision(VerdictStatus.REVIEW, (Reason.NEEDS_TESTS,), "no case of the page was run")
    if measured.coverage is not None and measured.coverage < policy.min_coverage:
        return Decision(
            VerdictStatus.REVIEW,
            (Reason.NEEDS_TESTS,),
            f"{measured.coverage:.0%} of the score's weights applied, "
            f"the policy asks for {policy.min_coverage:.0%}",
        )
    if measured.score is not None and measured.score < policy.min_score:
        return Decision(
            VerdictStatus.REVIEW,
            (Reason.LOW_SCORE,),
            f"scores {measured.score}, the policy asks for {policy.min_score}",
        )
    return Decision(VerdictStatus.ACCEPTED, (), "rendered, exercised, and no fault found")


def _ended(measured: PageMeasured, policy: PagePolicy) -> Decision | None:
    """Hangs and crashes: a fact once they were seen twice. None leaves the measured visits."""
    ends = [visit for visit in measured.visits if visit.end is not End.MEASURED]
    fine = [visit for visit in measured.visits if visit.end is End.MEASURED]
    if not measured.visits:
        return Decision(
            VerdictStatus.UNSCORED, (Reason.INTERNAL_ERROR,), "the page was never visited"
        )
    if not ends or len(fine) > len(ends):
        return None
    first = ends[0]
    detail = f"{first.end.value} in phase {first.detail}"
    drawn = max(
        v.motion.gl_calls + v.runtime.get("gl_calls", 0) + v.attempts.get("gl_calls", 0)
        for v in measured.visits
    )
    if drawn and fine:
        # the repeated visit was given the time that drawing without a graphics card takes
        return None
    if drawn:
        return Decision(
            VerdictStatus.UNSCORED,
            (Reason.SOFTWARE_GL,),
            f"draws with WebGL, which is done by the processor here; {detail}",
        )
    told = (excuse(visit, Scope.LOADING) for visit in ends)
    ours = next((one for one in told if one is not None), None)
    if ours is not None:
        return _excused(ours, Fault(_ENDS[first.end], detail))
    if fine:
        return Decision(
            VerdictStatus.REVIEW, (Reason.NONDETERMINISTIC,), f"in one visit only: {detail}"
        )
    if len(ends) < policy.ends_to_confirm:
        return Decision(
            VerdictStatus.REVIEW,
            (Reason.AMBIGUOUS,),
            f"seen in {len(ends)} of {policy.ends_to_confirm} visits: {detail}",
        )
    return Decision(VerdictStatus.REJECTED, (_ENDS[first.end],), detail)


def _truncated(document: Document) -> Fault | None:
    if document.cut is None:
        return None
    detail = f"line {document.cut.line}: {document.cut.detail}"
    return Fault(Reason.TRUNCATED, detail, excused_by=Scope.NOTHING)


def _leaving(evidence: PageEvidence, policy: PagePolicy) -> Fault | None:
    detail = leaves(evidence)
    return _by_word(policy.leads_away, Reason.LEADS_AWAY, detail) if detail else None


def _by_word(word: str, reason: Reason, detail: str) -> Fault | None:
    if word not in ("review", "reject"):
        return None
    status = VerdictStatus.REJECTED if word == "reject" else VerdictStatus.REVIEW
    return Fault(reason, detail, status, excused_by=Scope.NOTHING)


def _doctype(document: Document, policy: PagePolicy) -> Fault | None:
    if document.doctype:
        return None
    return _by_word(policy.doctype, Reason.MALFORMED, "no <!doctype html>: quirks mode")


def _closing(document: Document, policy: PagePolicy) -> Fault | None:
    if document.closed or document.fragment:
        return None
    return _by_word(policy.closing, Reason.MALFORMED, "neither </body> nor </html> is written")


def _syntax(evidence: PageEvidence, _: Document, __: PagePolicy) -> Fault | None:
    error = first_error(evidence, only=is_syntax)
    if error is None:
        return None
    return Fault(Reason.PARSE, f"line {error.line}: {error.text}", excused_by=Scope.NOTHING)


def _never(evidence: PageEvidence, _: Document, __: PagePolicy) -> Fault | None:
    """A script or sheet that no public server has, in a page that breaks."""
    asked = (r for r in evidence.requests if r.kind.lower() in ("script", "stylesheet"))
    gone = (r for r in asked if r.outcome in NEVER and not r.url.startswith(OWN_ORIGIN))
    missing, broken = next(gone, None), first_error(evidence, phases=BEFORE) or _late(evidence)
    if missing is None or broken is None:
        return None
    detail = f"{missing.url} does not exist: {broken.text}"
    return Fault(Reason.API_HALLUCINATED, detail, excused_by=Scope.NOTHING)


def _errors(evidence: PageEvidence, _: Document, policy: PagePolicy) -> Fault | None:
    thrown = first_error(evidence, phases=BEFORE, skip=policy.page_errors)
    if thrown is None:
        return None
    detail = f"uncaught before any action, line {thrown.line}: {thrown.text}"
    return Fault(Reason.LOAD, detail, excused_by=Scope.BYTES)


def _blank(evidence: PageEvidence, _: Document, policy: PagePolicy) -> Fault | None:
    seen = sight(evidence, policy.blank_entropy, policy.blank_visible)
    told = f"nothing is shown: {seen.detail}"
    return Fault(Reason.BLANK, told, excused_by=Scope.SIGHT) if seen.blank else None


def _unstyled(evidence: PageEvidence, document: Document, policy: PagePolicy) -> Fault | None:
    found = styling(evidence, document)
    if not found.none(policy.styled_share, policy.inline_share):
        return _nameless(found, document)
    if found.asked:
        return Fault(
            Reason.UNSTYLED,
            f"{found.asked} elements have a class, {found.rules} style rules apply to the page",
            excused_by=Scope.STYLE,
        )
    if policy.unstyled_plain == "accept" or _drawn(evidence, document):
        return None
    status = VerdictStatus.REJECTED
    if policy.unstyled_plain == "review":
        status = VerdictStatus.REVIEW
    return Fault(Reason.UNSTYLED, "no style rule and no style attribute", status, Scope.STYLE)


def _drawn(evidence: PageEvidence, document: Document) -> bool:
    """Nothing but pictures that scripts draw, in a page that sets its own ground by attributes:
    there is no text and no control that a rule could style."""
    dom = evidence.dom
    media = sum(dom.get(name, 0) for name in ("canvas", "svg", "media"))
    return bool(
        media
        and document.inline_styles
        and not dom.get("text_chars", 1)
        and not dom.get("controls", 1)
    )


def _nameless(found: Styling, document: Document) -> Fault | None:
    """Scripts set all the style there is, and every class asks in vain: that is for a person."""
    alone = not (found.rules or found.written or found.linked or document.inline_styles)
    if not alone or found.asked < _ASKED:
        return None
    detail = f"{found.asked} elements have a class, and there is no style rule at all"
    return Fault(Reason.UNSTYLED, detail, VerdictStatus.REVIEW, Scope.STYLE)


def _dead(evidence: PageEvidence, document: Document, policy: PagePolicy) -> Fault | None:
    told = disconnected(wiring(evidence, document, policy.min_functions), policy)
    if not told:
        return None
    if not any(script.kind != "data" for script in document.scripts):
        # a picture of a page: nothing was disconnected, since nothing was ever written
        detail = f"there is no code behind it: {told}"
        return Fault(Reason.DEAD_CONTROLS, detail, VerdictStatus.REVIEW)
    return Fault(Reason.DEAD_CONTROLS, told)


def _unheard(evidence: PageEvidence, document: Document, policy: PagePolicy) -> Fault | None:
    told = unheard(evidence, document, wiring(evidence, document, policy.min_functions))
    return Fault(Reason.DEAD_CONTROLS, told, VerdictStatus.REVIEW) if told else None


def _targets(evidence: PageEvidence, document: Document, _: PagePolicy) -> Fault | None:
    lost = lost_targets(evidence, document)
    if not lost:
        return None
    names = ", ".join(f"#{name}" for name in lost[:3])
    detail = f"scripts ask for {names}, which no element has"
    return Fault(Reason.MISSING_TARGET, detail, excused_by=Scope.NOTHING)


def _late(evidence: PageEvidence) -> PageError | None:
    """What no input makes right, found out by an action or a late timer."""
    return first_error(evidence, phases=_LATE, only=hopeless)


def _acting(evidence: PageEvidence, _: Document, __: PagePolicy) -> Fault | None:
    error = _late(evidence)
    if error is None:
        return None
    who = "what comes later" if error.phase is Phase.LINGER else "an action"
    detail = f"{who} throws, line {error.line}: {error.text}"
    return Fault(Reason.ACTION_ERROR, detail, excused_by=Scope.EVER)


def _hidden(evidence: PageEvidence, _: Document, __: PagePolicy) -> Fault | None:
    """A page that takes its errors away from the browser's report, and in which nothing has an
    effect: whether it throws cannot be known, so that it is for a person."""
    own = evidence.own_listeners
    takes = [kind for kind in ("error", "unhandledrejection") if own.get(kind)]
    tried = [a for a in evidence.actions if a.kind not in ("hover", "wheel", "type")]
    if not takes or not tried or any(action.effect.any for action in tried):
        return None
    detail = f"listens for {' and '.join(takes)} itself, and {len(tried)} actions had no effect"
    return Fault(Reason.AMBIGUOUS, detail, VerdictStatus.REVIEW)


def _cases(measured: PageMeasured) -> Fault | None:
    """A failed case; one that may mean something else, or was not run, is for a person."""
    failed = [c for c in measured.cases if c.outcome == "failed" and c.confidence >= SURE]
    if failed:
        detail = f"{failed[0].name or failed[0].id}: {failed[0].detail}"
        return Fault(Reason.CASE_FAILED, detail, excused_by=Scope.ANYTHING)
    unsure = next((c for c in measured.cases if c.outcome != "passed"), None)
    if unsure is None:
        return None
    detail = f"read one of two ways, or not run: {unsure.name or unsure.id}: {unsure.detail}"
    return Fault(Reason.AMBIGUOUS, detail, VerdictStatus.REVIEW, excused_by=Scope.ANYTHING)


_ROWS: tuple[Row, ...] = (
    _syntax,
    _never,
    _errors,
    _blank,
    _unstyled,
    _dead,
    _unheard,
    _targets,
    _acting,
    _hidden,
)
