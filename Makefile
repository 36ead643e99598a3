# `make demo` runs the main job; `make test` passes the tests; both do all their set-up.
PYTHON ?= python3
BIN := .venv/bin
export HF_HUB_OFFLINE = 1

.PHONY: help setup demo test check translations docs clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/ready ## Make .venv with the matchmaker command in it

.venv/ready: setup.cfg pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@

demo: setup ## Make a sample programme, run the matcher, serve on http://127.0.0.1:8000
	$(BIN)/matchmaker demo

test: setup ## Lint, types, import rules, then every test
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

translations: setup ## Collect messages, add translations, compile
	$(BIN)/python tools/catalogue.py

docs: setup ## Write the generated documents anew
	$(BIN)/python tools/generated_docs.py

clean: ## Remove the virtual environment and the embedded database
	rm -rf .venv instance build dist *.egg-info
