"""The edits that take a page's event wiring away and leave everything else: it looks right and does
nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.pages.edits import Edit, OpenPage
from harness.pages.handlers import FRAMEWORK, NAME
from harness.pages.markup import captured
from harness.pages.scripts import (
    JSX_EVENT,
    Node,
    argument,
    captures,
    event_property,
    is_binding,
    is_listening,
    literal,
    parse_script,
    script_query,
)
from harness.pages.shapes import text_of

_EVENTS = re.compile(
    r"(?:dbl|aux)?click|contextmenu|mouse\w+|pointer(?!lock)\w+|touch\w+|key(?:down|up|press)|input|"
    r"beforeinput|change|submit|reset|focus(?:in|out)?|blur|drag\w*|drop|wheel|scroll(?:end)?|paste|"
    r"copy|cut|select|selectionchange|toggle|search|invalid|gesture\w+|composition\w+|hover|tap|"
    r"swipe\w*|command"
)
_IN_STRINGS = re.compile(rf"(?<![\w-])on(?={_EVENTS.pattern})(?=[a-z]+\s*=)")


def is_user_event(name: str) -> bool:
    """Whether an event type comes from a visitor's hands: not load, message, resize ..."""
    return _EVENTS.fullmatch(name.lower()) is not None


def unwiring(page: OpenPage) -> Iterator[Edit]:
    """The edits. Listeners of a type that is not a literal go too, since most stand for several."""
    for tag in page.markup.tags:
        for attribute in tag.attributes:
            start, end = attribute.span
            own = NAME.fullmatch(attribute.name) and is_user_event(attribute.name[2:])
            if own or FRAMEWORK.fullmatch(attribute.name):
                yield start, end, ""
            elif attribute.name == "href" and (attribute.value or "").startswith("javascript:"):
                yield (*attribute.value_span, "#")
    for script in page.scripts:
        root = parse_script(script.text.encode())
        for start, end, text in _in_script(root):
            yield script.offset + start, script.offset + end, text


def _in_script(root: Node) -> Iterator[Edit]:
    found = captures(root)
    for call in found.get("call", []):
        if is_listening(call):
            kind = literal(argument(call, 0))
            if kind is None or is_user_event(kind):
                yield call.start_byte, call.end_byte, "void 0"
        elif is_binding(call) and _binds_user_event(call):
            kept = call.child_by_field_name("function").child_by_field_name("object")
            yield kept.end_byte, call.end_byte, ""
    for node in found.get("assign", []):
        if is_user_event(event_property(node)[2:]):
            yield node.start_byte, node.end_byte, "void 0"
    for node in found.get("string", []):
        for match in _IN_STRINGS.finditer(text_of(node)):
            at = node.start_byte + len(text_of(node)[: match.start()].encode())
            yield at, at + 2, "data-on"
    for node in captured(script_query("(jsx_attribute) @jsx"), root).get("jsx", []):
        if node.named_children and JSX_EVENT.fullmatch(text_of(node.named_children[0])):
            yield node.start_byte, node.end_byte, ""


def _binds_user_event(call: Node) -> bool:
    name = text_of(call.child_by_field_name("function").child_by_field_name("property"))
    kinds = (literal(argument(call, 0)) or "") if name in ("on", "one") else name
    return any(is_user_event(kind.partition(".")[0]) for kind in kinds.split())
