"""Languages by whatever name a row gives them (S0-1)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.formats.language import language_of_tag, parse_language


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [
        ("Python 3.11", "python", "3.11"),
        ("python", "python", ""),
        ("py", "python", ""),
        ("python3", "python", "3"),
        ("Python3.12", "python", "3.12"),
        ("Python (3.11)", "python", "3.11"),
        ("CPython v3.10+", "python", "3.10"),
        ("JS", "javascript", ""),
        ("Node 20", "javascript", "20"),
        ("Node.js 20.11", "javascript", "20.11"),
        ("ES2020", "javascript", "2020"),
        ("TypeScript 5.4", "typescript", "5.4"),
        ("C++17", "cpp", "17"),
        ("c++", "cpp", ""),
        ("C99", "c", "99"),
        ("C#", "csharp", ""),
        ("golang 1.22", "go", "1.22"),
        ("Rust 2021", "rust", "2021"),
        ("Java 17", "java", "17"),
        ("HTML5", "html", "5"),
        ("HTML/CSS/JS", "html", ""),
        ("shell", "bash", ""),
        ("Brainfuck", "brainfuck", ""),
    ],
)
def test_names_and_versions(text, name, version):
    """The name is the project's own, the version is what the row claims (S0-1)."""
    found = parse_language(text)
    assert found is not None
    assert (found.name, found.version) == (name, version)


@pytest.mark.parametrize("tag", ["", "text", "json", "console", "diff", "nonsense"])
def test_tags_that_are_no_language(tag):
    """A fence's tag that names data, output or nothing known is no language."""
    assert language_of_tag(tag) is None


@settings(deadline=None)
@given(st.text())
def test_any_text(text):
    """Any text gives a lower-case name or nothing; it never raises."""
    found = parse_language(text)
    assert found is None or found.name == found.name.strip() != ""
