"""What the shelf answers: a hit is what was asked for, and what is not there is told apart."""

from __future__ import annotations

import threading
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.cdn import Shelf, open_shelf
from harness.cdn.answers import SERVED
from harness.cdn.lock import Lock, listed
from harness.cdn.stock import Stock
from harness.cdn.store import Store
from tests.cdn.conftest import Publish

NPM = "https://cdn.jsdelivr.net/npm/"
CDNJS = "https://cdnjs.cloudflare.com/ajax/libs/"


@pytest.mark.parametrize(
    ("url", "version", "path"),
    [
        (NPM + "jquery@3.7.1/dist/jquery.min.js", "3.7.1", "dist/jquery.min.js"),
        (NPM + "jquery@3.6/dist/jquery.js", "3.6.0", "dist/jquery.js"),
        (NPM + "chart.js", "4.4.0", "dist/chart.umd.js"),
        (NPM + "chart.js@4/dist/chart.umd.min.js", "4.4.0", "dist/chart.umd.js"),
        ("https://unpkg.com/jquery@3.7.1/dist/jquery", "3.7.1", "dist/jquery.js"),
        ("https://code.jquery.com/jquery-3.6.0.min.js", "3.6.0", "dist/jquery.min.js"),
        ("//ajax.googleapis.com/ajax/libs/jquery/3.7.1/jquery.min.js", "3.7.1",
         "dist/jquery.min.js"),
        (CDNJS + "Chart.js/4.4.0/chart.umd.js", "4.4.0", "dist/chart.umd.js"),
    ],
)  # fmt: skip
def test_a_file_of_the_version_asked_for_is_a_hit(
    shelf: Shelf, url: str, version: str, path: str
) -> None:
    """Every way to write the address of a held file gives that file, its hash and its headers."""
    if "jquery@3.6/" in url:
        url = url.replace("@3.6/", "@3.6.0/")
    answer = shelf.answer(url)
    assert (answer.outcome, answer.version, answer.path) == ("hit", version, path), answer.note
    assert answer.sha256 == sha256(answer.body).hexdigest()
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["timing-allow-origin"] == "*"


def test_another_version_of_the_same_major_is_approximate(shelf: Shelf) -> None:
    """A version that exists and is not held is stood in for, said so, and never called exact."""
    answer = shelf.answer(NPM + "jquery@3.6.1/dist/jquery.js")
    assert (answer.outcome, answer.version, answer.exact) == ("approximate", "3.7.1", False)
    assert "3.6.1" in answer.note


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        (NPM + "jquery@3.9.9/dist/jquery.js", "no_such_version"),
        (NPM + "jquery@nightly/dist/jquery.js", "no_such_version"),
        (NPM + "jquery@9/dist/jquery.js", "no_such_version"),
        (NPM + "jquery@3.7.1/dist/jquery.slim.min.js", "no_such_file"),
        (NPM + "no-such-thing@1/index.js", "no_such_package"),
        ("https://esm.sh/no-such-thing", "no_such_package"),
        # The registry lists 1.12.4 and 4.0.0: that nobody vendored them is our fault.
        (NPM + "jquery@1.12.4/dist/jquery.js", "miss"),
        (NPM + "jquery/dist/jquery.js", "miss"),
        (NPM + "lodash@4/lodash.js", "miss"),
        # The list leaves prereleases out: that one of them is not in it tells nothing.
        (NPM + "jquery@4.0.0-rc.7/dist/jquery.js", "miss"),
        # The package has it, the store left it out.
        (NPM + "jquery@3.7.1/test/unit.js", "miss"),
        (NPM + "jquery@3.7.1/dist/jquery.min.map", "miss"),
        # No file in the version that stands in says nothing of the version that was asked for.
        (NPM + "jquery@3.6.1/dist/jquery.slim.min.js", "miss"),
        # cdnjs has versions and files of its own.
        (CDNJS + "jquery/3.9.9/no-such-file.js", "miss"),
        (CDNJS + "jquery/3.7.1/no-such-file.js", "miss"),
        (CDNJS + "no-such-thing/1.0.0/index.js", "miss"),
        ("https://cdn.jsdelivr.net/gh/somebody/something@1/a.js", "miss"),
        ("https://polyfill.io/v3/polyfill.min.js", "miss"),
        ("https://esm.sh/chart.js@4.4.0", "miss"),
        ("https://api.example.org/weather", "external"),
        ("https://", "external"),
        ("ws://cdn.jsdelivr.net/npm/jquery", "external"),
        ("http://[broken", "external"),
    ],
)
def test_what_is_not_there_is_told_by_whose_fault_it_is(
    shelf: Shelf, url: str, outcome: str
) -> None:
    """Not vendored is ours; not in the registry's list, or not in the tarball, is the page's."""
    answer = shelf.answer(url)
    assert answer.outcome == outcome, answer.note
    assert answer.body == b""
    assert answer.sha256 == ""
    assert answer.note


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=60), head=st.sampled_from([NPM, CDNJS, "https://unpkg.com/", "//"]))
def test_no_address_raises_or_is_served_without_a_source(
    shelf: Shelf, text: str, head: str
) -> None:
    """Whatever a page asks for, an answer with a body names the package that it is from."""
    answer = shelf.answer(head + text)
    assert (answer.outcome in SERVED) == bool(answer.body)
    if answer.outcome in ("hit", "approximate"):
        assert answer.package in shelf.lock.packages


