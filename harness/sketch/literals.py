"""One parser for the literals and calls of eight languages, to tagged lists.

Arithmetic is understood, comparison is not: a relation is the caller's to find. Python's special
forms (comprehensions, slices, f-strings) are left to `native`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from harness.sketch.lexicon import BOOLS, BOUNDS, FLOATS, NULLS, NUMBERS, known_call
from harness.sketch.numerals import read_number
from harness.sketch.scan import mask
from harness.sketch.spec import Expr
from harness.sketch.strings import QUOTE, UnparsedError, read_string
from harness.sketch.values import fold, number, of_float, of_int

MAX_CHARS = 50_000
MAX_DEPTH = 60
_REFERS = frozenset({"cpp", "go", "rust"})
_NAME = re.compile(r"[^\W\d]\w*")
_ARRAY = re.compile(
    r"new\s+[\w<>.,\s]+?(?:\[\s*\])+\s*(?=\{)"
    r"|(?:\[\d*\])+\*?[\w.\[\]{}*]*?(?=\{)"
    r"|(?:std::)?(?:vector|array|list|deque|initializer_list)\s*<[^{}()]*>\s*(?=[{(])"
)
_SET = re.compile(
    r"(?:std::)?(?:unordered_|multi)?set\s*<[^{}()]*>\s*(?=\{)|map\[\w+\](?:bool|struct\{\})\{"
)
_MAP = re.compile(
    r"(?:std::)?(?:unordered_)?map\s*<[^{}()]*>\s*(?=\{)|map\[[^\]]+\][\w\[\].*]+(?=\{)"
)
_LAMBDA = re.compile(
    r"lambda\b|(?:async\s*)?\(\s*[\w,\s:]*\)\s*(?:=>|->)|(?:async\s+)?[A-Za-z_]\w*\s*=>"
    r"|(?:async\s+)?function\b|\|[\w\s,&:]*\||move\s*\||func\s*\(|\[[&=]?\]\s*\("
)
_TAIL = re.compile(r"\.(?:to_string|to_owned|into|to_vec|clone|as_str|iter)\(\)")
_KEYWORD = re.compile(r"([^\W\d]\w*)\s*=(?![=>~])\s*")
_GENERIC = re.compile(r"::<[^>()]*>|<[\w\s,.?\[\]]*>(?=\s*\()")
_SUM = re.compile(r"\s*([+-])(?![+=>])")
_PRODUCT = re.compile(r"\s*(//|\*(?!\*)|/|%)(?!=)")
_POWER = re.compile(r"\s*\*\*(?!=)")
_SPACE = re.compile(r"\s*")


class _Parser:
    __slots__ = ("at", "depth", "language", "text")

    def __init__(self, text: str, language: str) -> None:
        self.text, self.language = text, language
        self.at = self.depth = 0

    def space(self) -> None:
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]

    def take(self, token: str) -> bool:
        self.space()
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def need(self, token: str) -> None:
        if not self.take(token):
            raise UnparsedError(f"expected {token!r} at {self.text[self.at : self.at + 20]!r}")

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self.space()
        found = pattern.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def whole(self) -> Expr:
        value = self.expression()
        self.space()
        if self.at != len(self.text):
            raise UnparsedError(f"left over: {self.text[self.at : self.at + 20]!r}")
        return value

    def expression(self) -> Expr:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UnparsedError("nested too deeply")
        left = self.product()
        while op := self.match(_SUM):
            left = fold(op.group(1), left, self.product(), self.language)
        self.depth -= 1
        return left

    def product(self) -> Expr:
        left = self.unary()
        while op := self.match(_PRODUCT):
            left = fold(op.group(1), left, self.unary(), self.language)
        return left

    def unary(self) -> Expr:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UnparsedError("nested too deeply")
        try:
            if self.take("-"):
                return self.negative(self.unary())
            if self.take("+"):
                value = self.unary()
                if number(value) is None:
                    raise UnparsedError("+ before what is no number")
                return value
            if self.language in _REFERS and (
                self.take("&mut ") or self.take("&") or self.take("*")
            ):
                return self.unary()
            base = self.postfix(self.primary())
            if self.match(_POWER):
                return fold("**", base, self.unary(), self.language)
            return base
        finally:
            self.depth -= 1

    @staticmethod
    def negative(value: Expr) -> Expr:
        plain = number(value)
        if plain is None:
            return ["neg", value]
        return of_int(-plain) if isinstance(plain, int) else of_float(-plain)

    def postfix(self, value: Expr) -> Expr:
        while True:
            rest = self.text[self.at : self.at + 2]
            if rest[:1] == "." and (tail := _TAIL.match(self.text, self.at)) and value[0] != "name":
                self.at = tail.end()
            elif (rest[:1] == "." and rest[1:].strip()) or rest == "::":
                self.at += 1 if rest[:1] == "." else 2
                name = _NAME.match(self.text, self.at)
                if name is None:
                    raise UnparsedError("no name after a dot")
                self.at = name.end()
                value = self.member(value, name.group())
            elif rest[:1] == "[" and value[0] in ("call", "attr", "name", "index"):
                self.at += 1
                index = self.expression()
                self.need("]")
                value = ["index", value, index]
            else:
                return value

    def member(self, owner: Expr, name: str) -> Expr:
        generic = _GENERIC.match(self.text, self.at)
        if generic is not None:
            self.at = generic.end()
        if self.text.startswith("(", self.at):
            self.at += 1
            args, keywords = self.arguments()
            return known_call(owner, name, args, keywords)
        if owner[0] == "name":
            for joint in (".", "::"):
                full = f"{owner[1]}{joint}{name}"
                if full in NUMBERS:
                    return ["float", NUMBERS[full]]
                if full in BOUNDS:
                    return of_int(BOUNDS[full])
        return ["attr", owner, name]

    def items(self, close: str) -> list[Expr]:
        out: list[Expr] = []
        while not self.take(close):
            if out:
                self.need(",")
                if self.take(close):
                    break
            out.append(self.expression())
        return out

    def arguments(self) -> tuple[list[Expr], dict[str, Expr]]:
        args: list[Expr] = []
        keywords: dict[str, Expr] = {}
        while not self.take(")"):
            if args or keywords:
                self.need(",")
                if self.take(")"):
                    break
            keyword = self.match(_KEYWORD)
            if keyword is not None:
                keywords[keyword.group(1)] = self.expression()
            elif keywords:
                raise UnparsedError("a positional argument after a keyword")
            else:
                args.append(self.expression())
        return args, keywords

    def primary(self) -> Expr:
        self.space()
        char = self.text[self.at : self.at + 1]
        if not char:
            raise UnparsedError("an expression ends too early")
        if (quote := QUOTE.match(self.text, self.at)) is not None:
            return self.strings(quote)
        if char.isdigit() or char == ".":
            value, self.at = read_number(self.text, self.at)
            return value
        if (typed := self.typed()) is not None:
            return typed
        if _LAMBDA.match(self.text, self.at):
            return ["code", self.balanced()]
        if char == "[":
            self.at += 1
            return ["list", self.items("]")]
        if char == "{":
            self.at += 1
            return self.braces()
        if char == "(":
            return self.parenthesis()
        return self.word()

    def typed(self) -> Expr | None:
        """Aggregates with their type before them: `new int[]{1}`, `vec![1]`, `map[string]int{}`."""
        if self.language == "python":
            return None
        if self.match(_SET):
            if self.text[self.at - 1] != "{":
                self.need("{")
            return ["set", list(self.braces()[1])]
        if self.match(_MAP):
            self.need("{")
            held = self.braces()
            if held[0] == "map":
                return held
            pairs = [e[1] for e in held[1] if e[0] in ("braces", "tuple") and len(e[1]) == 2]
            if len(pairs) != len(held[1]):
                raise UnparsedError("a map without pairs")
            return ["map", [list(p) for p in pairs]]
        if self.match(_ARRAY):
            close = "}" if self.take("{") else ")"
            if close == ")":
                self.need("(")
            return ["list", self.items(close)]
        if self.take("vec!["):
            return ["list", self.items("]")]
        return None

    def parenthesis(self) -> Expr:
        self.need("(")
        if self.take(")"):
            return ["tuple", []]
        first = self.expression()
        if self.take(")"):
            return first
        held = [first]
        while self.take(","):
            if self.take(")"):
                return ["tuple", held]
            held.append(self.expression())
        self.need(")")
        return ["tuple", held]

    def braces(self) -> Expr:
        held: list[Expr] = []
        pairs: list[list[Expr]] = []
        while not self.take("}"):
            if held or pairs:
                self.need(",")
                if self.take("}"):
                    break
            key = self.expression()
            if self.take(":"):
                pairs.append([self.key(key), self.expression()])
            else:
                held.append(key)
        if held and pairs:
            raise UnparsedError("pairs and single values in one pair of braces")
        if pairs or (not held and self.language in ("python", "javascript", "typescript")):
            return ["map", pairs]
        if held and self.language in ("javascript", "typescript"):
            raise UnparsedError("braces without keys")
        return ["set" if self.language == "python" else "braces", held]

    def key(self, key: Expr) -> Expr:
        """A bare key is text outside Python; JavaScript's keys are always text."""
        if self.language == "python":
            return key
        if key[0] == "name" or (key[0] == "int" and self.language in ("javascript", "typescript")):
            return ["str", key[1]]
        return key

    def strings(self, quote: re.Match[str]) -> Expr:
        """One string, or Python's adjacent strings."""
        value, self.at = read_string(self.text, quote, self.language)
        while self.language == "python":
            self.space()
            following = QUOTE.match(self.text, self.at)
            if following is None:
                break
            more, self.at = read_string(self.text, following, self.language)
            if more[0] != value[0]:
                raise UnparsedError("text beside bytes")
            value = [value[0], value[1] + more[1]]
        return value

    def balanced(self) -> str:
        """Native text up to the comma or bracket that ends it."""
        hidden = mask(self.text[self.at :])
        stop = len(hidden)
        lambda_ = hidden.startswith("lambda")
        for i, char in enumerate(hidden):
            ends = char in ")]}" or (char == "," and (not lambda_ or ":" in hidden[:i]))
            if ends:
                stop = i
                break
        native = self.text[self.at : self.at + stop].strip()
        self.at += stop
        return native

    def word(self) -> Expr:
        new = self.match(_NEW)
        found = self.match(_NAME)
        if found is None:
            raise UnparsedError(f"nothing understood at {self.text[self.at : self.at + 20]!r}")
        word = found.group()
        if new is not None:
            while dotted := self.match(_DOTTED):
                word = dotted.group(1)
        if word in NULLS:
            return ["null"]
        if word in BOOLS:
            return ["bool", BOOLS[word]]
        if word in FLOATS:
            return ["float", FLOATS[word]]
        if word == "await":
            return self.unary()
        if word in ("std", "math", "collections", "datetime", "decimal", "fractions") and (
            self.text.startswith(("::", "."), self.at)
        ):
            return self.qualified(word)
        generic = _GENERIC.match(self.text, self.at)
        if generic is not None:
            self.at = generic.end()
        if self.text.startswith("(", self.at):
            self.at += 1
            args, keywords = self.arguments()
            return known_call(None, word, args, keywords)
        if new is not None and not self.text.startswith("{", self.at):
            raise UnparsedError("new without a call")
        return ["name", word]

    def qualified(self, word: str) -> Expr:
        """`std::string("a")` is "a"; `collections.Counter(...)` keeps its receiver."""
        if word == "std" and self.take("::"):
            name = self.match(_NAME)
            kind = name.group() if name is not None else ""
            if kind in ("string", "string_view") and self.text[self.at : self.at + 1] in ("(", "{"):
                close = ")" if self.take("(") else "}"
                if close == "}":
                    self.need("{")
                held = self.items(close)
                if len(held) == 1 and held[0][0] == "str":
                    return held[0]
                if not held:
                    return ["str", ""]
            if kind == "nullopt":
                return ["null"]
            if kind in ("make_pair", "make_tuple", "pair", "tuple") and self.take("("):
                return ["tuple", self.items(")")]
            raise UnparsedError(f"std::{kind} is not understood")
        return ["name", word]


_NEW = re.compile(r"new\s+(?=[^\W\d])")
_DOTTED = re.compile(r"\.([^\W\d]\w*)")


@lru_cache(maxsize=2048)
def _parsed(text: str, language: str) -> Expr | None:
    if not text or len(text) > MAX_CHARS:
        return None
    try:
        return _Parser(text, language).whole()
    except (UnparsedError, ValueError, OverflowError, RecursionError):
        return None


def parse(text: str, language: str) -> Expr | None:
    """The tagged expression that the whole of `text` is, or None. Never raises.

    The answer is shared: callers build new lists from it and never change it in place.
    """
    return _parsed(text.strip(), language)


def parse_arguments(text: str, language: str) -> tuple[list[Expr], dict[str, Expr]] | None:
    """Arguments as they stand between a call's parentheses, or None."""
    whole = parse(f"f_({text})", language)
    if whole is None or whole[0] != "call" or whole[2] != "f_":
        return None
    return whole[3], whole[4]
