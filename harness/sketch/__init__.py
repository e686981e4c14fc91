"""Sketch text to TestSpec, TestSpec to drivers and suites. Deterministic, never a partial guess."""
