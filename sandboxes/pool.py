"""Warm slots: which one a job gets, how many run at once, what happens when one is lost."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from sandboxes.base import Job, Outcome, SandboxUnavailable, Status
from sandboxes.slots import AGAIN, Slot, SlotLostError

_WARM_PER_SLOT = 6
_ENDERS = 8

Key = TypeVar("Key", bound=Hashable)


class Turnstile:
    """Lets `places` threads in at once, the others in the order in which they came.

    A semaphore of the standard library lets the thread that just left in again before those that
    wait, so that one of them may never run.
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._lock = threading.Lock()
        self._queue: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._queue.append(turn)
        try:
            turn.acquire()
        except BaseException:  # an interrupt while waiting: the place may have been given already
            with self._lock:
                given = turn not in self._queue
                if not given:
                    self._queue.remove(turn)
            if given:
                self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._free += 1


class Pool(Generic[Key]):
    """Warm slots by key. At most `slots` jobs run at once; idle slots wait for their key."""

    def __init__(self, start: Callable[[Key], Slot], *, slots: int) -> None:
        self._start = start
        self._slots = slots
        self._room = Turnstile(slots)
        self._lock = threading.Lock()
        self._idle: list[tuple[Key, Slot]] = []
        self._busy: set[Slot] = set()
        self._starting: dict[Key, threading.Thread] = {}
        self._closed = False

    def run(self, key: Key, job: Job) -> Outcome:
        """Run `job` in a slot of `key`; if that is lost under it, once more in a fresh one.

        Raises:
            SandboxUnavailable: no slot, or two lost without the kernel's word for why.
        """
        with self._room:
            try:
                return self._try(key, job)
            except SlotLostError:
                pass
            try:
                # What ended one slot, an engine's restart say, may have ended the idle ones too.
                return self._try(key, job, fresh=True)
            except SlotLostError as lost:
                if lost.memory:
                    return Outcome(
                        status=Status.MEMORY,
                        oom_kills=1,
                        detail="the kernel killed for memory, the slot with it, twice",
                    )
                raise SandboxUnavailable(str(lost), hint=AGAIN) from lost

    def _try(self, key: Key, job: Job, *, fresh: bool = False) -> Outcome:
        slot = self._take(key, fresh=fresh)
        try:
            outcome = slot.run(job)
        except BaseException:
            with self._lock:
                self._busy.discard(slot)
            slot.close()
            raise
        self._give(key, slot)
        return outcome

    def _take(self, key: Key, *, fresh: bool = False) -> Slot:
        for last in (False, True):
            with self._lock:
                if self._closed:
                    raise SandboxUnavailable("the sandbox is closed", hint="create another")
                slot = None if fresh else self._idle_of(key)
                if slot is not None:
                    self._busy.add(slot)
                    return slot
                successor = self._starting.get(key)
            if successor is None or last or fresh:
                break
            successor.join()  # it began earlier than we would
        slot = self._start(key)
        with self._lock:
            self._busy.add(slot)
            closed = self._closed
        if closed:
            slot.abort()
        return slot

    def _idle_of(self, key: Key) -> Slot | None:
        """The idle slot of `key` that was used last, no longer idle."""
        for index in range(len(self._idle) - 1, -1, -1):
            if self._idle[index][0] == key:
                return self._idle.pop(index)[1]
        return None

    def _give(self, key: Key, slot: Slot) -> None:
        retired: list[Slot] = []
        with self._lock:
            self._busy.discard(slot)
            if slot.worn or self._closed:
                retired.append(slot)
            else:
                self._idle.append((key, slot))
                if len(self._idle) > _WARM_PER_SLOT * self._slots:
                    retired.append(self._idle.pop(0)[1])
                if slot.tired and not slot.followed and key not in self._starting:
                    slot.followed = True
                    successor = threading.Thread(target=self._succeed, args=(key,), daemon=True)
                    self._starting[key] = successor
                    successor.start()
        for old in retired:
            old.close()

    def _succeed(self, key: Key) -> None:
        """Start the slot that will be there when another one of `key` retires."""
        slot = None
        with contextlib.suppress(SandboxUnavailable):  # then the next job says so
            slot = self._start(key)
        with self._lock:
            del self._starting[key]
            closed = self._closed
            if slot is not None and not closed:
                self._idle.insert(0, (key, slot))  # the tired one is used up first
        if slot is not None and closed:
            slot.close()

    def peek(self, key: Key) -> dict[str, Any]:
        """What a slot of `key` said when it was ready; starts one where none is idle."""
        with self._room:
            slot = self._take(key)
            self._give(key, slot)
            return slot.ready

    def close(self) -> None:
        """End all slots, busy ones too, and wait until they are gone. Idempotent."""
        with self._lock:
            self._closed = True
            idle = [slot for _, slot in self._idle]
            self._idle.clear()
            busy = list(self._busy)
            starting = list(self._starting.values())
        for slot in busy:
            slot.abort()
        if idle:
            with ThreadPoolExecutor(min(_ENDERS, len(idle))) as enders:
                list(enders.map(Slot.close, idle))
        for thread in starting:
            thread.join()
        with contextlib.ExitStack() as rooms:
            for _ in range(self._slots):  # a thread gives its room back once its slot is closed
                rooms.enter_context(self._room)
