"""A page: its text, what was recorded of it, and a script that opens it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from typing import Any

from harness.models import Pair, Verdict
from harness.pages.differences import Difference, differences
from harness.pages.extract import page_of
from harness.pages.recorded import PageRecord, record_of, structure_of, visits_of
from harness.pipeline import Examined
from harness.store import Run
from runners.pages.evidence import PageEvidence

_RUN_SH = """\
#!/bin/sh
# Opens the page in your own browser, with its network and without isolation: read page.html first.
# In isolation, with everything that is measured: pairproof render page.html -o shown
cd "$(dirname "$0")" || exit 2
echo 'recorded verdict: {status} {reasons}'
for open in ${{BROWSER:-}} xdg-open open firefox chromium google-chrome; do
    command -v "$open" >/dev/null 2>&1 && exec "$open" "$PWD/page.html"
done
echo "no browser found: open $PWD/page.html yourself, or run: pairproof render page.html -o shown"
exit 3
"""
_RENDER_SH = """\
#!/bin/sh
# Visits the page again, isolated and without a network, and measures everything: shown/index.html.
cd "$(dirname "$0")" || exit 2
exec pairproof render page.html -o shown "$@"
"""
_JUDGED = ("status", "reasons", "assurance", "cases")
_DECISIVE = frozenset({*_JUDGED, "page.structure"})
_KEPT = {"evidence": "evidence.json", "score": "score.json"}


def agreed(verdict: Verdict, visits: Iterable[PageEvidence]) -> dict[str, Any]:
    """What two judgements of the same page must agree in, as plain data: status, reasons,
    assurance, cases, and the structure of what each visit saw."""
    told = verdict.model_dump(mode="json")
    structures = [structure_of(visit) for visit in visits]
    return {**{name: told[name] for name in _JUDGED}, "visits": structures}


class PageKit:
    """The page, its evidence and its pictures as files."""

    shell_profile = ""

    def files(self, run: Run, recorded: Verdict, plan: dict[str, Any]) -> dict[str, bytes]:
        """page.html, evidence.json, score.json, looks as NAME.webp, trace.json, events.txt (what
        was tried and what came of it, in words), render.sh, run.sh."""
        pair = Pair.model_validate(plan["pair"])
        files: dict[str, bytes] = {}
        if "page" in recorded.artifacts:
            files["page.html"] = run.artifact(recorded.artifacts["page"])
        else:
            text = page_of(pair).html or pair.code or pair.response
            files["page.html"] = text.encode("utf-8", "surrogatepass")
        for name, reference in recorded.artifacts.items():
            if name in _KEPT:
                files[_KEPT[name]] = run.artifact(reference)
            elif name.startswith("look-"):
                files[f"{name}.webp"] = run.artifact(reference)
        if "evidence" in recorded.artifacts:
            files.update(_told(record_of(run, recorded)))
        files["render.sh"] = _RENDER_SH.encode()
        files["run.sh"] = _RUN_SH.format(
            status=recorded.status.value, reasons=",".join(r.value for r in recorded.reasons)
        ).encode()
        return files

    def command(self, run: Run, plan: dict[str, Any]) -> str:
        """The command that visits the page again."""
        return shlex.join(["pairproof", "render", str(run.root), plan["pair"]["id"]])

    def same(self, changed: frozenset[str]) -> bool:
        """Status, reasons, cases, and the structure of what was seen."""
        return not _DECISIVE & changed

    def compare(self, run: Run, recorded: Verdict, again: Examined) -> tuple[Difference, ...]:
        """The structural evidence of both, visit by visit."""
        visits = again.page.visits if again.page is not None else ()
        return differences(
            {"visits": [structure_of(visit) for visit in visits_of(run, recorded)]},
            {"visits": [structure_of(visit) for visit in visits]},
        )


def _told(record: PageRecord) -> dict[str, bytes]:
    """The visit that decided: its steps to replay, and its events in words."""
    from harness.pages.folder import trace_of
    from harness.pages.summary import summary
    from harness.pages.words import action_words, effect_words, error_words

    visit = record.visit
    if visit is None:
        return {}
    lines = [*summary(record), "", "what was tried, in this order:"]
    for action in visit.actions:
        words = f"{action_words(action)}: {effect_words(action.effect)}"
        lines.append(f"  {action.at_ms / 1000:8.3f} s  {words}")
    lines += ["", "errors, by phase:"]
    lines += [f"  {error.phase.value:<13}  {error_words(error)}" for error in visit.errors]
    trace = json.dumps(trace_of(visit), indent=1, sort_keys=True) + "\n"
    text = "\n".join(lines) + "\n"
    return {"trace.json": trace.encode(), "events.txt": text.encode("utf-8", "surrogatepass")}
