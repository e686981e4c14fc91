"""`pairproof images` as a person types it, on the machine's engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.errors import ExitCode
from sandboxes import images
from sandboxes.base import SandboxUnavailable
from sandboxes.image_lock import VARIABLE, lock_path


def typed(*words: str, **env: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, the one document, and what was said to people."""
    done = subprocess.run(
        [sys.executable, "-m", "harness", "images", *words, "--json"],
        capture_output=True, text=True, timeout=800, check=False, env={**os.environ, **env},
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout), done.stderr


@pytest.fixture(scope="module")
def built() -> images.Image:
    """The locked Python image."""
    try:
        return images.locked("python")
    except SandboxUnavailable as error:
        pytest.skip(f"{error}; {error.hint}")


def test_build_finds_what_is_here(built: images.Image) -> None:
    """A second build makes nothing and gives the same id and facts."""
    code, document, said = typed("build", "python")
    assert code == ExitCode.DONE
    (line,) = document["images"]
    assert (line["id"], line["made"], line["facts"]) == (built.id, False, dict(built.toolchain))
    assert "here already" in said


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_rebuild_gives_the_locked_image_to_the_bit(built: images.Image) -> None:
    """From the pins, with nothing cached: the very id that the lock names."""
    code, document, said = typed("build", "python", "--again")
    if code == ExitCode.CANNOT_JUDGE and "cannot be pulled" in document["error"]:
        pytest.skip(f"{document['error']}; {document['hint']}")
    if code == ExitCode.CANNOT_JUDGE and "no mirror has" in document["error"]:
        pytest.skip("mirrors have moved on: pairproof images lock python")
    assert code == ExitCode.DONE, said
    (line,) = document["images"]
    assert line["made"]
    assert line["id"] == built.id
    assert line["wall_s"] > 0


def test_list_says_what_is_here(built: images.Image) -> None:
    """The locked image with its size; the lock's path."""
    code, document, _ = typed("list")
    assert code == ExitCode.DONE
    assert document["lock"] == str(lock_path())
    locked = {i["name"]: i for i in document["images"] if i["state"] == "locked"}
    assert locked["python"]["id"] == built.id
    assert locked["python"]["size_mb"] > 100


def test_verify_answers_yes_and_no(built: images.Image, tmp_path: Path) -> None:
    """0 for the locked image; 1, with both versions named, where the lock claims another fact."""
    code, document, _ = typed("verify")
    fine = {"name": "python", "ok": True, "problems": []}
    assert code == ExitCode.DONE and document["ok"] is True
    assert fine in document["images"] and all(image["ok"] for image in document["images"])
    other = tmp_path / "other.lock.toml"
    version = built.toolchain["numpy"]
    text = lock_path().read_text()
    other.write_text(text.replace(f'"numpy" = "{version}"', '"numpy" = "0.0.1"'))
    code, document, said = typed("verify", "python", **{VARIABLE: str(other)})
    assert code == ExitCode.NO
    assert document["images"][0]["problems"] == [f"numpy is {version}, locked as 0.0.1"]
    assert "pairproof images build" in said


def test_an_image_that_is_not_the_locked_one_is_never_listed_as_it(
    built: images.Image, tmp_path: Path
) -> None:
    """Another digest in the lock: the image here is `other`, the locked one is missing."""
    other = tmp_path / "other.lock.toml"
    other.write_text(lock_path().read_text().replace(built.id, "sha256:" + "0" * 64))
    text = other.read_text().splitlines()
    other.write_text(
        "\n".join(
            'layer = "sha256:' + "0" * 64 + '"' if line.startswith("layer = ") else line
            for line in text
        )
    )
    code, document, _ = typed("list", **{VARIABLE: str(other)})
    assert code == ExitCode.DONE
    states = {image["id"]: image["state"] for image in document["images"]}
    assert states[built.id] == "other"
    assert states[""] == "missing"


def test_what_cannot_be_done_says_what_to_type(tmp_path: Path) -> None:
    """Misuse is 2, no engine and no lock are 3, each with a hint in the document."""
    code, document, said = typed("build", "nope")
    assert code == ExitCode.MISUSE
    assert "python" in document["hint"]
    code, document, said = typed("build", DOCKER_HOST="unix:///nowhere.sock")
    assert code == ExitCode.CANNOT_JUDGE
    assert "DOCKER_HOST" in document["hint"]
    assert "Traceback" not in said


def test_without_a_lock_the_way_to_one_is_named(built: images.Image, tmp_path: Path) -> None:
    """Nothing is built from no pins."""
    code, document, _ = typed("build", **{VARIABLE: str(tmp_path / "none.toml")})
    assert code == ExitCode.CANNOT_JUDGE
    assert document["hint"] == "pairproof images lock python"


def test_a_base_is_not_replaced_by_another(built: images.Image) -> None:
    """A base that was named and cannot be had is an error, whatever else lies there."""
    code, document, _ = typed("build", "--again", "--base", "localhost:1/none:x")
    assert code == ExitCode.CANNOT_JUDGE
    assert "localhost:1/none:x cannot be pulled" in document["error"]
