"""Accessibility rules and contrast on pages whose truth is known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runners.pages.probes import accessibility as probe
from runners.pages.scene import Scene

OpenPage = Callable[[str], Scene]

HEAD = "<!doctype html><html lang=en><head><meta charset=utf-8><title>t</title></head><body><main>"
GOOD = f"{HEAD}<h1>Heading</h1><label>Name <input></label><button>Save</button><img alt='a cat' src='data:,'>"


def rules(open_page: OpenPage, html: str) -> dict[str, int]:
    scene = open_page(html)
    probe.accessibility(scene)
    assert scene.evidence.rules is not None
    return {rule.id: rule.nodes for rule in scene.evidence.rules}


def test_an_accessible_page_breaks_no_rule(open_page: OpenPage) -> None:
    """A page with language, title, labels and names has an empty list, and not None."""
    assert rules(open_page, GOOD) == {}


@pytest.mark.parametrize(
    ("rule", "html"),
    [
        ("html-has-lang", GOOD.replace(" lang=en", "")),
        ("document-title", GOOD.replace("<title>t</title>", "")),
        ("image-alt", GOOD.replace(" alt='a cat'", "")),
        ("label", GOOD.replace("<label>Name <input></label>", "<input>")),
        ("button-name", GOOD.replace("Save", "")),
        ("aria-valid-attr-value", GOOD.replace("<button>", "<button aria-expanded=maybe>")),
    ],
)
def test_each_class_of_violation_has_its_rule(open_page: OpenPage, rule: str, html: str) -> None:
    """One defect breaks exactly its own rule, once."""
    assert rules(open_page, html) == {rule: 1}


def test_a_page_cannot_answer_for_axe(open_page: OpenPage) -> None:
    """An `axe` of the page's own, and elements that take its names, change nothing."""
    fake = (
        "<script>window.axe = { run: async () => ({ violations: [] }) };"
        "document.querySelectorAll = () => []; Element.prototype.getAttribute = () => 'x';</script>"
        "<form id=axe name=axe></form>"
    )
    broken = GOOD.replace(" alt='a cat'", "") + fake
    assert rules(open_page, broken) == {"image-alt": 1}


def test_a_large_document_is_not_given_to_axe(open_page: OpenPage) -> None:
    """Beyond the bound the rules are unknown (None), while contrast is still measured."""
    scene = open_page(f"{HEAD}{'<p>text</p>' * probe.MOST_ELEMENTS}")
    probe.accessibility(scene)
    assert scene.evidence.rules is None
    assert scene.evidence.contrast.texts == probe.MOST_ELEMENTS


def test_contrast_knows_the_limits_of_sizes(open_page: OpenPage) -> None:
    """#777 on white is 4.48: too little for small text, enough for large; #767676 is 4.54."""
    scene = open_page(
        f"{HEAD}<p id=small style='color:#777'>small</p><p style='color:#767676'>enough</p>"
        "<p style='color:#777;font-size:24px'>large</p>"
        "<p style='color:#777;font-size:19px;font-weight:700'>bold</p>"
    )
    probe.accessibility(scene)
    assert (scene.evidence.contrast.texts, scene.evidence.contrast.failing) == (4, 1)
    assert scene.evidence.contrast.offenders == ("#small",)


def test_contrast_judges_solid_backgrounds_only(open_page: OpenPage) -> None:
    """Texts over pictures, gradients, shadows and on disabled controls are no part of the count."""
    scene = open_page(
        f"{HEAD}<p style='color:#eee;background:linear-gradient(#000,#111)'>gradient</p>"
        "<p style='color:#eee;text-shadow:0 0 4px #000'>shadow</p>"
        "<button disabled style='color:#eee;background:#fff'>off</button>"
        "<div style='position:relative;height:50px'><canvas style='position:absolute' width=300 height=50></canvas>"
        "<p style='position:absolute;color:#fff;margin:0'>on canvas</p></div>"
        "<p style='color:oklch(0.95 0 0)' id=wide>oklch</p><p style='background:#000;color:#111' id=dark>dark</p>"
    )
    probe.accessibility(scene)
    assert scene.evidence.contrast.offenders == ("#wide", "#dark")
    assert scene.evidence.contrast.texts == 2
