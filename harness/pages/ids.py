"""Ids that scripts, labels and ARIA attributes ask for and that stand nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.pages.markup import Markup
from harness.pages.scripts import ScriptFacts

_ARIA = frozenset(
    {"aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details",
     "aria-activedescendant", "aria-flowto", "aria-errormessage"}
)  # fmt: skip
_MAX_BEGUN = 500


@dataclass(frozen=True, slots=True)
class MissingId:
    """An id that is asked for and stands nowhere. `by`: script, label, aria."""

    id: str
    by: str
    line: int


def missing_ids(
    markup: Markup, scripts: list[tuple[int, ScriptFacts]], extra: frozenset[str] = frozenset()
) -> Iterator[MissingId]:
    """Every id asked for, once per asker, that neither the markup nor `extra` has, that no script
    can be seen to give, and that begins like no name which a script puts together.

    `scripts`: (byte offset of the script's text, its facts). An id that a library makes is told as
    missing too where the page's own text never names it.
    """
    known = extra | {value for tag in markup.tags if (value := tag.get("id"))}
    known |= {name for _, facts in scripts for name in facts.may_name}
    begun = tuple({p for _, facts in scripts for p in facts.prefixes if len(p) > 1})[:_MAX_BEGUN]
    seen: set[tuple[str, str]] = set()
    for name, by, offset in _asked(markup, scripts):
        if not name or name in known or name.startswith(begun) or (name, by) in seen:
            continue
        seen.add((name, by))
        yield MissingId(name, by, markup.line(offset))


def _asked(
    markup: Markup, scripts: list[tuple[int, ScriptFacts]]
) -> Iterator[tuple[str, str, int]]:
    for offset, facts in scripts:
        for lookup in facts.lookups:
            yield lookup.id, "script", offset + lookup.span[0] if offset >= 0 else -1
    for tag in markup.tags:
        for attribute in tag.attributes:
            value = attribute.value or ""
            if attribute.name == "for" and tag.name == "label":
                yield value.strip(), "label", tag.span[0]
            elif attribute.name in _ARIA:
                for name in value.split():
                    yield name, "aria", tag.span[0]
