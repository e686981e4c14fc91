"""Datasets in: files, folders and standard input become pairs, and what cannot be read is kept."""

from __future__ import annotations

from harness.dataset.reader import MAX_LINE_BYTES, read_pairs

__all__ = ["MAX_LINE_BYTES", "read_pairs"]
