"""Imports and settles before the fork all that the pytest runner needs after it."""

from __future__ import annotations

import asyncio  # noqa: F401
import dataclasses  # noqa: F401
import inspect  # noqa: F401
import unittest.mock  # noqa: F401
from typing import TYPE_CHECKING

import _pytest.logging
import _pytest.unittest  # noqa: F401

if TYPE_CHECKING:
    from runners.guest.collect import prepare
else:
    from collect import prepare

# A module whose import is its work: the process that forks jobs does nothing else with it.
prepare()