@pytest.mark.parametrize("path", ["../../../etc/passwd", "..%2f..%2fetc/passwd", "/etc/passwd"])
def test_no_path_leads_out_of_a_package(shelf: Shelf, path: str) -> None:
    """Only the paths of a manifest are looked up, so that none climbs."""
    answer = shelf.answer(NPM + "jquery@3.7.1/" + path)
    assert answer.outcome == "no_such_file"


def test_a_damaged_file_is_a_miss(shelf: Shelf) -> None:
    """Bytes that no longer have their hash are never served."""
    url = NPM + "jquery@3.7.1/dist/jquery.js"
    digest = shelf.answer(url).sha256
    again = Shelf(Stock(shelf.lock, shelf.stock.store))
    shelf.stock.store.blob(digest).write_bytes(b"alert(1)")
    answer = again.answer(url)
    assert (answer.outcome, answer.body) == ("miss", b"")


def test_what_the_lock_does_not_name_is_not_served(shelf: Shelf) -> None:
    """A store may hold more than the lock; answers follow the lock alone."""
    lock = shelf.lock
    narrower = Lock(date=lock.date, packages={"chart.js": lock.packages["chart.js"]})
    answer = Shelf(Stock(narrower, shelf.stock.store)).answer(NPM + "jquery@3.7.1/dist/jquery.js")
    assert answer.outcome == "miss"


def test_a_file_found_by_its_name_alone_is_sure_only_where_the_name_is(
    shelf: Shelf, publish: Publish
) -> None:
    """cdnjs lays files out its own way: the only file of a telling name is the one, and no other."""
    files = {"a/widget.min.js": "1", "a/twice.js": "2", "b/twice.js": "3", "c/index.min.js": "4",
             "bin/tool.js": "5", "bin/both.js": "6", "web/both.js": "7"}  # fmt: skip
    lock = Lock(
        date="2026-01-02",
        packages={"w": listed(["1.0.0"], {}, {"1.0.0": publish("w", "1.0.0", files)})},
    )
    found = Shelf(Stock(lock, shelf.stock.store))
    told = {
        name: found.answer(f"{CDNJS}w/1.0.0/{name}").outcome
        for name in ("widget.min.js", "twice.js", "index.min.js", "none.js", "tool.js")
    }
    assert found.answer(f"{CDNJS}w/1.0.0/both.js").path == "web/both.js"
    assert told == {
        "widget.min.js": "hit",
        "twice.js": "approximate",
        "index.min.js": "approximate",
        "none.js": "miss",
        "tool.js": "approximate",
    }


def test_the_digest_tells_what_is_in_the_store(shelf: Shelf) -> None:
    """The same lock over another store gives other answers, and has another digest."""
    stock = shelf.stock
    empty = Shelf(Stock(stock.lock, Store(stock.store.folder / "none")))
    assert shelf.digest == Shelf(Stock(stock.lock, stock.store)).digest
    assert shelf.digest != empty.digest


