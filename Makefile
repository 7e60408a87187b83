# The verbs of this project. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
PORT ?= 8501

.DEFAULT_GOAL := help
.PHONY: help run test slow check bench format clean

help: ## list the verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/.runs ## start the app on http://127.0.0.1:8501
	@$(BIN)/python -c 'import socket; socket.create_server(("127.0.0.1", $(PORT))).close()' 2>/dev/null || \
	  { echo "Port $(PORT) is taken. Stop what uses it, or take another: make run PORT=8502"; exit 1; }
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: $(VENV)/.develops ## run the tests but the slow ones
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "not slow"

slow: $(VENV)/.develops ## run every test, slow ones included
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

check: $(VENV)/.develops ## format, lint, types, layers and SQL
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy app.py core pages
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --disable-progress-bar core

bench: $(VENV)/.develops ## print the measured numbers; MISS and status 1 where one is missed
	$(BIN)/python -m tests.bench

format: $(VENV)/.develops ## put code and SQL into the house's form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix --disable-progress-bar core

clean: ## remove what the other verbs made, but no data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Stockener needs Python 3.11 or newer. Name one: make PYTHON=python3.12 run"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runs: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.develops: requirements.txt requirements-dev.txt .ci/browser | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	.ci/browser
	touch $@ $(VENV)/.runs
