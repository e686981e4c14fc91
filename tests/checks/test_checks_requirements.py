"""What the card asks (S0) and what the checks answer, requirement by requirement."""

from __future__ import annotations

from typing import Any

import pytest
from corpora import findings_of, python, stopping

from harness.checks._response import read_response, sentences
from harness.models import Claims, Finding, Policy, Severity
from harness.sketch.spec import Case, Entry, TestSpec, Unresolved

SLUGIFY = (
    "import re\nimport unicodedata\n\ndef slugify(text: str) -> str:\n"
    " text = unicodedata.normalize('NFKD', text).encode('ascii', 'ignore').decode('ascii')\n"
    " text = text.lower()\n text = re.sub(r'[^a-z0-9\\s-]', '', text)\n"
    " text = re.sub(r'[\\s-]+', '-', text)\n return text.strip('-')"
)
EXPLANATION = (
    "Here's a slugify function. The approach is: NFKD-normalize Unicode (separates diacritics), "
    "encode to ASCII (drops non-encodable), lowercase, then regex-clean whitespace and disallowed "
    "characters."
)


def seed_example(**changes: Any) -> tuple[Finding, ...]:
    """The card's own example, unescaped once, with changes."""
    fields: dict[str, Any] = {
        "instruction": "Write a function `slugify` that converts a string to a URL-safe slug.",
        "response": f"{EXPLANATION}\n\n```python\n{SLUGIFY}\n```",
        "code_only": SLUGIFY,
        "sketch": "test_basic: 'Hello World' → 'hello-world'",
        "claims": Claims(
            difficulty="medium",
            estimated_loc=8,
            training_usable=True,
            topic="string manipulation",
            decision_basis="Idiomatic Python with stdlib only; covers the common edge cases; "
            "reasonable medium-difficulty task.",
        ),
    } | changes
    return findings_of(python(fields.pop("code", SLUGIFY), **fields))


def by_rule(findings: tuple[Finding, ...], rule: str) -> list[Finding]:
    """The findings of one rule."""
    return [finding for finding in findings if finding.rule == rule]


def test_seed_example_is_a_difficulty_mismatch_and_not_rejected() -> None:
    """S0-13: the card's own example (8 lines that claim medium) gives difficulty_mismatch with its
    distance, a filler warning, and nothing that stops it."""
    findings = seed_example()
    assert not list(stopping(findings))
    (difficulty,) = by_rule(findings, "PP109")
    assert difficulty.facts == {
        "kind": "difficulty_mismatch",
        "claimed": "medium",
        "measured": "easy",
        "lines": 8,
        "distance": 8,
    }
    assert [f.facts["opener"] for f in by_rule(findings, "PP104")] == ["here's"]
    assert {f.rule for f in findings} == {"PP104", "PP109"}


@pytest.mark.parametrize(
    ("lines", "claimed", "kind", "measured"),
    [
        (1, "easy", "", ""),
        (15, "easy", "", ""),
        (18, "easy", "", ""),
        (19, "easy", "difficulty_mismatch", "medium"),
        (12, "medium", "difficulty_mismatch", "easy"),
        (13, "medium", "", ""),
        (60, "medium", "", ""),
        (61, "medium", "difficulty_mismatch", "hard"),
        (40, "hard", "difficulty_mismatch", "medium"),
        (41, "hard", "", ""),
        (180, "hard", "", ""),
        (181, "hard", "out_of_band", "out_of_band"),
        (181, "easy", "out_of_band", "out_of_band"),
    ],
)
def test_bands_are_half_open_with_slack(lines: int, claimed: str, kind: str, measured: str) -> None:
    """S0-12: bands [1,15], (15,50], (50,150] with 20% slack on both sides."""
    code = "".join(f"x{n} = {n}\n" for n in range(lines))
    pair = python(code, claims=Claims(difficulty=claimed))
    found = [(f.facts["kind"], f.facts["measured"]) for f in by_rule(findings_of(pair), "PP109")]
    assert found == ([(kind, measured)] if kind else [])


