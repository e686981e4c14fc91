"""One page in one fresh context: everything is set up before its first byte is parsed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any

from runners.pages.clock import Clock, FrameClock
from runners.pages.errands import Errands
from runners.pages.evidence import Phase
from runners.pages.guise import guise
from runners.pages.happenings import Happenings
from runners.pages.patience import Patience
from runners.pages.protocol import Call, CallFailed, Line
from runners.pages.requests import ORIGIN, Gate

WIDTH, HEIGHT = 1280, 720
_WORKERS = 24
_DIALOGS = 500
_MOST_DIALOGS = 2000
"""Four loops of the "do you really" kind; each dialog takes 0.25 CPU ms, and none of it is waiting
for an answer, so that only a count tells a siege from work."""
_EVERYTHING = {"patterns": [{"urlPattern": "*"}]}
_ALL_TARGETS = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
_FONTS = {
    "standard": "Times New Roman", "serif": "Times New Roman", "sansSerif": "Arial",
    "fixed": "Courier New", "cursive": "Script", "fantasy": "Impact",
}  # fmt: skip
"""The headless shell's own; full Chromium, and Playwright, have others."""
_ALIGNED = ("mouseMoved", "mouseWheel")
_GRANTED = ["clipboardReadWrite", "clipboardSanitizedWrite"]


@cache
def guest(name: str) -> str:
    """The source of a script that runs in the page."""
    return (files("runners.pages") / "guest" / name).read_text()


@cache
def lent(name: str, script: str) -> str:
    """What a guest script evaluates to, as an expression of the isolated world: made once in each
    document, and kept there as `name`."""
    # An own property: without it, an element with this id would answer to the name.
    return (
        f'(Object.hasOwn(globalThis, "{name}") ? globalThis.{name} : Object.defineProperty('
        f'globalThis, "{name}", {{ value: {guest(script)} }}).{name})'
    )


def target(context: str) -> dict[str, Any]:
    """The parameters of `Target.createTarget` for a page whose frames we ask for."""
    return {
        "url": "about:blank",
        "browserContextId": context,
        "width": WIDTH,
        "height": HEIGHT,
        "enableBeginFrameControl": True,
    }


