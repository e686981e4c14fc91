"""A whole run: rows in, verdicts out, many pairs at once, one writer, resumable at any point."""

from __future__ import annotations

import re
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from harness.artifacts import keep_artifacts
from harness.canaries import judge_canaries
from harness.dataset import read_pairs
from harness.errors import CannotJudge, Interrupted, NothingToDo
from harness.memory import return_what_is_free
from harness.models import WITHHELD, Pair, Quarantined, Reason, Verdict, VerdictStatus
from harness.pipeline import Examined, Lab, examine, unscored
from harness.store import Manifest, Store
from harness.version import harness_version
from sandboxes.base import SandboxUnavailable

RETRIES = ("unscored", "rejected", "review", "accepted", "skipped", "all")
"""What --retry takes."""

_TIDY_EVERY = 500
UNSCORED_LIMIT = 0.01
"""More than this share of pairs unscored, and the run says that it could not judge."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What an observer is told after each pair and each quarantined row."""

    done: int
    known: int
    quarantined: int
    counts: dict[str, int]
    pair_id: str = ""
    elapsed_s: float = 0.0


Observer = Callable[[Progress], None]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to verify and where to keep it."""

    inputs: tuple[str, ...]
    out: Path
    format: str = "auto"
    limit: int | None = None
    only: tuple[str, ...] = ()
    retry: str = "unscored"
    """Which known pairs are judged again: unscored, rejected, review, all."""
    jobs: int = 1


@dataclass(kw_only=True)
class Summary:
    """What a run came to."""

    run: str
    counts: dict[str, int]
    wall_s: float = 0.0
    judged: int = 0
    known: int = 0
    quarantined: int = 0
    canaries: str = ""


class Stop:
    """Asked to stop: once finishes what is in flight, twice drops it."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.now = threading.Event()
        self._drop: Callable[[], None] | None = None

    def dropping(self, drop: Callable[[], None]) -> None:
        """What ends that which is in flight; called from a thread of its own."""
        self._drop = drop

    def ask(self) -> None:
        """Ask once more. Safe in a signal handler."""
        if self.asked.is_set() and not self.now.is_set():
            self.now.set()
            if self._drop is not None:
                threading.Thread(target=self._drop, daemon=True).start()
        self.asked.set()


def verify(
    request: Request, lab: Lab, *, observer: Observer | None = None, stop: Stop | None = None
) -> Summary:
    """Judge every pair of the inputs and append the verdicts to the run folder.

    Raises:
        Misuse: an input or the run folder cannot be used.
        NothingToDo: no row matched.
        CannotJudge: canaries were misjudged, or too many pairs stayed unscored.
        Interrupted: `stop` was asked; the same call resumes.
    """
    store = Store(request.out)
    try:
        return _Session(request, lab, store, observer, stop or Stop()).run()
    finally:
        store.close()


