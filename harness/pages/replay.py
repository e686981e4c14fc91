"""A recorded exploration taken again, step by step: where its effects are no longer the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from harness.errors import Misuse
from harness.pages.differences import Difference, differences
from runners.pages.evidence import Action, PageEvidence

_SAME = ("effect", "control", "label", "value")


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What `trace.json` holds: the seed, and the steps in their order."""

    seed: int
    actions: tuple[Action, ...]


def read_trace(path: Path) -> Trace:
    """A trace as `render` writes it. Raises Misuse: it cannot be read, is none, or has no step."""
    hint = "pairproof render PAGE -o DIR writes DIR/trace.json"
    try:
        trace = _adapter().validate_json(path.read_bytes())
    except OSError as error:
        raise Misuse(f"cannot read {path}: {error.strerror}", hint=hint) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Misuse(f"{path} is no trace: {where}: {first['msg']}", hint=hint) from error
    if not trace.actions:
        raise Misuse(f"{path} holds no step", hint="the page had nothing to try")
    return trace


def steps_differ(trace: Trace, visit: PageEvidence) -> tuple[Difference, ...]:
    """Each step whose element is gone, or whose effect is another, by path: `step 3.effect.nodes`.

    When a step was taken is not compared: only what it did.
    """
    return tuple(_steps(trace, {action.step: action for action in visit.actions}))


def _steps(trace: Trace, taken: dict[int, Action]) -> Iterator[Difference]:
    for step in trace.actions:
        again = taken.get(step.step)
        path = f"step {step.step} ({step.kind} {step.selector})".replace(" )", ")")
        if again is None:
            yield Difference(path=path, before="taken", after="its element is not there")
            continue
        before, after = ({name: asdict(one)[name] for name in _SAME} for one in (step, again))
        for found in differences(before, after):
            yield found.model_copy(update={"path": f"{path}.{found.path}"})


@cache
def _adapter() -> TypeAdapter[Trace]:
    return TypeAdapter(Trace)