class Tab:
    """One page. `close` has to be called, and the browser thrown away if that fails."""

    driver = "pipe"
    """Who makes the page and carries its messages; see `Conditions.driver`."""

    def __init__(self, wire: Line, patience: Patience, gate: Gate, *, seed: int = 1) -> None:
        self._wire = wire
        self._patience = patience
        self.gate = gate
        self.seed = seed
        self.happenings = Happenings(gate)
        self._errands = Errands(gate)
        self.clock: Clock = FrameClock(self.post, patience, gate)
        self.session = ""
        self.loaded = False
        self.creep_ms = 0.0
        """What each reading of a clock takes within one task; see `init.js`."""
        self.calls = 0
        """How many were sent so far; none but answers to the page's own doings comes between."""
        self.told: dict[str, int] = {}
        """What the stubs in the page's own world were called for, by name."""
        self.dragged: Mapping[str, Any] | None = None
        """What the browser lets be dragged, since it was last set to None."""
        self._key = secrets.token_hex(8)
        self._world = f"probe-{self._key}"
        self._context = ""
        self._target = ""
        self._contexts: dict[str, int] = {}
        self._kids = 0

    def post(self, method: str, params: Mapping[str, Any] | None = None, session: str = "") -> Call:
        """Send a call to the page's session."""
        self.calls += 1
        return self._wire.post(method, params, session or self.session)

    def call(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send a call and wait for its reply. Raises PageEnded, BrowserFault, CallFailed."""
        return self._patience.reply(self.post(method, params))

    @property
    def animates(self) -> bool:
        """Whether the page's scripts asked for frames; for others a few are as good as many."""
        return "requestAnimationFrame" in self.told

    @property
    def world(self) -> int:
        """The isolated world's execution context in the present document."""
        return self._contexts[self._world]

    def reply(self, call: Call) -> dict[str, Any]:
        """Wait for a call that was posted. Raises PageEnded, BrowserFault, CallFailed."""
        return self._patience.reply(call)

    def open(self) -> None:
        """A context of its own, a target with frame control, every listener and script in place."""
        self._wire.on("", self._of_browser)
        made = self._make()
        self._set_up()
        self._patience.reply(made)
        self.clock.begin()

    def _make(self) -> Call:
        """Begin a target, with its context and session; the call that is answered once it runs."""
        browser = self._wire
        made = self._patience.reply(
            browser.post("Target.createBrowserContext", {"disposeOnDetach": True})
        )
        self._context = str(made["browserContextId"])
        browser.post("Target.setAutoAttach", _ALL_TARGETS)
        self._permit()
        created = browser.post("Target.createTarget", target(self._context))
        self._patience.until(lambda: bool(self.session), "a tab")
        return created

    def _permit(self) -> None:
        """What pages of the context may do: the clipboard, and no download."""
        grants = {"origin": ORIGIN, "browserContextId": self._context, "permissions": _GRANTED}
        self._wire.post("Browser.grantPermissions", grants)
        deny = {"behavior": "deny", "browserContextId": self._context, "eventsEnabled": True}
        self._wire.post("Browser.setDownloadBehavior", deny)

    def _set_up(self) -> None:
        watch = guest("watch.js")
        version = self._patience.reply(self._wire.post("Browser.getVersion"))
        calls = [
            self.post(method, params)
            for method, params in (
                ("Page.enable", None),
                ("Runtime.enable", None),
                ("Log.enable", None),
                ("DOMStorage.enable", None),
                ("Network.enable", {"maxTotalBufferSize": 0, "maxResourceBufferSize": 0}),
                ("Performance.enable", {"timeDomain": "threadTicks"}),
                ("Profiler.enable", None),
                ("Profiler.startPreciseCoverage", {"callCount": False, "detailed": False}),
                ("DOM.enable", None),
                ("CSS.enable", None),
                ("CSS.startRuleUsageTracking", None),
                ("Target.setAutoAttach", _ALL_TARGETS),
                ("Fetch.enable", _EVERYTHING),
                ("Runtime.addBinding", {"name": self._key}),
                *self._in_the_page(),
                (
                    "Page.addScriptToEvaluateOnNewDocument",
                    {"source": watch, "worldName": self._world},
                ),
                ("Page.setInterceptFileChooserDialog", {"enabled": True}),
                ("Input.setInterceptDrags", {"enabled": True}),
                ("Emulation.setTimezoneOverride", {"timezoneId": "UTC"}),
                ("Emulation.setLocaleOverride", {"locale": "en-US"}),
                ("Emulation.setUserAgentOverride", guise(version)),
                ("Page.setFontFamilies", {"fontFamilies": _FONTS}),
            )
        ]
        tree: Any = self.post("Page.getFrameTree")
        self.post("Runtime.runIfWaitingForDebugger")
        for call in calls:
            self._patience.reply(call)
        answer: Any = self._patience.reply(tree)
        self.gate.frame = answer["frameTree"]["frame"]["id"]

    def _init(self) -> str:
        """The script that runs in the page's own world before its first."""
        told = {"KEY": self._key, "SEED": str(self.seed), "CREEP": str(self.creep_ms)}
        source = guest("init.js").replace("WAITS", guest("waits.js"))
        for name, value in told.items():
            source = source.replace(name, value)
        return source

    def _in_the_page(self) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """The calls that put scripts into the page's own world."""
        return (("Page.addScriptToEvaluateOnNewDocument", {"source": self._init()}),)

    def navigate(self) -> None:
        """Begin to load the page; the clock decides how far it gets."""
        self.loaded = False
        self._patience.reply(self.post("Page.navigate", {"url": ORIGIN}))

    def enter(self, phase: Phase) -> None:
        """What happens from now on belongs to `phase`."""
        self.gate.phase = self.happenings.phase = phase

    def measure(self, expression: str) -> Any:
        """The JSON value of an expression in the isolated world, which no page script can touch.

        Raises:
            PageEnded: the page hangs or died. CallFailed: the expression threw.
        """
        return self._value({"expression": expression, "contextId": self.world,
                            "returnByValue": True, "includeCommandLineAPI": True})  # fmt: skip

    def waiting(self, expression: str) -> Call:
        """Begin an expression whose promise is awaited while the clock goes on."""
        return self.post(
            "Runtime.evaluate",
            {
                "expression": expression,
                "contextId": self.world,
                "returnByValue": True,
                "awaitPromise": True,
            },
        )

    def settle(self, call: Call, within_ms: int, step_ms: int = 20) -> Any:
        """Let time pass until `call` is answered; None where it is not within `within_ms`."""
        spent = 0
        while not call.done and spent < within_ms:
            self.clock.advance(step_ms)
            spent += step_ms
        if not call.done:
            return None
        return _read(self._patience.reply(call))

    def ask(self, expression: str) -> Any:
        """An expression in the page's own world: what it says may be a lie."""
        return self._value({"expression": expression, "returnByValue": True})

    def act(self, *calls: tuple[str, Mapping[str, Any]], ms: int = 40) -> None:
        """Input, then time in one frame: what a page hears at once it hears before any has passed.

        Moves and wheels are aligned to frames: where they come last, their replies are taken later.
        """
        self.gate.hold()  # until after the frame: how fast we answer must not show in between
        sent = [self.post(method, params) for method, params in calls]
        aligned = [params.get("type") in _ALIGNED for _, params in calls]
        heard = sent[: len(sent) - [*aligned[::-1], False].index(False)]
        self._patience.until(lambda: all(c.done for c in heard), "an input", or_idle=True)
        self.clock.advance(ms, ms)
        for _ in range(10):
            if all(call.done for call in sent):
                break
            self.clock.advance(20)

    def close(self) -> None:
        """Forget the page and all that it stored. Raises BrowserFault, CallFailed."""
        self._wire.forget()
        self._patience.reply(
            self._wire.post("Target.disposeBrowserContext", {"browserContextId": self._context})
        )
        self._wire.on("", None)

    def _value(self, params: Mapping[str, Any]) -> Any:
        return _read(self._patience.reply(self.post("Runtime.evaluate", params)))

    def _of_browser(self, method: str, params: dict[str, Any]) -> None:
        if method == "Target.attachedToTarget":
            info = params["targetInfo"]
            if info["type"] == "page" and not self.session:
                self.session, self._target = params["sessionId"], info["targetId"]
                self._wire.on(self.session, self._event)
            elif info["type"] == "page":
                self.gate.count("popups")
                self._wire.post("Target.closeTarget", {"targetId": info["targetId"]})
            else:
                self._kid(params)
        elif method == "Browser.downloadWillBegin":
            self.gate.count("downloads")
            self._errands.download()
        elif method == "Target.targetCrashed" and params["targetId"] == self._target:
            self._patience.crashed = "the renderer crashed"

    def _event(self, method: str, params: dict[str, Any]) -> None:
        self._errands.event(method, params)
        if method == "Fetch.requestPaused":
            self.gate.paused(params, self.post)
        elif method == "Network.requestWillBeSent":
            self.gate.begun(params["requestId"], params["request"]["url"])
        elif method in ("Network.loadingFinished", "Network.loadingFailed"):
            self.gate.ended(params["requestId"])
        elif method == "Emulation.virtualTimeBudgetExpired":
            self.clock.expired()
        elif method == "Runtime.exceptionThrown":
            self.happenings.exception(params["exceptionDetails"])
        elif method == "Runtime.consoleAPICalled":
            self.happenings.logged(params)
        elif method == "Log.entryAdded":
            self.happenings.entry(params["entry"])
        elif method == "Runtime.bindingCalled" and params["name"] == self._key:
            if not self._errands.told(params["payload"], params["executionContextId"]):
                self._told(params["payload"])
        elif method == "Runtime.executionContextCreated":
            self._context_made(params["context"])
        elif method.startswith("DOMStorage.domStorageItem"):
            self.gate.count("storage_sets")
        elif method == "Page.javascriptDialogOpening":
            self._dialog(params)
        elif method == "Page.domContentEventFired":
            self.gate.count("documents")
        elif method == "Page.loadEventFired":
            self.loaded = True
        elif method == "Input.dragIntercepted":
            self.dragged = params["data"]
        elif method == "Page.fileChooserOpened":
            self.gate.count("file_choosers")
        elif method == "Page.windowOpen":
            self.gate.count("popups")
        elif method == "Page.navigatedWithinDocument":
            self.gate.count("history")
        elif method == "Page.frameNavigated":
            self._navigated(params["frame"])
        elif method == "Page.frameAttached":
            self.gate.count("frames")
        elif method == "Target.attachedToTarget":
            self._kid(params)
        elif method == "Inspector.targetCrashed":
            self._patience.crashed = "the renderer crashed"

    def _context_made(self, context: dict[str, Any]) -> None:
        about = context.get("auxData", {})
        if about.get("frameId") == self.gate.frame:
            self._contexts[context["name"] if context["name"] == self._world else ""] = context[
                "id"
            ]

    def _told(self, payload: str) -> None:
        if payload.startswith("error\n"):
            self.happenings.heard(payload)
        else:
            self.told[payload] = self.told.get(payload, 0) + 1

    def _navigated(self, frame: dict[str, Any]) -> None:
        """Documents that no request stands behind take the page's place: about:blank, blob:."""
        if frame["id"] == self.gate.frame and not frame["url"].startswith(ORIGIN):
            self.gate.count("navigations")

    def _dialog(self, params: dict[str, Any]) -> None:
        self.gate.count("dialogs")
        # After so many, the answer that ends a loop of the "do you really" kind is tried.
        opened = self.gate.attempts["dialogs"]
        accept = opened % _DIALOGS != 0
        if opened >= _MOST_DIALOGS:
            self._patience.besieged = f"{opened} dialogs in one visit, and no end of them"
        answer: dict[str, Any] = {"accept": accept}
        if params["type"] == "prompt":
            answer["promptText"] = params.get("defaultPrompt") or "test"
        self.post("Page.handleJavaScriptDialog", answer)

    def _kid(self, params: dict[str, Any]) -> None:
        """A worker or a frame in a process of its own: under the same gate."""
        session, info = params["sessionId"], params["targetInfo"]
        self._kids += 1
        self.gate.count("workers" if "worker" in info["type"] else "frames")

        def post(method: str, told: Mapping[str, Any] | None = None) -> Call:
            return self._wire.post(method, told, session)

        def event(method: str, told: dict[str, Any]) -> None:
            if method == "Fetch.requestPaused":
                self.gate.paused(told, post)
            elif method == "Runtime.exceptionThrown":
                self.happenings.exception(told["exceptionDetails"], aside=True)
            elif method == "Target.attachedToTarget":
                self._kid(told)

        if self._kids > _WORKERS:
            self._wire.post("Target.closeTarget", {"targetId": info["targetId"]})
            return
        self._wire.on(session, event)
        post("Fetch.enable", _EVERYTHING)
        post("Runtime.enable")
        post("Target.setAutoAttach", _ALL_TARGETS)
        post("Runtime.runIfWaitingForDebugger")
        if info["type"] == "worker":
            self._errands.worker(
                info["url"], partial(post, "Runtime.evaluate", {"expression": "0"})
            )


def _read(answer: dict[str, Any]) -> Any:
    if "exceptionDetails" in answer:
        details = answer["exceptionDetails"]
        thrown = details.get("exception", {})
        raise CallFailed(str(thrown.get("description") or details.get("text", ""))[:300])
    return answer["result"].get("value")
