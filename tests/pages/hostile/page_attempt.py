"""What a hostile page is, and the few ends that count as stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from runners.pages.evidence import End

Html = str | bytes | Callable[[], str | bytes]

CANARY = "CANARY"
"""Stands in a page for host and port of a listener on the host's loopback."""

MEASURED = frozenset({End.MEASURED})
HANG = frozenset({End.HANG})
MEMORY = frozenset({End.MEMORY, End.CRASH})
"""V8 ends its own process at the limit of its heap, which is a crash seen from outside."""
GLUT = MEMORY | HANG
"""Memory that is so slow to take that processor time may be up before."""
SLOW = HANG | MEASURED
"""A matter of the machine's speed: too much for the visit, or just not."""
STARVED = GLUT | MEASURED
BLIND = frozenset({End.NO_FRAME, End.CRASH}) | SLOW
"""May stop the source of frames, or the process that draws them."""
ANY = frozenset(End)


@dataclass(frozen=True, kw_only=True)
class HostilePage:
    """One page that attacks the renderer or the measurement.

    `html` may stand in a function, where it is big; `CANARY` in it becomes `127.0.0.1:PORT`.
    `ends` are the ends that count as stopped. `named` are the names, each of which must have been
    counted in `attempts`, `a|b` where either will do; they are due only of a visit that was
    measured, for an end with another name is itself what is told. `twin` is the same page without
    the lie, `same` the parts of the evidence in which the two must agree. `full` asks for a visit
    with all of its phases, for what waits for a click or a key.
    """

    name: str
    group: str
    tries: str
    html: Html
    ends: frozenset[End] = MEASURED
    named: tuple[str, ...] = ()
    twin: Html | None = None
    same: tuple[str, ...] = ()
    full: bool = False

    def document(self, canary: str) -> bytes:
        """The bytes to be shown, with `canary` as host and port to be reached."""
        return rendered(self.html, canary)

    def untampered(self, canary: str) -> bytes:
        """The bytes of the twin; ValueError where there is none."""
        if self.twin is None:
            raise ValueError(f"{self.name} has no twin")
        return rendered(self.twin, canary)


def rendered(html: Html, canary: str) -> bytes:
    """The bytes of a page, with the listener's address filled in."""
    text = html() if callable(html) else html
    if isinstance(text, bytes):
        return text.replace(CANARY.encode(), canary.encode())
    return text.replace(CANARY, canary).encode()


def page(script: str = "", *, body: str = "", head: str = "", title: str = "hostile") -> str:
    """An ordinary document around what a page tries."""
    code = f"<script>{script}</script>" if script else ""
    return (
        f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>{title}</title>{head}</head>"
        f"<body><h1>Hostile</h1><p>Some text that is painted.</p>{body}{code}</body></html>"
    )


def framed(script: str, *, sandbox: str | None = None) -> str:
    """A frame whose document runs `script`; `sandbox` makes its origin opaque."""
    inner = f"<script>{script}</script>".replace("&", "&amp;").replace('"', "&quot;")
    limits = "" if sandbox is None else f' sandbox="{sandbox}"'
    return f'<iframe{limits} srcdoc="{inner}"></iframe>'


def table(
    group: str,
    rows: tuple[tuple[str, str, str], ...],
    *,
    ends: frozenset[End] = MEASURED,
    named: tuple[str, ...] = (),
    full: bool = False,
) -> tuple[HostilePage, ...]:
    """Pages that differ in nothing but a script: rows of name, what it tries, script."""
    return tuple(
        HostilePage(
            name=name, group=group, tries=tries, html=page(code), ends=ends, named=named, full=full
        )
        for name, tries, code in rows
    )
