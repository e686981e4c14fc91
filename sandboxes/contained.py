"""PID 1 of a container: takes its code from the client, then serves jobs like any other PID 1.

The image holds the toolchain alone. The supervisor and the guest code come through stdin into a
memory file system, so that an image needs no rebuilding when they change.
"""

from __future__ import annotations

import os
import shutil
import sys
import traceback
from collections.abc import Callable
from typing import Any

from sandboxes import cgroups, enclosure, linux, rootfs, wire
from sandboxes.serve import serve
from sandboxes.steps import EXIT_LOST, StepError, fail, step
from sandboxes.storage import ApartDisks, Storage

BOOT = f"""
import json, os, sys
def take(size):
    held = b""
    while len(held) < size:
        piece = os.read(0, size - len(held))
        if not piece:
            os._exit(0)
        held += piece
    return held
os.mkdir("{rootfs.GUEST}/sandboxes")
for name, text in json.loads(take(int.from_bytes(take(4), "big"))).items():
    with open(f"{rootfs.GUEST}/sandboxes/{{name}}.py", "w") as file:
        file.write(text)
sys.path.insert(0, "{rootfs.GUEST}")
from sandboxes.contained import main
main()
"""
"""What the container's interpreter is started with; it reads `sandboxes` from stdin."""


def main() -> None:
    """Read the setup frame from stdin, serve until the client is gone; never returns."""
    try:
        sys.path.pop(0)
        sys.argv[:] = [""]
        os.umask(0o022)
        frame = wire.Reader(0).frame()
        if frame is None:
            os._exit(0)
        _serve(*frame)
    except StepError as error:
        fail(error)
    except BaseException as error:
        traceback.print_exception(error)
        os._exit(EXIT_LOST)
    os._exit(0)


def _serve(setup: dict[str, Any], blobs: list[bytes]) -> None:
    with step("write the guest code"):
        shutil.rmtree(f"{rootfs.GUEST}/sandboxes")
        for name, data in zip(setup["guest"], blobs, strict=True):
            path = f"{rootfs.GUEST}/{name}"
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)
    with step("open the writable places"):
        for place in rootfs.WRITABLE:
            os.chmod(place, 0o1777)  # an engine gives a mount the mode of the folder below it
    with step("give up groups"):
        os.setgroups([])
    os.chdir(rootfs.WORK)
    files, mechanisms = cgroups.observe()
    serve(
        setup,
        files=files,
        told={"mechanisms": mechanisms, "hidepid": False},
        places=lambda: _places(setup, memfd="memory_events" in files),
        bounding=False,
    )


def _places(setup: dict[str, Any], *, memfd: bool) -> tuple[Storage, Callable[[], None] | None]:
    if not setup["enclosed"]:
        return ApartDisks(), None
    own = enclosure.Enclosure(
        linux.machine(), disk_mb=setup["disk_mb"], inodes=setup["inodes"], memfd=memfd
    )
    return enclosure.EnclosedDisks(own), own
