"""The shape of the project: file sizes, layers, docs that match the code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import ExitCode
from harness.models import Assurance, Reason, VerdictStatus

ROOT = Path(__file__).parents[2]
PACKAGES = ("harness", "sandboxes", "runners", "prompts", "benchmarks", "tests")
MODULES = sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py"))


def test_no_module_is_above_400_lines() -> None:
    """Small files, one idea each."""
    product = [p for p in MODULES if p.relative_to(ROOT).parts[0] != "tests"]
    sizes = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in product}
    long = {name: size for name, size in sizes.items() if size > 400}
    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    """Each opens with a sentence."""
    silent = [
        p for p in MODULES if p.stat().st_size and not ast.get_docstring(ast.parse(p.read_text()))
    ]
    assert silent == []


def test_imports_run_one_way() -> None:
    """The contracts of pyproject.toml hold."""
    done = subprocess.run([str(Path(sys.executable).with_name("lint-imports"))], cwd=ROOT,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_the_documented_exit_codes_are_those_of_the_code() -> None:
    """Each code with its name stands in the table."""
    text = (ROOT / "docs/reference/cli.md").read_text()
    rows = dict(re.findall(r"^\| (\d+) \| ([A-Z_]+) \|", text, re.M))
    assert rows == {str(int(code)): code.name for code in ExitCode}


@pytest.mark.parametrize("words", [VerdictStatus, Assurance, Reason])
def test_every_word_of_a_verdict_is_documented(words: type[VerdictStatus]) -> None:
    """Statuses, reasons and assurances each stand in the reference."""
    text = (ROOT / "docs/reference/verdicts.md").read_text() + (ROOT / "README.md").read_text()
    missing = [w.value for w in words if f"`{w.value}`" not in text and w.value != "none"]
    assert missing == []


def test_every_command_is_documented() -> None:
    """The table of commands names what --help lists."""
    done = subprocess.run([sys.executable, "-m", "harness", "--help"], capture_output=True,
                          text=True, check=True, env={"NO_COLOR": "1", "PATH": "/usr/bin"}, cwd=ROOT)  # fmt: skip
    listed = set(re.findall(r"^│ ([a-z]+)\s{2,}", done.stdout, re.M))
    assert len(listed) >= 7
    text = (ROOT / "docs/reference/cli.md").read_text()
    assert [c for c in listed if f"`{c}" not in text] == []


def test_links_of_the_docs_lead_somewhere() -> None:
    """No dead relative link in README or docs."""
    dead = []
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target and not (page.parent / target).exists():
                dead.append(f"{page.relative_to(ROOT)}: {target}")
    assert dead == []
