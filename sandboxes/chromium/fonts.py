"""The fonts that pages can use, which of them stands for which name, and their digest."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache

FONTS = "/usr/share/fonts"
"""Where fonts of packages lie, on this machine and inside."""

CONFIG_PATH = "/etc/fonts/fonts.conf"
CACHES = ("/usr/share/pairproof-fonts", "/var/cache/fontconfig")
"""Lists of all fonts, made ahead: that of our image, that of a Debian host."""

PACKAGES = ("fonts-liberation", "fonts-noto-core", "fonts-noto-cjk", "fonts-noto-color-emoji")
"""Debian packages: metric twins of common fonts, all scripts with Arabic, CJK, emoji."""

_SAMPLE_BYTES = 4096
_GENERIC = {
    "sans-serif": ("Liberation Sans", "Noto Sans", "DejaVu Sans"),
    "serif": ("Liberation Serif", "Noto Serif", "DejaVu Serif"),
    "monospace": ("Liberation Mono", "Noto Sans Mono", "DejaVu Sans Mono"),
    "system-ui": ("Noto Sans", "Liberation Sans", "DejaVu Sans"),
    "emoji": ("Noto Color Emoji",),
}
_TWINS = {
    "Arial": "Liberation Sans", "Helvetica": "Liberation Sans",
    "Times New Roman": "Liberation Serif", "Times": "Liberation Serif",
    "Courier New": "Liberation Mono", "Courier": "Liberation Mono",
}  # fmt: skip
"""Names that have a font of the same metrics here."""

_OTHERS = "".join(
    f'<test qual="all" name="family" compare="not_eq"><string>{name}</string></test>\n'
    for name in ("sans-serif", "serif", "monospace")
)
"""The condition of a name that nothing else is known of: it becomes sans-serif."""

_SETTINGS = {"antialias": "true", "hinting": "false", "autohint": "false", "embeddedbitmap": "true"}
_CHOICES = {"hintstyle": "hintnone", "rgba": "none", "lcdfilter": "lcdnone"}


def config() -> str:
    """Settings of fontconfig: one order of fonts, no hinting, whatever the host prefers."""
    generic = "".join(
        f"<alias><family>{name}</family><prefer>"
        + "".join(f"<family>{each}</family>" for each in wanted)
        + "</prefer></alias>\n"
        for name, wanted in _GENERIC.items()
    )
    twins = "".join(
        f'<alias binding="same"><family>{name}</family>'
        f"<accept><family>{twin}</family></accept></alias>\n"
        for name, twin in _TWINS.items()
    )
    settings = "".join(
        f'<edit name="{name}" mode="assign"><{kind}>{value}</{kind}></edit>\n'
        for kind, values in (("bool", _SETTINGS), ("const", _CHOICES))
        for name, value in values.items()
    )
    caches = "".join(f"<cachedir>{folder}</cachedir>" for folder in CACHES)
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
        f"<fontconfig>\n<dir>{FONTS}</dir>\n{caches}\n{twins}"
        f'<match target="pattern">\n{_OTHERS}<edit name="family" mode="append_last">'
        f"<string>sans-serif</string></edit></match>\n{generic}"
        f'<match target="pattern">\n{settings}</match>\n'
        f'<match target="font">\n{settings}</match>\n</fontconfig>\n'
    )


_TELLING = {
    "fonts-liberation": "LiberationSans-Regular.ttf",
    "fonts-noto-core": "NotoSansArabic-Regular.ttf",
    "fonts-noto-cjk": "NotoSansCJK-Regular.ttc",
    "fonts-noto-color-emoji": "NotoColorEmoji.ttf",
}


def missing() -> tuple[str, ...]:
    """The packages of PACKAGES that this machine lacks: text that needs them becomes boxes."""
    here = {name for _, _, names in os.walk(FONTS) for name in names}
    return tuple(package for package in PACKAGES if _TELLING[package] not in here)


@lru_cache(maxsize=1)
def digest() -> str:
    """ "sha256:..." over names, sizes and first bytes of this machine's fonts, and our settings.

    A font begins with a table of check sums over the rest of it.
    """
    state = hashlib.sha256(config().encode())
    for where, below, names in os.walk(FONTS):
        below.sort()
        for name in sorted(names):
            path = os.path.join(where, name)
            try:
                with open(path, "rb") as file:
                    size = os.fstat(file.fileno()).st_size
                    state.update(f"{path}\0{size}\0".encode("utf-8", "surrogateescape"))
                    state.update(file.read(_SAMPLE_BYTES))
            except OSError:
                continue
    return f"sha256:{state.hexdigest()}"
