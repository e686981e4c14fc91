"""An isolated browser, in every place: it answers, it is counted, it reaches nothing, it ends."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import re
import secrets
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_places import PLACES, opened
from browser_talk import BUSY, gone, line, page_of, processes, status

HERE = Path(__file__).parent

_SETTLED_WITHIN_S = 60.0


@pytest.fixture(scope="module", params=PLACES)
def place(request: pytest.FixtureRequest) -> str:
    """Where a browser runs."""
    return str(request.param)


@pytest.fixture(scope="module")
def browser(place: str) -> Iterator[Any]:
    """One browser for each place."""
    made = opened(place)
    yield made
    made.close()


def test_it_answers_and_evaluates(browser: Any) -> None:
    """A browser speaks DevTools at once, makes a page, and computes."""
    talk = line(browser)
    assert talk.ask("Browser.getVersion")["product"] == browser.facts.version
    assert talk.value(talk.page(), "1+1") == 2


def test_a_driver_may_write_without_blocking(place: str) -> None:
    """A line whose writing end does not block still brings what the browser says, however much."""
    browser = opened(place)
    try:
        os.set_blocking(browser.write_fd, False)
        said = line(browser)
        assert said.value(said.page(), "'ab'.repeat(3e6)") == "ab" * 3_000_000
    finally:
        browser.close()


def test_renderers_are_in_chromiums_own_sandbox(browser: Any) -> None:
    """The kernel shows a renderer with two filters and user, PID and network namespaces apart."""
    line(browser).page()
    assert browser.facts.isolation == "chromium-sandbox"
    until = time.monotonic() + _SETTLED_WITHIN_S
    while True:
        seen = [status(pid) for pid in processes(browser.pid)]
        main = next(
            s for s in seen if s["Name"].startswith("chrom") and "--type=" not in s["command"]
        )
        renderers = [s for s in seen if "--type=renderer" in s["command"]]
        filters = [int(one["Seccomp_filters"]) for one in renderers]
        # A renderer is forked first, and takes its filter before it is given any page.
        if (filters and min(filters) > int(main["Seccomp_filters"])) or time.monotonic() > until:
            break
        time.sleep(0.05)
    assert renderers
    for one in renderers:
        assert int(one["Seccomp_filters"]) == int(main["Seccomp_filters"]) + 1
        assert all(one[f"ns:{kind}"] != main[f"ns:{kind}"] for kind in ("user", "pid", "net"))


def test_no_process_has_a_right(browser: Any) -> None:
    """All processes are an ordinary user's, filtered, without new privileges, in no host namespace.

    A capability below counts only in a user namespace that Chromium itself made inside ours.
    """
    ours = status(int(Path("/proc/self").resolve().name))
    for pid in processes(browser.pid):
        seen = status(pid)
        if not seen["Name"].startswith("chrom"):
            continue
        inside = seen["Uid"].split()[0]
        assert inside != "0"
        assert seen["NoNewPrivs"] == "1"
        assert int(seen["Seccomp_filters"]) >= 1
        assert all(seen[f"ns:{kind}"] != ours[f"ns:{kind}"] for kind in ("pid", "net", "mnt"))
        assert "--type=zygote" in seen["command"] or int(seen["CapEff"], 16) == 0


def test_no_packet_leaves(browser: Any) -> None:
    """A page that fetches, opens sockets and asks for addresses reaches no listener of this host.

    The listeners work: we reach them ourselves.
    """
    with contextlib.ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("0.0.0.0", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("0.0.0.0", 0))
        ports = tcp.getsockname()[1], udp.getsockname()[1]
        places = ["127.0.0.1", "localhost", "[::1]", _address()]
        said = line(browser)
        page = said.page(page_of("<p>hello"))
        tried = said.value(page, _REACH % (json.dumps(places), *ports))
        assert tried == {"fetch": len(places), "socket": len(places)}
        assert not select.select([tcp, udp], [], [], 0.5)[0]
        stack.enter_context(socket.create_connection(("127.0.0.1", ports[0])))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.sendto(b"x", ("127.0.0.1", ports[1]))
        assert len(select.select([tcp, udp], [], [], 5)[0]) >= 1


_REACH = """
(async () => {
  const places = %s, tcp = %d, udp = %d;
  const count = {fetch: 0, socket: 0};
  const peer = new RTCPeerConnection({iceServers: places.map(
    p => ({urls: `stun:${p}:${udp}`}))});
  peer.createDataChannel('x');
  peer.setLocalDescription(await peer.createOffer());
  for (const p of places) {
    navigator.sendBeacon(`http://${p}:${tcp}/beacon`, 'x');
    new Image().src = `http://${p}:${tcp}/image`;
    await fetch(`http://${p}:${tcp}/`, {mode: 'no-cors'}).catch(() => count.fetch++);
    await new Promise(done => {
      const s = new WebSocket(`ws://${p}:${tcp}/`);
      s.onerror = () => { count.socket++; done() };
      s.onopen = done;
    });
  }
  await new Promise(done => setTimeout(done, 500));
  return count;
})()
"""


def _address() -> str:
    """An address of this host that is not loopback, where it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.2"
        return str(probe.getsockname()[0])


