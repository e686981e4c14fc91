"""What is locked and here, in memory: read by answers, shared by threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from hashlib import sha256

from harness.cdn.answers import Answer
from harness.cdn.lock import Listed, Lock
from harness.cdn.mime import content_type
from harness.cdn.store import Manifest, Module, Store

_CACHED_BYTES = 128 * 1024 * 1024


class Stock:
    """A lock and the store behind it. Only what the lock names is ever answered."""

    def __init__(self, lock: Lock, store: Store) -> None:
        self.lock = lock
        self.store = store
        self._guard = threading.Lock()
        self._manifests: dict[tuple[str, str], Manifest | None] = {}
        self._modules: dict[tuple[str, str], dict[str, Module]] = {}
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._cached = 0

    def listed(self, package: str) -> Listed | None:
        """The package as the lock has it."""
        return self.lock.packages.get(package)

    def manifest(self, package: str, version: str) -> Manifest | None:
        """What a locked version contains; None where it is not locked, or not in the store."""
        held = self.lock.packages.get(package)
        if held is None or version not in held.held:
            return None
        key = (package, version)
        with self._guard:
            if key in self._manifests:
                return self._manifests[key]
        found = self.store.manifest(package, version)
        if found is not None and found.integrity != held.held[version]:
            found = None
        with self._guard:
            return self._manifests.setdefault(key, found)

    def module(self, package: str, version: str, entry: str) -> Module | None:
        """The ES module of a locked version; None where none was built."""
        if self.manifest(package, version) is None:
            return None
        key = (package, version)
        with self._guard:
            known = self._modules.get(key)
        if known is None:
            known = self.store.modules(package, version)
            with self._guard:
                self._modules[key] = known
        return known.get(entry)

    def body(self, digest: str) -> bytes | None:
        """The bytes of this SHA-256, checked when they are first read."""
        with self._guard:
            body = self._bodies.get(digest)
            if body is not None:
                self._bodies.move_to_end(digest)
                return body
        body = self.store.read(digest)
        if body is not None:
            with self._guard:
                if digest not in self._bodies:
                    self._bodies[digest] = body
                    self._cached += len(body)
                while self._cached > _CACHED_BYTES and len(self._bodies) > 1:
                    self._cached -= len(self._bodies.popitem(last=False)[1])
        return body


def served(
    body: bytes,
    *,
    kind: str,
    outcome: str = "hit",
    package: str = "",
    version: str = "",
    path: str = "",
    note: str = "",
    digest: str = "",
    exact: bool = False,
) -> Answer:
    """An answer with a body; `kind` is a content type, or empty to go by the path's suffix."""
    return Answer(
        outcome=outcome,
        content_type=kind or content_type(path),
        body=body,
        package=package,
        version=version,
        path=path,
        sha256=digest or sha256(body).hexdigest(),
        note=note,
        exact=exact and outcome == "hit",
    )
