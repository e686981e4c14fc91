"""Pairs for soaks: right ones, wrong ones, and ones that attack the machine that runs them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HOSTILE: dict[str, str] = {
    "fork_bomb": "import os\ndef f(x):\n    while True:\n        try:\n            os.fork()\n"
    "        except OSError:\n            pass\n",
    "memory_hog": "def f(x):\n    kept = []\n    while True:\n        kept.append(bytearray(10**7))\n",
    "one_big_block": "def f(x):\n    return len(bytearray(8 * 10**9))\n",
    "flood": "def f(x):\n    while True:\n        print('x' * 10000)\n",
    "stderr_flood": "import sys\ndef f(x):\n    while True:\n        sys.stderr.write('y' * 10000)\n",
    "endless_loop": "def f(x):\n    while True:\n        pass\n",
    "sleeper": "import time\ndef f(x):\n    time.sleep(10**6)\n",
    "daemon": "import os, time\ndef f(x):\n    if os.fork() == 0:\n        os.setsid()\n"
    "        if os.fork() == 0:\n            time.sleep(10**6)\n        os._exit(0)\n    return x + 2\n",
    "deep_folder": "import os\ndef f(x):\n    for _ in range(3000):\n        os.mkdir('d' * 50)\n"
    "        os.chdir('d' * 50)\n    return x + 2\n",
    "full_disk": "def f(x):\n    i = 0\n    while True:\n        with open(f'f{i}', 'wb') as out:\n"
    "            out.write(b'z' * 10**7)\n        i += 1\n",
    "many_files": "def f(x):\n    i = 0\n    while True:\n        open(f'n{i}', 'w').close()\n        i += 1\n",
    "early_exit": "import os\ndef f(x):\n    os._exit(0)\n",
    "kill_everything": "import os, signal\ndef f(x):\n    os.kill(-1, signal.SIGKILL)\n    return x + 2\n",
    "signals_init": "import os, signal\ndef f(x):\n    for s in range(1, 64):\n        try:\n"
    "            os.kill(1, s)\n        except OSError:\n            pass\n    return x + 2\n",
    "stack": "import sys\nsys.setrecursionlimit(10**9)\ndef f(x):\n    return f(x) + 1\n",
    "report_flood": "import os\ndef f(x):\n    while True:\n        for fd in range(3, 9):\n"
    "            try:\n                os.write(fd, b'{}' * 9000)\n            except OSError:\n"
    "                pass\n",
    "connects": "import socket\ndef f(x):\n    s = socket.socket()\n    s.connect(('127.0.0.1', 9))\n"
    "    return x + 1\n",
}
"""None of these is a right answer to "add one" (f(1) == 2, f(5) == 6)."""


def rows(count: int, share_hostile: float, seed: int) -> Iterator[dict[str, Any]]:
    """`count` rows in the native format; hostile ones come in turn, wrong ones one in ten."""
    draw = random.Random(seed)
    names = sorted(HOSTILE)
    hostile = 0
    for number in range(count):
        add = number % 97
        row = {
            "id": f"pair-{number}",
            "language": "python",
            "instruction": "Write a function `f` that returns its argument plus one.",
            "test_sketch": "f(1) == 2\nf(5) == 6\nf(-1) == 0",
        }
        if draw.random() < share_hostile:
            name = names[hostile % len(names)]
            hostile += 1
            row["id"] += f"-{name}"
            row["code"] = f"# {number}\n{HOSTILE[name]}"
        elif draw.random() < 0.1:
            row["id"] += "-wrong"
            row["code"] = f"def f(x):\n    y = {add}\n    return x + y - {add}\n"
        else:
            row["code"] = f"def f(x):\n    y = {add}\n    return x + y - {add} + 1\n"
        yield row


def write(path: Path, count: int, *, share_hostile: float = 0.1, seed: int = 1) -> None:
    """Write a JSONL file of `rows`."""
    with path.open("w") as file:
        for row in rows(count, share_hostile, seed):
            file.write(json.dumps(row) + "\n")
