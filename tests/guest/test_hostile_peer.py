"""The code's process may send any bytes: the tests' process reports, and nothing passes."""

from __future__ import annotations

import json
import os
import random
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.guest.conftest import outcomes, report_of

SUITE = """
from solution import f, g
def test_one(): assert f(1) == 2
def test_callback(): assert g(lambda x: x) == 2
def test_object():
    class Held:
        secret = 3
        def method(self): return 4
    assert g(Held()) == 2
"""
FIRST = ["ready", ["f", "g"], None, []]
FUNCTION = ["fn", 1, {"n": "f", "q": "f", "d": None, "c": 0}]


def frame(message: Any) -> bytes:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return struct.pack(">I", len(body)) + body


def script(*answers: Callable[[list[Any]], Any] | Any, greet: Any = FIRST) -> Callable[[int], None]:
    """A peer that greets and then answers each request with the next answer, the last for ever."""

    def work(fd: int) -> None:
        peer = socket.socket(fileno=fd)
        peer.sendall(frame(greet))
        turn = 0
        while True:
            (size,) = struct.unpack(">I", peer.recv(4, socket.MSG_WAITALL))
            request = json.loads(peer.recv(size, socket.MSG_WAITALL))
            answer = answers[min(turn, len(answers) - 1)]
            turn += 1
            made = answer(request) if callable(answer) else answer
            for part in made if isinstance(made, tuple) else (made,):
                peer.sendall(part if isinstance(part, bytes) else frame(part))

    return work


def value(packed: Any) -> Callable[[list[Any]], Any]:
    """Attributes are functions; calls answer `packed`."""

    def answer(request: list[Any]) -> Any:
        result = FUNCTION if request[2] == "get" else packed
        return ["r", request[0], True, result, [], []]

    return answer


def reverse(*call: Any) -> Callable[[list[Any]], Any]:
    """Calls are answered by a callback that was never allowed."""

    def answer(request: list[Any]) -> Any:
        if request[2] == "get":
            return ["r", request[0], True, FUNCTION, [], []]
        if request[2] not in ("call", "method"):
            return ["r", request[0], True, None, [], []]
        return ["c", request[0], *call, []], ["r", request[0], True, 2, [], []]

    return answer


def raw(data: bytes) -> Callable[[int], None]:
    def work(fd: int) -> None:
        peer = socket.socket(fileno=fd)
        peer.sendall(data)
        time.sleep(0.3)

    return work


def cls(**changes: Any) -> list[Any]:
    about = {"n": "C", "q": "C", "k": "", "d": None, "m": {}, "o": [], "e": True, "h": 1, "f": [],
             "a": False, "b": []}  # fmt: skip
    return ["C", 50, {**about, **changes}]


def seeded(seed: int) -> Callable[[int], None]:
    """Random trees of the protocol's own words."""
    chance = random.Random(seed)
    words = ["r", "c", "a", "ready", "l", "t", "d", "s", "f", "i", "h", "C", "E", "e", "fn", "mo",
             "co", "cb", "nt", "en", "sh", "arg", "np", "T", "v", "k", "so", "call", "method",
             "__globals__", "ValueError", "object", "type", "0x1.8p1", "0xff", "path"]  # fmt: skip

    def tree(depth: int) -> Any:
        kind = chance.randrange(8 if depth else 4)
        if kind < 2:
            return chance.choice(words)
        if kind == 2:
            return chance.choice([0, 1, 2, -1, 50, 10**30, True, None])
        if kind == 3:
            return ["cb", chance.randrange(-2, 4)]
        if kind == 7:
            return {chance.choice(words): tree(depth - 1) for _ in range(chance.randrange(4))}
        return [chance.choice(words), *(tree(depth - 1) for _ in range(chance.randrange(5)))]

    def answer(request: list[Any]) -> Any:
        if chance.random() < 0.5:
            return ["r", request[0], True, tree(4), [], []]
        if chance.random() < 0.5:
            return ["r", request[0], False, tree(4), tree(2), tree(3)]
        return tree(5)

    return script(answer)