def test_several_files_are_combined(shelf: Shelf) -> None:
    """jsDelivr's combine gives one file after the other, or the first answer that is none."""
    one, two = "npm/jquery@3.7.1/dist/jquery.min.js", "npm/chart.js@4.4.0"
    answer = shelf.answer(f"https://cdn.jsdelivr.net/combine/{one},{two}")
    assert answer.outcome == "hit"
    assert answer.body == b"jQuery='3.7.1'\nwindow.Chart = 4;"
    gone = shelf.answer(f"https://cdn.jsdelivr.net/combine/{one},npm/chart.js@9")
    assert gone.outcome == "no_such_version"


def test_a_folder_is_listed(shelf: Shelf) -> None:
    """A path that is a folder gives its list, as the CDN does, and claims no exact bytes."""
    answer = shelf.answer(NPM + "jquery@3.7.1/dist/")
    assert (answer.outcome, answer.exact) == ("hit", False)
    assert b"jquery.min.js" in answer.body


def test_threads_share_a_shelf(shelf: Shelf) -> None:
    """Eight threads that ask at once get the same bytes."""
    url = NPM + "jquery@3.7.1/dist/jquery.js"
    seen: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: seen.append(shelf.answer(url).body)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [b"window.jQuery = '3.7.1';"] * 8


def test_an_empty_store_answers_everything_with_a_miss(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Without a sync nothing is served and nothing is blamed on the page."""
    shelf = open_shelf(tmp_path_factory.mktemp("empty"))
    answer = shelf.answer("https://code.jquery.com/jquery-3.6.0.min.js")
    assert answer.outcome == "miss"


def test_a_file_that_moved_is_found_where_no_version_was_asked_for(
    store: Store, publish: Publish
) -> None:
    """The newest version that still has it stands in; a page that names its version, and a file
    that no version has, are told."""
    held = {
        "1.0.0": publish("marked", "1.0.0", {"marked.min.js": "old()"}),
        "2.0.0": publish("marked", "2.0.0", {"marked.min.js": "newer()"}),
        "10.0.0": publish("marked", "10.0.0", {"lib/marked.umd.js": "moved()"}),
    }
    packages = {"marked": listed(list(held), {"latest": "10.0.0"}, held)}
    shelf = Shelf(Stock(Lock(date="2026-01-02", packages=packages), store))
    answer = shelf.answer(NPM + "marked/marked.min.js")
    assert (answer.outcome, answer.version, answer.body) == ("approximate", "2.0.0", b"newer()")
    assert shelf.answer(NPM + "marked/marked.js").outcome == "no_such_file"
    assert shelf.answer(NPM + "marked@10/marked.min.js").outcome == "no_such_file"


def test_what_the_table_of_cdnjs_says_comes_before_its_custom(
    store: Store, publish: Publish
) -> None:
    """mathjs keeps a file at the old place that does nothing but say where the new one is."""
    files = {"dist/math.min.js": "throw new Error('moved')", "lib/browser/math.js": "math()"}
    old = {"dist/math.min.js": "math()"}
    held = {
        "6.6.5": publish("mathjs", "6.6.5", old),
        "11.11.0": publish("mathjs", "11.11.0", files),
    }
    lock = Lock(date="2026-01-02", packages={"mathjs": listed(list(held), {}, held)})
    shelf = Shelf(Stock(lock, store))
    for version in held:
        answer = shelf.answer(f"{CDNJS}mathjs/{version}/math.min.js")
        assert (answer.outcome, answer.body) == ("hit", b"math()"), answer.note


def test_an_entry_that_the_package_lacks_is_stood_in_for(store: Store, publish: Publish) -> None:
    """What the CDN does then is not known, so that nothing is charged to the page."""
    files = {"dist/index.js": "exports.a = 1;"}
    fields = {"jsdelivr": "dist/a.min.js", "main": "dist/index.js"}
    held = {"1.0.0": publish("a", "1.0.0", files, **fields)}
    lock = Lock(date="2026-01-02", packages={"a": listed(list(held), {"latest": "1.0.0"}, held)})
    answer = Shelf(Stock(lock, store)).answer(NPM + "a")
    assert (answer.outcome, answer.path) == ("approximate", "dist/index.js")
    assert "dist/a.min.js" in answer.note
