"""The 25 dimensions of a page, a file for each family; `harness.pages.dimensions` adds them up."""
