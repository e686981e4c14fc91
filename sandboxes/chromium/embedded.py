"""A browser of this machine in namespaces of its own: no engine, root or any user."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

from sandboxes import linux, seccomp, toolchain, wire
from sandboxes.base import SandboxUnavailable
from sandboxes.chromium import binary, fonts, greeting, inside, soundness
from sandboxes.chromium.base import CHROMIUM_SANDBOX, BrowserFacts
from sandboxes.chromium.bounds import ENV, MEMORY_MB, PIDS, SHM_MB, TMP_MB, UID
from sandboxes.chromium.failures import not_kept, telling
from sandboxes.chromium.flags import flags
from sandboxes.chromium.launch import EXIT_MEMORY
from sandboxes.chromium.usage import Counts, GroupUsage, TreeUsage
from sandboxes.slots import AGAIN, last_line, remedy

_START_WITHIN_S = 60.0
_STOP_WITHIN_S = 5.0
_PIPE_BYTES = 1 << 20
_BOOT = (
    "import os, sys; sys.path.insert(0, os.getcwd()); "
    "from sandboxes.chromium.launch import main; main()"
)


class EmbeddedBrowser(Counts):
    """Starts it; see `Browser`. `pid` is its PID 1 as this side sees it.

    Raises SandboxUnavailable where this machine cannot isolate it as asked, or has none.
    """

    def __init__(self, *, require_chromium_sandbox: bool = True) -> None:
        if not seccomp.supported(linux.machine()):
            raise SandboxUnavailable(
                f"no system call table for {linux.machine()}", hint="run on x86_64 or aarch64"
            )
        path = binary.find()
        many_uids = os.geteuid() == 0
        to_browser, self.write_fd = os.pipe()
        self.read_fd, from_browser = os.pipe()
        for fd in (self.write_fd, self.read_fd):
            with contextlib.suppress(OSError):  # a user may have used up what pipes may hold
                fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        os.set_blocking(self.read_fd, False)
        self.pid = 0
        self._closed = False
        setup = {
            "argv": [path, *flags(chromium_sandbox=True)],
            "env": ENV,
            "shown": [*binary.folders(path), fonts.FONTS, fonts.CACHES[1]],
            "many_uids": many_uids,
            "memory_mb": MEMORY_MB,
            "pids": PIDS,
            "pipe": [to_browser, from_browser],
            "require": require_chromium_sandbox,
        }
        try:
            self._process = _launch((to_browser, from_browser))
        except OSError as error:
            os.close(self.write_fd)
            os.close(self.read_fd)
            raise SandboxUnavailable(f"no launcher started: {error}", hint=AGAIN) from error
        finally:
            os.close(to_browser)
            os.close(from_browser)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._answers = wire.Reader(self._process.stdout.fileno())
        try:
            told = self._start(setup)
            soundness.check(self.pid, chromium_sandbox=told["isolation"] == CHROMIUM_SANDBOX)
        except BaseException:
            self.close()
            raise
        isolation = str(told["isolation"])
        self.facts = BrowserFacts(
            backend="embedded",
            tier="root" if many_uids else "user",
            version=str(told["version"]),
            binary_digest=binary.digest(path),
            flags=flags(chromium_sandbox=isolation == CHROMIUM_SANDBOX),
            isolation=isolation,
            enforced=_enforced(told["mechanisms"], isolation),
            fonts=fonts.digest(),
        )

    def _start(self, setup: dict[str, Any]) -> dict[str, Any]:
        """What the launcher and PID 1 told, with the version that the browser answers."""
        assert self._process.stdin is not None
        try:
            wire.send(self._process.stdin.fileno(), wire.pack(setup))
            where = self._frame("pid")
            self.pid = int(where["pid"])
            groups = where["groups"]
            if groups:
                self._usage = GroupUsage(groups["folders"], groups["version"])
            else:
                self._usage = TreeUsage(self.pid)
            told = self._frame("isolation")
        except (wire.WireError, OSError, KeyError) as error:
            words = self._last_words()
            raise SandboxUnavailable(
                f"the browser was not isolated: {error} {words}".strip(), hint=AGAIN
            ) from error
        try:
            version = greeting.version(self.write_fd, self.read_fd, _START_WITHIN_S)
        except greeting.SilentError as error:
            raise SandboxUnavailable(
                f"the browser did not start: {error} {self._ended()}".strip(),
                hint="pairproof doctor; if memory is short, start fewer at once",
            ) from error
        if isinstance(self._usage, TreeUsage):
            told["mechanisms"].pop("cpu", None)
        return {**told, "version": version}

    def _frame(self, key: str) -> dict[str, Any]:
        frame = self._answers.frame(_START_WITHIN_S)
        if frame is None:
            raise wire.WireError("the launcher ended")
        header = frame[0]
        if key in header:
            return header
        refused = header.get("step", "")
        message = str(header.get("fatal") or header.get("words") or header)
        if refused == inside.REFUSED:
            raise not_kept(message)
        raise SandboxUnavailable(f"the browser was not isolated: {message}", hint=remedy(refused))

    def _ended(self) -> str:
        """The last line that the browser wrote before it ended."""
        with contextlib.suppress(wire.WireError):
            frame = self._answers.frame(1.0)
            if frame is not None and "ended" in frame[0]:
                return f"(exit status {frame[0]['ended']}) {telling(frame[0]['words'])}"
        return ""

    def _last_words(self) -> str:
        assert self._process.stderr is not None
        if self._process.poll() is None:
            return ""
        return last_line(self._process.stderr.read())

    def oom_kills(self) -> int:
        """See `Browser.oom_kills`."""
        kills = super().oom_kills()
        if self._process.poll() == EXIT_MEMORY:
            kills = self._last_kills = max(kills, 1)
        return kills

    def alive(self) -> bool:
        """See `Browser.alive`."""
        return not self._closed and self._process.poll() is None

    def close(self) -> None:
        """See `Browser.close`."""
        if self._closed:
            return
        self.cpu_s()
        self.oom_kills()
        self._closed = True
        process = self._process
        for fd in (self.write_fd, self.read_fd):
            with contextlib.suppress(OSError):
                os.close(fd)
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()  # the launcher then ends all that it made
        try:
            process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)  # PID 1 dies with it
            process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        self.oom_kills()
        self._count_no_more()


def _launch(passed: tuple[int, int]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [toolchain.base_python(), "-s", "-S", "-P", "-B", "-X", "utf8", "-c", _BOOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        cwd=Path(__file__).parent.parent.parent,
        start_new_session=True,
        pass_fds=passed,
    )


def _enforced(mechanisms: dict[str, str], isolation: str) -> dict[str, str]:
    own = isolation == CHROMIUM_SANDBOX
    return {
        "network": "network namespace with nothing up, seccomp (local sockets only), dead proxy, "
        "no name resolves",
        "files": "mount namespace, read-only root of the browser, its libraries and fonts",
        "processes": "PID namespace, kill of all",
        "users": f"uid {UID}, no capabilities, no new privileges",
        "system calls": "seccomp" + (", Chromium's own seccomp for renderers" if own else ""),
        "renderers": "Chromium's namespaces" if own else "as the browser: --no-sandbox",
        "memory": mechanisms.get("memory", "anonymous and shared memory, polled"),
        "pids": mechanisms.get("pids", "RLIMIT_NPROC"),
        "cpu": mechanisms.get("cpu", "sum over the process tree, with children waited for"),
        "disk": f"tmpfs size: {TMP_MB} MiB, shared memory {SHM_MB} MiB",
    }
