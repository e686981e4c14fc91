"""The command line as a person types it: documents, exit codes, words that help."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness.errors import ExitCode
from harness.schemas import SCHEMAS

RIGHT = {"id": "right", "language": "python", "code": "def add(a, b):\n    return a + b\n",
         "test_sketch": "add(1, 2) == 3\nadd(0, 0) == 0", "instruction": "Add two numbers."}  # fmt: skip
WRONG = {**RIGHT, "id": "wrong", "code": "def add(a, b):\n    return a - b\n"}
TEXT_ID = {**RIGHT, "id": "ümläut/ id", "code": RIGHT["code"] + "\n"}


def pairproof(*arguments: str | Path, cwd: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "harness", *map(str, arguments)],
        cwd=cwd, capture_output=True, text=True, timeout=300, check=False, **more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a file of pairs and a finished run."""
    folder = tmp_path_factory.mktemp("cli")
    rows = [json.dumps(row) for row in (RIGHT, WRONG, TEXT_ID)] + ["{broken"]
    (folder / "pairs.jsonl").write_text("\n".join(rows) + "\n")
    done = pairproof("verify", "pairs.jsonl", "-o", "run", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    (folder / "verify.json").write_text(done.stdout)
    return folder


def test_verify_prints_the_documented_json(place: Path) -> None:
    """{run, counts, wall_s} with all five statuses, and nothing else on stdout."""
    document = json.loads((place / "verify.json").read_text())
    assert document["run"] == "run"
    assert document["counts"] == {
        "accepted": 2, "rejected": 1, "review": 0, "unscored": 0, "skipped": 0,
    }  # fmt: skip
    assert document["wall_s"] > 0


def test_verdicts_have_the_documented_fields(place: Path) -> None:
    """At least pair_id, status, reasons, assurance, strength, fingerprint."""
    lines = [json.loads(x) for x in (place / "run" / "verdicts.jsonl").read_text().splitlines()]
    assert {line["pair_id"]: line["status"] for line in lines} == {
        "right": "accepted", "wrong": "rejected", "ümläut/ id": "accepted",
    }  # fmt: skip
    for line in lines:
        assert {"pair_id", "status", "reasons", "assurance", "strength", "fingerprint"} <= set(line)


@pytest.mark.parametrize(("file", "name"), [("verdicts.jsonl", "verdict"),
                                            ("quarantine.jsonl", "quarantine"),
                                            ("manifest.json", "manifest")])  # fmt: skip
def test_files_follow_their_printed_schema(place: Path, file: str, name: str) -> None:
    """`pairproof schema` tells the truth about what is written."""
    schema = json.loads(pairproof("schema", name, cwd=place).stdout)
    text = (place / "run" / file).read_text()
    for line in text.splitlines() if file.endswith("l") else [text]:
        jsonschema.validate(json.loads(line), schema)


def test_every_schema_is_printed(place: Path) -> None:
    """Each persisted format has one."""
    listed = pairproof("schema", cwd=place).stdout
    for name in SCHEMAS:
        assert name in listed
        assert json.loads(pairproof("schema", name, cwd=place).stdout)["$schema"]


def test_running_again_judges_nothing_again(place: Path) -> None:
    """Known pairs are known; the quarantine does not grow."""
    before = (place / "run" / "verdicts.jsonl").read_bytes()
    first = json.loads((place / "run" / "manifest.json").read_text())
    again = pairproof("verify", "pairs.jsonl", "-o", "run", "--json", cwd=place)
    document = json.loads(again.stdout)
    assert (document["judged"], document["known"]) == (0, 3)
    assert (place / "run" / "verdicts.jsonl").read_bytes() == before
    second = json.loads((place / "run" / "manifest.json").read_text())
    assert second["started"] == first["started"]
    assert second["sessions"] == first["sessions"] + 1
    assert len((place / "run" / "quarantine.jsonl").read_text().splitlines()) == 1


def test_stdin_and_only_and_fail_on(place: Path) -> None:
    """`-` reads standard input, --only selects, --fail-on turns a status into exit 1."""
    rows = (place / "pairs.jsonl").read_text()
    done = pairproof("verify", "-", "-o", "r2", "--only", "wrong", "--fail-on", "rejected",
                     "--json", cwd=place, input=rows)  # fmt: skip
    assert done.returncode == ExitCode.NO
    assert json.loads(done.stdout)["counts"]["rejected"] == 1
    assert json.loads(done.stdout)["judged"] == 1


@pytest.mark.parametrize("pair", ["right", "wrong", "ümläut/ id"])
def test_repro_gives_the_same_verdict(place: Path, pair: str) -> None:
    """{same, before, after} and exit 0."""
    done = pairproof("repro", "run", pair, "--json", cwd=place)
    document = json.loads(done.stdout)
    assert document["same"] is True and done.returncode == 0
    assert document["before"]["status"] == document["after"]["status"]


def test_repro_says_no_when_the_verdict_differs(place: Path, tmp_path: Path) -> None:
    """A recorded verdict that does not come out again is exit 1."""
    copy = tmp_path / "run"
    subprocess.run(["cp", "-r", str(place / "run"), str(copy)], check=True)
    path = copy / "verdicts.jsonl"
    path.write_text(path.read_text().replace('"status":"rejected"', '"status":"accepted"'))
    done = pairproof("repro", copy, "wrong", "--json", cwd=place)
    assert done.returncode == ExitCode.NO
    assert json.loads(done.stdout)["same"] is False


def test_repro_exports_what_runs_without_us(place: Path, tmp_path: Path) -> None:
    """run.sh needs Python and pytest only, and fails for the wrong pair."""
    for pair, status in (("right", 0), ("wrong", 1)):
        folder = tmp_path / pair
        done = pairproof("repro", "run", pair, "--export", folder, cwd=place)
        assert done.returncode == 0, done.stderr
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        ran = subprocess.run(["sh", "run.sh"], cwd=folder, env={"PATH": path}, check=False,
                             capture_output=True, text=True, timeout=300)  # fmt: skip
        assert ran.returncode == status, ran.stdout + ran.stderr


def test_repro_prints_what_is_run(place: Path) -> None:
    """--print names the calls and the limits, and runs nothing."""
    text = pairproof("repro", "run", "right", "--print", cwd=place).stdout
    assert '["call", null, "add"' in text and "512 MiB" in text


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["verify", "no-such.jsonl", "-o", "x"], ExitCode.MISUSE, "no-such.jsonl"),
        (["verify", "pairs.jsonl", "-o", "x", "--format", "nope"], ExitCode.MISUSE, "nope"),
        (["verify", "pairs.jsonl", "-o", "x", "--sandbox", "nope"], ExitCode.MISUSE, "embedded"),
        (["verify", "pairs.jsonl", "-o", "x", "--retry", "nope"], ExitCode.MISUSE, "unscored"),
        (["verify", "pairs.jsonl", "-o", "x", "--bogus"], ExitCode.MISUSE, "bogus"),
        (["verify", "pairs.jsonl", "-o", "x", "--only", "none-such"], ExitCode.NOTHING, "--only"),
        (["repro", "run", "no-such-pair"], ExitCode.MISUSE, "no-such-pair"),
        (["repro", "nowhere", "right"], ExitCode.MISUSE, "verify"),
        (["report", "run", "--kind", "pdf"], ExitCode.MISUSE, "markdown"),
        (["schema", "nope"], ExitCode.MISUSE, "verdict"),
    ],
)  # fmt: skip
def test_misuse_says_what_to_do(
    place: Path, arguments: list[str], code: ExitCode, says: str
) -> None:
    """Each error has its exit code and names the way out; nothing shows a traceback."""
    (place / "empty.jsonl").write_text("{}\n")
    done = pairproof(*arguments, cwd=place)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_setting_names_the_nearest_key(place: Path, tmp_path: Path) -> None:
    """Unknown keys of pairproof.toml are errors."""
    (tmp_path / "pairproof.toml").write_text("[limits]\nwal_s = 3\n")
    done = pairproof("doctor", "--json", cwd=tmp_path)
    assert done.returncode == 0
    done = pairproof("verify", place / "pairs.jsonl", "-o", "x", cwd=tmp_path)
    assert done.returncode == ExitCode.MISUSE
    assert "limits.wall_s" in done.stderr


