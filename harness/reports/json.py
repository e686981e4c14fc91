"""The figures of a run as one JSON document."""

from __future__ import annotations

from typing import ClassVar

from harness.reports.figures import count
from harness.reports.terminal import json_text
from harness.store import Run


class Json:
    """For scripts: counts, reasons, assurance, and the manifest."""

    kind: ClassVar[str] = "json"

    def write(self, run: Run) -> str:
        """The document, indented, with a last newline."""
        document = {"manifest": run.manifest().model_dump(mode="json"), **count(run).as_dict()}
        return json_text(document, indent=2) + "\n"


REPORT = Json()
