"""The whole way, from a range to served bytes, through the real registry."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.cdn import Answer
from harness.cdn.asks import Need
from harness.cdn.lock import Lock, read_lock, write_lock
from harness.cdn.npm import npm_client
from harness.cdn.resolve import resolve
from harness.cdn.shelf import open_shelf
from harness.cdn.store import Store
from harness.cdn.sync import sync
from harness.errors import CannotJudge

JQUERY = "sha256-/xUj+3OJU5yExlq6GSYGSHk7tPXikynS7ogEvDej/m4="
"""The integrity attribute that jQuery's own site gives for jquery-3.6.0.min.js."""
pytestmark = pytest.mark.slow

WANTS = (
    Need(package="aos", spec="2.3.1"),
    Need(package="jquery", spec="3.6.0"),
    Need(package="react", spec="18.2.0", module=""),
    Need(package="react-dom", spec="18.2.0", module="client"),
    Need(package="nanoid", spec="^5.0.0", module=""),
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A lock and a store with five small packages, or a skip that says what is missing."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed: apt install npm")
    folder = tmp_path_factory.mktemp("cdn")
    path = folder / "cdn.lock.json"
    with npm_client() as npm:
        try:
            found = resolve(Lock().with_wants(WANTS), npm)
        except CannotJudge as error:
            pytest.skip(f"the registry does not answer ({error}): see `npm ping`")
        assert found.missing == ()
        write_lock(path, found.lock)
        done = sync(found.lock, Store(folder / "store"), npm)
        assert done.failed == {}
        assert sync(found.lock, Store(folder / "store"), npm).fetched == []
    if any("esbuild" in why for why in done.modules_failed.values()):
        pytest.skip(f"esbuild is not to be had: {done.modules_failed}")
    assert done.modules_failed == {}
    return path, folder / "store"


def test_ranges_are_locked_with_integrity_and_the_registrys_list(
    filled: tuple[Path, Path],
) -> None:
    """What was asked for is held, by SHA-512, beside every version that the registry lists."""
    lock = read_lock(filled[0])
    assert set(lock.packages["aos"].held) == {"2.3.1"}
    assert all(
        integrity.startswith("sha512-")
        for item in lock.packages.values()
        for integrity in item.held.values()
    )
    assert {"16.14.0", "17.0.2", "18.2.0"} <= lock.packages["react"].names
    (nanoid,) = lock.packages["nanoid"].held
    assert nanoid.startswith("5.")


def test_files_are_served_and_absences_are_facts(filled: tuple[Path, Path]) -> None:
    """Bytes of the published package for what is there; for what is not, whose fault it is."""
    shelf = open_shelf(filled[1], lock=filled[0])
    answer = shelf.answer("https://unpkg.com/aos@2.3.1/dist/aos.js")
    assert (answer.outcome, answer.exact) == ("hit", True)
    assert shelf.answer("https://unpkg.com/aos@2.9.9/dist/aos.js").outcome == "no_such_version"
    assert shelf.answer("https://unpkg.com/aos@2.3.1/dist/no.js").outcome == "no_such_file"
    assert shelf.answer("https://unpkg.com/aos@2.3.4/dist/aos.js").outcome == "approximate"
    assert shelf.answer("https://unpkg.com/nanoid@3/index.js").outcome == "miss"


def test_pages_integrity_attributes_hold(filled: tuple[Path, Path]) -> None:
    """What a project's site tells pages to write as integrity is true of the bytes served."""
    shelf = open_shelf(filled[1], lock=filled[0])
    for url in (
        "https://code.jquery.com/jquery-3.6.0.min.js",
        "https://cdn.jsdelivr.net/npm/jquery@3.6.0/dist/jquery.min.js",
    ):
        assert shelf.answer(url).integrity(JQUERY) == "match"


def test_a_tarball_that_is_not_the_locked_one_stays_out(
    filled: tuple[Path, Path], tmp_path: Path
) -> None:
    """The lock's integrity is checked against the bytes, whatever the registry says."""
    lock = read_lock(filled[0])
    wrong = "sha512-" + "A" * 86 + "=="
    item = replace(lock.packages["aos"], held={"2.3.1": wrong})
    forged = Lock(date=lock.date, packages={"aos": item})
    store = Store(tmp_path / "store")
    with npm_client() as npm:
        done = sync(forged, store, npm)
    assert set(done.failed) == {"aos@2.3.1"}
    assert store.manifest("aos", "2.3.1") is None


def test_a_sync_for_some_needs_fetches_no_more(filled: tuple[Path, Path], tmp_path: Path) -> None:
    """React DOM brings React, which its module imports; what nobody asked for stays away."""
    lock, store = read_lock(filled[0]), Store(tmp_path / "store")
    with npm_client() as npm:
        done = sync(
            lock, store, npm, only=[Need(package="react-dom", spec="18.2.0", module="client")]
        )
    assert (done.failed, done.modules_failed) == ({}, {})
    assert set(store.versions()) == {("react", "18.2.0"), ("react-dom", "18.2.0")}
    assert not store.modules("react", "18.2.0")[""].error


def test_modules_share_one_react(filled: tuple[Path, Path], tmp_path: Path) -> None:
    """React DOM imports the very address under which the page's React stands, and they work."""
    if shutil.which("node") is None:
        pytest.skip("Node.js is not installed: apt install nodejs")
    shelf = open_shelf(filled[1], lock=filled[0])
    react, client = "https://esm.sh/react@18.2.0", "https://esm.sh/react-dom@18.2.0/client"
    entry = tmp_path / "entry.mjs"
    entry.write_text(
        f"""
        import React, {{ useState, createElement }} from "{react}";
        import {{ createRoot }} from "{client}";
        import * as same from "https://cdn.jsdelivr.net/npm/react@18.2.0/+esm";
        import {{ nanoid }} from "https://esm.run/nanoid@5";
        console.log(JSON.stringify([React.version, typeof useState, typeof createElement,
          typeof createRoot, same.useState === useState, nanoid().length]));
        """
    )
    seen = localise(shelf.answer, entry, tmp_path)
    done = subprocess.run(
        ["node", str(entry)], capture_output=True, timeout=300, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["18.2.0", "function", "function", "function", True, 21]
    assert sum("/react@18.2.0/+build/index.mjs" in url for url in seen) == 1


def localise(answer: Callable[[str], Answer], entry: Path, folder: Path) -> dict[str, Path]:
    """Write the modules that `entry` imports, in turn, beside it, and point the imports there."""
    seen: dict[str, Path] = {}
    queue = [entry]
    while queue:
        path = queue.pop()
        text = path.read_text()
        for url in sorted(set(re.findall(r"""["'](https://[^"']+)["']""", text))):
            if url not in seen and (found := answer(url)).served:
                seen[url] = folder / f"m{len(seen)}.mjs"
                seen[url].write_bytes(found.body)
                queue.append(seen[url])
            if url in seen:
                text = re.sub(
                    f"[\"']{re.escape(url)}[\"']", json.dumps(f"./{seen[url].name}"), text
                )
        path.write_text(text)
    return seen
