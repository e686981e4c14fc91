"""Tarballs: what is kept of them, and what never gets in."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from harness.cdn.mime import content_type, kept
from harness.cdn.prune import prune
from harness.cdn.shelf import Shelf
from harness.cdn.stock import Stock
from harness.cdn.store import Store
from harness.cdn.unpack import unpack, verify
from harness.errors import CannotJudge
from tests.cdn.conftest import Publish, tarball


def test_integrity_is_that_of_the_bytes(tmp_path: Path) -> None:
    """The very bytes match, one more does not, and an unknown algorithm never does."""
    path, integrity = tarball(tmp_path, {"a.js": "1"})
    assert verify(path, integrity)
    assert not verify(path, integrity.replace("sha512", "md5"))
    path.write_bytes(path.read_bytes() + b"\0")
    assert not verify(path, integrity)


def test_hostile_members_stay_out(tmp_path: Path, store: Store) -> None:
    """Links, devices and paths that climb are passed over; nothing is written beside the store."""
    path = tmp_path / "hostile.tgz"
    with tarfile.open(path, "w:gz") as tar:
        for name in ("package/../../up.js", "package/a/../../../up.js", "/abs/../../up.js"):
            member = tarfile.TarInfo(name)
            member.size = 1
            tar.addfile(member, io.BytesIO(b"1"))
        for kind, name in ((tarfile.SYMTYPE, "package/link.js"), (tarfile.LNKTYPE, "package/h.js")):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            tar.addfile(member)
        member = tarfile.TarInfo("anything/good.js")
        member.size = 2
        tar.addfile(member, io.BytesIO(b"ok"))
    manifest = unpack(store, path, "hostile", "sha512-x")
    assert set(manifest.files) == {"good.js"}
    assert store.read(manifest.files["good.js"]) == b"ok"
    assert {p.name for p in tmp_path.iterdir()} == {"hostile.tgz", "store"}


def test_a_cut_tarball_is_refused(tmp_path: Path, store: Store) -> None:
    """Half a download is an error that says so, and gives no manifest."""
    path, integrity = tarball(tmp_path, {"a.js": "x" * 5000, "b.js": "y" * 5000})
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(CannotJudge, match="no whole tarball"):
        unpack(store, path, "cut", integrity)


def test_equal_files_are_kept_once(tmp_path: Path, store: Store) -> None:
    """Versions share what did not change."""
    path, integrity = tarball(tmp_path, {"a.js": "same", "b.js": "same"})
    manifest = unpack(store, path, "x", integrity)
    assert manifest.files["a.js"] == manifest.files["b.js"]
    assert store.size() == (1, 4)


def test_pruning_leaves_what_the_lock_names(shelf: Shelf, store: Store, publish: Publish) -> None:
    """A version that is not locked goes with the files that only it has; answers stay the same."""
    url = "https://cdn.jsdelivr.net/npm/jquery@3.7.1/dist/jquery.js"
    before = shelf.answer(url)
    publish("jquery", "2.0.0", {"dist/jquery.js": "old", "dist/same.js": "jQuery='3.7.1'"})
    files = store.size()[0]
    done = prune(shelf.lock, store)
    # old, and the package.json of 2.0.0; the third file is one of 3.7.1 as well.
    assert (done.versions, done.files, store.size()[0]) == (1, 2, files - 2)
    assert Shelf(Stock(shelf.lock, store)).answer(url) == before
    assert prune(shelf.lock, store).files == 0


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("dist/a.js", True),
        ("src/a.mjs", True),
        ("wasm/a.wasm", True),
        ("fonts/a.woff2", True),
        ("package.json", True),
        ("dist/a.js.map", False),
        ("src/a.ts", False),
        ("README.md", False),
        ("test/a.js", False),
        ("test.js", True),
    ],
)
def test_what_a_page_could_load_is_kept(path: str, expected: bool) -> None:
    """Sources of other languages, maps, tests and prose are not."""
    assert kept("x", path, 10) is expected


def test_content_types_are_those_that_browsers_insist_on() -> None:
    """Modules, WebAssembly and style sheets are refused under any other type."""
    assert content_type("a.MJS").startswith("text/javascript")
    assert content_type("a.wasm") == "application/wasm"
    assert content_type("a.css").startswith("text/css")
    assert content_type("a.woff2") == "font/woff2"
    assert content_type("a.unknown") == "application/octet-stream"
