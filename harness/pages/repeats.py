"""How much of a text stands twice."""

from __future__ import annotations

_MIN_CHARS = 3
"""Lines of nothing but brackets repeat everywhere and say nothing."""
MAX_LINES = 20_000


def longest_repeat(text: str) -> tuple[int, float]:
    """(lines, share): the longest run of lines that stands at two places without overlap, white
    space and lines under three characters aside, and its share of all such lines, 0 to 0.5."""
    lines = [line.strip() for line in text.splitlines()[:MAX_LINES]]
    lines = [line for line in lines if len(line) >= _MIN_CHARS]
    numbers: dict[str, int] = {}
    codes = [numbers.setdefault(line, len(numbers)) for line in lines]
    low, high = 0, len(codes) // 2
    while low < high:
        length = (low + high + 1) // 2
        if _repeats(codes, length):
            low = length
        else:
            high = length - 1
    return low, low / len(codes) if codes else 0.0


def _repeats(codes: list[int], length: int) -> bool:
    """Whether a run of that length stands twice, by a rolling hash over exact line numbers."""
    base, modulus = 1_000_003, (1 << 61) - 1
    power = pow(base, length - 1, modulus)
    value = 0
    first: dict[int, int] = {}
    for at, code in enumerate(codes):
        if at >= length:
            value = (value - (codes[at - length] + 1) * power) % modulus
        value = (value * base + code + 1) % modulus
        start = at - length + 1
        if start < 0:
            continue
        known = first.setdefault(value, start)
        if start - known >= length and codes[known : known + length] == codes[start : at + 1]:
            return True
    return False
