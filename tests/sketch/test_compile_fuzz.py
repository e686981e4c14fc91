"""Whatever text comes, the compiler answers, the same each time, and points at real lines."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sketch_corpus import CORPUS

from harness.sketch.compile import compile_sketch
from harness.sketch.literals import parse

CODES = sorted({(s.code, s.language) for s in CORPUS})
PIECES = [line for s in CORPUS for line in s.text.split("\n")] + [
    "```", "|---|---|", ">>> ", "def test_x():", "    assert ", "Given ", "Then ", "Input:",
    "Output:", "- name: x", "[]struct{a int}{", "test('a', () => {", "});", "((((", "]]]]", '"""', "'", "\\",
    "→", "==",
]  # fmt: skip
sketches = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=8).map("\n".join),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=5).map("".join),
)
relaxed = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@relaxed
@given(text=sketches, code=st.sampled_from(CODES))
def test_compiles_anything(text: str, code: tuple[str, str]) -> None:
    """Never raises; is deterministic; every case's text is really that line; ids are unique."""
    spec = compile_sketch(text, code=code[0], language=code[1])
    again = compile_sketch(text, code=code[0], language=code[1])
    assert spec.digest() == again.digest()
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    for case in spec.cases:
        assert case.origin.text == lines[case.origin.line - 1]
        assert case.call is not None or case.stdin is not None
    assert len({c.id for c in spec.cases}) == len(spec.cases)
    for line in spec.unresolved:
        assert line.text == lines[line.line - 1]
        assert line.reason


@relaxed
@given(text=sketches, code=st.text(max_size=120))
def test_compiles_beside_any_code(text: str, code: str) -> None:
    """Code that does not parse is no reason to fail."""
    compile_sketch(text, code=code, language="python", instruction=text, entry_point=code[:5])


@relaxed
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.binary(max_size=4)
        | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=8,
    )
)  # fmt: skip
def test_python_literals_are_read_exactly(value: object) -> None:
    """What Python writes of a plain value is read back as that value."""
    from runners.guest.codec import encode

    assert parse(repr(value), "python") == encode(value)
