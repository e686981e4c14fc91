"""Fences, line ends, invisible characters and lost indentation."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.repair import repair_row
from harness.repair.fences import blocks, unwrap

GOOD = "def f(x):\n    return x"


def kinds(done):
    return [(repair.kind, repair.field) for repair in done.repairs]


def test_a_good_row_is_not_touched():
    """A row as the card asks for passes with no repair and no note."""
    texts = {
        "instruction": "Write f.",
        "response": f"It returns x.\n\n```python\n{GOOD}\n```",
        "code": GOOD,
        "sketch": "f(1) -> 1",
    }
    done = repair_row(texts, language="python")
    assert done.texts == texts
    assert not done.repairs
    assert not done.notes


def test_blocks_are_found_with_their_lines():
    """Blocks keep tag, line and code; a longer fence holds a shorter one; indents come off."""
    text = "a\n````md\n```\nx\n```\n````\n  ~~~ py\n  y\n  ~~~\nend"
    found = blocks(text)
    assert [(b.tag, b.code, b.line, b.closed) for b in found] == [
        ("md", "```\nx\n```", 2, True),
        ("py", "y", 7, True),
    ]


def test_a_fence_in_a_docstring_ends_nothing():
    """A fence that is indented like code belongs to the code."""
    code = 'def f():\n    """\n    ```\n    f()\n    ```\n    """'
    (block,) = blocks(f"T.\n```python\n{code}\n```\nend")
    assert (block.code, block.closed) == (code, True)


def test_an_unclosed_fence_is_closed():
    """A response that was cut after its code is closed, and the repair names it."""
    done = repair_row({"response": f"Text.\n```python\n{GOOD}\n"}, language="python")
    assert kinds(done) == [("fence", "response")]
    assert [(b.code, b.closed) for b in blocks(done.texts["response"])] == [(GOOD, True)]


@pytest.mark.parametrize(
    "wrapped", [f"```python\n{GOOD}\n```", f"```\n{GOOD}", f"~~~\n{GOOD}\n~~~\n"]
)
def test_code_comes_out_of_its_fence(wrapped):
    """code_only that is one fenced block is the code inside (S0-8)."""
    done = repair_row({"code": wrapped}, language="python", names={"code": "code_only"})
    assert done.texts["code"] == GOOD
    assert kinds(done) == [("fence", "code_only")]


def test_code_with_two_blocks_is_not_unwrapped():
    """Two blocks, or prose after the block, are no mere wrapping."""
    assert unwrap("```\na\n```\n```\nb\n```") is None
    assert unwrap("```\na\n```\nprose") is None
    assert unwrap("x = 1") is None


def test_a_wrong_tag_is_put_right_and_recorded():
    """A block that is tagged as another language but is Python gets Python's tag (S0-7)."""
    done = repair_row({"response": f"T.\n```js\n{GOOD}\n```"}, language="python")
    assert kinds(done) == [("fence", "response")]
    assert "```python\n" in done.texts["response"]
    assert "'js'" in done.repairs[0].detail


def test_the_template_s_tag_is_put_right():
    """The card's own template says ```language; models copy it."""
    done = repair_row({"response": "T.\n```language\nfn f() {}\n```"}, language="rust")
    assert "```rust\n" in done.texts["response"]


@pytest.mark.parametrize(("language", "tag"), [("python", "py"), ("javascript", "js"), ("go", "x")])
def test_other_tags_stay(language, tag):
    """Aliases and tags that cannot be proved wrong are left."""
    text = f"T.\n```{tag}\n{GOOD}\n```"
    assert repair_row({"response": text}, language=language).texts["response"] == text


def test_several_blocks_are_noted():
    """More than one block breaks the one-block rule and is noted, not repaired (S0-7)."""
    done = repair_row({"response": "```py\na\n```\n```py\nb\n```"}, language="python")
    assert done.notes == ("S0-7: the response holds 2 code blocks",)


def test_line_ends_and_marks():
    """CRLF, CR and byte order marks are put right field by field, and counted."""
    done = repair_row(
        {"code": "\ufeffx = 1\r\ny = 2\rz = 3\n", "sketch": "a\r\nb"}, language="python"
    )
    assert done.texts == {"code": "x = 1\ny = 2\nz = 3\n", "sketch": "a\nb"}
    assert kinds(done) == [("bom", "code"), ("newlines", "code"), ("newlines", "sketch")]
    assert done.repairs[1].detail == "1 CRLF and 1 CR became LF"


def test_invisible_characters_go_only_where_they_break_python():
    """A zero-width or no-break space that breaks the code is removed; inside a string it stays."""
    broken = "def f(x):\n\xa0\xa0\xa0\xa0return\u200b x"
    done = repair_row({"code": broken}, language="python")
    assert done.texts["code"] == GOOD.replace("return x", "return x")
    assert kinds(done) == [("control_characters", "code")]
    assert "1 x U+200B" in done.repairs[0].detail
    kept = repair_row({"code": "s = 'a\u200bb'"}, language="python")
    assert not kept.repairs
    assert kept.notes == ("code: holds 1 x U+200B, left as it is",)


def test_lost_indentation_is_flagged_and_never_fixed():
    """Nested blocks whose indents a page collapsed to one space: flagged, text unchanged."""
    code = "def f(x):\n if x:\n return 1\n return 2"
    done = repair_row({"code": code}, language="python")
    assert done.texts["code"] == code
    assert kinds(done) == [("indentation_suspect", "code")]
    assert "one space" in done.repairs[0].detail


def test_one_space_that_still_parses_is_a_note():
    """One level of one-space indents parses and has lost nothing: a note, no repair."""
    done = repair_row({"code": "def f(x):\n y = x\n return y"}, language="python")
    assert not done.repairs
    assert done.notes[0].startswith("indentation_suspect")


def test_misaligned_blocks_are_flagged_in_the_response_too():
    """An IndentationError in the only copy of the code is flagged on the response."""
    text = "T.\n```python\ndef f():\n    a = 1\n   b = 2\n```"
    assert kinds(repair_row({"response": text}, language="python")) == [
        ("indentation_suspect", "response")
    ]


texts = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    "\\n`'\" \n\r{}:;py=()\u200b\xa0"
)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(["instruction", "response", "code", "sketch", "suite"]), texts),
    st.sampled_from(["", "python", "rust"]),
)
def test_any_row_passes(row, language):
    """No text raises, every change is recorded, and a second pass changes no line ends."""
    done = repair_row(row, language=language)
    changed = {role for role in row if done.texts[role] != row[role]}
    assert changed <= {repair.field for repair in done.repairs}
    assert not any("\r" in text and "\\r" not in row[r] for r, text in done.texts.items())
