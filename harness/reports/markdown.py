"""A one-page summary of a run, for people, as Markdown."""

from __future__ import annotations

from typing import ClassVar

from harness.models import VerdictStatus
from harness.reports.figures import count, quartiles
from harness.store import Run

_TEMPLATE = """\
# {{ run.root.name | md }}

{{ figures.pairs }} pairs: {% for s in statuses %}{{ figures.statuses[s] }} {{ s }}\
{{ ", " if not loop.last }}{% endfor %}. {{ figures.quarantined.total() }} rows in quarantine.
{% if figures.cases or figures.unresolved or not pages.pages -%}
{{ figures.cases_passed }} of {{ figures.cases }} cases and tests passed; \
{{ figures.unresolved }} sketch lines gave no case.
{% endif %}\

Sandbox {{ manifest.sandbox }} ({{ facts.get("tier", "") }}): \
{% for what, how in facts.get("enforced", {}).items() %}{{ what }} by {{ how | md }}\
{{ "; " if not loop.last }}{% endfor %}.
Image {{ facts.get("image", "")[:19] }}, pairproof {{ manifest.harness }}, \
canaries {{ manifest.canaries | md }}.

{% if figures.reasons -%}
## Why

| status | reason | pairs | first ones |
| --- | --- | ---: | --- |
{% for (status, reason), n in figures.reasons.most_common() -%}
| {{ status }} | {{ reason }} | {{ n }} | \
{% for v in figures.examples[(status, reason)][:3] %}{{ v.pair_id | md }}\
{{ ", " if not loop.last }}{% endfor %} |
{% endfor %}
{% endif -%}
{% if figures.assurance -%}
## How the accepted ones were proved

| assurance | pairs |
| --- | ---: |
{% for name, n in figures.assurance.most_common() -%}
| {{ name }} | {{ n }} |
{% endfor %}
{% endif -%}
## Languages

| language | {{ statuses | join(" | ") }} |
| --- |{{ " ---: |" * (statuses | length) }}
{% for language in languages -%}
| {{ language | md }} |{% for s in statuses %} {{ figures.languages[(language, s)] }} |{% endfor %}
{% endfor %}
{% if pages.pages -%}
## Pages

{{ pages.pages }} pages: {% for end, n in pages.ends.most_common() %}{{ n }} {{ end }}\
{{ ", " if not loop.last }}{% endfor %}. \
{{ pages.errors }} with an uncaught error of their own. \
{{ pages.effective }} of {{ pages.actions }} actions had an effect.
{% if pages.requests %}Requests: {% for outcome, n in pages.requests.most_common() %}\
{{ n }} {{ outcome | md }}{{ ", " if not loop.last }}{% endfor %}.
{% endif %}
{% if pages.scores -%}
| score | pages | lower quarter | median | upper quarter |
| --- | ---: | ---: | ---: | ---: |
| **total, of 100** | {{ score.n }} | {{ score.q1 }} | {{ score.median }} | {{ score.q3 }} |
{% for name, q in dimensions -%}
| {{ name | md }} | {{ q.n }} | {{ dash(q.q1) }} | {{ dash(q.median) }} | {{ dash(q.q3) }} |
{% endfor %}
{% endif -%}
To look at them: `pairproof gallery {{ run.root | string | code }}`

{% endif -%}
{% if figures.quarantined -%}
## Quarantine

{% for reason, n in figures.quarantined.most_common() -%}
- {{ n }} x {{ reason | md }}
{% endfor %}
{% endif -%}
{% if failures -%}
## Look at these first

{% for v in failures -%}
- **{{ v.pair_id | md }}** {{ v.status }} ({{ v.reasons | join(", ") }}): {{ v.detail[:200] | md }}
{% endfor %}
{% endif -%}
One of them again: `pairproof repro {{ run.root | string | code }} ID`
"""
_SHOWN = 20


class Markdown:
    """Counts, reasons, proof, and the pairs to look at first."""

    kind: ClassVar[str] = "markdown"

    def write(self, run: Run) -> str:
        """The page. Candidate text is escaped: it cannot add markup of its own."""
        import jinja2

        environment = jinja2.Environment(
            undefined=jinja2.StrictUndefined, trim_blocks=False, autoescape=False
        )
        environment.filters["md"] = _escape
        environment.filters["code"] = lambda text: _visible(str(text)).replace("`", "'")
        figures = count(run)
        manifest = run.manifest()
        failures = {v.pair_id: v for examples in figures.examples.values() for v in examples}
        return environment.from_string(_TEMPLATE).render(
            run=run,
            figures=figures,
            manifest=manifest,
            facts=manifest.facts,
            statuses=[status.value for status in VerdictStatus],
            languages=sorted({language for language, _ in figures.languages}),
            failures=list(failures.values())[:_SHOWN],
            pages=figures.pages,
            score=quartiles(figures.pages.scores),
            dimensions=[(n, quartiles(v)) for n, v in figures.pages.dimensions.items()],
            dash=lambda value: "" if value is None else value,
        )


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _escape(text: object) -> str:
    """Plain text in Markdown: no markup, no HTML, one line."""
    out = _visible(str(text)).replace("&", "&amp;").replace("<", "&lt;")
    for mark in "\\`*_{}[]()#|!":
        out = out.replace(mark, "\\" + mark)
    return out


REPORT = Markdown()
