"""The flags of the browser, each with its reason."""

from __future__ import annotations

NO_SANDBOX = "--no-sandbox"
"""Added where Chromium's own sandbox cannot be kept and the caller permits it."""

PROFILE = "/tmp/profile"
"""The profile's folder inside: a memory file system that ends with the browser."""

_BY_THEMSELVES = (
    "Translate", "MediaRouter", "DialMediaRouteProvider", "OptimizationHints", "AcceptCHFrame",
    "InterestFeedContentSuggestions", "AutofillServerCommunication",
    "CertificateTransparencyComponentUpdater", "HttpsUpgrades",
)  # fmt: skip
_BY_A_CLOCK = (
    # Tasks are put off until a frame after an input was shown, or a time limit is over.
    "DeferRendererTasksAfterInput",
    # Scripts and documents are read and compiled by other threads, done when they are done.
    "ScriptStreaming", "PrecompileInlineScripts", "BackgroundResourceFetch", "ThreadedBodyLoader",
    "ThreadedPreloadScanner",
)  # fmt: skip
_JS = ("--max-old-space-size=384", "--no-wasm-inlining", "--no-wasm-inlining-call-indirect")

_REASONS = {
    # The line to the driver: no port is opened.
    "--remote-debugging-pipe": "DevTools messages on descriptors 3 and 4",
    "--headless": "the shell has no other mode; full Chromium needs to be told",
    f"--user-data-dir={PROFILE}": "nothing of an earlier browser, nothing left behind",
    # No network, beside the namespace that has none.
    "--proxy-server=http://127.0.0.1:9": "a request that nobody intercepted meets a dead proxy",
    "--proxy-bypass-list=<-loopback>": "addresses of this machine go to the dead proxy too",
    "--host-resolver-rules=MAP * ~NOTFOUND": "no name has an address",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp": "WebRTC has no way past the proxy",
    "--disable-background-networking": "no updates, field trials or reports",
    "--disable-component-update": "no downloads of components",
    "--disable-domain-reliability": "no reports",
    "--disable-sync": "no account",
    "--no-pings": "no auditing of links",
    "--metrics-recording-only": "no metrics are sent",
    # The same picture for the same page.
    "--enable-begin-frame-control": "the driver asks for each frame",
    "--run-all-compositor-stages-before-draw": "a frame shows all that happened before it",
    "--disable-new-content-rendering-timeout": "no frame is drawn by a clock",
    "--disable-threaded-animation": "animations move with frames",
    "--disable-threaded-scrolling": "scrolling moves with frames",
    "--disable-checker-imaging": "a frame waits for the decoding of its images",
    "--disable-image-animation-resync": "animated images follow the page's time",
    "--disable-smooth-scrolling": "a scroll is one step",
    "--force-color-profile=srgb": "colours of the page, not of a display",
    "--font-render-hinting=none": "glyphs do not depend on the host's settings",
    "--disable-lcd-text": "no coloured edges of text",
    "--hide-scrollbars": "pages of other lengths have the same width",
    "--force-device-scale-factor=1": "a CSS pixel is a pixel",
    "--lang=en-US": "one locale",
    "--mute-audio": "there is no device",
    "--disable-gpu": "no driver of the host; WebGL is drawn by software",
    "--enable-unsafe-swiftshader": "WebGL exists without a GPU; the process has no more rights",
    "--disable-field-trial-config": "no experiments",
    # A hostile page meets a limit, not the user.
    f"--js-flags={','.join(_JS)}": "one script's heap ends well below the browser's memory; calls "
    "of WebAssembly are not counted, which costs a tenth of a page's time and only serves inlining",
    "--block-new-web-contents": "a page opens no others",
    "--disable-breakpad": "no crash reporter",
    "--disable-crash-reporter": "likewise, in the shell",
    "--disable-extensions": "none is installed, none is looked for",
    "--disable-component-extensions-with-background-pages": "likewise those that are built in",
    "--disable-default-apps": "none",
    "--no-first-run": "nobody is asked",
    "--no-default-browser-check": "nobody is asked",
    "--disable-client-side-phishing-detection": "no model is fetched",
    "--disable-hang-monitor": "the driver says what hangs, by processor time",
    "--disable-prompt-on-repost": "nobody is asked",
    "--disable-popup-blocking": "what a page opens is refused above and counted",
    "--disable-ipc-flooding-protection": "what a page floods is counted, not slowed by a clock",
    "--disable-backgrounding-occluded-windows": "a page is never in the background",
    "--disable-renderer-backgrounding": "likewise",
    "--disable-background-timer-throttling": "likewise",
    "--disable-blink-features=AutomationControlled": "navigator.webdriver is as for a visitor",
    "--password-store=basic": "no service of a desktop",
    "--use-mock-keychain": "likewise",
    f"--disable-features={','.join((*_BY_THEMSELVES, *_BY_A_CLOCK))}": "services that act by "
    "themselves, and what makes the order of a page's tasks a matter of how fast a machine is",
}


def flags(*, chromium_sandbox: bool) -> tuple[str, ...]:
    """The command line after the binary; the same for every browser of a version of ours."""
    return (*_REASONS, *(() if chromium_sandbox else (NO_SANDBOX,)))


def reasons() -> dict[str, str]:
    """Flag to why it is there."""
    return dict(_REASONS)