class _Session:
    def __init__(
        self, request: Request, lab: Lab, store: Store, observer: Observer | None, stop: Stop
    ) -> None:
        self.request = request
        self.lab = lab
        self.store = store
        self.observer = observer
        self.stop = stop
        self.started = time.monotonic()
        self.judged = self.known = self.quarantined = 0
        self.withheld = 0
        self.lost: list[Pair] = []
        self.first = store.earlier_manifest()
        self.now = datetime.now(UTC).isoformat(timespec="seconds")

    def run(self) -> Summary:
        self._manifest("")
        self.stop.dropping(self.lab.bench.sandbox.close)
        canaries = judge_canaries(self.lab)
        self._mind_stop()
        self._manifest(canaries or "passed")
        if canaries:
            raise CannotJudge(
                f"the run is void: {canaries}",
                hint="pairproof doctor says what can be isolated here",
            )
        self._judge_all(self._pending())
        if self.lost and not self.stop.asked.is_set():
            # Retried on their own, with nothing else running, before they are written.
            for pair in self.lost:
                examined = self._verdict(pair)
                if self.stop.now.is_set():
                    break  # the sandbox was taken from under it
                self._write(pair, examined)
            self.lost = []
        self._mind_stop()
        if self.judged + self.known == 0 and (self.request.only or not self.quarantined):
            raise NothingToDo("no row matched", hint="look at --only and --limit")
        canaries = judge_canaries(self.lab) if self.judged else ""
        if self.stop.now.is_set():
            self._mind_stop()
        if canaries:
            self._manifest(canaries)
            raise CannotJudge(f"the run is void: {canaries}")
        return self._summary()

    def _mind_stop(self) -> None:
        if self.stop.asked.is_set():
            raise Interrupted(
                f"interrupted after {self.judged} pairs",
                hint="give the same command again to go on",
            )

    def _summary(self) -> Summary:
        counts = self.store.counts()
        summary = Summary(
            run=str(self.request.out),
            counts=counts,
            judged=self.judged,
            known=self.known,
            quarantined=self.quarantined,
            canaries="passed",
            wall_s=round(time.monotonic() - self.started, 3),
        )
        total = sum(counts.values())
        lost = counts["unscored"] - self.withheld
        if lost > max(1, UNSCORED_LIMIT * total):
            raise CannotJudge(
                f"{lost} of {total} pairs could not be judged: our fault, not theirs",
                hint=f"the causes stand in {self.request.out}/verdicts.jsonl; run again to retry",
            )
        return summary

    def _pending(self) -> Iterator[Pair]:
        """The pairs that have no verdict yet, in the order of the input."""
        patterns = [_pattern(text) for text in self.request.only]
        taken = 0
        for row in read_pairs(self.request.inputs, format=self.request.format):
            if self.stop.asked.is_set():
                return
            if isinstance(row, Quarantined):
                self.store.quarantine(row)
                self.quarantined += 1
                self._tell("")
                continue
            if patterns and not any(p.search(row.id) for p in patterns):
                continue
            if self.request.limit is not None and taken >= self.request.limit:
                return
            taken += 1
            if self._is_known(row):
                self.known += 1
                continue
            yield row

    def _is_known(self, pair: Pair) -> bool:
        known = self.store.known(pair.id, self.lab.fingerprint(pair))
        if known is None:
            return False
        return known != self.request.retry and self.request.retry != "all" and known != "unscored"

    def _judge_all(self, pairs: Iterable[Pair]) -> None:
        """A bounded number of pairs in flight; results are written as they come."""
        flying: dict[Future[Examined], Pair] = {}
        with ThreadPoolExecutor(self.request.jobs, thread_name_prefix="pair") as pool:
            for pair in pairs:
                flying[pool.submit(self._verdict, pair)] = pair
                while len(flying) >= 2 * self.request.jobs and not self.stop.now.is_set():
                    self._land(flying)
                if self.stop.now.is_set():
                    break
            while flying and not self.stop.now.is_set():
                self._land(flying)
            for future in flying:
                future.cancel()

    def _land(self, flying: dict[Future[Examined], Pair]) -> None:
        done, _ = wait(flying, return_when=FIRST_COMPLETED, timeout=0.5)
        for future in done:
            pair = flying.pop(future)
            examined = future.result()
            verdict = examined.verdict
            if verdict.status is VerdictStatus.UNSCORED and not _withheld(verdict):
                self.lost.append(pair)
            else:
                self._write(pair, examined)

    def _verdict(self, pair: Pair) -> Examined:
        try:
            return examine(pair, self.lab)
        except SandboxUnavailable as error:
            verdict = unscored(pair, self.lab, Reason.SANDBOX_LOST, str(error))
        except Exception:
            # A fault of ours in any stage is never the pair's: it is written as such and retried.
            trace = traceback.format_exc()[-500:]
            verdict = unscored(pair, self.lab, Reason.INTERNAL_ERROR, trace)
        return Examined(verdict=verdict)

    def _write(self, pair: Pair, examined: Examined) -> None:
        self.store.append(keep_artifacts(self.store, pair, examined, self.lab))
        self.judged += 1
        self.withheld += _withheld(examined.verdict)
        if self.judged % _TIDY_EVERY == 0:
            return_what_is_free()
        self._tell(pair.id)

    def _tell(self, pair_id: str) -> None:
        if self.observer is not None:
            self.observer(
                Progress(
                    done=self.judged,
                    known=self.known,
                    quarantined=self.quarantined,
                    counts=self.store.counts()
                    if self.judged < 1000 or self.judged % 50 == 0
                    else {},
                    pair_id=pair_id,
                    elapsed_s=time.monotonic() - self.started,
                )
            )

    def _manifest(self, canaries: str) -> None:
        self.store.write_manifest(
            Manifest(
                harness=harness_version(),
                inputs=self.request.inputs,
                format=self.request.format,
                sandbox=self.lab.facts.backend,
                policy=self.lab.policy,
                limits=_limits(self.lab),
                calibration=self.lab.calibration,
                facts=_facts(self.lab),
                started=self.first.started if self.first else self.now,
                sessions=self.first.sessions + 1 if self.first else 1,
                canaries=canaries,
            )
        )


def _withheld(verdict: Verdict) -> bool:
    """Unscored for what is known to be missing here: trying again changes nothing."""
    return bool(verdict.reasons) and set(verdict.reasons) <= WITHHELD


def _limits(lab: Lab) -> dict[str, float]:
    limits = lab.bench.limits
    return {name: getattr(limits, name) for name in type(limits).__dataclass_fields__}


def _facts(lab: Lab) -> dict[str, object]:
    facts = lab.facts
    return {
        "backend": facts.backend,
        "tier": facts.tier,
        "image": facts.image,
        "toolchain": dict(facts.toolchain),
        "enforced": dict(facts.enforced),
        "kernel": facts.kernel,
        "machine": facts.machine,
    }


def _pattern(text: str) -> re.Pattern[str]:
    """A shell-like pattern where it has wildcards, else a part of the id."""
    if any(c in text for c in "*?["):
        import fnmatch

        return re.compile(fnmatch.translate(text))
    return re.compile(re.escape(text))
