"""A file of a package that only Node can run is not what a CDN for browsers serves."""

from __future__ import annotations

import pytest

from harness.cdn.commonjs import for_node
from harness.cdn.lock import Lock, listed
from harness.cdn.shelf import Shelf
from harness.cdn.stock import Stock
from harness.cdn.store import Store
from tests.cdn.conftest import Publish

NODE = '"use strict";function parse(){}exports.parse=parse;'
UMD = (
    "(function (global, factory) {\n  typeof exports === 'object' && typeof module !== 'undefined'"
    " ? factory(exports) : factory(global.marked = {});\n})(this, (function (exports) {"
    " exports.parse = 1; }));"
)
CDNJS = "https://cdnjs.cloudflare.com/ajax/libs/marked/4.0.2/marked.min.js"


@pytest.mark.parametrize(
    ("text", "node"),
    [
        (NODE, True),
        ("exports.a = 1", True),
        ("module.exports = function () {}", True),
        ("x();module.exports.a=1", True),
        (UMD, False),
        ("window.marked = 1", False),
        # a bundle hands the names to its parts, or has them of its own
        ("(function(require,module,exports){module.exports=1})()", False),
        ("((t,exports)=>{exports.a=1})()", False),
        ("var module={};module.exports=1;window.a=module.exports", False),
        ("e.exports.a=1;my_exports.b=2;i.module.exports=3", False),
        ("if(typeof(module)!='undefined')module.exports=1", False),
    ],
)
def test_a_script_for_node_is_told_from_one_for_both(text: str, node: bool) -> None:
    """It uses what no browser has, and neither asks for it nor brings it."""
    assert for_node("a.js", text.encode()) is node
    assert not for_node("a.css", text.encode())


@pytest.mark.parametrize(
    ("files", "path", "outcome"),
    [
        # the package's own minified file is for Node; the CDN made its own from the other
        ({"marked.min.js": NODE, "lib/marked.js": UMD}, "lib/marked.js", "hit"),
        ({"marked.min.js": UMD, "lib/marked.js": UMD}, "marked.min.js", "hit"),
        # nothing else: what breaks with it is not charged to the page
        ({"marked.min.js": NODE}, "marked.min.js", "approximate"),
    ],
)
def test_a_cdn_for_browsers_serves_what_they_can_run(
    store: Store, publish: Publish, files: dict[str, str], path: str, outcome: str
) -> None:
    """On a CDN that serves packages as they are, the file that was asked for is given all the same."""
    held = {"4.0.2": publish("marked", "4.0.2", files)}
    packages = {"marked": listed(("4.0.2",), {"latest": "4.0.2"}, held)}
    shelf = Shelf(Stock(Lock(date="2026-11-01", packages=packages), store))
    answer = shelf.answer(CDNJS)
    assert (answer.path, answer.outcome) == (path, outcome), answer.note
    plain = shelf.answer("https://cdn.jsdelivr.net/npm/marked@4.0.2/marked.min.js")
    assert (plain.path, plain.outcome) == ("marked.min.js", "hit")
