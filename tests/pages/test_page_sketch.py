"""Sketch lines become the steps, the probe and the expectation that they say, or stay unresolved."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.pages.cases import OPS, PageCase
from harness.pages.sketch import compile_page_sketch
from runners.pages.steps import DriverCase, PageTarget

Brief = tuple[list[str], str, str, Any]


def target(told: PageTarget | None) -> str:
    if told is None:
        return ""
    nth = "" if told.nth is None else f"[{told.nth}]"
    return f" {told.by}:{told.value}{'/' + told.name if told.name else ''}{nth}"


def brief(case: PageCase) -> Brief:
    """(steps, probe, comparator, expectation) in short."""
    steps = [f"{s.do}{target(s.target)}{f' = {s.value}' if s.value else ''}" for s in case.steps]
    name = f" {case.probe.name}" if case.probe.name else ""
    return (
        steps,
        f"{case.probe.read}{target(case.probe.target)}{name}",
        case.comparator.op,
        case.expect,
    )


LINES: list[tuple[str, Brief]] = [
    ("1. Click the 'Add' button -> the list has 3 items",
     (["click role:button/Add"], "count css:li", "eq", 3)),
    ("Type 'milk' into #new-item and press Enter, expect '.todo' count 1",
     (["type css:#new-item = milk", "press = Enter"], "count css:.todo", "eq", 1)),
    ("localStorage.getItem('todos') contains 'milk'", ([], "storage todos", "contains", "milk")),
    ("""- localStorage.getItem("todos") is '["milk"]'""", ([], "storage todos", "json", ["milk"])),
    ("after clicking #toggle the body has class dark",
     (["click css:#toggle"], "class page:", "contains", "dark")),
    ("heading shows 'Calculator'", ([], "text role:heading", "shows", "Calculator")),
    ("The page title is \"Counter\"", ([], "title", "eq", "Counter")),
    ("Click button \"Reset\" → #count shows 0", (["click role:button/Reset"], "text css:#count", "shows", "0")),
    ("Click #inc twice, then #count should be \"2\"",
     (["click css:#inc", "click css:#inc"], "text css:#count", "eq", "2")),
    ("Clicking `7`, `+`, `8` and `=` shows '15' in #display",
     ([f"click name:{key}" for key in "7+8="], "text css:#display", "shows", "15")),
    ("Enter \"abc\" in the Email field and click Submit, then \"Invalid email\" is shown",
     (["type field:Email = abc", "click name:Submit"], "visible text:Invalid email", "eq", True)),
    ("Fill the input with placeholder \"City\" with \"Rome\" and press Tab -> #city contains \"Rome\"",
     (["type placeholder:City = Rome", "press = Tab"], "text css:#city", "contains", "Rome")),
    ("Select \"French\" from #lang -> heading reads \"Bonjour\"",
     (["choose css:#lang = French"], "text role:heading", "eq", "Bonjour")),
    ("Check the \"Done\" checkbox -> .todo has class \"done\"",
     (["check role:checkbox/Done"], "class css:.todo", "contains", "done")),
    ("press Escape -> #dialog disappears", (["press = Escape"], "visible css:#dialog", "eq", False)),
    ("Hover over .tip -> .bubble is visible", (["hover css:.tip"], "visible css:.bubble", "eq", True)),
    ("Resize to 375: #menu is hidden", (["resize = 375"], "visible css:#menu", "eq", False)),
    ("Reload the page, then `.todo` count is 1", (["reload"], "count css:.todo", "eq", 1)),
    ("wait 2 seconds -> #clock contains \"2\"", (["wait = 2000"], "text css:#clock", "contains", "2")),
    ("Go to '#about' -> url hash is '#about'", (["go = #about"], "hash", "eq", "#about")),
    ("There are 4 `.card` elements", ([], "count css:.card", "eq", 4)),
    (".modal is hidden initially", ([], "visible css:.modal", "eq", False)),
    ("#btn has attribute aria-expanded=\"true\"", ([], "attribute css:#btn aria-expanded", "eq", "true")),
    ("input value of #name equals \"x\"", ([], "property css:#name value", "eq", "x")),
    ("#btn is disabled", ([], "property css:#btn disabled", "eq", True)),
    ("#name is focused", ([], "focused css:#name", "eq", True)),
    ("background color of body is #1a1a1a", ([], "style page: background-color", "colour", "#1a1a1a")),
    ("No console errors", ([], "errors", "none", None)),
    ("request to '/api/items' is made", ([], "requests", "anycontains", "/api/items")),
    ("#out does not contain \"NaN\"", ([], "text css:#out", "notcontains", "NaN")),
    ("The first .todo has class 'done'", ([], "class css:.todo[0]", "contains", "done")),
    ("'Settings' heading is visible", ([], "visible role:heading/Settings", "eq", True)),
    ("the page shows \"Welcome\"", ([], "visible text:Welcome", "eq", True)),
    ("await expect(page.locator('li')).toHaveCount(2)", ([], "count css:li", "eq", 2)),
    ("expect(await page.textContent('#out')).toBe('3')", ([], "content css:#out", "eq", "3")),
    ("document.querySelector('#x').textContent === '5'", ([], "content css:#x", "eq", "5")),
    ("await expect(page.getByRole('button', { name: 'Save' })).not.toBeVisible();",
     ([], "visible role:button/Save", "eq", False)),
    ("expect(document.body.classList.contains('dark')).toBe(true)",
     ([], "class css:body", "contains", "dark")),
    ("assert(document.querySelectorAll('.row').length > 3)", ([], "count css:.row", "gt", 3)),
    ("await expect(page).toHaveTitle('Shop')", ([], "title", "eq", "Shop")),
    ("expect(localStorage.getItem('a')).toBeNull()", ([], "storage a", "none", None)),
    ("await expect(page.locator('#a').first()).toHaveAttribute('href', '/x')",
     ([], "attribute css:#a[0] href", "eq", "/x")),
]  # fmt: skip


@pytest.mark.parametrize(("line", "wanted"), LINES, ids=[line[:40] for line, _ in LINES])
def test_a_line_says_what_it_says(line: str, wanted: Brief) -> None:
    """Steps, probe, comparator and expectation of one line, and no other case."""
    told = compile_page_sketch(line)
    assert [u.text for u in told.unresolved] == []
    assert [brief(case) for case in told.cases] == [wanted]


@pytest.mark.parametrize(
    "line",
    [
        "The design is responsive and looks modern",
        "Clicking \"Reset\" sets the counter back",
        "wait 2 seconds -> #clock text changes",
        "Click it -> it works",
        "Drag '#a' to '#b', then #b contains 'A'",
        "expect(await page.evaluate(() => compute(3))).toBe(9)",
        "await page.locator('xpath=//b').click()",
        "expect(page.locator('#a')).toHaveText(/a+b/)",
        "Click \"Go\" -> result is right",
        "Click the 'Add' button",
    ],
)  # fmt: skip
def test_what_is_not_read_in_full_is_unresolved(line: str) -> None:
    """No case is guessed; the line is kept with a reason."""
    told = compile_page_sketch(line)
    assert told.cases == ()
    assert [u.line for u in told.unresolved] == [1] and told.unresolved[0].reason


def test_lines_are_independent_unless_they_say_otherwise() -> None:
    """A fresh page each; "then" goes on, and so do steps that no check has followed."""
    told = compile_page_sketch(
        "- Click #a -> #n shows 1\n- Click #b -> #n shows 2\n- Then click #c -> #n shows 3\n\n"
        "1. Type 'x' into #q\n2. Press Enter\n3. `.hit` count is 4\n"
    )
    assert [brief(case)[0] for case in told.cases] == [
        ["click css:#a"], ["click css:#b"], ["click css:#b", "click css:#c"],
        ["type css:#q = x", "press = Enter"],
    ]  # fmt: skip
    assert [case.line for case in told.cases] == [1, 2, 3, 7]


def test_a_scenario_goes_on_and_stops_at_what_it_cannot_do() -> None:
    """Under a heading steps pile up; after a line that is not read, nothing further is claimed."""
    told = compile_page_sketch(
        "Scenario: adding\n1. Click #a\n2. #n shows 1\n3. Click #b -> #n shows 2\n"
        "4. Do the magic\n5. #n shows 3\n\nScenario: other\n1. #n shows 0\n"
    )
    assert [(c.line, brief(c)[0]) for c in told.cases] == [
        (3, ["click css:#a"]), (4, ["click css:#a", "click css:#b"]), (9, []),
    ]  # fmt: skip
    assert [(u.line, u.reason) for u in told.unresolved] == [(5, "unparsed"), (6, "goes_on")]


def test_a_lone_check_after_an_action_is_not_sure() -> None:
    """It may mean the page as it was left; what is said of the start is sure."""
    told = compile_page_sketch("1. #n shows 0\n2. Click #a -> #n shows 1\n3. #m shows 5\n"
                               "4. #m is hidden initially")  # fmt: skip
    assert [case.confidence for case in told.cases] == [1.0, 1.0, 0.6, 1.0]


def test_code_runs_as_one_program_to_the_next_test() -> None:
    """Steps pile up within a test, and goto or the next test starts anew."""
    told = compile_page_sketch(
        """```js
test('adds', async ({ page }) => {
  await page.goto('/');
  const out = page.locator('#out');
  await page.fill('#n', '4');
  await page.getByText('Go').click();
  await expect(out).toHaveText('16');
  await page.keyboard.press('Enter');
  expect(await out.textContent()).toContain('1');
});
test('other', async ({ page }) => {
  await page.locator('.x').nth(2).click();
  await unknown(page);
  await expect(page.locator('#y')).toBeVisible();
});
```"""
    )
    first = ["type css:#n = 4", "click text:Go"]
    assert [brief(case)[:2] for case in told.cases] == [
        (first, "text css:#out"), ([*first, "press = Enter"], "content css:#out"),
    ]  # fmt: skip
    assert [(u.line, u.reason) for u in told.unresolved] == [(13, "unparsed"), (14, "goes_on")]


def test_tables_of_steps_are_scenarios() -> None:
    """JSON rows read as the lines that they stand for; a row that is not read refuses the table."""
    table = [
        {"name": "add", "steps": [{"action": "type", "target": "#q", "value": "milk"},
                                  {"action": "press", "value": "Enter"},
                                  {"expect": "count", "target": ".todo", "value": 1}]},
        {"name": "start", "steps": [{"expect": "text", "target": "h1", "value": "Todos"}]},
    ]  # fmt: skip
    assert [brief(case) for case in compile_page_sketch(json.dumps(table)).cases] == [
        (["type css:#q = milk", "press = Enter"], "count css:.todo", "eq", 1),
        ([], "text css:h1", "eq", "Todos"),
    ]
    assert compile_page_sketch('[{"action": "levitate", "target": "#q"}]').cases == ()


def test_yaml_and_markdown_tables() -> None:
    """Rows of simple YAML are one scenario, rows of a Markdown table cases of their own."""
    yaml = '- click: "#add"\n- action: type\n  target: "#q"\n  value: milk\n- expect: count\n  target: li\n  value: 3'
    assert [brief(case) for case in compile_page_sketch(yaml).cases] == [
        (["click css:#add", "type css:#q = milk"], "count css:li", "eq", 3)
    ]
    table = "| # | Action | Expected |\n|---|---|---|\n| 1 | Click #a | #n shows 1 |\n| 2 | - | #n shows 0 |"
    told = compile_page_sketch(table)
    assert [(c.line, brief(c)[0]) for c in told.cases] == [(3, ["click css:#a"]), (4, [])]
    assert told.unresolved == ()


def test_a_noun_may_be_an_id_of_the_page() -> None:
    """With the page's ids "the total price" is `#total-price`, and not sure; without them unread."""
    line = "The total price shows '$5'"
    [case] = compile_page_sketch(line, ("total-price", "total")).cases
    assert brief(case) == ([], "text css:#total-price", "shows", "$5")
    assert case.confidence < 0.8
    assert compile_page_sketch(line).cases == ()


