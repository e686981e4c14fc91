"""The oracles of the twelve variant types on real visits: honest answers, fakes, careless ones."""

from __future__ import annotations

import pytest
from variant_pages import BASE, VARIANTS, careless

from harness.pages.document import read_document
from harness.pages.journey import look_at
from harness.pages.lab import PageLab
from harness.pages.variants import TYPES, VariantVerdict, judge_variant
from runners.pages.evidence import PageEvidence

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base(page_lab: PageLab) -> PageEvidence:
    """The page that every variant varies, visited once."""
    return look_at(BASE, page_lab, page_lab.conditions()).visits[0]


def judged(name: str, html: str, base: PageEvidence, page_lab: PageLab) -> VariantVerdict:
    seen = look_at(html, page_lab, page_lab.conditions())
    return judge_variant(
        name, seen.visits[0], read_document(html), base, read_document(BASE), VARIANTS[name][0]
    )


def test_every_type_has_its_pages() -> None:
    """None of the twelve is forgotten."""
    assert set(VARIANTS) == {kind.name for kind in TYPES}


@pytest.mark.parametrize("name", VARIANTS)
def test_an_honest_variant_is_seen(name: str, base: PageEvidence, page_lab: PageLab) -> None:
    """It differs along its axis and keeps what the base does."""
    verdict = judged(name, VARIANTS[name][1], base, page_lab)
    assert verdict.differs_along_axis, verdict
    assert verdict.keeps_base, verdict


@pytest.mark.parametrize("name", VARIANTS)
def test_a_fake_is_told(name: str, base: PageEvidence, page_lab: PageLab) -> None:
    """Words, rules that nothing uses and controls without code are no variant."""
    verdict = judged(name, VARIANTS[name][2], base, page_lab)
    assert not verdict.differs_along_axis, verdict


@pytest.mark.parametrize("name", ["Interaction Mode", "Data Visualization", "Minimalist Design"])
def test_what_replaces_the_base_loses_it(name: str, base: PageEvidence, page_lab: PageLab) -> None:
    """New effects elsewhere do not make up for controls that no longer do what they did."""
    verdict = judged(name, careless(name), base, page_lab)
    assert verdict.keeps_base is False, verdict
    assert any("no longer do" in reason for reason in verdict.reasons), verdict
