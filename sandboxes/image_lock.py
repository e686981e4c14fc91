"""The lock: what each toolchain's image holds, exactly, and the digest that it then has."""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandboxes.base import SandboxUnavailable, Toolchain
from sandboxes.recipes import Pins

VARIABLE = "PAIRPROOF_IMAGES_LOCK"
_HEAD = """\
# Written by `pairproof images lock`: what each image holds. `pairproof images build` installs
# exactly this; the same pins give the same digest.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Locked:
    """One image as the lock has it.

    `digest` is the image's id, `layer` the digest of its one layer, both "sha256:...". `wanted` is
    the declaration that was resolved; `facts` are the versions read inside the image.
    """

    architecture: str
    base: str
    digest: str
    layer: str
    wanted: tuple[str, ...]
    pins: Pins
    facts: Mapping[str, str]

    def resolves(self, toolchain: Toolchain) -> bool:
        """Whether this was made from the declaration as it is now."""
        return self.wanted == wanted_by(toolchain)


def wanted_by(toolchain: Toolchain) -> tuple[str, ...]:
    """A declaration in the form that the lock keeps."""
    return (
        *(f"debian:{name}" for name in sorted(toolchain.system)),
        *(f"python:{name}" for name in sorted(toolchain.python)),
        *(f"finish:{hashlib.sha256(line.encode()).hexdigest()}" for line in toolchain.finish),
    )


def lock_path() -> Path:
    """The lock file: the one that PAIRPROOF_IMAGES_LOCK names, else the package's own."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else Path(__file__).parent / "images.lock.toml"


def read_lock() -> dict[str, Locked]:
    """Every locked image by its toolchain's name; empty where there is no lock file.

    Raises:
        SandboxUnavailable: the file cannot be read, or is no lock.
    """
    path = lock_path()
    try:
        document = tomllib.loads(path.read_text())
        return {name: _locked(table) for name, table in document.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SandboxUnavailable(
            f"{path} is no lock of images: {error}", hint="pairproof images lock writes it anew"
        ) from error


def write_lock(images: Mapping[str, Locked]) -> Path:
    """Write the lock whole, in one step; its path.

    Raises:
        SandboxUnavailable: the file cannot be written.
    """
    path = lock_path()
    text = _HEAD + "".join(_table(name, images[name]) for name in sorted(images))
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text)
        beside.replace(path)
    except OSError as error:
        raise SandboxUnavailable(
            f"cannot write {path}: {error.strerror}", hint=f"name another file by {VARIABLE}"
        ) from error
    return path


def _locked(table: Mapping[str, object]) -> Locked:
    facts = table["facts"]
    if not isinstance(facts, dict):
        raise TypeError("facts is no table")
    return Locked(
        architecture=_text(table["architecture"]),
        base=_text(table["base"]),
        digest=_text(table["digest"]),
        layer=_text(table["layer"]),
        wanted=_texts(table["wanted"]),
        pins=Pins(debian=_texts(table["debian"]), distributions=_texts(table["distributions"])),
        facts={name: _text(version) for name, version in facts.items()},
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return tuple(_text(item) for item in value)


def _table(name: str, image: Locked) -> str:
    lines = [
        f"\n[{_quoted(name)}]",
        f"architecture = {_quoted(image.architecture)}",
        f"base = {_quoted(image.base)}",
        f"digest = {_quoted(image.digest)}",
        f"layer = {_quoted(image.layer)}",
        _list("wanted", image.wanted),
        _list("debian", image.pins.debian),
        _list("distributions", image.pins.distributions),
        f"\n[{_quoted(name)}.facts]",
        *(f"{_quoted(key)} = {_quoted(image.facts[key])}" for key in sorted(image.facts)),
    ]
    return "\n".join(lines) + "\n"


def _list(key: str, values: tuple[str, ...]) -> str:
    return "\n".join([f"{key} = [", *(f"  {_quoted(value)}," for value in values), "]"])


def _quoted(text: str) -> str:
    # Names and versions are plain ASCII, for which a JSON string is a TOML basic string.
    return json.dumps(text)
