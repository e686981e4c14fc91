"""Versioned prompt cards: text with front matter, no logic."""
