"""Faults of ours, and of the machine: nothing lost, nothing doubled, nobody blamed, a clear end."""

from __future__ import annotations

import ast
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks import _hostile, crashes
from harness import api
from harness.config import load_settings
from harness.errors import ExitCode
from tests.e2e.conftest import wait_for

ROOT = Path(__file__).parent.parent.parent
only_embedded = pytest.mark.parametrize("backend", ["embedded"], indirect=True)
"""For what happens on our side of a sandbox, whichever it is."""
SLOW = "import time\n\n\ndef f(x):\n    time.sleep(0.04)\n    return x + 1\n"


def write_pairs(path: Path, count: int, code: str = "") -> Path:
    if not code:
        _hostile.write(path, count, share_hostile=0.0)
        return path
    rows = [
        {"id": f"pair-{n}", "language": "python", "instruction": "Add one to x.",
         "code": f"# {n}\n{code}", "test_sketch": "f(1) == 2\nf(5) == 6"}
        for n in range(count)
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def command(pairs: Path, run: Path, backend: str, *more: str) -> list[str]:
    return [sys.executable, "-m", "harness", "verify", str(pairs), "-o", str(run), "-j", "2",
            "--sandbox", backend, *more]  # fmt: skip


def started(arguments: list[str], **more: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more
    )


def lines(run: Path) -> list[dict[str, Any]]:
    """The whole lines of the verdicts; a torn one would raise."""
    path = run / "verdicts.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def finish(pairs: Path, run: Path, backend: str, count: int) -> None:
    """The same command again ends the run: every pair once, as if nothing had been."""
    done = subprocess.run(command(pairs, run, backend, "-q"), capture_output=True, text=True,
                          timeout=300, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    ids = [line["pair_id"] for line in lines(run)]
    assert len(ids) == len(set(ids)) == count
    due = {f"pair-{n}" for n in range(count)}
    assert {name.removesuffix("-wrong") for name in ids} == due
    for line in lines(run):
        expected = "rejected" if line["pair_id"].endswith("-wrong") else "accepted"
        assert line["status"] == expected, line["detail"]


@pytest.mark.parametrize(
    ("backend", "number"),
    [("embedded", signal.SIGINT), ("embedded", signal.SIGTERM), ("docker", signal.SIGTERM)],
    indirect=["backend"],
)
def test_a_signal_finishes_what_is_in_flight(
    backend: str, tmp_path: Path, number: signal.Signals
) -> None:
    """Ctrl-C and SIGTERM once: pairs in flight get verdicts, exit 130, the next command goes on."""
    pairs, run = write_pairs(tmp_path / "p.jsonl", 24, SLOW), tmp_path / "run"
    process = started(command(pairs, run, backend, "-q"))
    wait_for(lambda: bool(lines(run)), process)
    process.send_signal(number)
    _, told = process.communicate(timeout=300)
    assert process.returncode == ExitCode.INTERRUPTED, told
    assert "same command" in told and "Traceback" not in told
    assert 1 < len(lines(run)) < 24
    finish(pairs, run, backend, 24)


def test_two_signals_end_at_once(backend: str, tmp_path: Path) -> None:
    """Ctrl-C twice drops what is in flight, long before it would have ended."""
    code = "import time\n\n\ndef f(x):\n    time.sleep(100)\n    return x + 1\n"
    pairs, run = write_pairs(tmp_path / "p.jsonl", 4, code), tmp_path / "run"
    process = started(command(pairs, run, backend, "-q", "--wall", "100"))
    wait_for(lambda: '"canaries": "passed"' in _text(run / "manifest.json"), process)
    time.sleep(1)
    begun = time.monotonic()
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
    _, told = process.communicate(timeout=300)
    assert time.monotonic() - begun < 60
    assert process.returncode == ExitCode.INTERRUPTED, told
    assert lines(run) == [] and "Traceback" not in told


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


@pytest.mark.parametrize(
    ("backend", "rounds", "pairs"), [("embedded", 4, 60), ("docker", 2, 20)], indirect=["backend"]
)
def test_killed_and_resumed(backend: str, rounds: int, pairs: int) -> None:
    """kill -9, of an engine too, at random points: 0 lost, 0 doubled, 0 wrong, nothing left.

    The benchmark does it 20 times.
    """
    (row,) = crashes.run(rounds=rounds, pairs=pairs, sandbox=backend)["rows"]
    if "skipped" in row:
        pytest.skip(row["skipped"])
    assert row["interrupted"] >= 2
    assert (row["lost"], row["doubled"], row["wrong"], row["torn"]) == (0, 0, 0, 0)
    assert row["left_behind"] == {} and not row.get("containers_left")
    assert backend == "embedded" or {"kill", "engine kill"} <= row["kinds"].keys()


@contextmanager
def tiny_disk(folder: Path, size_kb: int) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root: sudo -E python -m pytest tests/e2e")
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "none", str(folder)],
                   check=True)  # fmt: skip
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@only_embedded
def test_a_full_disk_ends_clearly_and_resumes(backend: str, tmp_path: Path) -> None:
    """No space for a verdict or an artifact: what happened, exit 3, no torn line, and it goes on."""
    pairs = write_pairs(tmp_path / "p.jsonl", 60)
    with tiny_disk(tmp_path / "disk", 200) as disk:
        done = subprocess.run(command(pairs, disk / "run", backend, "-q"), capture_output=True,
                              text=True, timeout=300, check=False)  # fmt: skip
        assert done.returncode == ExitCode.CANNOT_JUDGE, done.stderr
        assert "No space left" in done.stderr
        assert "same command" in done.stderr
        assert "Traceback" not in done.stderr
        written = lines(disk / "run")
        assert 0 < len(written) < 60
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        finish(pairs, disk / "run", backend, 60)


