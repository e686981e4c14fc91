"""A `Line` that Playwright carries: its event loop runs in a thread of its own.

Calls are handed to the loop in their order and never waited for there; replies and events come
back through a queue and are handled by the thread that pumps, as on the pipe.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import queue
import re
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runners.pages.protocol import BrowserFault, Call, Handler, Pipes

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, CDPSession, Page, Playwright

_RELAY = str(Path(__file__).with_name("relay.py"))
_START_S = 60.0
_STOP_S = 10.0
_PREFIX = re.compile(r"^(?:CDPSession\.\w+: )?(?:Protocol error \([\w.]+\): )?")
_MESSAGE = "Target.receivedMessageFromTarget"


class PlaywrightLine:
    """One browser under Playwright. Raises BrowserFault where Playwright does not start."""

    def __init__(self, pipes: Pipes) -> None:
        self.closed = False
        self._last = 0
        self._calls: dict[int, Call] = {}
        self._handlers: dict[str, Handler] = {}
        self._parents: dict[str, str] = {}
        self._arrived: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._sessions: dict[str, CDPSession] = {}
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._context: BrowserContext | None = None
        self.page: Page | None = None
        """The page that is open."""
        self._shutting: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        try:
            self._now(self._start(pipes), _START_S)
        except Exception as error:
            self.close()
            raise BrowserFault(f"Playwright did not start: {error}") from error

    def on(self, session: str, handler: Handler | None) -> None:
        """See `Line.on`."""
        if handler is None:
            self._handlers.pop(session, None)
        else:
            self._handlers[session] = handler

    def post(self, method: str, params: Mapping[str, Any] | None = None, session: str = "") -> Call:
        """See `Line.post`."""
        told = dict(params or {})
        if method == "Target.setAutoAttach":
            # Playwright drops the events of sessions that it did not make; wrapped, they arrive.
            told["flatten"] = False
        parent = self._parents.get(session)
        if parent is None:
            return self.perform(self._send(session, method, told), method)
        self._last += 1
        call = self._calls[self._last] = Call(method)
        inner = json.dumps({"id": self._last, "method": method, "params": told})
        wrapped = {"sessionId": session, "message": inner}
        self.post("Target.sendMessageToTarget", wrapped, parent)
        return call

    def perform(self, work: Coroutine[Any, Any, dict[str, Any]], name: str) -> Call:
        """Let Playwright do something; what it gives is the reply."""
        self._last += 1
        number = self._last
        call = self._calls[number] = Call(name)

        async def run() -> None:
            result: dict[str, Any] = {}
            error = ""
            try:
                result = await work
            except Exception as failed:
                error = _PREFIX.sub("", str(failed)).split("\n")[0] or "refused"
            self._arrived.put(lambda: self._done(number, result, error))

        if self.closed:
            work.close()
            self._done(number, {}, "the browser is gone")
        else:
            self._loop.call_soon_threadsafe(lambda: self._loop.create_task(run()))
        return call

    def pump(self, timeout_s: float) -> bool:
        """See `Line.pump`."""
        try:
            act = self._arrived.get(timeout=timeout_s)
        except queue.Empty:
            return False
        act()
        for _ in range(self._arrived.qsize()):
            self._arrived.get()()
        return True

    def forget(self) -> None:
        """See `Line.forget`."""
        self._handlers = {key: kept for key, kept in self._handlers.items() if not key}
        self._calls.clear()
        self._parents.clear()

    def open_page(self, parameters: Callable[[str], Mapping[str, Any]]) -> Call:
        """A page in a context of its own, made by `Target.createTarget` with these `parameters` of
        a context's id. The reply has `browserContextId` and `session`."""
        return self.perform(self._open_page(parameters), "a page")

    def close_page(self) -> Call:
        """Close the page and forget what it stored."""
        return self.perform(self._close_page(), "the end of a page")

    def close(self) -> None:
        """See `Line.close`."""
        self.closed = True
        if self._loop.is_closed():
            return
        for last in (self._stop, self._cancel):
            with contextlib.suppress(Exception):
                self._now(last(), _STOP_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_S)
        if not self._thread.is_alive():
            self._loop.close()

    def _now(self, work: Coroutine[Any, Any, None], within_s: float) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(within_s)

    async def _start(self, pipes: Pipes) -> None:
        from playwright.async_api import async_playwright

        self._playwright = await async_playwright().start()
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as door:
            path = f"{folder}/door"
            door.bind(path)
            door.listen(1)
            door.setblocking(False)
            handing = self._loop.create_task(_hand_over(door, pipes))
            try:
                self._browser = await self._playwright.chromium.launch(
                    executable_path=sys.executable,
                    args=["-I", "-S", _RELAY, path],
                    ignore_default_args=True,
                    timeout=0,
                    handle_sigint=False,
                    handle_sigterm=False,
                    handle_sighup=False,
                )
            finally:
                handing.cancel()
        self._browser.on("disconnected", lambda _: self._arrived.put(self._lost))
        self._hear("", await self._browser.new_browser_cdp_session())

    async def _stop(self) -> None:
        if self._browser is not None:
            with contextlib.suppress(Exception):
                await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()

    async def _cancel(self) -> None:
        """End what still waits, also of Playwright's own."""
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _send(self, session: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = await self._sessions[session].send(method, params)
        return answer

    async def _open_page(self, parameters: Callable[[str], Mapping[str, Any]]) -> dict[str, Any]:
        assert self._browser is not None
        root = self._sessions[""]
        known = await root.send("Target.getBrowserContexts")
        context = self._context = await self._browser.new_context(no_viewport=True)
        now = await root.send("Target.getBrowserContexts")
        (number,) = set(now["browserContextIds"]) - set(known["browserContextIds"])
        async with context.expect_page(timeout=0) as made:
            await root.send("Target.createTarget", dict(parameters(number)))
        page = self.page = await made.value
        # Dialogs without a listener are dismissed by Playwright; ours are answered by the tab.
        page.on("dialog", lambda _: None)
        context.on("page", self._shut)
        session = f"page of {number}"
        self._hear(session, await context.new_cdp_session(page))
        return {"browserContextId": number, "session": session}

    def _shut(self, page: Page) -> None:
        """A page that a page opened: in its background nothing of ours would be painted."""

        async def shut() -> None:
            with contextlib.suppress(Exception):
                await page.close()

        task = self._loop.create_task(shut())
        self._shutting.add(task)
        task.add_done_callback(self._shutting.discard)

    async def _close_page(self) -> dict[str, Any]:
        self._sessions = {"": self._sessions[""]}
        context, self._context, self.page = self._context, None, None
        if context is not None:
            await context.close()
        return {}

    def _hear(self, session: str, channel: CDPSession) -> None:
        self._sessions[session] = channel

        def heard(event: dict[str, Any]) -> None:
            method, params = event["method"], event.get("params") or {}
            self._arrived.put(lambda: self._event(session, method, params))

        channel.on("event", heard)

    def _event(self, session: str, method: str, params: dict[str, Any]) -> None:
        if method == _MESSAGE:
            self._unwrap(params["sessionId"], json.loads(params["message"]))
            return
        if method == "Target.attachedToTarget" and session:
            self._parents[params["sessionId"]] = session
        handler = self._handlers.get(session)
        if handler is not None:
            handler(method, params)

    def _unwrap(self, session: str, message: dict[str, Any]) -> None:
        number = message.get("id")
        if number is None:
            self._event(session, message["method"], message.get("params", {}))
        else:
            error = message.get("error", {})
            self._done(number, message.get("result", {}), str(error.get("message", "")))

    def _done(self, number: int, result: dict[str, Any], error: str) -> None:
        call = self._calls.pop(number, None)
        if call is not None:
            call.done, call.result, call.error = True, result, error

    def _lost(self) -> None:
        self.closed = True
        for call in self._calls.values():
            call.done, call.error = True, "the browser is gone"
        self._calls.clear()


async def _hand_over(door: socket.socket, pipes: Pipes) -> None:
    """Give the browser's descriptors to the first that knocks."""
    loop = asyncio.get_running_loop()
    line, _ = await loop.sock_accept(door)
    with line:
        socket.send_fds(line, [b"."], [pipes.write_fd, pipes.read_fd])
