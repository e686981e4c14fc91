"""Which addresses are found in pages, data sets and lists."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cdn.rates import rate
from harness.cdn.scan import scan, urls_of
from harness.cdn.shelf import Shelf
from harness.errors import Misuse

PAGE = """<!doctype html><html><head>
<script src="https://cdn.jsdelivr.net/npm/chart.js"></script>
<script src='//code.jquery.com/jquery-3.6.0.min.js'></script>
<link href="https://fonts.googleapis.com/css2?family=Inter:wght@400&amp;display=swap">
<link rel="preconnect" href="https://fonts.gstatic.com" crossorigin>
<link rel="preconnect" href="https://cdnjs.cloudflare.com/"><script src=https://cdn.tailwindcss.com>
</script><style>@import url(https://unpkg.com/aos@2.3.1/dist/aos.css);</style>
<script type="importmap">{"imports": {"three": "https://esm.sh/three@0.160"}}</script>
</head><body><a href="https://example.org/">x</a>
<script>load(`https://unpkg.com/${name}/x.js`); fetch("https://api.example.org/a")</script>
<p>See https://d3js.org/d3.v7.min.js.</p></body></html>"""
URLS = {
    "https://cdn.tailwindcss.com",
    "https://cdn.jsdelivr.net/npm/chart.js",
    "https://code.jquery.com/jquery-3.6.0.min.js",
    "https://fonts.googleapis.com/css2?family=Inter:wght@400&display=swap",
    "https://unpkg.com/aos@2.3.1/dist/aos.css",
    "https://esm.sh/three@0.160",
    "https://d3js.org/d3.v7.min.js",
}


def test_addresses_of_known_hosts_are_found_in_a_page() -> None:
    """Attributes, style sheets, import maps and scripts; templates and other hosts are not."""
    assert set(urls_of(PAGE)) == URLS


def test_a_folder_counts_pages(tmp_path: Path) -> None:
    """Two pages that name the same address count twice, one that names it twice counts once."""
    (tmp_path / "a.html").write_text(PAGE + PAGE)
    (tmp_path / "b.html").write_text("<script src=https://esm.sh/three@0.160></script>")
    found = scan([tmp_path])
    assert set(found) == URLS
    assert found["https://esm.sh/three@0.160"] == 2
    assert found["https://cdn.jsdelivr.net/npm/chart.js"] == 1


def test_a_data_set_is_read_row_by_row(tmp_path: Path) -> None:
    """Rows hold their pages as text in JSON."""
    path = tmp_path / "pairs.jsonl"
    rows = [
        {"id": str(i), "instruction": "A page.", "response": f"```html\n{PAGE}\n```"}
        for i in range(2)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert scan([path])["https://esm.sh/three@0.160"] == 2


def test_a_list_of_urls_has_its_own_weights(tmp_path: Path) -> None:
    """The shapes that lists come in: strings, and objects with a count."""
    path = tmp_path / "urls.json"
    path.write_text(
        json.dumps(
            {"a": ["https://d3js.org/d3.v7.min.js"],
             "b": [{"url": "https://esm.sh/three@0.160", "pages": 3}]}
        )
    )  # fmt: skip
    assert scan([path]) == {"https://d3js.org/d3.v7.min.js": 1, "https://esm.sh/three@0.160": 3}


def test_a_missing_file_is_misuse(tmp_path: Path) -> None:
    """It says which."""
    with pytest.raises(Misuse, match=r"none\.html"):
        scan([tmp_path / "none.html"])


def test_rates_count_distinct_and_by_pages(shelf: Shelf) -> None:
    """A miss is in neither share; what does not exist anywhere is settled and not served."""
    npm = "https://cdn.jsdelivr.net/npm/"
    rates = rate(shelf, {
        npm + "jquery@3.7.1/dist/jquery.js": 6,
        npm + "jquery@3.6.1/dist/jquery.js": 1,
        npm + "jquery@3.9.9/dist/jquery.js": 1,
        npm + "lodash": 2,
    })  # fmt: skip
    assert rates.outcomes == {"approximate": 1, "hit": 1, "miss": 1, "no_such_version": 1}
    assert (rates.served, rates.served_weighted) == (0.5, 0.7)
    assert (rates.settled, rates.settled_weighted) == (0.75, 0.8)
    assert [line.outcome for line in rates.others] == ["approximate", "miss", "no_such_version"]