PEERS: dict[str, Callable[[int], None]] = {
    "nothing": lambda fd: None,
    "silence": lambda fd: time.sleep(2),
    "random bytes": raw(random.Random(1).randbytes(5000)),
    "huge frame announced": raw(struct.pack(">I", 0xFFFFFFFF) + b"x" * 100),
    "frame cut": raw(struct.pack(">I", 100) + b"[1]"),
    "not JSON": raw(frame(b"{{{{")),
    "not UTF-8": raw(frame(b"\xff\xfe\xfd")),
    "deep nesting": raw(frame(b"[" * 100_000 + b"]" * 100_000)),
    "long number": raw(frame(b"[" + b"9" * 50_000 + b"]")),
    "two greetings": raw(frame(FIRST) + frame(FIRST)),
    "answers before questions": raw(frame(FIRST) + b"".join(frame(["r", n, True, 2, [], []]) for n in range(9))),
    "greeting of another shape": raw(frame(["ready"])),
    "names that are none": script(value(2), greet=["ready", 5, None, []]),
    "load error that is none": script(value(2), greet=["ready", [], 7, []]),
    "answer to another question": script(lambda q: ["r", q[0] + 1, True, 2, [], []]),
    "answer twice": script(lambda q: (["r", q[0], True, FUNCTION, [], []], ["r", q[0], True, 2, [], []])),
    "answer without parts": script(lambda q: ["r"]),
    "bare float": script(lambda q: frame(b'["r",%d,true,2.0,[],[]]' % q[0])),
    "bare nan": script(lambda q: frame(b'["r",%d,true,NaN,[],[]]' % q[0])),
    "deep value": script(value(json.loads("[" * 500 + "1" + "]" * 500))),
    "unknown tag": script(value(["eval", "2"])),
    "tag that is no text": script(value([["l"], 2])),
    "unknown type": script(value(["T", "os.system"])),
    "unknown function": script(value(["bf", "eval"])),
    "builtin that evaluates": script(value(["bf", "exec"])),
    "unknown singleton": script(value(["k", "True"])),
    "object of no class": script(value(["h", 7, ["T", "int"]])),
    "object of an unknown class": script(value(["h", 7, ["C", 99]])),
    "class of hostile members": script(value(["h", 7, cls(m={"__eq__": "m", "__class__": "s", "_pp_link": "m"})])),
    "class of hostile operators": script(value(["h", 7, cls(o=["__eq__", "__class__", "__reduce__", "__radd__"])])),
    "class that is its own base": script(value(["h", 7, cls(b=[["C", 50]])])),
    "class based on type": script(value(["h", 7, cls(b=[["T", "type"]])])),
    "class based on int": script(value(["h", 7, cls(b=[["T", "int"]])])),
    "class with a bad name": script(value(["h", 7, cls(n=5)])),
    "record with hostile fields": script(value(["nt", cls(k="record", f=["__eq__", "__class__", "a b"]), [2]])),
    "enum that is 2": script(value(["en", 9, cls(k="enum", u="int"), "X", 2, ["l", 2]])),
    "always equal": script(lambda q: ["r", q[0], True, FUNCTION if q[2] == "get" else True if q[2] == "operate" else ["h", 7, cls()], [], []]),
    "exception as a value": script(value(["e", "ValueError", [], None])),
    "skip raised": script(lambda q: ["r", q[0], False, ["E", 9, cls(n="Skipped", s="_pytest.outcomes.Skipped", k="exception", b=[["T", "BaseException"]]), [], "", {}, None], [], []]),
    "raised what is no exception": script(lambda q: ["r", q[0], False, 2, [], []]),
    "raised a class": script(lambda q: ["r", q[0], False, ["T", "ValueError"], [], []]),
    "array of objects": script(value(["np", "|O", "00" * 8, [1]])),
    "array of another shape": script(value(["np", "<i8", "00" * 8, [10**12]])),
    "argument that was none": script(value(["arg", 5])),
    "argument of a dunder": script(value(["arg", "__class__"])),
    "own object never passed": script(value(["cb", 77])),
    "own object, negative": script(value(["cb", -1])),
    "container shared that is none": script(value(["sh", 5, 2])),
    "notes that are none": script(lambda q: ["r", q[0], True, 2, 5, []]),
    "notes of another kind": script(lambda q: ["r", q[0], True, 2, [["out", 5]], []]),
    "updates that are none": script(lambda q: ["r", q[0], True, FUNCTION if q[2] == "get" else 2, [], 5]),
    "update of nothing": script(lambda q: ["r", q[0], True, FUNCTION if q[2] == "get" else 2, [], [[0]]]),
    "callback of an unknown number": script(reverse("call", 99, [], {})),
    "callback of a negative number": script(reverse("call", -1, [], {})),
    "callback by attribute": script(reverse("method", 0, "__globals__", [], {})),
    "callback of the code": script(reverse("method", 0, "__code__", [], {})),
    "callback of a class": script(reverse("method", 0, "__class__", [], {})),
    "callback of an unknown use": script(reverse("getattr", 0, "secret")),
    "callback for a child": script(reverse("child", 0, "secret")),
    "callback for the next item": script(reverse("next", 0)),
    "callback with bad arguments": script(reverse("call", 0, 5, 5)),
    "callback outside a call": script(lambda q: (["c", 99, "call", 0, [], {}, []],)),
    "callback that is empty": script(lambda q: (["c", q[0], []],)),
    "flood": script(lambda q: ["r", q[0], True, ["l", *[["l"]] * 1_000_000], [], []]),
    "end after the greeting": raw(frame(FIRST)),
}  # fmt: skip


