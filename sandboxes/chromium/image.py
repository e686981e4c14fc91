"""What the browser's image holds."""

from __future__ import annotations

import os

from sandboxes.base import Toolchain
from sandboxes.chromium import fonts
from sandboxes.normalise import TIME

SHELL = "/usr/lib/chromium/chromium-headless-shell"

_CONFIG = f"""
mkdir -p {os.path.dirname(fonts.CONFIG_PATH)} {fonts.CACHES[0]}
cat > {fonts.CONFIG_PATH} <<'PAIRPROOF'
{fonts.config()}PAIRPROOF
"""
_LIST = f"""
# The list of fonts is valid for folders of the time that the image gives to all of them. The first
# try fails where packages have left a list elsewhere.
find {fonts.FONTS} -exec touch -d @{TIME} {{}} +
rm -rf {fonts.CACHES[1]}/*
fc-cache -f 2>/dev/null || fc-cache -f
rm -f /usr/bin/fc-* {fonts.CACHES[0]}/CACHEDIR.TAG
"""
_LESS = """
# Drawing is done by Chromium's own software: drivers and their compiler are dead weight.
rm -rf /usr/lib/*/libLLVM* /usr/lib/*/libgallium* /usr/lib/*/libz3* /usr/lib/*/dri \\
    /usr/lib/*/gbm /usr/lib/chromium/libVkICD* /usr/lib/chromium/libVkLayer*
"""

TOOLCHAIN = Toolchain(
    name="chromium",
    system=("chromium-headless-shell", "fontconfig", *fonts.PACKAGES),
    facts={"chromium": (SHELL, "--version", "--no-sandbox")},
    finish=(_CONFIG, _LIST, _LESS),
)
"""Headless Chromium, the fonts of all scripts and a list of them."""
