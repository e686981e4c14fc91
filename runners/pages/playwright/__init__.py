"""The portable driver: Playwright makes the page and carries every message of its visit.

The browser is the same isolated one: Playwright starts `relay.py` in its place, which joins
Playwright's two pipes to those of the browser that runs already.
"""