def test_band_slack_is_the_policys() -> None:
    """S0-12: without slack the borders are exact."""
    code = "".join(f"x{n} = {n}\n" for n in range(16))
    pair = python(code, claims=Claims(difficulty="easy"))
    assert not by_rule(findings_of(pair), "PP109")
    assert by_rule(findings_of(pair, policy=Policy(loc_tolerance=0.0)), "PP109")


def test_lines_can_be_counted_by_the_caller() -> None:
    """S0-12: counts that the caller gives win over the ones by first characters."""
    pair = python("x = 1\n", claims=Claims(estimated_loc=30))
    assert not by_rule(findings_of(pair, loc={"total": 40, "nonblank": 30, "code": 20}), "PP110")
    assert by_rule(findings_of(pair), "PP110")[0].facts["kind"] == "loc_mismatch"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("It trims.", 1),
        ("It trims the text, e.g. tabs, at 3.5 times the speed of `a. b. C.` and more.", 1),
        ("Uses i.e. one pass. It is O(n).", 2),
        ("First! Second? Third.", 3),
        ("No final dot", 1),
        ("Call `str.strip()`. Then return.", 2),
        ("See v1.2.3 of the package", 1),
        ("One paragraph\n\nand another", 2),
        ("The steps are: first this, then that.", 1),
        ("It says so (really). Done.", 2),
        ("**Bold claim.** And a second.", 2),
        ("去除空格。然后返回。", 2),
        ("- item one\n- item two", 1),
        ("Handles spaces, tabs etc. and newlines.", 1),
        ("...", 0),
    ],
)
def test_sentences_are_counted_as_people_count(text: str, count: int) -> None:
    """S0-7: dots in abbreviations, numbers and inline code end no sentence."""
    assert len(sentences(text)) == count


def test_explanation_comes_before_the_code() -> None:
    """S0-7: none, three, or only after the code are each a warning; prose after it is fine."""
    block = f"```python\n{SLUGIFY}\n```"
    good = f"It slugifies a text. It uses re.\n{block}\nAfterwards, more."
    for response, message in [
        (f"{block}\nExplained below.", "no explanation"),
        (f"One. Two. Three.\n{block}", "3 sentences"),
        ("Only prose.", "no fenced block"),
        ("It is empty.\n```python\n```", "is empty"),
    ]:
        found = by_rule(seed_example(response=response), "PP104")
        assert any(message in f.message for f in found), (response, found)
        assert all(f.severity is Severity.WARN for f in found)
    assert not by_rule(seed_example(response=good), "PP104")


def test_code_only_is_compared_as_a_tree() -> None:
    """S0-8: layout and comments do not count, one changed constant does, with a diff."""
    relaid = SLUGIFY.replace("\n ", "\n    ").replace("import re\n", "import re  # regex\n")
    assert not by_rule(seed_example(code_only=relaid), "PP105")
    changed = SLUGIFY.replace("'-')", "'_')")
    (finding,) = by_rule(seed_example(code_only=changed), "PP105")
    assert (finding.severity, finding.reason) == (Severity.REJECT, "mismatch")
    assert any(line.startswith("+") and "'_'" in line for line in finding.facts["diff"])


def test_exactly_one_block_counts() -> None:
    """S0-8: two different blocks are a mismatch, the same block twice is not."""
    block = f"```python\n{SLUGIFY}\n```"
    assert not by_rule(seed_example(response=f"It does.\n{block}\n{block}"), "PP105")
    usage = "```python\nprint(slugify('a'))\n```"
    (finding,) = by_rule(seed_example(response=f"It does.\n{block}\n{usage}"), "PP105")
    assert finding.reason == "mismatch" and finding.facts["blocks"] == 2


def test_other_languages_are_compared_as_text() -> None:
    """S0-8: without a parser only white space at line ends is forgiven."""
    from harness.models import Language, Pair

    def found(code_only: str) -> list[Finding]:
        pair = Pair(
            id="js",
            language=Language(name="javascript"),
            code="let x = 1;",
            code_only=code_only,
            response="It is x.\n```js\nlet x = 1;  \n```",
        )
        return by_rule(findings_of(pair), "PP105")

    assert not found("let x = 1;\n")
    assert found("let x = 2;")[0].severity is Severity.REJECT


