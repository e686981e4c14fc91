"""The compiler held against sixty styles and against real docstrings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sketch_corpus import CORPUS, Sample

from benchmarks.evaluate import holds
from benchmarks.sketches import LANGUAGES, measure, shared_data
from harness.sketch.compile import compile_sketch
from harness.sketch.spec import TestSpec

ROOT = Path(__file__).parents[2]
DATA = shared_data(ROOT)
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"{DATA} is not there: set PAIRPROOF_SHARED to the shared folder"
)

WRONG_EXAMPLES = [
    "HumanEval/47",  # the median of six numbers is not 15.0
    "HumanEval/116",  # sorts by number of ones; the docstring's first answer sorts by value
    "HumanEval/116",  # likewise for its second answer
    "HumanEval/148",  # ("Venus") is a str; a tuple was meant
]
NO_CASE = {
    "HumanEval/80",  # is_happy(a): letters without quotes
    "HumanEval/130",  # tri(1) = 3 defines a sequence, it is no example of the function
}


def compiled(sample: Sample) -> TestSpec:
    return compile_sketch(sample.text, code=sample.code, language=sample.language)


@pytest.mark.parametrize("sample", CORPUS, ids=lambda s: s.style)
def test_every_line_with_a_value_compiles(sample: Sample) -> None:
    """Every style gives exactly the cases that a careful reader sees, and no more (S0-14)."""
    spec = compiled(sample)
    assert len(spec.cases) == sample.cases, spec.unresolved


@pytest.mark.parametrize(
    "sample", [s for s in CORPUS if s.language == "python" and s.cases], ids=lambda s: s.style
)
def test_compiled_cases_hold_for_the_right_answer(sample: Sample) -> None:
    """What was compiled says what the sketch says: the right code meets every case (S0-14)."""
    assert [w for c in compiled(sample).cases if (w := holds(c, sample.code))] == []


@pytest.mark.parametrize("sample", [s for s in CORPUS if not s.cases], ids=lambda s: s.style)
def test_sketches_without_values_say_why(sample: Sample) -> None:
    """A sketch of names or prose gives no case and one reason for every line (S0-14)."""
    spec = compiled(sample)
    lines = [line for line in sample.text.split("\n") if line.strip()]
    assert [u.text for u in spec.unresolved] == lines
    assert all(u.reason for u in spec.unresolved)


def test_the_corpus_is_what_it_claims() -> None:
    """Sixty styles, 142 cases, eight of the sketches without any value."""
    assert len(CORPUS) == len({s.style for s in CORPUS}) == 60
    assert sum(s.cases for s in CORPUS) == 142
    assert sum(not s.cases for s in CORPUS) == 8


@needs_data
def test_humaneval_docstrings() -> None:
    """Nearly all docstrings with an example compile, and only wrong examples fail (S0-14)."""
    row = measure(DATA / "humaneval.jsonl.gz", "python", run=True)
    assert row["with_example"] - row["compiled"] <= len(NO_CASE)
    assert row["compiled"] >= 0.95 * row["with_example"]
    assert row["cases"] >= 430
    assert row["failing"] == WRONG_EXAMPLES


@needs_data
@pytest.mark.parametrize(
    ("language", "least"), [("js", 136), ("java", 130), ("go", 137), ("cpp", 128), ("rust", 2)]
)
def test_docstrings_of_other_languages(language: str, least: int) -> None:
    """The same docstrings compile where the code is in another language (S0-14)."""
    row = measure(DATA / f"humanevalpack-{language}.jsonl.gz", language, run=False)
    assert row["problems"] == 164
    assert row["compiled"] >= least
    assert language in LANGUAGES


@needs_data
def test_the_example_of_the_card() -> None:
    """The sketch in the card's own example gives five cases of five, and they hold (S0-14)."""
    text = next((DATA.parent / "seeds").glob("000*")).read_text(encoding="utf-8")
    code, sketch = (
        re.findall(rf'"{key}": "(.*?)",\n', text)[-1] for key in ("code_only", "test_sketch")
    )
    spec = compile_sketch(unescaped(sketch), code=reindented(unescaped(code)), language="Python")
    assert [c.name for c in spec.cases] == [
        "test_basic", "test_unicode", "test_special_chars", "test_consecutive_hyphens",
        "test_strip",
    ]  # fmt: skip
    assert spec.unresolved == ()
    assert [w for c in spec.cases if (w := holds(c, reindented(unescaped(code))))] == []


def unescaped(text: str) -> str:
    for old, new in (("\\\\n", "\n"), ("\\\\\\\\", "\\")):
        text = text.replace(old, new)
    return text.replace("\\n", "\n")


def reindented(code: str) -> str:
    """The card lost its indentation to one space: four are put back."""
    return re.sub(r"^ (?=\S)", "    ", code, flags=re.MULTILINE)
