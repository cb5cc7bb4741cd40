# make run    from a bare clone to the product at work, with demonstration data
# make test   from a bare clone to a full test run
# Everything is kept inside this folder; a second start takes seconds.

ifndef PYTHON
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
endif
PORT ?= 8000
PYTEST_ARGS ?= -n auto --dist loadfile
PACKAGES := support knowledge escalation channels web
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run setup test setup-test lint bench screenshots lock clean python
.NOTPARALLEL:

help:
	@echo "make run          the product with demonstration data, on PORT=$(PORT)"
	@echo "make setup        what run does before it starts anything"
	@echo "make test         everything: style, types, import arrows, tests (PYTEST_ARGS=…)"
	@echo "make lint         style, types and import arrows alone"
	@echo "make bench        every benchmark, into build/bench.json"
	@echo "make screenshots  every page of every role, into build/screenshots/"
	@echo "make lock         compiles requirements/*.in and package.json into their locks (LOCK_ARGS=--upgrade)"
	@echo "make clean        removes what the above built; keeps var/ (your data)"

run: setup
	@exec $(BIN)/relais demo --port $(PORT)

setup: python
	@$(PYTHON) tools/environment.py base
	@$(BIN)/python tools/frontend.py
	@$(BIN)/python tools/translations.py

setup-test: setup
	@$(PYTHON) tools/environment.py test
	@$(PYTHON) tools/test_servers.py

lint: setup
	@$(PYTHON) tools/environment.py test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --cache-dir build/import-linter

test: setup-test lint
	$(BIN)/python -m pytest $(PYTEST_ARGS)

bench: setup-test
	$(BIN)/python -m benchmarks --output build/bench.json

screenshots: setup-test
	$(BIN)/python -m tests.browser.screenshots build/screenshots

lock: setup
	@$(PYTHON) tools/environment.py test
	@$(BIN)/python tools/lock.py $(LOCK_ARGS)

clean:
	rm -rf .venv build node_modules web/static/vendor *.egg-info
	find $(PACKAGES) tests -name '*.mo' -delete

python:
	@test -n "$(PYTHON)" || { echo "Relais needs Python 3.11 or newer, and finds none." \
		"Install it (Debian: sudo apt-get install python3 python3-venv) and start again." >&2; exit 1; }
