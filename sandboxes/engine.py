"""The Docker engine of this machine, or the one that DOCKER_HOST names."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from sandboxes.base import SandboxUnavailable

if TYPE_CHECKING:
    from docker import DockerClient

Made = TypeVar("Made")
_SILENT = logging.NullHandler()
_START = "start it (systemctl start docker, or dockerd as root), or name another by DOCKER_HOST"
_INSTALL = "apt-get install docker.io, then systemctl start docker"


def client(timeout_s: int = 120) -> DockerClient:
    """A client of an engine that has just answered; the caller closes it.

    DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH count. `timeout_s` bounds one request.

    Raises:
        SandboxUnavailable: no engine answers; the hint says what to type.
    """
    import docker
    from docker.errors import DockerException

    try:
        _knock()
        return docker.DockerClient.from_env(timeout=timeout_s, version="auto")
    except (DockerException, OSError, ValueError) as error:
        raise EngineLost(
            f"no Docker engine answers: {_cause(error)}", hint=_remedy(error)
        ) from error


def _knock() -> None:
    """Connect once where the engine listens on a file: the client leaks the socket of a refusal."""
    host = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    if host.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as knocking:
            knocking.settimeout(30)
            knocking.connect(host.removeprefix("unix://"))


def _cause(error: BaseException) -> str:
    """The innermost cause in one line: the client wraps it four times."""
    seen = error
    while seen.__cause__ or seen.__context__:
        seen = seen.__cause__ or seen.__context__ or seen
    return str(seen).splitlines()[0] if str(seen) else type(seen).__name__


def _remedy(error: BaseException) -> str:
    text = str(error)
    if "Permission denied" in text:
        return "run as root, or as a user of the group that owns the engine's socket"
    if not os.environ.get("DOCKER_HOST") and not shutil.which("dockerd"):
        return _INSTALL
    return _START


class EngineLost(SandboxUnavailable):
    """The engine went away, or failed by itself, in the midst of a request: it may come back."""


def said(error: Exception) -> str:
    """What the engine answered, else what its client says of itself; never empty."""
    return str(getattr(error, "explanation", None) or error) or type(error).__name__


def lost(error: Exception, what: str) -> SandboxUnavailable:
    """`error` of an engine's client as ours: an `EngineLost` where another try makes sense."""
    from docker.errors import APIError

    message = f"{what}: {said(error).splitlines()[0]}"
    if isinstance(error, APIError) and not error.is_server_error():
        return SandboxUnavailable(message, hint="pairproof doctor says what the engine can do")
    return EngineLost(message, hint=_START)


def patiently(work: Callable[[], Made], patience_s: float) -> Made:
    """`work`, again and again for `patience_s` seconds while the engine is away.

    Raises:
        SandboxUnavailable: as `work` does, the last time.
    """
    import stamina

    # Else the retries are told on stderr where nobody has set up logging.
    logging.getLogger("stamina").addHandler(_SILENT)
    for attempt in stamina.retry_context(
        on=EngineLost, attempts=None, timeout=patience_s, wait_initial=0.2, wait_max=2.0
    ):
        with attempt:
            return work()
    raise AssertionError("a retry loop ends by a result or an error")


def remove(names: list[str]) -> None:
    """Remove containers whatever they do, and their names from the list; some may be gone already.

    Raises:
        SandboxUnavailable: the engine failed.
    """
    from docker.errors import NotFound

    if not names:
        return
    with contextlib.closing(client()) as opened, failing("a container was not removed"):
        while names:
            with contextlib.suppress(NotFound):
                opened.api.remove_container(names[-1], force=True, v=True)
            names.pop()


@contextlib.contextmanager
def failing(what: str) -> Iterator[None]:
    """Turns what an engine's client raises in the block into ours, see `lost`."""
    from docker.errors import DockerException
    from requests.exceptions import RequestException

    try:
        yield
    except (DockerException, RequestException) as error:
        raise lost(error, what) from error
