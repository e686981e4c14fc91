"""The Debian base on which images are filled: a public one, or one made on this machine."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sandboxes.base import SandboxUnavailable
from sandboxes.engine import said
from sandboxes.images import inspected

if TYPE_CHECKING:
    from docker import DockerClient

SUITE = "trixie"
PUBLIC = f"debian:{SUITE}-slim"
"""The base that is taken where none is named."""

LOCAL = f"pairproof/base:{SUITE}"
"""The base that `bootstrap` makes, taken where the public one cannot be had."""

LABEL = "pairproof.base"
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_MOZILLA = Path("/usr/share/ca-certificates/mozilla")


def base_image(engine: DockerClient, named: str | None, say: Callable[[str], None]) -> str:
    """The base to build on: `named`, else BASE_IMAGE, else the public one, else the local one.

    Pulled where the engine does not hold it. `say` is told where the local one stands in.

    Raises:
        SandboxUnavailable: it is neither here nor to be pulled.
    """
    asked = named or os.environ.get("BASE_IMAGE") or ""
    wanted = asked or PUBLIC
    if inspected(engine, wanted) is not None:
        return wanted
    cause = _pull(engine, wanted)
    if not cause:
        return wanted
    if not asked and inspected(engine, LOCAL) is not None:
        say(f"{PUBLIC} cannot be pulled; building on {LOCAL}")
        return LOCAL
    raise SandboxUnavailable(
        f"the base image {wanted} cannot be pulled: {cause}",
        hint="pairproof images bootstrap makes a base without a registry"
        if not asked
        else f"name another by --base, or leave it out to use {PUBLIC} or {LOCAL}",
    )


def _pull(engine: DockerClient, reference: str) -> str:
    """Pull; "" or the reason why not."""
    from docker.errors import DockerException

    name, _, tag = reference.partition("@")
    if not tag:
        head, colon, last = reference.rpartition(":")
        name, tag = (head, last) if colon and "/" not in last else (reference, "latest")
    try:
        engine.images.pull(name, tag=tag)
    except (DockerException, OSError) as error:
        return said(error)
    return ""


def bootstrap(engine: DockerClient, authorities: str, mirror: str | None = None) -> str:
    """Make `LOCAL` with mmdebstrap from a Debian mirror; its id. Takes half a minute.

    `authorities` are certificates as PEM: those that Debian does not ship are trusted in the base.

    Raises:
        SandboxUnavailable: mmdebstrap is missing or failed.
    """
    if shutil.which("mmdebstrap") is None:
        raise SandboxUnavailable(
            "making a base needs mmdebstrap", hint="apt-get install mmdebstrap (as root)"
        )
    folder = Path(tempfile.mkdtemp(prefix="pairproof-base-"))
    try:
        # An unprivileged mmdebstrap reads the certificates under another user id.
        folder.chmod(0o755)
        archive = folder / "base.tar"
        with archive.open("wb") as out:
            done = subprocess.run(
                _command(_own_authorities(authorities, folder), mirror),
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, check=False,
            )  # fmt: skip
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-8:]
            raise SandboxUnavailable(
                "mmdebstrap failed:\n" + "\n".join(f"  {line}" for line in said),
                hint="the mirrors of Debian must be reachable; --mirror names another",
            )
        return _import(engine, archive)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _command(extra: Path | None, mirror: str | None) -> list[str]:
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates"]
    if extra is not None:
        into = '"$1/usr/local/share/ca-certificates/"'
        command += [
            f"--customize-hook=cp {shlex.quote(str(extra))}/*.crt {into}",
            '--customize-hook=chroot "$1" update-ca-certificates',
        ]
    command += [SUITE, "-"]
    return [*command, mirror] if mirror else command


def _own_authorities(authorities: str, folder: Path) -> Path | None:
    """A folder with the certificates that Debian's own package lacks; None where there is none."""
    shipped = {
        found.strip()
        for file in sorted(_MOZILLA.glob("*.crt"))
        for found in _PEM.findall(file.read_text(errors="replace"))
    }
    extra = [found for found in _PEM.findall(authorities) if found.strip() not in shipped]
    if not extra:
        return None
    into = folder / "authorities"
    into.mkdir(mode=0o755)
    for number, found in enumerate(extra):
        (into / f"host-{number:03}.crt").write_text(found + "\n")
    return into


def _import(engine: DockerClient, archive: Path) -> str:
    from docker.errors import DockerException

    repository, tag = LOCAL.split(":")
    try:
        engine.api.import_image_from_file(
            str(archive), repository=repository, tag=tag,
            changes=[f"LABEL {LABEL}={SUITE}", 'CMD ["/bin/sh"]'],
        )  # fmt: skip
    except (DockerException, OSError) as error:
        raise SandboxUnavailable(f"the engine does not import the base: {error}") from error
    made = inspected(engine, LOCAL)
    if made is None:
        raise SandboxUnavailable("the engine did not import the base")
    return str(made["Id"])
