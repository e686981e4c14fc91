"""The line to a container: what its end leaves behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sandbox_places import ROOT, as_docker

SERVE_AND_CLOSE = """
import gc
from pathlib import Path
from sandbox_places import as_docker, job
sandbox = as_docker(Path({public!r}), "uid")
print(sandbox.run(job("tell(1)")).status)
sandbox.close()
gc.collect()
"""


def test_closing_a_slot_is_silent(public: Path) -> None:
    """No stream of the engine is left half closed, for the interpreter to complain of on stderr.

    From Python 3.13 on every user would see it; before that only the development mode tells.
    """
    as_docker(public, "uid").close()  # skips where there is no engine
    places = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests/sandboxes')!r}]\n"
    code = places + SERVE_AND_CLOSE.format(public=str(public))
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", code],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("ok\n", "", 0)
