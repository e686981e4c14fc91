"""Entries of the split: the code's process and the tests' process, joined by one socket."""

from __future__ import annotations

import ctypes
import functools
import os
import sys
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runners.guest.link import Link
    from runners.guest.mirror import RemoteModule
    from runners.guest.report import Report, describe
    from runners.guest.serve import Server
    from runners.guest.suite import World, run_suite
    from runners.guest.wire import Channel, PeerLost
else:
    from link import Link
    from mirror import RemoteModule
    from report import Report, describe
    from serve import Server
    from suite import World, run_suite
    from wire import Channel, PeerLost

DEFAULT_REPLY_S = 120.0
_PR_SET_DUMPABLE = 4
_prctl: Any = getattr(ctypes.CDLL(None), "prctl", None)


def serve_code(payload: dict[str, Any], report_fd: int, peer_fd: int) -> None:
    """Load the code as a module and serve it until the tests are done."""
    vary(payload)
    share_files()
    channel = Channel(peer_fd)
    module = types.ModuleType(payload.get("module", "solution"))
    server = Server(channel, module)
    error = load_code(payload["code"], module, server.capture)
    server.capture_logs()
    names = [name for name in vars(module) if type(name) is str and name[:2] != "__"]
    try:
        channel.send(["ready", names[:10_000], error, server.taken_notes()])
        if error is None:
            server.serve()
    except PeerLost:
        return


def load_code(code: str, module: types.ModuleType, before: Any = None) -> dict[str, Any] | None:
    """Run the code as a module; None, or what it raised."""
    filename = f"{module.__name__}.py"
    module.__dict__["__file__"] = filename
    sys.modules[module.__name__] = module
    try:
        compiled = compile(code, filename, "exec", dont_inherit=True)
        if before is not None:
            before()
        exec(compiled, module.__dict__)
    except BaseException as error:
        return describe(error)
    return None


def run_tests(payload: dict[str, Any], report_fd: int, peer_fd: int) -> None:
    """Run the suite against the code on the other side of the socket."""
    hide_memory()
    vary(payload)
    share_files()
    report = Report(report_fd)
    link = Link(Channel(peer_fd, wait_s=payload.get("reply_s", DEFAULT_REPLY_S)))
    try:
        error = link.greet()
    except PeerLost as lost:
        error = {"type": "PeerLost", "mro": ["PeerLost"], "message": str(lost)}
    report.loaded(error)
    if error is None:
        world = FarWorld(link)
        run_suite(payload, report, world)
    report.end(link.weak)


class FarWorld(World):
    """The code on the other side of a link."""

    def __init__(self, link: Link) -> None:
        self.link = link
        module = RemoteModule(link, 0, "solution")
        link.mirrors[0] = module
        super().__init__(module, link.listed)

    def trouble(self) -> str:
        """Why no test can pass any more, or empty."""
        try:
            self.link.check()
        except PeerLost as error:
            return str(error)
        return ""

    @property
    def weak(self) -> bool:
        """Whether the code was asked to judge itself."""
        return self.link.weak


def vary(payload: dict[str, Any]) -> None:
    """Apply the run's variation, where there is one."""
    if payload.get("variation"):
        from variation import apply  # type: ignore[import-not-found,unused-ignore]

        apply(payload["variation"])


def share_files() -> None:
    """Let both processes, which are two users, use what either makes in temporary folders.

    A test that writes a file means the code to read it, and the other way round.
    """
    import tempfile

    os.umask(0)
    make_folder: Any = tempfile.mkdtemp
    make_file: Any = tempfile._mkstemp_inner  # type: ignore[attr-defined]

    @functools.wraps(make_folder)
    def mkdtemp(*args: Any, **kwargs: Any) -> Any:
        path = make_folder(*args, **kwargs)
        os.chmod(path, 0o777)
        return path

    def mkstemp_inner(*args: Any, **kwargs: Any) -> Any:
        fd, path = make_file(*args, **kwargs)
        os.fchmod(fd, 0o666)
        return fd, path

    tempfile.mkdtemp = mkdtemp
    tempfile._mkstemp_inner = mkstemp_inner  # type: ignore[attr-defined]


def hide_memory() -> None:
    """Keep this process's memory from others of the same user, where the kernel can."""
    if _prctl is not None:
        _prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
