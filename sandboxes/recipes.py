"""From a toolchain's declaration and its pins to the script that fills an image. Pure functions."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from sandboxes.base import Toolchain

BUILD = "/pairproof-build"
"""Folder of the build container for what comes in and goes out; never part of an image."""

PINS_OUT = f"{BUILD}/out"

_HEAD = f"""
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
if [ -s {BUILD}/ca.crt ]; then
    export PIP_CERT={BUILD}/ca.crt SSL_CERT_FILE={BUILD}/ca.crt
    echo 'Acquire::https::CAInfo "{BUILD}/ca.crt";' > /etc/apt/apt.conf.d/00-pairproof-build
fi
mkdir -p {PINS_OUT}
# A container may not change user as apt's own sandbox wants to.
apt_get() {{ apt-get -q -y -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0 "$@"; }}
# Lists that could not be had are an error: else every pin would seem to be gone.
apt_get -o APT::Update::Error-Mode=any update
"""

_TOOLS = "python3-venv"
"""What installs distributions; taken out again by the autoremove."""

_SWEEP = f"""
# Only what is essential, apt, and what the toolchain needs stays, whatever the base began with.
apt-mark auto $(apt-mark showmanual) >/dev/null
apt-mark manual @SYSTEM@ >/dev/null
apt_get autoremove --purge -o APT::AutoRemove::RecommendsImportant=false \\
    -o APT::AutoRemove::SuggestsImportant=false >/dev/null
dpkg-query -W -f '${{db:Status-Abbrev}}${{Package}}=${{Version}}\\n' | sed -n 's/^ii //p' \\
    | LC_ALL=C sort > {PINS_OUT}/debian
mkdir -p /job /guest /site
"""

_COMPILE = """
# The root is read-only when jobs run, and times are made equal: sources are compiled ahead, and
# never checked against them. One process and one hash seed: the same bytes each time. That a file
# of some package is no Python (a template, a test of parsers) is no fault of the image.
find /site /usr/lib/python3 /usr/lib/python3.* -name __pycache__ -type d -prune -exec rm -rf {} +
rm -rf /site/bin
(cd / && env -i PATH="$PATH" LC_ALL=C.UTF-8 PYTHONHASHSEED=0 python3 -S -m compileall -q -f -j1 \\
    --invalidation-mode unchecked-hash /usr/lib/python3.* /usr/lib/python3 /site) || true
"""


_RESOLVED = """
import json, sys
for item in sorted(json.load(sys.stdin)["install"], key=lambda i: i["metadata"]["name"].lower()):
    about, where = item["metadata"], item["download_info"]["archive_info"]
    name, digest = about["name"].lower(), where["hashes"]["sha256"]
    print("%s==%s --hash=sha256:%s" % (name, about["version"], digest))
"""
"""Makes requirements with hashes of pip's report."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pins:
    """Exactly what an image holds.

    `debian` are sorted "name=version", `distributions` sorted "name==version --hash=sha256:...".
    """

    debian: tuple[str, ...]
    distributions: tuple[str, ...]


def script(toolchain: Toolchain, pins: Pins | None) -> str:
    """A POSIX shell script that fills a container of a Debian base as root.

    With pins exactly these are installed; without, what the mirrors offer now. It leaves the lines
    of `Pins` in `PINS_OUT`/debian and `PINS_OUT`/distributions.
    """
    parts = [_HEAD]
    if pins is None:
        parts.append(
            f"apt_get upgrade\n{_install(_words([*toolchain.system, *_tools(toolchain)]))}"
        )
    else:
        parts.append(_pinned(pins))
        if tools := _tools(toolchain):
            parts.append(_install(_words(tools)))
    if toolchain.python:
        parts.append(_distributions(toolchain, pins))
    parts.append(_SWEEP.replace("@SYSTEM@", _words(toolchain.system)))
    parts += toolchain.finish
    if "python3" in toolchain.system:
        parts.append(_COMPILE)
    return "\n".join(parts)


def requirements(pins: Pins) -> str:
    """The pins as a requirements file with hashes."""
    return "".join(f"{line}\n" for line in pins.distributions)


def _tools(toolchain: Toolchain) -> Sequence[str]:
    return (_TOOLS,) if toolchain.python else ()


def _words(words: Sequence[str]) -> str:
    return " ".join(shlex.quote(word) for word in words)


def _install(words: str) -> str:
    return f"apt_get install --no-install-recommends {words}"


def _pinned(pins: Pins) -> str:
    """Install all pins at once, or name on stderr those that no mirror has any more."""
    words = _words(pins.debian)
    return f"""
for pin in {words}; do
    name=${{pin%%=*}} version=${{pin#*=}}
    installed=$(dpkg-query -W -f '${{Version}}' "$name" 2>/dev/null || true)
    [ "$installed" = "$version" ] && continue
    apt-cache madison "$name" | awk '{{print $3}}' | grep -Fqx -- "$version" && continue
    echo "pairproof-gone: $pin" >&2
    gone=1
done
[ -z "${{gone:-}}" ] || exit 64
{_install("--allow-downgrades " + words)}
"""


def _distributions(toolchain: Toolchain, pins: Pins | None) -> str:
    pip = f"{BUILD}/venv/bin/pip --disable-pip-version-check -q install --only-binary :all:"
    wanted = _words(sorted(toolchain.python))
    resolve = f"""
{pip} --dry-run --ignore-installed --report {BUILD}/report.json {wanted}
{BUILD}/venv/bin/python -I -c {shlex.quote(_RESOLVED)} < {BUILD}/report.json \\
    > {BUILD}/requirements.txt
"""
    return f"""
python3 -m venv {BUILD}/venv
{resolve if pins is None else ""}
{pip} --no-cache-dir --no-compile --no-deps --require-hashes --target /site \\
    -r {BUILD}/requirements.txt
cp {BUILD}/requirements.txt {PINS_OUT}/distributions
"""
