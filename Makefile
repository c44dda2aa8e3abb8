# Two commands on a fresh machine with Python 3.11+ and make: `make serve` and `make test`.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3
PORT ?= 8080
ARGS ?=
BIN := .venv/bin
# What was compiled once is kept: the tests start Python hundreds of times.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help install serve test test-all test-matrix check format load bench bench-compare soak peers conform reference kill-matrix golden screenshots simulate clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

install: .venv/.serve .venv/.test .venv/.check ## Install everything into .venv: to run, to test, to check

serve: .venv/.serve ## Install and start the emulator with data; PORT=8080 and ARGS='--limits off' are passed on
	@$(BIN)/mock-athena serve --port $(PORT) $(ARGS)

test: .venv/.test ## Install and run the tests; ARGS='-k limiter' is passed on to pytest
	$(BIN)/python -m pytest -n auto --dist worksteal -m 'not long' $(ARGS)

test-all: .venv/.test ## The tests and the long proofs
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

test-matrix: .venv/.check ## The tests on every supported Python of this machine; ARGS='-s tests-3.13' is passed on to nox
	$(BIN)/nox $(ARGS)

check: .venv/.test .venv/.check ## Lint, format, types (mypy --strict, pyright) and the floors of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports

format: .venv/.check ## Rewrite the code in the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

kill-matrix: .venv/.test ## Judge 200 broken servers: docs/kill-matrix.md; ARGS=--all prints what else notices each
	$(BIN)/python -m tests.mutants.matrix $(ARGS)

conform: .venv/.test ## Judge the emulator in both profiles: reports in build/conformance, and docs/conformance-coverage.md
	$(BIN)/python -m tests.conformance.judge build/conformance
	$(BIN)/athena-conformance coverage build/conformance/mission.json build/conformance/athena.json --out docs/conformance-coverage.md

reference: .venv/.test ## Write docs/reference anew, from the code
	$(BIN)/python -m tests.docs.reference

golden: .venv/.serve ## Write the golden population, fixtures/population, anew
	rm -f fixtures/population/*.ndjson
	$(BIN)/mock-athena generate --patients 25 --no-database --out fixtures/population

screenshots: .venv/.test ## Draw the pictures of docs/portal.md anew; needs Chromium
	$(BIN)/python -m tests.integration.portal.draw docs/portal

load: .venv/.load ## Put it under load, and judge it: a report in build/load; ARGS='--target URL' or '--my-client COMMAND'
	@$(BIN)/python -m athena_fhir_load.load $(ARGS)

bench: .venv/.test ## Measure everything, in ratios to baselines of the same run; record and history in build/bench
	$(BIN)/python -m pytest loadtests --benchmark-enable -p no:xdist -q $(ARGS)
	$(BIN)/python -m athena_fhir_load.history

bench-compare: .venv/.test ## Measure this checkout and REV in turns: make bench-compare REV=main
	@test -n "$(REV)" || { echo "which revision? make bench-compare REV=main"; exit 2; }
	$(BIN)/python -m athena_fhir_load.compare $(REV) $(ARGS)

soak: .venv/.test ## A million requests with faults on, for nights: does anything grow? ARGS='--requests 100000'
	$(BIN)/python -m athena_fhir_load.soak $(ARGS)

peers: .venv/.test ## Others beside ours in one run, in environments of their own in build/peers
	$(BIN)/python -m athena_fhir_load.peers $(ARGS)

simulate: .venv/.test ## Callers by the thousand, for days, on virtual time; pictures in build/simulation
	@$(BIN)/python -m athena_fhir_load.simulate --plots build/simulation $(ARGS)

clean: ## Remove what the other targets made
	rm -rf .venv .nox build dist mock_athena/_prebuilt .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.serve: pyproject.toml hatch_build.py | .venv/bin/python
	@$(PIP) 'pip>=25.1' # dependency groups
	$(PIP) --editable .
	@touch $@

.venv/.test: pyproject.toml .venv/.serve
	$(PIP) --group test
	@touch $@

.venv/.load: pyproject.toml .venv/.serve
	$(PIP) --group load
	@touch $@

.venv/.check: pyproject.toml .venv/.serve
	$(PIP) --group check
	@touch $@