def test_no_file_of_the_host_is_there(browser: Any, tmp_path: Path) -> None:
    """Not even a navigation by the driver, which no page can order, shows what the host holds."""
    token = secrets.token_hex(16)
    secret = tmp_path / "secret.html"
    secret.write_text(f"<p>{token}")
    for folder in (tmp_path, *tmp_path.parents):
        folder.chmod(folder.stat().st_mode | 0o055)
    said = line(browser)
    page = said.page()
    for place in (secret, f"/proc/1/root{secret}", f"/proc/self/root{secret}"):
        assert token not in said.visit(page, f"file://{place}")
    shown = said.visit(page, "file:///etc/passwd")
    assert "root:" in shown
    hosts = {row for row in Path("/etc/passwd").read_text().splitlines() if "/home/" in row}
    assert not hosts & set(shown.splitlines())


def test_the_root_can_not_be_written_and_holds_no_program(place: str, browser: Any) -> None:
    """Every mount but memory and /proc is read-only; without an engine no shell is there either."""
    mounts = Path(f"/proc/{browser.pid}/mountinfo").read_text().splitlines()
    fields = [row.split() for row in mounts]
    writable = {row[4] for row in fields if "rw" in row[5].split(",")}
    assert "/" not in writable
    kinds = {row[4]: row[row.index("-") + 1] for row in fields}
    assert {kinds[point] for point in writable} <= {"tmpfs", "proc", "devpts", "mqueue"}
    if place == "embedded":
        root = Path(f"/proc/{browser.pid}/root")
        assert writable == {"/proc", "/tmp", "/dev/shm"}
        assert {one.name for one in root.iterdir()} <= {
            "dev", "etc", "lib", "lib32", "lib64", "opt", "proc", "root", "tmp", "usr", "var",
        }  # fmt: skip
        assert not (root / "usr/bin").exists() and not (root / "bin").exists()


def test_a_page_reads_no_file(browser: Any) -> None:
    """fetch of a file fails in a page, whatever is there."""
    said = line(browser)
    page = said.page(page_of("<p>hello"))
    read = "fetch('file:///etc/passwd').then(r => r.text()).catch(() => 'refused')"
    assert said.value(page, read) == "refused"


def test_use_is_counted(browser: Any) -> None:
    """Processor time grows with a busy page, memory with what it holds; both are of the browser."""
    said = line(browser)
    page = said.page()
    before, held = browser.cpu_s(), browser.memory_mb()
    said.value(page, BUSY)
    used = browser.cpu_s() - before
    assert used > 0.05
    said.value(page, "self.kept = new Uint8Array(120e6).fill(7); 1")
    assert browser.memory_mb() > held + 100
    assert browser.oom_kills() == 0
    assert browser.alive()


