"""Content types of what the store serves, and what is worth keeping of a package."""

from __future__ import annotations

from pathlib import PurePosixPath

SCRIPT = "text/javascript; charset=utf-8"
SHEET = "text/css; charset=utf-8"
PAGE = "text/html; charset=utf-8"

_TYPES = {
    ".js": SCRIPT, ".mjs": SCRIPT, ".cjs": SCRIPT, ".jsx": SCRIPT, ".css": SHEET,
    ".json": "application/json; charset=utf-8", ".wasm": "application/wasm",
    ".woff2": "font/woff2", ".woff": "font/woff", ".ttf": "font/ttf", ".otf": "font/otf",
    ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
    ".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif", ".ico": "image/x-icon",
    ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".wav": "audio/wav", ".mp4": "video/mp4",
    ".webm": "video/webm", ".html": PAGE, ".htm": PAGE, ".xml": "application/xml",
    ".txt": "text/plain; charset=utf-8", ".csv": "text/csv; charset=utf-8",
    ".geojson": "application/geo+json", ".topojson": "application/json",
    ".glsl": "text/plain; charset=utf-8", ".vert": "text/plain; charset=utf-8",
    ".frag": "text/plain; charset=utf-8", ".zip": "application/zip",
    ".gltf": "model/gltf+json", ".glb": "model/gltf-binary", ".typeface": "application/json",
}  # fmt: skip
_BINARY = "application/octet-stream"
_BINARIES = frozenset(
    {".bin", ".data", ".mem", ".onnx", ".hdr", ".dict", ".dat", ".bcmap", ".pfb", ".gz",
     ".traineddata", ".task", ".tflite", ".ktx2", ".drc", ".fbx", ".obj", ".mtl", ".exr"}
)  # fmt: skip
_UNUSED = frozenset(
    {"test", "tests", "__tests__", "coverage", "benchmark", "benchmarks",
     "node_modules", ".github", "typings", "@types", "flow-typed", "typedoc", "docs",
     "doc", "scss", "less", "sass"}
)  # fmt: skip
MOST_BYTES = 48 * 1024 * 1024
"""Larger files are left out of the store."""


def content_type(path: str) -> str:
    """The content type that CDNs send for a file of this name."""
    return _TYPES.get(PurePosixPath(path).suffix.lower(), _BINARY)


def kept(package: str, path: str, size: int) -> bool:
    """Whether a page could load this file: no sources of other languages, maps, tests or prose."""
    pure = PurePosixPath(path)
    suffix = pure.suffix.lower()
    if size > MOST_BYTES or any(part.lower() in _UNUSED for part in pure.parts[:-1]):
        return False
    if path == "package.json":
        return True
    if suffix == ".json" and "types" in pure.parts:
        return False
    if package.startswith("@fontsource") and suffix in (".woff", ".scss", ".json"):
        return False
    return suffix in _TYPES or suffix in _BINARIES
