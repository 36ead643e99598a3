# `make demo` runs the main job; `make test` passes the tests; both do all their set-up.
PYTHON ?= python3
# Processes that run tests side by side: auto is one for each processor.
JOBS ?= auto
BIN := .venv/bin
export HF_HUB_OFFLINE = 1

.PHONY: help setup demo test check translations docs clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/ready ## Make .venv with the matchmaker command in it

.venv/ready: setup.cfg pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	touch $@

demo: setup ## Make a sample programme, run the matcher, serve on http://127.0.0.1:8000
	@$(BIN)/matchmaker demo

test: check ## Every check, then every test
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

check: setup ## Lint, format, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

translations: setup ## Collect messages, add translations, compile
	$(BIN)/python tools/catalogue.py

docs: setup ## Write the generated documents anew
	$(BIN)/python tools/generated_docs.py

clean: ## Remove the virtual environment and what was built; the data stay
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .import_linter_cache
