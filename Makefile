# Needs Python 3.11 or newer (with venv) and make. Every target sets up all that it needs, in .venv.

.DEFAULT_GOAL := help
.PHONY: help demo test check bench crash docs lock clean
.DELETE_ON_ERROR:
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
UV := uv==0.13.8
LOCK := --quiet --system-certs --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate
# Compiled bytecode makes every start four seconds faster, whatever the machine's own setting is.
export PYTHONDONTWRITEBYTECODE :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
INSTALL := $(BIN)/python -m pip install --quiet --require-hashes --no-build-isolation --use-pep517

help:
	@echo "make demo    try Can I Post in the browser: a sample trust, nothing to set up"
	@echo "make test    run the tests"
	@echo "make check   ruff, mypy and the walls between the rooms"
	@echo "make bench   measure, one JSON object a line"
	@echo "make crash   kill the bot, its database and its disk while people use it; what was lost, one JSON object a line"
	@echo "make docs    write docs/policies.md and docs/policies/ from the packs"
	@echo "make lock    renew requirements.lock and requirements-dev.lock"
	@echo "make clean   remove what the others made"

demo: $(VENV)/ready
	$(BIN)/canipost demo $(ARGS)

test: $(VENV)/ready-dev
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_walls.py

bench: $(VENV)/ready-dev
	$(BIN)/python -m bench $(ARGS)

crash: $(VENV)/ready-dev
	$(BIN)/python -m bench.crash $(ARGS)

docs: $(VENV)/ready
	$(BIN)/canipost pack docs

# The lock comes before the project itself, so that the project builds with the locked setuptools.
$(VENV)/ready: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Setting up in $(VENV) (once; a minute or two) ..."
	@$(INSTALL) -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps --no-index --editable .
	@touch $@

$(VENV)/ready-dev: requirements-dev.lock $(VENV)/ready
	@$(INSTALL) -r requirements-dev.lock
	@touch $@

$(BIN)/python:
	@set -e; \
	for python in $$PYTHON python3 python3.15 python3.14 python3.13 python3.12 python3.11 python; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Can I Post needs Python 3.11 or newer, and found none. Install it, or name it: make PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import venv, ensurepip' 2>/dev/null; then \
	  echo "$$found has no venv. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	fi; \
	"$$found" -m venv $(VENV)

lock: $(VENV)/ready-dev
	$(BIN)/python -m pip install --quiet '$(UV)'
	$(BIN)/uv pip compile pyproject.toml --group build --output-file requirements.lock $(LOCK) $(ARGS)
	$(BIN)/uv pip compile pyproject.toml --group build --group dev --output-file requirements-dev.lock \
	  --constraint requirements.lock $(LOCK) $(ARGS)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
