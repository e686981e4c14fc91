"""The page of a pair is found whole and unchanged, or a reason is given."""

from __future__ import annotations

import pytest

from harness.models import Language, Pair
from harness.pages.extract import page_in, page_of

DOC = "<!doctype html>\n<html><body><p>\u2028x</p></body></html>\n"


def test_a_page_on_its_own_is_taken_as_it_is() -> None:
    """Raw markup, with a comment before its doctype too, is the page byte for byte."""
    for text in (DOC, "\n<!-- v1 -->\n" + DOC, "<html><p>a"):
        found = page_in(text)
        assert (found.html, found.source, found.reason) == (text, "response", "")


def test_the_fenced_page_of_a_response_is_taken() -> None:
    """The fence's text is the page; separate styles are noted."""
    found = page_in(f"Here it is:\n\n```html\n{DOC}```\nAnd the styles:\n```css\na {{}}\n```\n")
    assert (found.html, found.source, found.line) == (DOC.rstrip("\n"), "fence", 4)
    assert found.notes == ("other fenced parts are not in the page: css",)


def test_a_fence_inside_of_a_page_does_not_end_it() -> None:
    """A line of backticks in a template literal is part of the page."""
    page = "<!doctype html><html><body><script>\nconst md = `\n```\ncode\n```\n`;\n</script></body></html>"
    assert page_in(f"So:\n```html\n{page}\n```\nDone.").html == page


def test_an_open_fence_runs_to_the_end_and_says_so() -> None:
    """A response cut inside of its page gives the cut page."""
    found = page_in("Here:\n```html\n<!doctype html><script>let a")
    assert found.html == "<!doctype html><script>let a"
    assert found.notes == ("the fence of the page is never closed",)


def test_a_page_between_words_about_it() -> None:
    """Without any fence, as models answer too: from its first tag to its last, and noted."""
    found = page_in(f"Sure! Here is the page:\n\n{DOC}\nOpen it in a browser.")
    assert (found.html, found.source, found.line) == (DOC.rstrip("\n"), "response", 3)
    assert found.notes == ("text stands before the page",)
    cut = page_in("Here:\n<html><body><p>a")
    assert cut.html == "<html><body><p>a"
    assert page_in("The <html> tag opens a page.").reason == "no_page"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_text"),
        ("I cannot do that.", "no_page"),
        ("```python\nprint(1)\n```", "no_page"),
        ("```html\n<p>a</p>\n```\nor\n```html\n<p>b</p>\n```", "several_pages"),
        (f"```html\n{DOC}```\nor\n```html\n{DOC}<p>b</p>\n```", "several_pages"),
    ],
)
def test_no_page_and_several_pages_are_reasons(text: str, reason: str) -> None:
    """What cannot be told is not guessed."""
    found = page_in(text)
    assert (found.html, found.reason, bool(found)) == ("", reason, False)


def test_a_whole_page_beats_a_snippet() -> None:
    """Of a page and a snippet of it the page is meant; the same page twice is one."""
    snippet = "```html\n<p>a</p>\n```\n"
    assert page_in(f"Add:\n{snippet}giving\n```html\n{DOC}```").html == DOC.rstrip("\n")
    assert page_in(f"a\n```html\n{DOC}```\nb\n```html\n{DOC}```").html == DOC.rstrip("\n")


def test_code_comes_before_the_response() -> None:
    """The pair's code is judged where it is a page; else the response is searched."""
    html = Language(name="html")
    both = Pair(id="a", language=html, code=DOC, response="```html\n<p>other</p>\n```")
    assert (page_of(both).html, page_of(both).source) == (DOC, "code")
    only = Pair(id="b", language=html, response=f"```html\n{DOC}```")
    assert page_of(only).html == DOC.rstrip("\n")
    assert page_of(Pair(id="c", language=html)).reason == "no_text"
