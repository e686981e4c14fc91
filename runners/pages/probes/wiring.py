"""Which elements are heard, by the browser's own list of listeners: no page script can hide one."""

from __future__ import annotations

from collections import Counter
from typing import Any

from runners.pages.probes.coverage import take_functions
from runners.pages.protocol import CallFailed
from runners.pages.requests import ORIGIN
from runners.pages.scene import Scene

_MOST = 300
_OURS = ("error", "unhandledrejection")
_FILL = """(function(types, ...nodes) {
  const heard = globalThis.__heard = new Map();
  nodes.forEach((node, i) => heard.set(node, types[i]));
})"""


def wiring(scene: Scene) -> None:
    """Lay the listeners by type into the evidence, and by element into the isolated world."""
    take_functions(scene)
    found = _found(scene)
    own = [entry for entry in found if scene.scripts.get(entry["scriptId"], "").startswith(ORIGIN)]
    scene.add(
        listeners=dict(sorted(Counter(entry["type"] for entry in found).items())),
        own_listeners=dict(sorted(Counter(entry["type"] for entry in own).items())),
    )
    _lend(scene, found)


def hear_again(scene: Scene) -> None:
    """Lay the listeners by element into the isolated world anew: elements were made since."""
    _lend(scene, _found(scene))


def _found(scene: Scene) -> list[dict[str, Any]]:
    return _listeners(scene, "document") + _listeners(scene, "window")


def _lend(scene: Scene, found: list[dict[str, Any]]) -> None:
    tab = scene.tab
    by_node: dict[int, list[str]] = {}
    window: list[str] = []
    for entry in found:
        node = entry.get("backendNodeId")
        (window if node is None else by_node.setdefault(node, [])).append(entry["type"])
    chosen = dict(list(by_node.items())[:_MOST])
    calls = [
        tab.post("DOM.resolveNode", {"backendNodeId": node, "executionContextId": tab.world})
        for node in chosen
    ]
    tab.measure(f"globalThis.__window = {sorted(set(window))!r}; 0")
    types, nodes = [], []
    for call, kinds in zip(calls, chosen.values(), strict=True):
        try:
            answer: Any = tab.reply(call)
        except CallFailed:
            continue  # the element is gone since
        number = answer["object"].get("objectId")
        if number is None:
            continue  # of a sandboxed frame, which this world may not touch
        nodes.append({"objectId": number})
        types.append(sorted(set(kinds)))
    arguments = [{"value": types}, *nodes]
    tab.call(
        "Runtime.callFunctionOn",
        {"functionDeclaration": _FILL, "executionContextId": tab.world, "arguments": arguments},
    )


def _listeners(scene: Scene, of: str) -> list[dict[str, Any]]:
    """`document` and `window` cannot be redefined by a page, so its own world may be asked."""
    tab = scene.tab
    handle: Any = tab.call("Runtime.evaluate", {"expression": of})
    number = handle["result"].get("objectId")
    if number is None:
        return []
    told: Any = tab.call(
        "DOMDebugger.getEventListeners", {"objectId": number, "depth": -1, "pierce": True}
    )
    # The two that guest/init.js hears errors with are none of the page's.
    return [
        listener
        for listener in told["listeners"]
        if listener["type"] not in _OURS or listener["scriptId"] in scene.scripts
    ]
