"""Decides, remembers and talks to people; never runs candidate code."""
