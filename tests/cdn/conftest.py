"""A small store, filled from tarballs of our own through the real unpacking."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.cdn.lock import Lock, listed
from harness.cdn.shelf import Shelf
from harness.cdn.stock import Stock
from harness.cdn.store import Store
from harness.cdn.unpack import unpack

Publish = Callable[..., str]


def tarball(folder: Path, files: Mapping[str, str]) -> tuple[Path, str]:
    """A published package with these files, and its integrity."""
    path = folder / "package.tgz"
    with tarfile.open(path, "w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    digest = hashlib.sha512(path.read_bytes()).digest()
    return path, "sha512-" + base64.b64encode(digest).decode()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store(tmp_path / "store")


@pytest.fixture
def publish(tmp_path: Path, store: Store) -> Publish:
    """Put a package version into the store; its integrity."""

    def put(package: str, version: str, files: Mapping[str, str], **fields: str) -> str:
        document = json.dumps({"name": package, "version": version, **fields})
        path, integrity = tarball(tmp_path, {"package.json": document, **files})
        store.write_manifest(package, version, unpack(store, path, package, integrity))
        return integrity

    return put


@pytest.fixture
def shelf(store: Store, publish: Publish) -> Shelf:
    """jquery 3.6.0 and 3.7.1 of five versions, chart.js 4.4.0 of three, and a name that is absent."""
    jquery = {
        version: publish(
            "jquery",
            version,
            {
                "dist/jquery.js": f"window.jQuery = '{version}';",
                "dist/jquery.min.js": f"jQuery='{version}'",
                "dist/jquery.min.map": "{}",
                "src/core.js": "export default 1;",
                "test/unit.js": "fail()",
            },
            main="dist/jquery.js",
        )
        for version in ("3.6.0", "3.7.1")
    }
    chart = publish(
        "chart.js",
        "4.4.0",
        {"dist/chart.umd.js": "window.Chart = 4;", "dist/chart.js": "export const Chart = 4;"},
        jsdelivr="./dist/chart.umd.js",
        main="./dist/chart.cjs",
    )
    return Shelf(
        Stock(
            Lock(
                date="2026-01-02",
                packages={
                    "jquery": listed(
                        ["1.12.4", "3.6.0", "3.6.1", "3.7.1", "4.0.0", "4.0.0-beta.2"],
                        {"latest": "4.0.0"},
                        jquery,
                    ),
                    "chart.js": listed(
                        ["4.3.0", "4.4.0", "5.0.0"], {"latest": "4.4.0"}, {"4.4.0": chart}
                    ),
                },
                absent=frozenset({"no-such-thing"}),
            ),
            store,
        )
    )
