"""The hermetic CDN: which bytes a public URL stands for, from a local store filled ahead."""

from harness.cdn.answers import Answer, integrity_matches
from harness.cdn.shelf import Shelf, open_shelf

__all__ = ["Answer", "Shelf", "integrity_matches", "open_shelf"]
