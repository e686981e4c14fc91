"""`python -m benchmarks NAME`: one JSON document with rows and ratios."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from pathlib import Path


def main() -> int:
    """Run one benchmark by name; exit status 2 where there is none of that name."""
    names = [
        module.name
        for module in pkgutil.iter_modules([str(Path(__file__).parent)])
        if not module.name.startswith("_")
    ]
    if len(sys.argv) != 2 or sys.argv[1] not in names:
        sys.stderr.write(f"usage: python -m benchmarks NAME, one of: {', '.join(names)}\n")
        return 2
    module = importlib.import_module(f"benchmarks.{sys.argv[1]}")
    print(json.dumps(module.run(), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
