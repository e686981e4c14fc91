"""An engine of a test's own, or a visible skip."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from benchmarks import _private_engine
from benchmarks._private_engine import NoEngineError, PrivateEngine


@contextmanager
def private_engine() -> Iterator[PrivateEngine]:
    """An engine that holds the Python image, as DOCKER_HOST. Skips where none can be started."""
    with ExitStack() as stack:
        try:
            made = stack.enter_context(_private_engine.private_engine())
        except NoEngineError as error:
            pytest.skip(str(error))
        yield made
