"""The integrity attribute: what satisfies it, and when a wrong one is the page's fault."""

from __future__ import annotations

import base64
import hashlib

import pytest

from harness.cdn import Shelf, integrity_matches

BODY = b"alert('Hello, world.');"


def attribute(name: str, body: bytes = BODY) -> str:
    return f"{name}-" + base64.b64encode(hashlib.new(name, body).digest()).decode()


def test_the_published_example_matches() -> None:
    """The example of the W3C's own text (Subresource Integrity, 3.1)."""
    given = "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"
    assert integrity_matches(BODY, given)
    assert not integrity_matches(BODY + b"\n", given)


@pytest.mark.parametrize("name", ["sha256", "sha384", "sha512"])
def test_each_algorithm_is_checked(name: str) -> None:
    """All three algorithms take the right bytes and refuse others."""
    assert integrity_matches(BODY, attribute(name))
    assert not integrity_matches(b"other", attribute(name))


def test_only_the_strongest_counts() -> None:
    """A right SHA-256 does not save a wrong SHA-512; one right of two is enough."""
    assert not integrity_matches(BODY, f"{attribute('sha256')} {attribute('sha512', b'x')}")
    assert integrity_matches(BODY, f"{attribute('sha512', b'x')} {attribute('sha512')}?ct=js")


def test_an_attribute_without_a_known_algorithm_asks_for_nothing() -> None:
    """As the standard has it: unknown algorithms are passed over."""
    assert integrity_matches(BODY, "md5-abc")
    assert not integrity_matches(BODY, "sha256-!!!")


def test_a_wrong_attribute_is_the_pages_fault_for_exact_bytes_only(shelf: Shelf) -> None:
    """Bytes that may differ from the CDN's cannot convict a page: the attribute is waived."""
    exact = shelf.answer("https://cdn.jsdelivr.net/npm/jquery@3.7.1/dist/jquery.min.js")
    other = shelf.answer("https://cdn.jsdelivr.net/npm/jquery@3.6.1/dist/jquery.min.js")
    elsewhere = shelf.answer("https://cdnjs.cloudflare.com/ajax/libs/jquery/3.7.1/jquery.min.js")
    wrong = attribute("sha384", b"something else")
    assert exact.integrity(wrong) == "mismatch"
    assert exact.integrity(attribute("sha384", exact.body)) == "match"
    assert exact.integrity("") == ""
    assert other.integrity(wrong) == "waived"
    assert elsewhere.integrity(wrong) == "waived"
    assert elsewhere.integrity(attribute("sha384", elsewhere.body)) == "match"
