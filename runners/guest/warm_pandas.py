"""Imports pandas, and with it numpy, before the fork."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runners.guest.warm_numpy import hold
else:
    from warm_numpy import hold

hold("pandas")
