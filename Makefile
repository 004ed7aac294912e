# Two commands for everybody: `make demo` and `make test`. Each makes the environment it needs.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help demo test check lint types imports tests build postgres browser migration torture lock clean

help:            ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ –/'

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python requirements.lock pyproject.toml
	$(INSTALL) --require-hashes --only-binary :all: -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/python requirements-dev.lock pyproject.toml
	$(INSTALL) --require-hashes --only-binary :all: -r requirements-dev.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.run

demo: $(VENV)/.run   ## a sample city: import, decide, write every message, say where to look
	$(BIN)/patentwatch demo

test: $(VENV)/.dev postgres browser  ## everything the gate runs
	$(MAKE) --no-print-directory check

check: lint types imports tests build

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

imports:
	$(BIN)/lint-imports

tests:
	$(BIN)/pytest -n 2 -q

build:           ## the wheel, installed into an empty environment, must work
	$(BIN)/python tests/check_wheel.py

torture: $(VENV)/.dev postgres  ## slow soaks before a release: every fault, every fuzz target
	@( for tool in strace iptables faketime cc; do command -v $$tool >/dev/null || exit 1; done ) \
	  || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
	       && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq strace iptables faketime gcc libc6-dev >/dev/null; } \
	  || echo "without strace, iptables, faketime and cc some faults are skipped; the run says which" >&2
	PATENTWATCH_FUZZ=10000 $(BIN)/pytest -n 2 -q tests/fuzz
	$(BIN)/pytest -n 2 -q -m soak tests

# The store's tests run on SQLite and on PostgreSQL. Where the server is missing and we
# may install it, we do; otherwise the test run says plainly what is missing.
postgres:
	@test -n "$$PATENTWATCH_TEST_PG_DSN$$PATENTWATCH_TEST_NO_PG" \
	  || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 \
	  || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
	       && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null; } \
	  || echo "PostgreSQL is missing; install the package 'postgresql' or set PATENTWATCH_TEST_PG_DSN" >&2

# The pages are opened in a real browser; installed where it is missing and we may.
browser:
	@test -n "$$PATENTWATCH_TEST_NO_BROWSER" \
	  || command -v chromium >/dev/null 2>&1 \
	  || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
	       && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } \
	  || echo "Chromium is missing; install the package 'chromium' or set PATENTWATCH_TEST_NO_BROWSER=1" >&2

migration:       ## tables.py changed: make migration m="what" (replace=1: the newest anew)
	$(BIN)/python migrations/new.py $(if $(replace),--replace) "$(m)"

lock:            ## both lock files anew (needs uv), without any host's name in them
	uv pip compile -q --no-config --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header pyproject.toml --group build -o requirements.lock
	uv pip compile -q --no-config --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header pyproject.toml --group dev --extra postgres -o requirements-dev.lock

clean:
	rm -rf $(VENV) dist build
