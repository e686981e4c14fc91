# The only definitions of set-up, demo, test and lint; CI calls them.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint clean

.venv/stamp: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check -e '.[dev]'
	touch $@

demo: .venv/stamp
	rm -rf runs/demo
	$(BIN)/pairproof verify docs/examples/pairs.jsonl -o runs/demo

test: .venv/stamp
	$(BIN)/python -m pytest -n 2 --no-loadscope-reorder

lint: .venv/stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf .venv runs
