"""Names that CommonJS code exports, found without running it."""

from __future__ import annotations

import pytest

from harness.cdn.bundle import exported_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("exports.useState=function(){};exports.version='18';", {"useState", "version"}),
        ('Object.defineProperty(exports,"marked",{get:f});exports.parse=p', {"marked", "parse"}),
        ("module.exports={one,two:2,three}", {"one", "two", "three"}),
        ("function _(){}_.debounce=debounce;_.chain=chain;module.exports=_", {"debounce", "chain"}),
        ("var e=module.exports={};e.read=function(){};e.write=1", {"read", "write"}),
    ],
)
def test_names_of_the_usual_shapes_are_found(text: str, names: set[str]) -> None:
    """Each way in which published code exports names; one too many does no harm, a lack does."""
    assert names <= set(exported_names(text))


def test_no_reserved_word_becomes_an_export() -> None:
    """A name that no import can have would make the module a syntax error."""
    found = exported_names("exports.default=1;exports.class=2;exports.__esModule=true;exports.ok=3")
    assert found == ["ok"]


def test_comparisons_are_no_exports() -> None:
    """Only what is assigned counts."""
    assert exported_names("if(exports.a==1){}exports.b=2;exports.c=3;exports.d=4") == [
        "b",
        "c",
        "d",
    ]
