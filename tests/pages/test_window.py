"""`render --headed`: a window on a real display, offline, held by Chromium's own sandbox."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import Misuse
from harness.pages.headed import check_display, offline_flags
from sandboxes.base import SandboxUnavailable
from sandboxes.chromium.binary import find_full

PAGE = """<!doctype html><html lang="en"><head><title>Window</title></head><body>
<button id="more" onclick="this.textContent = Number(this.textContent) + 1">0</button>
<script src="https://cdn.example.com/x.js"></script></body></html>"""
LOOK = """
import json, sys
from pathlib import Path
from harness.pages.headed import check_display, offline_flags
from runners.pages.window import show
from sandboxes.chromium.binary import find_full

ASK = "(url) => fetch(url).then(() => 'reached', () => 'refused')"
found = {}

def look(page):
    page.click("#more")
    found["button"] = page.text_content("#more")
    for url in ("https://example.com/", "http://127.0.0.1:80/", "file:///etc/passwd"):
        found[url] = page.evaluate(ASK, url)

check_display()
show(Path(sys.argv[1]).read_bytes(), executable=find_full(), flags=offline_flags(), meanwhile=look)
print(json.dumps(found))
"""


@pytest.fixture
def display() -> Iterator[str]:
    """A display of our own, where the machine can make one."""
    if shutil.which("Xvfb") is None:
        pytest.skip("no display can be made: apt-get install xvfb")
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        number = server.stdout.readline().strip()
        if not number:
            pytest.skip("no display can be made: Xvfb ended at once")
        yield f":{number}"
    finally:
        server.terminate()
        server.communicate(timeout=300)


def test_the_page_works_in_the_window_and_reaches_nothing(display: str, tmp_path: Path) -> None:
    """A click counts; the network, this machine's ports and its files are refused."""
    try:
        find_full()
    except SandboxUnavailable as error:
        pytest.skip(f"{error}: {error.hint}")
    ordinary: list[str] = []
    if os.geteuid() == 0:
        if shutil.which("unshare") is None:
            pytest.skip("needs an ordinary user: apt-get install util-linux, or do not run as root")
        ordinary = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    (tmp_path / "page.html").write_text(PAGE)
    done = subprocess.run(
        [*ordinary, sys.executable, "-c", LOOK, str(tmp_path / "page.html")],
        env={**os.environ, "DISPLAY": display, "HOME": str(tmp_path)},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "button": "1", "https://example.com/": "refused", "http://127.0.0.1:80/": "refused",
        "file:///etc/passwd": "refused",
    }  # fmt: skip


def test_without_a_display_the_error_says_what_to_type() -> None:
    """Nothing is opened, and --out is offered instead."""
    with pytest.raises(Misuse, match="no display") as caught:
        check_display({})
    assert "--out" in caught.value.hint


def test_the_window_has_the_flags_that_take_the_network_away() -> None:
    """A dead proxy, no names, no WebRTC around it; never a flag that opens the sandbox."""
    flags = " ".join(offline_flags())
    for part in ("--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
                 "MAP * ~NOTFOUND", "disable_non_proxied_udp"):  # fmt: skip
        assert part in flags
    assert "--no-sandbox" not in flags
