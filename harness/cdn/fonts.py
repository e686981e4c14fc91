"""Style sheets of web fonts, made of the packages that publish the same fonts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from harness.cdn.answers import Answer
from harness.cdn.asks import Need
from harness.cdn.files import Choice, PackageFile, choose
from harness.cdn.mime import SHEET
from harness.cdn.stock import Stock, served

FILES = "s/pairproof/"
"""Under fonts.gstatic.com: where the generated sheets point for their files."""

_URL = re.compile(r"url\(\s*[\"']?(?:\./)?([^\"')]+)[\"']?\s*\)")
_WOFF = re.compile(r",\s*url\([^)]*\.woff['\"]?\)\s*format\(['\"]woff['\"]\)")
_REGULAR = ("400.css", "index.css")
_AXES = {"material icons": "filled", "material icons outlined": "outlined",
         "material icons round": "round", "material icons sharp": "sharp",
         "material icons two tone": "two-tone"}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """One family of a sheet: CSS weights, and whether upright and italic faces were asked for."""

    name: str
    weights: tuple[int, ...] = (400,)
    upright: bool = True
    italic: bool = False

    @property
    def package(self) -> str:
        """The npm package that has it."""
        lower = self.name.lower()
        if lower.startswith("material symbols"):
            return "material-symbols"
        if lower in _AXES:
            return "material-icons"
        return "@fontsource/" + re.sub(r"[^a-z0-9]+", "-", lower).strip("-")

    def sheets(self) -> tuple[str, ...]:
        """The package's style sheets for it."""
        lower = self.name.lower()
        if lower.startswith("material symbols"):
            return (f"{lower.rpartition(' ')[2]}.css",)
        if lower in _AXES:
            return (f"iconfont/{_AXES[lower]}.css",)
        styles = [""] * self.upright + ["-italic"] * self.italic
        return tuple(f"{weight}{style}.css" for weight in self.weights for style in styles)


@dataclass(frozen=True, kw_only=True, slots=True)
class FontSheet:
    """One sheet of several families."""

    families: tuple[Family, ...]

    def needs(self) -> tuple[Need, ...]:
        """The packages of its families, as they were on the lock's date."""
        return tuple(dict.fromkeys(Need(package=f.package, spec="latest") for f in self.families))

    def answer(self, stock: Stock) -> Answer:
        """The sheet; approximate where a family or a face is missing, a miss where all are."""
        if not self.families:
            return Answer(outcome="no_such_file", path="css", note="a sheet of no family")
        texts: list[str] = []
        notes: list[str] = []
        found: list[str] = []
        for family in self.families:
            chosen = choose(stock, family.package, "latest", origin=False)
            if isinstance(chosen, Answer):
                notes.append(chosen.note)
                continue
            found.append(f"{family.package}@{chosen.version}")
            sheets = family.sheets()
            held = [sheet for sheet in sheets if sheet in chosen.manifest.files]
            notes += [f"no {sheet} in {found[-1]}" for sheet in sheets if sheet not in held]
            for sheet in held or [s for s in _REGULAR if s in chosen.manifest.files][:1]:
                body = stock.body(chosen.manifest.files[sheet])
                if body is not None:
                    texts.append(_faces(body.decode("utf-8", "replace"), family, chosen, sheet))
        if not texts:
            return Answer(outcome="miss", package=self.families[0].package, note="; ".join(notes))
        return served(
            "\n".join(texts).encode(),
            kind=SHEET,
            outcome="approximate" if notes else "hit",
            package=found[0].rpartition("@")[0] if len(found) == 1 else " ".join(found),
            version=found[0].rpartition("@")[2] if len(found) == 1 else "",
            note="; ".join([*notes, "a sheet of ours"]),
        )


def read_families(given: Iterable[str]) -> tuple[Family, ...]:
    """The families of `family` parameters of the css, css2 and icon interfaces."""
    found: list[Family] = []
    for text in given:
        for part in text.split("|"):
            name, _, rest = part.replace("+", " ").partition(":")
            if name.strip():
                found.append(_family(name.strip(), rest))
    return tuple(found)


def guess_file(path: str) -> PackageFile | None:
    """A file that a page names itself, as s/FAMILY/vN/HASH.woff2: any face of that family."""
    match = re.fullmatch(r"s/([a-z0-9]+)/v\d+/.+\.(?:woff2?|ttf)", path)
    if match is None:
        return None
    slug = match[1]
    return PackageFile(
        package=f"@fontsource/{slug}",
        spec="latest",
        paths=(f"files/{slug}-latin-400-normal.woff2",),
        substitute="the regular Latin face",
    )


def _family(name: str, rest: str) -> Family:
    if "@" in rest:
        axes, _, values = rest.partition("@")
        names = axes.split(",")
        rows = [row.split(",") for row in values.split(";") if row]
        weights = [w for row in rows for w in _weights(_column(names, row, "wght"))] or [400]
        slants = {_column(names, row, "ital") or "0" for row in rows} or {"0"}
        return Family(
            name=name, weights=tuple(sorted(set(weights))), upright="0" in slants,
            italic="1" in slants,
        )  # fmt: skip
    if rest.strip() == "ital":
        return Family(name=name, upright=False, italic=True)
    faces = [face.strip().lower() for face in rest.split(",") if face.strip()]
    weights = [w for face in faces for w in _weights(_plain(face))] or [400]
    italic = [face for face in faces if face.endswith("i") or "italic" in face]
    return Family(
        name=name, weights=tuple(sorted(set(weights))),
        upright=len(italic) < len(faces) or not faces, italic=bool(italic),
    )  # fmt: skip


def _plain(face: str) -> str:
    number = re.match(r"\d+", face)
    return number[0] if number else "700" if face.startswith("b") else "400"


def _column(names: list[str], row: list[str], name: str) -> str:
    at = names.index(name) if name in names else -1
    return row[at] if 0 <= at < len(row) else ""


def _weights(text: str) -> list[int]:
    low, dots, high = text.partition("..")
    if not low.isdecimal():
        return []
    if dots and high.isdecimal():
        return [w for w in range(100, 1000, 100) if int(low) <= w <= int(high)]
    return [min(900, max(100, round(int(low) / 100) * 100))]


def _faces(text: str, family: Family, chosen: Choice, sheet: str) -> str:
    folder = sheet.rpartition("/")[0]
    base = f"https://fonts.gstatic.com/{FILES}{family.package}@{chosen.version}/"
    base += f"{folder}/" if folder else ""
    text = _WOFF.sub("", text)
    return _URL.sub(lambda match: f"url({base}{match[1]})", text)