def test_dead_processes_stay_counted(place: str) -> None:
    """What a renderer used is not forgotten when its page is closed."""
    browser = opened(place)
    try:
        said = line(browser)
        target = said.ask("Target.createTarget", url="about:blank")["targetId"]
        page = said.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        before = browser.cpu_s()
        said.value(page, BUSY)
        used = browser.cpu_s() - before
        said.ask("Target.closeTarget", targetId=target)
        said.value(said.page(), "1")
        assert browser.cpu_s() - before >= used > 0.05
    finally:
        browser.close()
    assert browser.cpu_s() - before >= used


def test_memory_is_bounded(place: str) -> None:
    """A page that takes all it can is killed by the kernel, at a gibibyte, and it is told."""
    browser = opened(place)
    try:
        said = line(browser)
        page = said.page()
        hoard = "for (self.a = [];;) a.push(new Uint8Array(32e6).fill(1))"
        said.ask("Inspector.enable", page)
        with pytest.raises((RuntimeError, EOFError)):
            said.value(page, hoard)
        assert browser.memory_mb() < 1100
        crashed = any(e.get("method") == "Inspector.targetCrashed" for e in said.events)
        assert crashed or browser.oom_kills() >= 1
    finally:
        browser.close()


def test_two_at_once_know_nothing_of_each_other(place: str) -> None:
    """Two browsers answer side by side, in namespaces apart; the end of one is not the other's."""
    first, second = opened(place), opened(place)
    try:
        kinds = ("user", "pid", "net", "mnt") if place == "embedded" else ("pid", "net", "mnt")
        one, two = (status(b.pid) for b in (first, second))  # type: ignore[attr-defined]
        assert all(one[f"ns:{kind}"] != two[f"ns:{kind}"] for kind in kinds)
        first.close()
        said = line(second)
        assert said.value(said.page(), "1+1") == 2
    finally:
        first.close()
        second.close()


def test_nothing_lives_after_the_end(place: str) -> None:
    """close ends every process at once, may be called again, and after a death from inside."""
    for death in (False, True):
        browser: Any = opened(place)
        said = line(browser)
        said.page()
        below = processes(browser.pid)
        assert len(below) > 3
        if death:
            said.send("Browser.crash")
            assert gone(below)
        browser.close()
        assert gone(below)
        browser.close()
        assert not browser.alive()


def test_restarts_leave_nothing(place: str) -> None:
    """Start after start and end: no descriptor, thread, process, group, container or file stays."""
    opened(place).close()
    held, threads = _descriptors(), threading.active_count()
    made, seen = [], []
    for _ in range(6):
        browser: Any = opened(place)
        made += [str(browser.pid), *_own_names(browser)]
        seen += processes(browser.pid)
        browser.close()
    assert gone(seen)
    assert (_descriptors(), threading.active_count()) == (held, threads)
    left = [str(one) for one in Path("/sys/fs/cgroup").rglob("*") if one.is_dir()]
    left += [one.name for one in Path("/tmp").iterdir()]
    assert len(made) >= 12
    assert not [name for name in made[1::2] if any(name in one for one in left)]
    if place == "docker":
        from sandboxes import engine

        with contextlib.closing(engine.client()) as client:
            there = {container.id for container in client.containers.list(all=True)}
        assert not there & set(made)


def _descriptors() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def _own_names(browser: Any) -> list[str]:
    """How what was made for it is called: the id of its container, or the name of its groups."""
    words = re.split(r"[/\n]", Path(f"/proc/{browser.pid}/cgroup").read_text())
    return [next(w for w in words if w.startswith("pairproof-") or re.fullmatch(r"\w{64}", w))]


def test_nothing_lives_after_the_death_of_its_client(place: str) -> None:
    """A client that is killed takes its browser along."""
    opened(place).close()  # skips where there is none
    code = (
        f"import sys; sys.path.insert(0, {str(HERE)!r})\n"
        "from browser_places import *; from browser_talk import *\n"
        f"b = opened({place!r}); line(b).page()\n"
        "print(*processes(b.pid), flush=True); sys.stdin.read()"
    )
    client = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=HERE.parent.parent,
    )  # fmt: skip
    assert client.stdout is not None
    below = [int(word) for word in client.stdout.readline().split()]
    client.send_signal(signal.SIGKILL)
    client.communicate()
    assert len(below) > 3
    assert gone(below)
