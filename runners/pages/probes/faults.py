"""Fault injection: what a page makes of bad luck and of careless visitors.

At most one reload: the faults that leave the document standing come first, in an order in which
none takes the ground from the next.
"""

from __future__ import annotations

from collections.abc import Callable

from runners.pages.evidence import Fault
from runners.pages.patience import PageEnded
from runners.pages.probes.odd import double_click, empty_submit, odd_input
from runners.pages.probes.outage import fetch_fails, offline, storage_denied
from runners.pages.probes.stress import long_text, resize, right_to_left, zoom
from runners.pages.probes.witness import Witness, skipped
from runners.pages.protocol import CallFailed
from runners.pages.scene import Scene

MOST_ELEMENTS = 8000
"""Each fault lays the document out anew, which takes about 0.1 CPU s for so many."""
_COUNT = "Document.prototype.querySelectorAll.call(document, '*').length"
_IN_ORDER: tuple[Callable[[Witness], Fault], ...] = (
    resize,
    zoom,
    double_click,
    empty_submit,
    odd_input,
    fetch_fails,
    offline,
    long_text,
    right_to_left,
    storage_denied,
)


def faults(scene: Scene) -> None:
    """Lay `faults` into the evidence, one after another.

    Raises:
        PageEnded: it hangs, or died, of the last fault in the evidence. BrowserFault.
    """
    witness = Witness(scene)
    if scene.tab.measure(_COUNT) > MOST_ELEMENTS:
        why = f"over {MOST_ELEMENTS} elements"
        scene.add(faults=tuple(skipped(inject.__name__, why) for inject in _IN_ORDER))
        return
    for inject in _IN_ORDER:
        try:
            found = inject(witness)
        except PageEnded as ended:
            why = f"{ended.end.value}: {ended.detail}"
            told = Fault(name=inject.__name__, errors=1, detail=why)
            if "in one visit" in ended.detail:  # a limit of ours, reached by all phases together
                told = skipped(inject.__name__, why)
            scene.add(faults=(*scene.evidence.faults, told))
            raise
        except CallFailed as failed:
            # A document without a root, for instance: nothing can be said of it.
            found = skipped(inject.__name__, f"could not be measured: {failed}")
        scene.add(faults=(*scene.evidence.faults, found))