@pytest.mark.parametrize("name", PEERS)
def test_hostile_peer_never_passes(name: str) -> None:
    """No test passes, and the report still ends cleanly."""
    report = report_of(SUITE, hostile=PEERS[name], reply_s=1.0)
    lines = [json.loads(line) for line in report.splitlines()]
    assert not [line for line in lines if line.get("outcome") == "passed"], lines
    assert lines and "end" in lines[-1], lines


@pytest.mark.parametrize("seed", range(40))
def test_random_answers_never_pass(seed: int) -> None:
    """Random trees of the protocol's own words neither pass nor break the report."""
    report = report_of(SUITE, hostile=seeded(seed), reply_s=1.0)
    lines = [json.loads(line) for line in report.splitlines()]
    assert not [line for line in lines if line.get("outcome") == "passed"], lines
    assert lines and "end" in lines[-1], lines


def test_a_peer_that_keeps_the_protocol_can_pass() -> None:
    """The control: the scripted peer is understood when it gives the right answer."""
    results = outcomes(SUITE, hostile=script(value(2)))
    assert set(results.values()) == {"passed"}


def test_swallowed_end_is_still_an_error() -> None:
    """A test that catches every exception does not pass when the code's process ends under it."""
    suite = """
import solution
def test_one():
    try: solution.f()
    except BaseException: pass
def test_two(): pass
"""
    results = outcomes(suite, "import os\ndef f(): os._exit(0)")
    assert results == {"test_one": "error", "test_two": "error"}


def test_unsolicited_message_after_the_answer() -> None:
    """A thread of the code that speaks out of turn ends the trust in it."""
    code = "def f(): return 1\n"
    suite = "import time, solution\ndef test_one():\n assert solution.f() == 1\n time.sleep(1.5)\ndef test_two(): assert solution.f() == 1"

    def chatty(fd: int) -> None:
        import split

        peer = socket.socket(fileno=os.dup(fd))

        def talk() -> None:
            time.sleep(0.15)
            peer.sendall(frame(["r", 2, True, 1, [], []]))

        threading.Thread(target=talk, daemon=True).start()
        split.serve_code({"code": code}, -1, fd)

    assert set(outcomes(suite, hostile=chatty).values()) == {"error"}