def test_nothing_expected_goes_to_the_driver() -> None:
    """The driver's JSON holds id, steps and probe, reads back the same, and refuses other words."""
    for line, _ in LINES:
        for case in compile_page_sketch(line).cases:
            told = case.driver().to_json()
            assert set(told) == {"id", "steps", "probe"}
            assert DriverCase.from_json(json.loads(json.dumps(told))) == case.driver()
            assert case.comparator.op in OPS
    secret = compile_page_sketch("#out shows 'needle-42'").cases[0]
    assert "needle" not in json.dumps(secret.driver().to_json())
    with pytest.raises(ValueError, match="'fly' is none of click"):
        DriverCase.from_json({"id": "a", "steps": [{"do": "fly"}], "probe": {"read": "title"}})


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                ["click", "the", "'Add'", '"b"', "#a", ".b", "button", "->", "then", "and", ",", "is",
                 "shows", "3", "visible", "press", "Enter", "type", "into", "\n", "- ", "1. ", "expect(",
                 "page.", "locator('#a')", ")", ".toBe(", "`", "[", "{", "localStorage", "has", "class",
                 "title", "⟦0⟧", "⟦99⟧", "Scenario:", "not", "=", "count", "wait 3 ms", "page.locator()"]
            ),
            max_size=14,
        ).map(" ".join),
    )
)  # fmt: skip
def test_any_sketch_can_be_compiled(sketch: str) -> None:
    """Total and deterministic; every case can be told to the driver."""
    told = compile_page_sketch(sketch)
    assert told == compile_page_sketch(sketch)
    for case in told.cases:
        json.dumps(case.driver().to_json())
