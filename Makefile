# Every target sets up what it needs.
.PHONY: setup demo test check serve airflow clean
.DEFAULT_GOAL := help
PYTHON ?= python3.11
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help:
	@echo "make demo     set up and let Airflow run two simulated releases, from fetch to portal"
	@echo "make test     set up and run every test"
	@echo "make serve    start the BentoML service and the portal"
	@echo "make airflow  start the Airflow page"
	@echo "make check    lint, types, layers, SQL"
	@echo "make clean    remove what was made (.muster, caches); .venv stays"

setup: .venv/locked

.venv/locked: constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "Muster needs Python 3.11: give its path, e.g. make $(MAKECMDGOALS) PYTHON=/opt/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing the locked packages (a few minutes the first time)"
	$(BIN)/pip install --quiet --no-deps -r constraints.txt
	$(BIN)/pip install --quiet torch==2.13.0  # where PyPI gives the CUDA build: the libraries it needs
	$(BIN)/pip install --quiet --no-deps -e .
	@touch $@

demo: setup
	$(BIN)/muster demo

test: check
	$(BIN)/pytest

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint dbt/models dbt/tests dbt/macros

serve: setup
	$(BIN)/muster serve

airflow: setup
	$(BIN)/muster airflow

clean:
	rm -rf .muster .mypy_cache .ruff_cache .pytest_cache .import_linter_cache dbt/target dbt/logs
