"""Three widths of viewport, the emulated preferences, and the boxes at each."""

from __future__ import annotations

from runners.pages.evidence import Layout, Media
from runners.pages.pictures import difference
from runners.pages.scene import Scene
from runners.pages.tab import HEIGHT, WIDTH, guest

VIEWPORTS = (("mobile", 375, 812), ("tablet", 768, 1024), ("wide", 1440, 900))
_REFLOW_MS = 40
_LAYOUT = guest("layout.js")
_RUNNING = "document.getAnimations().filter((a) => a.playState === 'running').length"


def views(scene: Scene) -> None:
    """Pictures and boxes at 375, 768 and 1440 CSS pixels."""
    layouts = []
    for name, width, height in VIEWPORTS:
        _resize(scene, width, height, mobile=name == "mobile")
        scene.tab.clock.advance(_REFLOW_MS, _REFLOW_MS)
        scene.look(name)
        layouts.append(_layout(scene, name, width))
    _resize(scene, WIDTH, HEIGHT)
    scene.tab.clock.advance(_REFLOW_MS, _REFLOW_MS)
    layouts.append(_layout(scene, "desktop", WIDTH))
    scene.add(layouts=tuple(layouts))


def media(scene: Scene) -> None:
    """Does it answer to a preference for dark colours, and for less motion?"""
    dom, motion = scene.evidence.dom, scene.evidence.motion
    dark = 0.0
    reduced = motion.running
    script = any("matchMedia" in text for text in (scene.order.page.decode("utf-8", "replace"),))
    if dom["dark_rules"] or script or b"color-scheme" in scene.order.page:
        before = scene.look("light", held=True)
        _prefer(scene, "prefers-color-scheme", "dark")
        scene.tab.clock.advance(300, 60)
        after = scene.look("dark", held=True)
        if before.picture != after.picture:
            dark = difference(scene.shown["light"], scene.shown["dark"])
    if motion.running:
        _prefer(scene, "prefers-reduced-motion", "reduce")
        scene.tab.clock.advance(60)
        reduced = scene.tab.measure(_RUNNING)
    _prefer(scene)
    scene.tab.clock.advance(_REFLOW_MS, _REFLOW_MS)
    scene.add(
        media=Media(
            dark_change=dark,
            dark_rules=int(dom["dark_rules"]),
            reduced_rules=int(dom["reduced_rules"]),
            running=motion.running,
            running_reduced=reduced,
        )
    )


def _layout(scene: Scene, name: str, width: int) -> Layout:
    found = scene.tab.measure(_LAYOUT)
    offenders = tuple(found.pop("offenders"))
    return Layout(name=name, width=width, offenders=offenders, **found)


def _resize(scene: Scene, width: int, height: int, *, mobile: bool = False) -> None:
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}
    scene.tab.call("Emulation.setDeviceMetricsOverride", metrics)


def _prefer(scene: Scene, name: str = "", value: str = "") -> None:
    features = [{"name": name, "value": value}] if name else []
    scene.tab.call("Emulation.setEmulatedMedia", {"features": features})
