"""What ran and what it cost: function and rule coverage of the page's own text, counters."""

from __future__ import annotations

from typing import Any

from runners.pages.evidence import Phase
from runners.pages.probes.tasks import metrics
from runners.pages.requests import ORIGIN
from runners.pages.scene import Scene

_COUNTERS = {
    "script_ms": ("ScriptDuration", 1000),
    "task_ms": ("TaskDuration", 1000),
    "layouts": ("LayoutCount", 1),
    "styles": ("RecalcStyleCount", 1),
    "heap_kb": ("JSHeapUsedSize", 1 / 1024),
    "nodes": ("Nodes", 1),
    "listeners": ("JSEventListeners", 1),
}
_TOLD = {
    "timers": "setTimeout", "intervals": "setInterval", "frames": "requestAnimationFrame",
    "canvas_draws": "draws", "gl_calls": "gl_calls", "intl_calls": "intl", "sockets": "sockets",
}  # fmt: skip
_NAMES = "Object.getOwnPropertyNames(window)"


def counters(scene: Scene) -> dict[str, float]:
    """The browser's own counters of the tab, in the units of their names."""
    values = metrics(scene.tab)
    return {name: round(values.get(key, 0) * unit, 2) for name, (key, unit) in _COUNTERS.items()}


def begin(scene: Scene) -> None:
    """Remember the counters before anything is tried."""
    long: dict[str, float] = {}
    if scene.steps is not None:
        scene.steps.stop()
        told = scene.steps.long
        long = {f"long_steps_{p}": told.get(p, 0) for p in (Phase.LOAD.value, Phase.REST.value)}
    scene.add(runtime={**counters(scene), **long})


def end(scene: Scene) -> None:
    """The counters at the end beside those at rest, and what of the page's text was used."""
    tab, start = scene.tab, scene.evidence.runtime
    now = counters(scene)
    runtime = {**start, **{f"{k}_after": now[k] for k in ("nodes", "listeners")}}
    runtime["heap_after_kb"] = now["heap_kb"]
    for name in ("script_ms", "task_ms", "layouts", "styles"):
        runtime[name] = now[name]
    runtime |= {name: tab.told.get(key, 0) for name, key in _TOLD.items()}
    runtime["storage_sets"] = tab.gate.attempts.get("storage_sets", 0)
    runtime["layout_shift"] = round(float(tab.measure("__seen.shift")), 4)
    runtime["virtual_ms"] = tab.clock.now_ms
    runtime["globals"] = _globals(scene)
    scene.add(runtime=runtime, coverage={**_functions(scene), **_rules(scene)})


def _globals(scene: Scene) -> int:
    """Names that the page added to its window: the isolated world has the browser's alone."""
    named = scene.tab.ask(_NAMES)
    if not isinstance(named, list):
        return 0
    browsers = set(scene.tab.measure(_NAMES))
    return sum(isinstance(n, str) and n not in browsers and not n.isdecimal() for n in named)


def take_functions(scene: Scene) -> None:
    """Add what ran since it was last asked; asking sets the browser's counts to zero."""
    answer: Any = scene.tab.call("Profiler.takePreciseCoverage")["result"]
    for script in answer:
        number = script["scriptId"]
        scene.scripts[number] = script["url"]
        if not script["url"].startswith(ORIGIN):
            continue
        for function in script["functions"]:
            first = function["ranges"][0]
            if not function["functionName"] and first["startOffset"] == 0:
                continue  # the script itself
            key = (number, first["startOffset"], first["endOffset"])
            ran = any(part["count"] for part in function["ranges"])
            scene.functions[key] = scene.functions.get(key, False) or ran


def _functions(scene: Scene) -> dict[str, float]:
    take_functions(scene)
    return {"functions": len(scene.functions), "functions_run": sum(scene.functions.values())}


def _rules(scene: Scene) -> dict[str, float]:
    answer: Any = scene.tab.call("CSS.stopRuleUsageTracking")["ruleUsage"]
    used = sum(rule["used"] for rule in answer)
    return {"rules": max(len(answer), scene.evidence.dom.get("rules", 0)), "rules_used": used}
