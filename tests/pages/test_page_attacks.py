"""Pages that fake their own results: none is accepted, whatever they do to what reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.audit import run_audit
from harness.dataset import read_pairs
from harness.models import Language, Pair, Reason, VerdictStatus
from harness.pipeline import Lab, examine
from sandboxes.base import SandboxUnavailable

SKETCH = 'Click #b, then #n shows "1"'
PAGE = """<!doctype html><html lang="en"><head><title>Counter</title><style>
body { font: 18px sans-serif } button { color: teal }</style></head><body><h1>Counter</h1>
<button id="b">+</button> BODY <script>SCRIPT</script></body></html>"""
PLAIN = '<p id="n">0</p>'
FAKES = {
    "knows webdriver": (
        PLAIN,
        """b.onclick = () => { document.body.dataset.clicked = "yes";
        if (navigator.webdriver || /headless/i.test(navigator.userAgent)
          || Object.keys(window).some((name) => /^(\\$?cdc_|__playwright|__pw)/.test(name)))
          n.textContent = "1"; };""",
    ),
    "rewrites what is asked": (
        PLAIN,
        """b.onclick = () => { document.body.dataset.clicked = "yes"; };
        for (const [kind, name] of [[Node, "textContent"], [HTMLElement, "innerText"],
          [Element, "innerHTML"], [CharacterData, "data"]])
          Object.defineProperty(kind.prototype, name, { get: () => "1", set() {} });
        Document.prototype.querySelector = () => ({ textContent: "1", innerText: "1" });
        JSON.stringify = () => '"1"'; window.__find = { read: () => "1" };""",
    ),
    "shadow decoy": (
        '<div id="n">1</div>',
        """b.onclick = () => { document.body.dataset.clicked = "yes"; };
        n.attachShadow({ mode: "open" }).innerHTML = "<p>0</p>";""",
    ),
    "clobbered ids": (
        '<form id="n">0<input type="hidden" name="innerText" value="1">'
        '<input type="hidden" name="textContent" value="1"></form>'
        '<p id="n" hidden>1</p><p id="n" style="opacity:0">1</p>',
        """b.onclick = () => { document.body.dataset.clicked = "yes"; };""",
    ),
    "console lies": (
        PLAIN,
        """console.error = () => {}; window.onerror = () => true;
        b.onclick = () => { console.log("PASS: #n shows 1"); console.assert(true);
          document.title = "1 passed, 0 failed"; document.body.dataset.result = "passed"; };""",
    ),
    "listener without effect": (
        PLAIN,
        """b.addEventListener("click", (event) => { event.preventDefault();
        const next = Number(n.textContent) + 1; document.body.dataset.next = String(next); });""",
    ),
    "observer that undoes": (
        PLAIN,
        """new MutationObserver(() => { if (n.textContent !== "0") n.textContent = "0"; })
        .observe(n, { childList: true, characterData: true, subtree: true });
        b.onclick = () => { n.textContent = "1"; };""",
    ),
    "drawn over": (
        '<p id="n" style="position:relative">0<span style="position:absolute;left:-9999px;'
        'visibility:hidden">1</span></p>',
        """b.onclick = () => { document.body.dataset.clicked = "yes"; };""",
    ),
    "counts by itself": (
        PLAIN,
        """setTimeout(() => { n.textContent = "1"; }, 600);
        b.onclick = () => { document.body.dataset.clicked = "yes"; };""",
    ),
    "stood there before": (
        '<p id="n">1</p>',
        """b.onclick = () => { document.body.dataset.clicked = "yes"; };""",
    ),
}
HONEST = """let count = 0; b.onclick = () => { count += 1; n.textContent = String(count); };"""
ELSEWHERE = "https://elsewhere.example/"
LEADING_AWAY = {
    "by script": (PLAIN, f"location.replace('{ELSEWHERE}'); {HONEST}"),
    "by a timer": (PLAIN, f"setTimeout(() => location.assign('{ELSEWHERE}'), 50); {HONEST}"),
    "by meta refresh": (
        f'<meta http-equiv="refresh" content="0;url={ELSEWHERE}">{PLAIN}',
        HONEST,
    ),
    "by a form": (f'{PLAIN}<form id="f" action="{ELSEWHERE}"></form>', f"f.submit(); {HONEST}"),
}

RESTLESS = {
    "by script": f"location.reload(); {HONEST}",
    "by a timer": f"setTimeout(() => location.replace(location.href), 200); {HONEST}",
    "with a parameter": f"location.search = `?${{performance.now()}}`; {HONEST}",
}
AT_REST = {
    "once in a session": "sessionStorage.again",
    "once by a parameter": "location.search",
}


@pytest.fixture(scope="module")
def pages(lab: Lab) -> Lab:
    """The lab, where it has an isolated browser."""
    assert lab.pages is not None
    try:
        lab.pages.conditions()
    except SandboxUnavailable as error:
        pytest.skip(f"no isolated browser: {error}; {error.hint}")
    return lab


def counter(name: str, body: str, script: str) -> Pair:
    code = PAGE.replace("BODY", body).replace("SCRIPT", script)
    return Pair(
        id=name, language=Language(name="html"), code=code, sketch=SKETCH,
        instruction="A counter with a button.",
    )  # fmt: skip


@pytest.mark.parametrize("name", FAKES)
def test_a_fake_counter_is_not_accepted(pages: Lab, name: str) -> None:
    """A page whose button does nothing to its number is told from one whose button counts."""
    verdict = examine(counter(name, *FAKES[name]), pages).verdict
    assert verdict.status in (VerdictStatus.REJECTED, VerdictStatus.REVIEW), verdict.detail
    assert verdict.cases_planned == 1


def test_the_honest_counter_is_accepted(pages: Lab) -> None:
    """The same page with a button that counts passes the same case, and both stand-ins fail it."""
    verdict = examine(counter("honest", PLAIN, HONEST), pages).verdict
    assert verdict.status is VerdictStatus.ACCEPTED, verdict.detail
    assert (verdict.cases_passed, verdict.strength.stubs, verdict.strength.stubs_rejected) == (
        1, 2, 2,
    )  # fmt: skip


@pytest.mark.parametrize("name", LEADING_AWAY)
def test_a_page_that_puts_another_in_its_place_is_not_accepted(pages: Lab, name: str) -> None:
    """A counter that counts, but that nobody who opens it will see: a visit stays where it is."""
    verdict = examine(counter(name, *LEADING_AWAY[name]), pages).verdict
    assert (verdict.status, verdict.reasons) == (VerdictStatus.REVIEW, (Reason.LEADS_AWAY,))
    assert ELSEWHERE in verdict.detail


@pytest.mark.parametrize("name", RESTLESS)
def test_a_page_that_loads_itself_without_end_is_not_accepted(pages: Lab, name: str) -> None:
    """Nobody comes to press its button."""
    verdict = examine(counter(name, PLAIN, RESTLESS[name]), pages).verdict
    assert (verdict.status, verdict.reasons) == (VerdictStatus.REVIEW, (Reason.LEADS_AWAY,))
    assert "again and again" in verdict.detail


@pytest.mark.parametrize("name", AT_REST)
def test_a_page_that_loads_itself_again_is_followed(pages: Lab, name: str) -> None:
    """What a visitor comes to see is the document of the second time, whose button counts."""
    script = f"""if ({AT_REST[name]}) {{ {HONEST} }}
        else {{ sessionStorage.again = 1; location.search = "?again"; }}"""
    verdict = examine(counter(name, PLAIN, script), pages).verdict
    assert verdict.status is VerdictStatus.ACCEPTED, verdict.detail
    assert verdict.cases_passed == 1


def test_no_page_of_the_catalogue_is_accepted(pages: Lab, shared: Path, tmp_path: Path) -> None:
    """Every fake page of the catalogue of attacks is run in the browser and none is accepted."""
    rows = [
        line
        for line in (shared / "data" / "attacks.jsonl").read_text().splitlines()
        if '"language": "html"' in line
    ]
    (tmp_path / "pages.jsonl").write_text("\n".join(rows) + "\n")
    assert all(isinstance(row, Pair) for row in read_pairs([tmp_path / "pages.jsonl"]))
    report = run_audit(pages, tmp_path / "pages.jsonl")
    assert report.total == report.runnable == len(rows) > 0
    assert [(item.id, item.detail) for item in report.items if item.status != "rejected"] == []