@only_embedded
def test_a_file_size_limit_tears_nothing(backend: str, tmp_path: Path) -> None:
    """RLIMIT_FSIZE on us, as batch systems set it: a clear end, whole lines, and it goes on."""
    pairs, run = write_pairs(tmp_path / "p.jsonl", 40), tmp_path / "run"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))

    process = started(command(pairs, run, backend, "-q"), preexec_fn=limit)
    _, told = process.communicate(timeout=300)
    assert process.returncode == ExitCode.CANNOT_JUDGE, told
    assert "File too large" in told and "Traceback" not in told
    assert 0 < len((run / "verdicts.jsonl").read_bytes()) <= 40_000
    finish(pairs, run, backend, 40)


@only_embedded
@pytest.mark.parametrize("room_mb", [150, 250, 400])
def test_memory_that_we_lack_is_not_the_pairs_fault(
    backend: str, tmp_path: Path, room_mb: int
) -> None:
    """RLIMIT_AS on us: what cannot be judged is unscored or the run says so; nobody is rejected."""
    big = "".join(f"# {n} {'y' * 70}\n" for n in range(10_000)) + "def f(x):\n    return x + 1\n"
    pairs, run = write_pairs(tmp_path / "p.jsonl", 6, big), tmp_path / "run"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (room_mb << 20, resource.RLIM_INFINITY))

    process = started(command(pairs, run, backend, "-q"), preexec_fn=limit)
    _, told = process.communicate(timeout=300)
    assert process.returncode in (0, ExitCode.CANNOT_JUDGE), told
    api.verify(pairs, out=tmp_path / "calm", settings=load_settings(sandbox=backend), limit=1)
    (due,) = [line["status"] for line in lines(tmp_path / "calm")]
    assert due not in ("unscored", "rejected")
    assert {line["status"] for line in lines(run)} <= {due, "unscored"}
    done = subprocess.run(command(pairs, run, backend, "-q"), capture_output=True, text=True,
                          timeout=300, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    last = {line["pair_id"]: line["status"] for line in lines(run)}
    assert list(last.values()) == [due] * 6


@only_embedded
def test_one_writer_for_a_run(backend: str, tmp_path: Path) -> None:
    """A second process on the same folder says so, exit 2, and disturbs nothing."""
    pairs, run = write_pairs(tmp_path / "p.jsonl", 8, SLOW), tmp_path / "run"
    first = started(command(pairs, run, backend, "-q"))
    wait_for(lambda: bool(lines(run)), first)
    first.send_signal(signal.SIGSTOP)  # it must not end before the second has begun
    try:
        second = subprocess.run(command(pairs, run, backend, "-q"), capture_output=True, text=True,
                                timeout=300, check=False)  # fmt: skip
    finally:
        first.send_signal(signal.SIGCONT)
    assert second.returncode == ExitCode.MISUSE
    assert "another pairproof writes to" in second.stderr
    first.communicate(timeout=300)
    assert first.returncode == 0
    assert len(lines(run)) == 8


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A read-only place for the run: exit 2 and the option to change, before anything starts."""
    pairs = write_pairs(tmp_path / "p.jsonl", 2)
    with tiny_disk(tmp_path / "disk", 200) as disk:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        done = subprocess.run(command(pairs, disk / "run", "embedded", "-q"), text=True,
                              capture_output=True, timeout=300, check=False)  # fmt: skip
    assert done.returncode == ExitCode.MISUSE
    assert "cannot write to" in done.stderr and "-o" in done.stderr


@only_embedded
def test_nobody_reads_what_we_say(backend: str, tmp_path: Path) -> None:
    """A closed stdout (`| head -0`): the run is finished, and nothing is printed about the pipe."""
    pairs, run = write_pairs(tmp_path / "p.jsonl", 4), tmp_path / "run"
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen(command(pairs, run, backend, "--json"), stdout=writer,
                               stderr=subprocess.PIPE, text=True)  # fmt: skip
    os.close(writer)
    _, told = process.communicate(timeout=300)
    assert "Traceback" not in told and "BrokenPipe" not in told
    assert process.returncode == ExitCode.DONE
    assert len(lines(run)) == 4


def test_no_deadline_depends_on_the_date() -> None:
    """A clock that jumps moves no deadline: isolation and run read monotonic clocks alone."""
    files = [
        *(ROOT / "sandboxes").rglob("*.py"),
        ROOT / "harness/run.py",
        ROOT / "harness/cli/output.py",
    ]
    read = []
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if (node.value.id, node.attr) in {("time", "time"), ("time", "time_ns")}:
                    read.append(f"{path.name}:{node.lineno}")
            elif isinstance(node, ast.ImportFrom) and node.module == "time":
                read.append(f"{path.name}:{node.lineno}")
    assert read == []


@only_embedded
def test_the_date_jumps_under_a_run(backend: str, tmp_path: Path) -> None:
    """time.time a year ahead, then a year back, at every reading of our process: same verdicts."""
    pairs, run = write_pairs(tmp_path / "p.jsonl", 6), tmp_path / "run"
    jump = (
        "import time, itertools, sys\n"
        "true, shift = time.time, itertools.cycle((3.2e7, -3.2e7))\n"
        "time.time = lambda: true() + next(shift)\n"
        "sys.argv = sys.argv[1:]\n"
        "from harness.cli import main\nmain()\n"
    )
    arguments = command(pairs, run, backend, "-q")
    done = subprocess.run([sys.executable, "-c", jump, *arguments[2:]], cwd=ROOT, text=True,
                          capture_output=True, timeout=300, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    finish(pairs, run, backend, 6)
