"""Imports before the fork what the pytest runner needs after it."""
