"""By which labels what was made for images is found again."""

from __future__ import annotations

LABEL = "pairproof.image"
"""On every image that we made: the name of its toolchain."""

BUILDING = "pairproof.build"
"""On every container that fills or asks an image: the identity of the process that started it."""
