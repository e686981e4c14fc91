"""The world around a hostile page: what listens outside, and the browser that is kept or lost."""

from __future__ import annotations

import dataclasses
import socket
import threading
from pathlib import Path
from typing import Any

from browser_places import opened
from browser_talk import processes, status
from page_attempt import MEASURED, HostilePage

from runners.pages.evidence import End, PageEvidence
from runners.pages.patience import Budget
from runners.pages.protocol import Wire
from runners.pages.scene import Order
from runners.pages.visit import Visited, visit

SURE = Budget(answer_cpu_s=0.5, visit_cpu_s=1.5)
"""For what never ends; no ordinary page of a test needs so much."""
SHORT = Budget(answer_cpu_s=0.8, visit_cpu_s=1.6)
"""For what may or may not end."""
FILLING = Budget(answer_cpu_s=2.0, visit_cpu_s=3.0)
"""To reach a limit of memory before one of time, as a rule."""
TRUSTING = Budget()
"""For pages that are due to be measured in full."""


class Listeners:
    """TCP and UDP of one port on the host's loopback. Whatever comes is kept."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._tcp, self._udp = self._bound()
        self.address = f"127.0.0.1:{self._tcp.getsockname()[1]}"
        self._threads = [threading.Thread(target=f) for f in (self._accept, self._receive)]
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _bound() -> tuple[socket.socket, socket.socket]:
        while True:
            tcp, udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            tcp.bind(("127.0.0.1", 0))
            tcp.listen(64)
            try:
                udp.bind(tcp.getsockname())
            except OSError:
                tcp.close()
                udp.close()
                continue
            return tcp, udp

    def _accept(self) -> None:
        with self._tcp:
            while True:
                try:
                    peer, _ = self._tcp.accept()
                except OSError:
                    return
                self.heard.append("TCP")
                peer.close()

    def _receive(self) -> None:
        with self._udp:
            while self._udp.recv(2048) != b"end":
                self.heard.append("UDP")

    def close(self) -> None:
        """Stop listening."""
        self._udp.sendto(b"end", self._udp.getsockname())
        self._tcp.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()


class Keeper:
    """A browser, which is thrown away when a visit says so."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.browser: Any = opened(where)
        self._wire = Wire(self.browser)
        self._known: dict[tuple[bytes, bool], PageEvidence] = {}

    def visit(self, document: bytes, *, full: bool = False, budget: Budget = TRUSTING) -> Visited:
        """One visit, not repeated."""
        order = Order(page=document, depth="full" if full else "render", budget=budget)
        try:
            seen = visit(self.browser, self._wire, order)
        except BaseException:
            self._renew()
            raise
        if not seen.reusable:
            self._renew()
        return seen

    def evidence(self, document: bytes, *, full: bool) -> PageEvidence:
        """The evidence of a visit that is given all the time there is; asked twice, made once."""
        key = (document, full)
        if key not in self._known:
            self._known[key] = self.visit(document, full=full).evidence
        return self._known[key]

    def _renew(self) -> None:
        self.browser.close()
        self.browser = opened(self.where)
        self._wire = Wire(self.browser)

    def close(self) -> None:
        """End the browser."""
        self.browser.close()


def budget_of(page: HostilePage) -> Budget:
    """How much processor time a page is given: little where it is sure to use up all of it."""
    if page.ends == MEASURED:
        return TRUSTING
    if End.MEASURED not in page.ends:
        return FILLING if End.MEMORY in page.ends else SURE
    return SHORT


def counted(evidence: PageEvidence, names: str) -> int:
    """How often any of the names, parted by `|`, was counted."""
    return sum(evidence.attempts.get(name, 0) for name in names.split("|"))


def part(evidence: PageEvidence, name: str) -> Any:
    """What a lie is about, without what says nothing: places in the text, times, pictures' names."""
    if name == "errors":
        return sorted((e.kind, e.text, e.owner.value) for e in evidence.errors)
    if name == "owners":
        return sorted(e.owner.value for e in evidence.errors)
    if name == "looks":
        return [dataclasses.replace(look, picture="") for look in evidence.looks]
    return getattr(evidence, name)


def interfaces(pid: int) -> set[str]:
    """The network interfaces that a process can see."""
    lines = Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]
    return {line.partition(":")[0].strip() for line in lines}


def renderers(pid: int) -> list[int]:
    """The processes below `pid` that run pages, by the host's numbers."""
    return [each for each in processes(pid) if "--type=renderer" in status(each)["command"]]
