"""The gallery: a run's pages as static HTML, to be looked at. No script, nothing from elsewhere.

Text of candidates stands in it, escaped by the template engine, under a content security policy
that runs and fetches nothing even if an escape were missing.
"""

from harness.pages.gallery.views import pair_page
from harness.pages.gallery.write import Gallery, write_gallery

__all__ = ["Gallery", "pair_page", "write_gallery"]
