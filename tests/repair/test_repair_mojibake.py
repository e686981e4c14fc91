"""UTF-8 that went through a one-byte code page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.repair import repair_row
from harness.repair.mojibake import CODE_PAGES, find, recover


def misread(text, page):
    return text.encode().decode(page, "ignore")


@pytest.mark.parametrize("page", ["cp1252", "cp1254", "cp1251", "latin-1"])
def test_a_page_of_the_sources_comes_back_whole(seeds, page):
    """S3's page, misread, is recovered to the letter wherever the code page lost no byte."""
    text = (seeds / "003_6fec8863a966734b.txt").read_text()
    broken = misread(text, page)
    done = repair_row({"instruction": broken})
    exact = len(broken) == len(text.encode())
    if exact:
        assert done.texts["instruction"] == text
        assert [(r.kind, r.lossy) for r in done.repairs] == [("mojibake", False)]
    else:
        assert done.texts["instruction"] != text
        assert all(r.lossy for r in done.repairs)


def test_cp1254_is_told_from_cp1252(seeds):
    """S3 as it was published: only Turkish has the letter that its first emoji turned into."""
    broken = misread((seeds / "003_6fec8863a966734b.txt").read_text(), "cp1254")
    assert "ğ" in broken
    assert find([broken]).code_page == "cp1254"


def test_lost_characters_of_a_source_are_marked(seeds):
    """S2's page has 255 lost characters: it is left as it is and marked lossy, nothing invented."""
    text = (seeds / "002_28b5894f5625570e.txt").read_text()
    done = repair_row({"instruction": text})
    assert done.texts["instruction"] == text
    (repair,) = done.repairs
    assert (repair.kind, repair.lossy) == ("mojibake", True)
    assert repair.detail.startswith("255 ")


def test_dropped_bytes_are_counted_not_guessed():
    """Where bytes were dropped each broken character is one U+FFFD and the repair lossy."""
    text = "数据构建的完整流程：从类别到高质量代码样本。"
    broken = misread(text, "cp1254")
    assert len(broken) < len(text.encode())
    done = repair_row({"instruction": broken})
    (repair,) = done.repairs
    got = done.texts["instruction"]
    assert repair.lossy
    assert "cp1254" in repair.detail or "cp1252" in repair.detail
    lost = got.count("\ufffd")
    assert f"{lost} characters" in repair.detail
    whole = [c for c in got if c != "\ufffd"]
    assert set(whole) <= set(text)


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ("cafÃ©", "café"),
        ("donâ€™t", "don’t"),
        ("a â†’ b", "a → b"),
        ("5 Â£", "5 £"),
        ("x\u00e2\u0080\u0099s", "x’s"),
    ],
)
def test_short_texts(broken, right):
    """Single characters come back too, also those that a browser read as C1 controls."""
    assert repair_row({"instruction": broken}).texts["instruction"] == right


@pytest.mark.parametrize(
    "text",
    [
        "naïve café “quoted”",
        'say "CAFÉ”',
        "Привет, мир — «да»",
        "αβγ → δ",
        "İstanbul ğüş",
        "Zażółć gęślą jaźń",
        "日本語のテキスト",
        "│ ├── tree └──",
        "½ ±1 °C",
        "fix_mojibake('cafÃ©') -> 'café'",
    ],
)
def test_right_texts_are_left_alone(text):
    """Text that is right, or speaks of mojibake beside the right letters, is not changed."""
    assert find([text]) is None


def test_one_row_is_one_piece():
    """A row whose other field is right is not repaired: it speaks of mojibake, it has none."""
    done = repair_row({"instruction": "Turn 'cafÃ©' around", "sketch": "f('x') -> 'café'"})
    assert not done.repairs


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1))
def test_exact_pages_lose_nothing(text):
    """Any Chinese text that Latin-1 misread comes back exactly."""
    found = find([misread(text, "latin-1")])
    assert found.lost == 0
    assert recover(misread(text, "latin-1"), found.code_page) == text


@settings(deadline=None)
@given(st.text())
def test_never_raises_and_keeps_ascii(text):
    """Whatever the text, a way back exists or not, and its ASCII stands where it stood."""
    found = find([text])
    right = recover(text, found.code_page if found else CODE_PAGES[0])
    assert [c for c in right if c.isascii()] == [c for c in text if c.isascii()]
