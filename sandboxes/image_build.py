"""Filling a container of a Debian base, and making one image of what it then holds."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import ssl
import tarfile
import tempfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandboxes import owners
from sandboxes.base import SandboxUnavailable, Toolchain
from sandboxes.image_facts import facts_inside
from sandboxes.image_labels import BUILDING, LABEL
from sandboxes.images import tag_of
from sandboxes.normalise import config, normalise, write_archive
from sandboxes.recipes import (
    BUILD,
    PINS_OUT,
    Pins,
    requirements,
    script,
)

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container


_PASSED = (
    "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
    "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "PIP_DEFAULT_TIMEOUT",
)  # fmt: skip
"""Variables of this process that the building container sees; an image keeps none of them."""

_GONE = re.compile(r"(?:^pairproof-gone: |No matching distribution found for )(\S+)", re.MULTILINE)
"""How the script, and pip, say that a version is not to be had."""

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """A finished image: the engine's id, the digest of its layer, what it holds, its versions."""

    id: str
    layer: str
    architecture: str
    pins: Pins
    facts: Mapping[str, str]


def build_image(
    engine: DockerClient, toolchain: Toolchain, base: str, pins: Pins | None, say: Say
) -> Built:
    """Make the image of `toolchain` on the engine's image `base` and load it, tagged.

    With pins exactly these are installed, else what the mirrors offer now. Takes about a minute;
    needs the network, and three times the image's size in the folder of temporary files.

    Raises:
        SandboxUnavailable: a pin is gone, or a step failed; the message has its last lines.
    """
    from docker.errors import DockerException

    folder = Path(tempfile.mkdtemp(prefix="pairproof-image-"))
    try:
        say(f"{toolchain.name}: installing on {base}")
        found = _fill(engine, toolchain, base, pins, folder / "root.tar")
        if pins is not None and found != pins:
            raise SandboxUnavailable(
                f"the image of {toolchain.name} came out with other packages than its lock names: "
                f"{', '.join(sorted(set(found.debian) ^ set(pins.debian))[:6])}",
                hint=f"pairproof images lock {toolchain.name}",
            )
        say(f"{toolchain.name}: making the image")
        return _load(engine, toolchain, found, folder)
    except (DockerException, OSError) as error:
        raise SandboxUnavailable(
            f"building the image of {toolchain.name} failed: {error}",
            hint="the engine must answer, and its disk and that of temporary files must have room",
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(
    engine: DockerClient, toolchain: Toolchain, base: str, pins: Pins | None, exported: Path
) -> Pins:
    container = engine.containers.create(
        base,
        command=["/bin/sh", f"{BUILD}/build.sh"],
        entrypoint=[],
        user="0:0",
        working_dir="/",
        environment={name: os.environ[name] for name in _PASSED if name in os.environ},
        network_mode="host",
        name=f"pairproof-build-{toolchain.name}-{uuid.uuid4().hex[:8]}",
        labels={BUILDING: owners.identity()},
    )
    try:
        container.put_archive("/", _context(toolchain, pins))
        container.start()
        status = int(container.wait(timeout=3600)["StatusCode"])
        if status:
            raise _failed(
                toolchain.name,
                pins is not None,
                container.logs(tail=200).decode("utf-8", "replace"),
            )
        found = _found(container, toolchain)
        with exported.open("wb") as file:
            for chunk in container.export(chunk_size=1 << 20):
                file.write(chunk)
        return found
    finally:
        container.remove(force=True, v=True)


def _load(engine: DockerClient, toolchain: Toolchain, pins: Pins, folder: Path) -> Built:
    layer_file, archive = folder / "layer.tar", folder / "image.tar"
    layer = normalise(folder / "root.tar", layer_file)
    (folder / "root.tar").unlink()
    architecture = str(engine.version()["Arch"])
    held = hashlib.sha256("\n".join((*pins.debian, *pins.distributions)).encode()).hexdigest()
    about = config(layer, architecture, {LABEL: toolchain.name, f"{LABEL}.pins": held})
    tag = tag_of(toolchain.name)
    with archive.open("wb") as out:
        write_archive(out, layer_file, about, (tag,))
    with archive.open("rb") as file:
        engine.images.load(file)
    loaded = engine.images.get(tag)
    return Built(
        id=str(loaded.id),
        layer=f"sha256:{layer}",
        architecture=architecture,
        pins=pins,
        facts=facts_inside(engine, str(loaded.id), toolchain),
    )


def _context(toolchain: Toolchain, pins: Pins | None) -> bytes:
    files = {"build.sh": script(toolchain, pins), "ca.crt": authorities()}
    if pins is not None:
        files["requirements.txt"] = requirements(pins)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, text in files.items():
            data = text.encode()
            entry = tarfile.TarInfo(f"{BUILD.strip('/')}/{name}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def authorities() -> str:
    """The certificate authorities that this host trusts, as PEM; "" where it names none.

    A host behind a proxy that signs for others would otherwise reach no mirror from a container.
    """
    paths = ssl.get_default_verify_paths()
    named = [os.environ.get(x) for x in ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")]
    for path in (*named, paths.cafile, "/etc/ssl/certs/ca-certificates.crt"):
        if path and os.path.isfile(path):
            return Path(path).read_text(errors="replace")
    return ""


def _found(container: Container, toolchain: Toolchain) -> Pins:
    def lines(name: str) -> tuple[str, ...]:
        return tuple(_read(container, f"{PINS_OUT}/{name}").decode().splitlines())

    return Pins(
        debian=lines("debian"), distributions=lines("distributions") if toolchain.python else ()
    )


def _read(container: Container, path: str) -> bytes:
    chunks, _ = container.get_archive(path)
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as tar:
        file = tar.extractfile(tar.getmembers()[0])
        return file.read() if file else b""


def _failed(name: str, pinned: bool, log: str) -> SandboxUnavailable:
    gone = _GONE.findall(log)
    if gone and pinned:
        return SandboxUnavailable(
            f"no mirror has what the lock of {name} names: {', '.join(gone)}",
            hint=f"pairproof images lock {name} takes what the mirrors have now",
        )
    return SandboxUnavailable(
        f"building the image of {name} failed:\n{_last(log)}",
        hint="mend what the lines above name and build again; the build needs the network",
    )


def _last(log: str, lines: int = 12) -> str:
    wanted: Sequence[str] = log.strip().splitlines()[-lines:]
    return "\n".join(f"  {line}" for line in wanted)