def test_fences_survive_markdown() -> None:
    """S0-7: longer fences hold shorter ones, tildes and attributes are read, an open one ends."""
    text = "A.\n````python title=x\n```\nx\n```\n````\n~~~js\ny\n~~~\n```go\nz"
    blocks = read_response(text).blocks
    assert [(b.language, b.code, b.closed) for b in blocks] == [
        ("python", "```\nx\n```", True),
        ("javascript", "y", True),
        ("go", "z", False),
    ]


@pytest.mark.parametrize("requirement", ["S0-2", "S0-3", "S0-4", "S0-5", "S0-6", "S0-22"])
def test_notes_of_the_reader_become_warnings(requirement: str) -> None:
    """S0-2 to S0-6, S0-22: what the reader noted against the card is a warning that names it."""
    pair = python("x = 1\n", notes=(f"{requirement}: something is wrong", "text outside the JSON"))
    (finding,) = by_rule(findings_of(pair), "PP107")
    assert finding.severity is Severity.WARN
    assert finding.facts == {"requirement": requirement}


def test_decision_basis_is_one_short_sentence() -> None:
    """S0-6: thirty words are fine, thirty-one are not."""
    for words, fires in [(30, False), (31, True)]:
        pair = python("x = 1\n", claims=Claims(decision_basis=" ".join(["word"] * words)))
        assert bool(by_rule(findings_of(pair), "PP108")) is fires


def test_training_usable_false_is_noted() -> None:
    """S0-5: the claim is passed on as a remark; it never decides whether the code is true."""
    (finding,) = by_rule(
        findings_of(python("x = 1\n", claims=Claims(training_usable=False))), "PP117"
    )
    assert finding.severity is Severity.INFO


def test_pseudocode_is_rejected() -> None:
    """S0-9: an entry point that does nothing is rejected, beside one that does it is a warning."""
    code = "def helper(x):\n    pass\n\ndef f(x):\n    ...\n"
    (helper, entry) = by_rule(findings_of(python(code, entry_point="f")), "PP103")
    assert (helper.severity, entry.severity) == (Severity.WARN, Severity.REJECT)
    assert entry.reason == "parse" and entry.line == 4


def test_another_language_is_named() -> None:
    """S0-1, S0-9: code of another language is a parse failure and a mismatch with the guess."""
    samples = {
        "javascript": "const f = (x) => {\n  return x.trim();\n};\n",
        "typescript": "function f(x: string): string { return x.trim(); }\n",
        "go": "package main\n\nfunc f(x string) string { return x }\n",
        "rust": "fn f(x: &str) -> &str { x.trim() }\n",
        "java": "public class A { public static void main(String[] a) {} }\n",
        "cpp": "#include <string>\nint main() { return 0; }\n",
        "bash": "#!/bin/bash\nfor f in *; do echo $f; done\n",
        "html": "<!DOCTYPE html>\n<html><body></body></html>\n",
        "ruby": "def f(x)\n  x.strip\nend\n",
        "php": "<?php echo 1; ?>\n",
    }
    for language, code in samples.items():
        findings = findings_of(python(code))
        assert {f.reason for f in stopping(findings)} == {"parse", "mismatch"}, language
        assert by_rule(findings, "PP102")[0].facts["guess"] == language


def test_imports_are_held_against_what_the_sandbox_holds() -> None:
    """S0-11: held is a remark, known but not held a warning, unknown to all an invented API."""
    code = "import json\nimport numpy\nimport pandas\nimport fastjsonic\n"
    found = by_rule(findings_of(python(code), modules=frozenset({"numpy"})), "PP111")
    assert [(f.facts["module"], f.severity, f.reason) for f in found] == [
        ("numpy", Severity.INFO, ""),
        ("pandas", Severity.WARN, ""),
        ("fastjsonic", Severity.REJECT, "api_hallucinated"),
    ]


