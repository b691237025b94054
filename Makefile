# Everything a bare machine with Python (3.11 to 3.13) and make needs. Each target sets up .venv by itself,
# once; it is set up again only when pyproject.toml or constraints.txt has changed.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CITY   ?= mechelen
OUT    ?= report
DESK   ?= demonstration
RUNS   ?= 16
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
PINS   := pyproject.toml constraints.txt
SPREAD := -n auto --dist loadfile  # tests on every core, those of one file on the same

.PHONY: help demo serve desk test test-fast coverage check format docs bench clean
.DELETE_ON_ERROR:

help:  ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: $(VENV)/.run  ## Rehearse Mechelen 2001 to 2018, with and without the approach: a table here, a page in report/
	@$(BIN)/mechlin rehearse $(CITY) --package as-it-went --runs $(RUNS) --out $(OUT)

serve: $(VENV)/.run  ## Open the workbench: move the measures in a browser, see the city answer
	@$(BIN)/mechlin serve $(CITY) --out $(OUT)

desk: $(VENV)/.desk  ## Open the desk of an invented town in a browser: a year of cases, a clock to put ahead
	@[ -e $(DESK)/desk.toml ] || $(BIN)/mechlin desk init --demo --home $(DESK)
	@$(BIN)/mechlin desk serve --home $(DESK)

test: $(VENV)/.test  ## Pass the tests
	@$(BIN)/python -m pytest $(SPREAD) $(ARGS)

test-fast: $(VENV)/.test  ## Pass those that take seconds: under a minute once everything is compiled
	@$(BIN)/python -m pytest -m "not slow" $(SPREAD) $(ARGS)

coverage: $(VENV)/.test  ## Which lines and branches the tests reach; compiled loops cannot be watched and are left out
	@$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered $(ARGS)

check: $(VENV)/.check  ## Format, lint, types and layers: what CI looks at beside the tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.check  ## Bring files into the common format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

docs: $(VENV)/.docs  ## Build the documentation into site/; a warning is an error
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "site/index.html"

bench: $(VENV)/.bench  ## Measure speed; results in benchmarks/results/
	@$(BIN)/python -m benchmarks.bench $(ARGS)

clean:  ## Remove what was set up, cached and written
	rm -rf $(VENV) $(OUT) $(DESK) dist site .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache .coverage
	find src tests benchmarks -name __pycache__ -type d -exec rm -rf {} +

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "There is no $(PYTHON). Install Python 3.11, 3.12 or 3.13, or say where it is: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
	  echo "Mechlin needs Python 3.11, 3.12 or 3.13; $(PYTHON) is $$($(PYTHON) --version 2>&1)."; \
	  echo "Say where another one is: make PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Setting up $(VENV) (once; a minute or two) ..."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "$(PYTHON) cannot make a virtual environment: its 'venv' or 'ensurepip' part is missing."; \
	  echo "On Debian or Ubuntu: apt-get install python3-venv. Then run make again."; exit 1; }

$(VENV)/.run: $(PINS) | $(VENV)/bin/python
	@$(PIP) -e .
	@touch $@

$(VENV)/.desk: $(PINS) | $(VENV)/bin/python
	@$(PIP) -e '.[desk]'
	@touch $(VENV)/.run $@

$(VENV)/.test: $(PINS) | $(VENV)/bin/python
	@$(PIP) -e '.[test]'
	@touch $(VENV)/.run $@

$(VENV)/.check: $(PINS) | $(VENV)/bin/python
	@$(PIP) -e '.[check]'
	@touch $(VENV)/.run $@

$(VENV)/.docs: $(PINS) | $(VENV)/bin/python
	@$(PIP) -e '.[docs]'
	@touch $(VENV)/.run $@

$(VENV)/.bench: $(PINS) | $(VENV)/bin/python
	@$(PIP) -e '.[bench]'
	@touch $(VENV)/.run $@
