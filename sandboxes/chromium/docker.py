"""A browser in a locked-down container of a Docker engine."""

from __future__ import annotations

import contextlib
import socket
import uuid
from typing import TYPE_CHECKING, Any

from sandboxes import cgroups, engine, images, leftovers
from sandboxes.base import SandboxUnavailable
from sandboxes.chromium import greeting, soundness
from sandboxes.chromium.base import CHROMIUM_SANDBOX, CONTAINER_ONLY, BrowserFacts
from sandboxes.chromium.bounds import SHM_MB, TMP_MB, UID
from sandboxes.chromium.carrier import Carrier
from sandboxes.chromium.container import config
from sandboxes.chromium.failures import NO_USABLE, SandboxRefused, not_kept, telling
from sandboxes.chromium.flags import NO_SANDBOX, flags
from sandboxes.chromium.usage import Counts, EngineUsage, GroupUsage

if TYPE_CHECKING:
    from docker import DockerClient

_START_WITHIN_S = 120.0
_STOP_WITHIN_S = 10


class DockerBrowser(Counts):
    """Starts it; see `Browser`. `pid` is its PID 1 as this machine sees it, 0 on another's engine.

    Raises SandboxUnavailable where no engine answers, its image is not built, or it is not
    isolated as asked.
    """

    def __init__(self, *, require_chromium_sandbox: bool = True) -> None:
        client = engine.client()
        try:
            with engine.failing("the engine failed"):
                leftovers.sweep(client)
            wanted = images.wanted_image("chromium")
            image = images.present(client, "chromium", wanted)
        except BaseException:
            client.close()
            raise
        try:
            container = _Container(client, image, flags(chromium_sandbox=True))
            isolation = CHROMIUM_SANDBOX
        except SandboxRefused:
            if require_chromium_sandbox:
                client.close()
                raise
            container = _Container(client, image, flags(chromium_sandbox=False))
            isolation = CONTAINER_ONLY
        except BaseException:
            client.close()
            raise
        self._client = client
        self._container = container
        self._closed = False
        self._usage = container.usage
        self.pid = container.pid
        self.write_fd, self.read_fd = container.carrier.write_fd, container.carrier.read_fd
        self.facts = BrowserFacts(
            backend="docker",
            tier="container",
            version=container.version,
            binary_digest=wanted.digest,
            flags=flags(chromium_sandbox=isolation == CHROMIUM_SANDBOX),
            isolation=isolation,
            enforced=_enforced(isolation, counted=isinstance(container.usage, GroupUsage)),
            fonts=wanted.layer,
        )

    def alive(self) -> bool:
        """See `Browser.alive`."""
        return not self._closed and self._container.carrier.carrying

    def close(self) -> None:
        """See `Browser.close`."""
        if self._closed:
            return
        self.cpu_s()
        self.oom_kills()
        self._closed = True
        self._container.end()
        self.oom_kills()
        self._count_no_more()
        self._client.close()


class _Container:
    """One container, attached, started, and answering."""

    def __init__(self, client: DockerClient, image: str, arguments: tuple[str, ...]) -> None:
        self._api = client.api
        self._name = f"pairproof-browser-{uuid.uuid4().hex[:12]}"
        self._socket: socket.socket | None = None
        self.carrier: Carrier
        try:
            with engine.failing("the engine made no container"):
                body = config(image, arguments)
                self.id = str(self._api.create_container_from_config(body, self._name)["Id"])
                streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
                self._hijacked = self._api.attach_socket(self.id, params=streams)
                carried: Any = getattr(self._hijacked, "_sock", self._hijacked)
                carried.settimeout(None)
                self._socket = carried
                self.carrier = Carrier(carried)
                self._api.start(self.id)
                state = self._api.inspect_container(self.id)["State"]
            self.pid, self.usage = self._counted(int(state["Pid"]))
            self.version = self._greet()
            if self.pid:
                soundness.check(self.pid, chromium_sandbox=NO_SANDBOX not in arguments)
        except BaseException:
            self.end()
            raise

    def _counted(self, pid: int) -> tuple[int, GroupUsage | EngineUsage]:
        """The pid, if this machine has it, and the best way to read what the container uses."""
        folders, version = cgroups.groups_of(pid) if pid else ({}, 2)
        if any(self.id in folder for folder in folders.values()):
            with contextlib.suppress(OSError):
                return pid, GroupUsage(folders, version)
        return 0, EngineUsage(self._api, self.id)

    def _greet(self) -> str:
        try:
            return greeting.version(self.carrier.write_fd, self.carrier.read_fd, _START_WITHIN_S)
        except greeting.SilentError as error:
            self.carrier.join(1.0)
            words = self.carrier.words
            if NO_USABLE in words:
                raise not_kept("it can make no namespaces in the container") from error
            raise SandboxUnavailable(
                f"the browser did not start: {error} {telling(words)}".strip(),
                hint="pairproof images verify chromium; if memory is short, start fewer at once",
            ) from error

    def end(self) -> None:
        """Kill and remove it, whatever it does; wait until it is gone."""
        from docker.errors import DockerException, NotFound
        from requests.exceptions import RequestException

        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        try:
            self._api.remove_container(self._name, force=True, v=True)
        except NotFound:
            pass
        except (DockerException, RequestException):
            self._wait_until_gone()
        if self._socket is not None:
            self.carrier.close()
            for held in (getattr(self._hijacked, "_response", None), self._hijacked, self._socket):
                if held is not None:
                    with contextlib.suppress(OSError):
                        held.close()
            self._socket = None

    def _wait_until_gone(self) -> None:
        """The engine was removing it already, or is away: then a later start sweeps it."""
        from docker.errors import DockerException
        from requests.exceptions import RequestException

        with contextlib.suppress(DockerException, RequestException):
            self._api.wait(self.id, timeout=_STOP_WITHIN_S, condition="removed")


def _enforced(isolation: str, *, counted: bool) -> dict[str, str]:
    own = isolation == CHROMIUM_SANDBOX
    counts = "container's control group" if counted else "asked of the engine"
    return {
        "network": "container: network none, seccomp (local sockets only), dead proxy, no name "
        "resolves",
        "files": "container: read-only root of the image",
        "processes": "PID namespace, kill of all",
        "users": f"uid {UID}, no capabilities, no new privileges",
        "system calls": "seccomp" + (", Chromium's own seccomp for renderers" if own else ""),
        "renderers": "Chromium's namespaces" if own else "as the browser: --no-sandbox",
        "memory": f"container's limit; {counts}",
        "pids": "container's limit",
        "cpu": counts,
        "disk": f"tmpfs size: {TMP_MB} MiB, shared memory {SHM_MB} MiB",
    }
