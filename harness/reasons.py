"""How a pair ends, and why: two closed sets of words."""

from __future__ import annotations

from enum import StrEnum


class VerdictStatus(StrEnum):
    """The five ends of a pair."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REVIEW = "review"
    UNSCORED = "unscored"
    SKIPPED = "skipped"


class Reason(StrEnum):
    """Why, in a closed set of codes."""

    PARSE = "parse"
    COMPILE = "compile"
    LOAD = "load"
    CASE_FAILED = "case_failed"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT = "output"
    CRASH = "crash"
    PROTOCOL_VIOLATION = "protocol_violation"
    FORGED = "forged"
    VACUOUS_TESTS = "vacuous_tests"
    NONDETERMINISTIC = "nondeterministic"
    FLAKY = "flaky"
    API_HALLUCINATED = "api_hallucinated"
    EXTERNAL_EFFECT = "external_effect"
    MISMATCH = "mismatch"
    CONTAMINATED = "contaminated"
    SECRET = "secret"
    NEEDS_TESTS = "needs_tests"
    SPEC_CONFLICT = "spec_conflict"
    AMBIGUOUS = "ambiguous"
    SENSITIVE_TOPIC = "sensitive_topic"
    BLANK = "blank"
    """A page that shows nothing, at the start and after it was tried."""
    TRUNCATED = "truncated"
    """A page whose text ends inside of something that must be closed."""
    MALFORMED = "malformed"
    """A page without doctype or closing structure, where the policy asks for them."""
    UNSTYLED = "unstyled"
    """A page without style, or whose classes no rule knows."""
    DEAD_CONTROLS = "dead_controls"
    """A page with controls to which nothing listens."""
    MISSING_TARGET = "missing_target"
    """A page whose scripts ask for elements that never exist."""
    ACTION_ERROR = "action_error"
    """A page in which an action runs into a name that nothing defines."""
    LEADS_AWAY = "leads_away"
    """A page that puts another document in its place by itself, or itself without end."""
    LOW_SCORE = "low_score"
    """A page under the score that the policy asks for."""
    CDN_MISS = "cdn_miss"
    """A page that fails for a public file which is not in the local store: our fault."""
    EXTERNAL_HOST = "external_host"
    """A page that fails for a host which is refused: nothing is known of the page."""
    MISSING_FILE = "missing_file"
    """A page that fails for a second file of its own, which was not given with it."""
    SOFTWARE_GL = "software_gl"
    """A page that draws more WebGL than a processor can: nothing is known of the page."""
    SANDBOX_LOST = "sandbox_lost"
    CANARY_FAILED = "canary_failed"
    INTERNAL_ERROR = "internal_error"
    LANGUAGE_UNAVAILABLE = "language_unavailable"
    TOOLCHAIN_UNAVAILABLE = "toolchain_unavailable"


WITHHELD = frozenset({Reason.CDN_MISS, Reason.EXTERNAL_HOST, Reason.SOFTWARE_GL})
"""Why a page stays unscored though nothing failed: what it needs is not held here."""
