"""A few lines of DevTools for tests, and views of /proc. Standard library and sandboxes only."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import time
from pathlib import Path
from typing import Any

from sandboxes.chromium.base import Browser
from sandboxes.chromium.usage import tree
from tests.waiting import comes

BUSY = "(() => { let x = 0; for (let i = 0; i < 5e7; i++) x = (x * 31 + i) | 0; return x })()"
"""Work of a few tenths of a processor second, however long that takes."""


class Line:
    """DevTools over a browser's two descriptors; events are kept."""

    def __init__(self, write_fd: int, read_fd: int) -> None:
        self._to, self._from = write_fd, read_fd
        self._held, self._id = b"", 0
        self.events: list[dict[str, Any]] = []

    def send(self, method: str, session: str = "", **params: Any) -> int:
        """Send a message; its id."""
        self._id += 1
        message = {"id": self._id, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        return self._id

    def ask(self, method: str, session: str = "", wait_s: float = 60.0, **params: Any) -> Any:
        """Send a message and wait for its answer. Raises RuntimeError for an error or a crash."""
        wanted = self.send(method, session, **params)
        until = time.monotonic() + wait_s
        while True:
            message = self.next(until)
            if message.get("id") == wanted:
                if "error" in message:
                    raise RuntimeError(message["error"]["message"])
                return message["result"]
            self.events.append(message)
            if session and message.get("method") == "Inspector.targetCrashed":
                raise RuntimeError("the page crashed")  # then no answer comes

    def next(self, until: float) -> dict[str, Any]:
        """The next message. Raises EOFError at the browser's end."""
        while b"\0" not in self._held:
            if not select.select([self._from], [], [], max(0.0, until - time.monotonic()))[0]:
                raise TimeoutError("the browser did not answer")
            piece = os.read(self._from, 1 << 20)
            if not piece:
                raise EOFError("the browser ended")
            self._held += piece
        text, _, self._held = self._held.partition(b"\0")
        answer: dict[str, Any] = json.loads(text)
        return answer

    def page(self, url: str = "about:blank") -> str:
        """The session of a new page in a context of its own."""
        context = self.ask("Target.createBrowserContext")["browserContextId"]
        target = self.ask("Target.createTarget", url="about:blank", browserContextId=context)
        found = self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        session = str(found["sessionId"])
        if url != "about:blank":
            self.visit(session, url)
        return session

    def visit(self, session: str, url: str) -> str:
        """Go there, and give the whole document as text; of an error page where it is refused."""
        self.ask("Page.navigate", session, url=url)
        until = time.monotonic() + 120
        while self.value(session, "document.readyState") != "complete":
            if time.monotonic() > until:
                raise TimeoutError(f"{url} did not load")
            time.sleep(0.02)
        return str(self.value(session, "document.documentElement.outerHTML"))

    def value(self, session: str, expression: str) -> Any:
        """What a script in the page gives."""
        answer = self.ask(
            "Runtime.evaluate", session, expression=expression, awaitPromise=True,
            returnByValue=True,
        )  # fmt: skip
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")


def line(browser: Browser) -> Line:
    return Line(browser.write_fd, browser.read_fd)


def page_of(html: str) -> str:
    return "data:text/html;base64," + base64.b64encode(html.encode()).decode()


def status(pid: int) -> dict[str, str]:
    """What the kernel says of a process, with its namespaces and command."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = {name: value.strip() for name, _, value in (each.partition(":") for each in lines)}
    for name in ("user", "pid", "net", "mnt"):
        with contextlib.suppress(PermissionError):  # another's, or one that has given up its rights
            found[f"ns:{name}"] = str(Path(f"/proc/{pid}/ns/{name}").readlink())
    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    found["command"] = command.decode("utf-8", "replace")
    return found


def processes(pid: int) -> list[int]:
    """A process and all below it that live, as this side sees them."""
    return [one for one in tree(pid) if alive(one)]


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def gone(pids: list[int], within_s: float = 60.0) -> bool:
    """Whether all of them end soon."""
    return comes(lambda: not any(map(alive, pids)), within_s)