def test_invented_members_are_rejected_with_a_suggestion() -> None:
    """S0-11: a member that the standard library lacks is rejected, the closest real one named."""
    (finding,) = by_rule(
        findings_of(python("import os\ndef f(a):\n    return os.path.joins(a)\n")), "PP112"
    )
    assert finding.reason == "api_hallucinated"
    assert (finding.facts["module"], finding.facts["close"]) == ("os.path", ["join"])
    assert finding.line == 3


def test_no_module_of_the_pair_is_imported() -> None:
    """S0-11: only modules whose import has no effect are loaded on the host."""
    import sys

    before = set(sys.modules)
    code = (
        "import antigravity, this, idlelib.idle, turtle, lib2to3.main\nfrom test import support\n"
    )
    findings_of(python(code))
    loaded = {name.split(".")[0] for name in set(sys.modules) - before}
    assert not loaded & {"antigravity", "this", "idlelib", "turtle", "lib2to3", "test"}


@pytest.mark.parametrize(
    ("flag", "code"),
    [
        ("uses_external_api", "import requests\ndef f(u):\n    return requests.get(u)\n"),
        ("non_deterministic", "import random\ndef f(xs):\n    return random.choice(xs)\n"),
        ("fabricated_specific", "def f():\n    return 'https://api.acme-weather.io/v1'\n"),
    ],
)
def test_flags_are_measured_beside_the_claim(flag: str, code: str) -> None:
    """S0-15, S0-16, S0-17: agreement is a remark, disagreement either way a warning, both with
    claim, measurement and evidence."""
    quiet = "def f(x):\n    return x\n"
    for text, claimed, severity in [
        (code, True, Severity.INFO),
        (code, False, Severity.WARN),
        (quiet, True, Severity.WARN),
    ]:
        claims = Claims(difficulty="easy", risks=(flag,) if claimed else ())
        found = [f for f in findings_of(python(text, claims=claims)) if f.facts.get("flag") == flag]
        assert [f.severity for f in found] == [severity]
        assert found[0].facts["claimed"] is claimed
        assert bool(found[0].facts["evidence"]) is found[0].facts["measured"] is (text is code)


@pytest.mark.parametrize(
    ("topic", "instruction"),
    [
        ("auth", "Write a login form handler that checks credentials."),
        ("auth", "Validate a JWT."),
        ("crypto", "Encrypt a file with AES-256."),
        ("crypto", "Implement a Caesar cipher."),
        ("payments", "Process a credit card payment through Stripe."),
    ],
)
def test_sensitive_topics_need_a_person(topic: str, instruction: str) -> None:
    """S0-21: auth, crypto and payments are reviewed, unless the policy ignores them."""
    pair = python("def f(x):\n    return x\n", instruction=instruction)
    (finding,) = by_rule(findings_of(pair), "PP116")
    assert (finding.severity, finding.reason) == (Severity.REVIEW, "sensitive_topic")
    assert topic in finding.facts["topics"]
    (ignored,) = by_rule(findings_of(pair, policy=Policy(sensitive="ignore")), "PP116")
    assert (ignored.severity, ignored.reason) == (Severity.INFO, "")


def test_secrets_are_masked() -> None:
    """A credential is rejected wherever it stands, and the finding does not repeat it."""
    secret = "ghp_" + "k3Jd82LmQz7Rt5Vb9Xc1Wn4Hs6Pf0GyTaUeZ"
    for field in ("instruction", "response", "sketch"):
        (finding,) = by_rule(findings_of(python("x = 1\n", **{field: secret})), "PP118")
        assert finding.reason == "secret" and finding.facts["in"] == field
        assert secret not in finding.model_dump_json()


def test_sketch_of_names_gives_a_remark() -> None:
    """S0-14: the sketch is informational: without a case it is a remark with the reasons."""
    spec = TestSpec(unresolved=(Unresolved(line=1, text="test_basic", reason="no-value"),))
    pair = python("def f(x):\n    return x\n", sketch="test_basic")
    (finding,) = by_rule(findings_of(pair, spec=spec), "PP201")
    assert finding.severity is Severity.INFO and finding.facts["reasons"] == {"no-value": 1}
    with_case = TestSpec(cases=(Case(id="c1"),), entry=Entry(kind="function", name="f"))
    assert not by_rule(findings_of(pair, spec=with_case), "PP201")
