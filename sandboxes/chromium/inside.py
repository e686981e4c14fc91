"""PID 1 of a browser's namespaces: the last steps of isolation, the start, the wait for the end.

Everything is imported before the root is left: nothing of Python's exists inside.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
from typing import Any, NoReturn

from sandboxes import linux, seccomp, wire
from sandboxes.chromium import policy, root
from sandboxes.chromium.base import CHROMIUM_SANDBOX, CONTAINER_ONLY
from sandboxes.chromium.bounds import UID
from sandboxes.chromium.flags import NO_SANDBOX
from sandboxes.descent import wait_for_word
from sandboxes.steps import EXIT_LOST, StepError, fail, step

_FILES = 4096
_WORDS_BYTES = 4096
_CHROMIUMS = linux.CLONE_NEWUSER | linux.CLONE_NEWPID | linux.CLONE_NEWNET
REFUSED = "keep Chromium's own sandbox"
"""The step that fails where the platform forbids namespaces inside ours."""


def pid_one(setup: dict[str, Any], mechanisms: dict[str, str], go: int) -> NoReturn:
    """Start the browser, tell the client on descriptor 1, reap until it ends.

    Frames: `{"isolation", "mechanisms"}` just before it is executed, `{"ended", "words"}` after its
    end, with the end of its stderr; or what failed.
    """
    try:
        wait_for_word(go)
        with step("enter the file system"):
            root.enter()
        with step("give up rights"):
            linux.drop_bounding_set()
            linux.set_dumpable(False)
            linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        drop = linux.CapabilityDrop()
        guard = seccomp.Filter(policy.program(linux.machine()))
        errors, theirs = os.pipe()
        woken = _wake_for_children()
        with step("start the browser"):
            browser = os.fork()
        if browser == 0:
            _become(setup, mechanisms, drop, guard, theirs)
        for fd in (0, theirs, *setup["pipe"]):
            os.close(fd)
        with step("give up rights"):
            drop()
            guard.install()
        _wait(browser, errors, woken)
    except StepError as error:
        fail(error)
    os._exit(EXIT_LOST)


def _become(
    setup: dict[str, Any],
    mechanisms: dict[str, str],
    drop: linux.CapabilityDrop,
    guard: seccomp.Filter,
    errors: int,
) -> NoReturn:
    """The child of PID 1 that becomes the browser."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        with step("become an ordinary user"):
            os.setsid()
            if setup["many_uids"]:
                os.setgroups([])
                os.setresgid(UID, UID, UID)
                os.setresuid(UID, UID, UID)
            drop()
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
            if "pids" not in mechanisms:
                resource.setrlimit(resource.RLIMIT_NPROC, (setup["pids"], setup["pids"]))
            guard.install()
        argv = list(setup["argv"])
        isolation = CHROMIUM_SANDBOX
        try:
            _try_namespaces()
        except OSError as error:
            if setup["require"]:
                raise StepError(REFUSED, error) from error
            argv.append(NO_SANDBOX)
            isolation = CONTAINER_ONLY
        wire.send(1, wire.pack({"isolation": isolation, "mechanisms": mechanisms}))
        to_browser, from_browser = setup["pipe"]
        _wire_up(to_browser, from_browser, errors)
        os.execve(argv[0], argv, setup["env"])
    except StepError as error:
        fail(error)
    except (OSError, wire.WireError) as error:
        with contextlib.suppress(OSError):
            os.write(2, f"the browser cannot be executed: {error}".encode())
    os._exit(EXIT_LOST)


def _try_namespaces() -> None:
    """Do once, in a child, what Chromium's sandbox does for a renderer. Raises OSError."""
    child = os.fork()
    if child == 0:
        try:
            linux.unshare(_CHROMIUMS)
            os.chroot("/proc/self/fdinfo")
        except OSError as error:
            os._exit(error.errno or EXIT_LOST)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        raise OSError(code, os.strerror(code) if code > 0 else f"killed by signal {-code}")


def _wire_up(to_browser: int, from_browser: int, errors: int) -> None:
    """Descriptors 3 and 4 are the line to the driver, 2 leads to PID 1, 0 and 1 to nowhere."""
    null = os.open("/dev/null", os.O_RDWR)
    wanted = [linux.high_copy(fd) for fd in (null, null, errors, to_browser, from_browser)]
    for number, fd in enumerate(wanted):
        os.dup2(fd, number, inheritable=True)
    os.closerange(len(wanted), _FILES)


def _wake_for_children() -> int:
    """A descriptor that can be read when a child has ended."""
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    return woken


def _wait(browser: int, errors: int, woken: int) -> NoReturn:
    """Reap whatever ends, keep the last words of the browser, end with it: then all else does."""
    os.set_blocking(errors, False)
    poll = select.poll()
    poll.register(errors, select.POLLIN)
    poll.register(woken, select.POLLIN)
    words = b""
    code = None
    while code is None:
        for fd, _ in poll.poll():
            with contextlib.suppress(BlockingIOError):
                piece = os.read(fd, 1 << 16)
                if fd == errors:
                    words = (words + piece)[-_WORDS_BYTES:]
                    if not piece:
                        poll.unregister(errors)
        code = _reap(browser)
    with contextlib.suppress(OSError):
        words = (words + os.read(errors, 1 << 16))[-_WORDS_BYTES:]
    with contextlib.suppress(wire.WireError):
        wire.send(1, wire.pack({"ended": code, "words": words.decode("utf-8", "replace")}))
    os._exit(0)


def _reap(browser: int) -> int | None:
    """Take in all that ended; how the browser did, where it is among them."""
    code = None
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            if pid == browser:
                code = os.waitstatus_to_exitcode(status)
    return code
