# GitHub Sync for Airflow. Each target installs what it needs in this folder only.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
export PYTHONPATH := plugins
# Without cached bytecode each of Airflow's processes starts seconds later.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo rehearse up down psql test check torture lint format benchmark dictionary screenshots lock

help: ## Show this help
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

demo: setup ## Run the real Dags and show the result: sample data, or yours with GITHUB_TOKEN and REPOSITORIES
	@$(BIN)/python -m demo

rehearse: setup ## Inject faults, and compare the tables with GitHub after each (sample data, 2 minutes)
	@$(BIN)/python -m demo rehearse

up: setup ## Start a local Airflow with its UI (sample data, or yours with GITHUB_TOKEN and REPOSITORIES)
	@$(BIN)/python -m demo up

down: setup ## Stop it
	@$(BIN)/python -m demo down

psql: setup ## Open the demo's tables
	@$(BIN)/python -m demo psql

test: setup ## Run all tests
	$(BIN)/python -m pytest --numprocesses auto --dist loadgroup --no-loadscope-reorder

check: lint ## Check style and types, and run the unit and schema tests: the inner loop
	$(BIN)/python -m pytest --quiet --numprocesses auto tests/unit tests/schema tests/docs

torture: setup ## Try thousands of random histories of changes, faults, kills and syncs (about an hour)
	$(BIN)/python -m tests.torture $(if $(EXAMPLES),--examples $(EXAMPLES))

lint: setup ## Check style, types, SQL and the rule that sync code imports no Airflow
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint include/sql demo/sql benchmarks/sql
	$(BIN)/squawk include/sql/migrations/versions/*.sql

format: setup ## Format Python and SQL
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix include/sql demo/sql benchmarks/sql

benchmark: setup ## Compare requests, time and memory with REST and the replaced job; measure the UI
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.ui_load

dictionary: setup ## Write docs/data-dictionary.md from the comments in the database
	$(BIN)/python -m docs.generate_data_dictionary

screenshots: setup ## Take the screenshots for the docs, while "make up" runs (needs Chromium)
	$(BIN)/python -m docs.take_screenshots $(URL)

lock: setup ## Pin the newest versions that requirements-dev.txt allows
	$(BIN)/uv pip compile --quiet --universal --python-version 3.10 --upgrade --no-emit-index-url \
		--custom-compile-command "make lock" requirements-dev.txt --output-file requirements-dev.lock

setup: .venv/ready

.venv/ready: requirements-dev.lock Makefile
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "$(PYTHON) is not Python 3.10 to 3.13; name one that is: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up .venv (once, about a minute) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --requirement requirements-dev.lock
	@touch $@