def test_settings_come_from_the_file_and_the_environment(place: Path, tmp_path: Path) -> None:
    """Environment over file; the manifest records what was in force."""
    (tmp_path / "pairproof.toml").write_text("[limits]\nwall_s = 7\nmemory_mb = 300\n")
    done = pairproof("verify", place / "pairs.jsonl", "-o", "x", cwd=tmp_path,
                     env={**os.environ, "PAIRPROOF_LIMITS__WALL_S": "8"})  # fmt: skip
    assert done.returncode == 0, done.stderr
    limits = json.loads((tmp_path / "x" / "manifest.json").read_text())["limits"]
    assert (limits["wall_s"], limits["memory_mb"]) == (8, 300)


def test_init_writes_a_file_that_loads(tmp_path: Path, place: Path) -> None:
    """And does not replace one that is there."""
    assert pairproof("init", cwd=tmp_path).returncode == 0
    assert pairproof("init", cwd=tmp_path).returncode == ExitCode.MISUSE
    done = pairproof("verify", place / "pairs.jsonl", "-o", "x", "--limit", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_doctor_has_the_documented_keys(place: Path) -> None:
    """{sandboxes, toolchains, browser, disk}."""
    document = json.loads(pairproof("doctor", "--json", cwd=place).stdout)
    assert {"sandboxes", "toolchains", "browser", "disk"} <= set(document)
    assert document["sandboxes"]["embedded"]["available"] is True
    assert document["toolchains"]["python"]["available"] is True


def test_the_report_is_one_page(place: Path) -> None:
    """Markdown by default, with the failed pair and how to run it again."""
    text = pairproof("report", "run", cwd=place).stdout
    assert "2 accepted" in text and "wrong" in text and "pairproof repro" in text
