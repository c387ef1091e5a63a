# Every path is relative and every tool is run as a module, so that the clone may lie in a folder with a space in its name.
# Works with GNU make 3.81 (macOS) and later. To use another Python: make clean, then make PYTHON=/path/to/python3.

SHELL := /bin/bash
.DEFAULT_GOAL := help

SUPPORTED = import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	if "$$p" -c "$(SUPPORTED)" 2>/dev/null; then echo "$$p"; break; fi; done)
PY = .venv/bin/python
PIP = $(PY) -m pip --disable-pip-version-check install -qq

# The tests sync tens of thousands of files and wait for the disk each time: where memory has 4 GB for what they write,
# they write it there; it stays where a test fails. Those that measure time write to the disk.
MEMORY := /dev/shm
SCRATCH = $(shell free=$$(df -Pk $(MEMORY) 2>/dev/null | awk 'NR == 2 { print $$4 }'); \
	[ -w $(MEMORY) ] && [ "$${free:-0}" -gt 4000000 ] && echo $(MEMORY) || echo "$${TMPDIR:-/tmp}")

CASE ?= cases/idlib-april-2017
OUT ?= build/demo

define make_venv
	@if [ -z "$(PYTHON)" ]; then \
		echo "No Python 3.11 or later with venv was found." >&2; \
		echo "  What to do: apt-get install python3 python3-venv (as root), or make PYTHON=/path/to/python3" >&2; exit 1; fi
	@"$(PYTHON)" -c "$(SUPPORTED)" 2>/dev/null || { \
		echo "$(PYTHON) is not Python 3.11 or later, or has no venv." >&2; \
		echo "  What to do: apt-get install python3-venv (as root), or make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PY) -c "" 2>/dev/null || "$(PYTHON)" -m venv --clear .venv
endef

define install_from
	@echo "Installing from $(1) into .venv (the first time this takes a few minutes)"
	@$(PIP) --require-hashes -r $(1) && $(PIP) --no-deps --no-build-isolation -e . || { \
		echo "Could not install what $(1) lists. It needs a Python package index once; nothing later does." >&2; \
		echo "  What to do: connect to a network (HTTPS_PROXY names a proxy), or fill a folder elsewhere with" >&2; \
		echo "  pip download --require-hashes -r $(1) -d FOLDER, and run: PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER make …" >&2; \
		exit 1; }
endef

.PHONY: help setup demo test together check lint types imports bench prove picture tutorial lock clean

help:  ## what can be asked for
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:[^#]*## /	/' | expand -t 10

.venv/.runtime: requirements.lock pyproject.toml src/consilience/version.py
	$(make_venv)
	$(call install_from,requirements.lock)
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml src/consilience/version.py
	$(make_venv)
	$(call install_from,requirements-dev.lock)
	@touch .venv/.runtime $@

setup: .venv/.runtime  ## make .venv with the product and what it needs

demo: setup  ## run the April 2017 case (CASE=folder OUT=folder for another)
	@$(PY) -m consilience run "$(CASE)" --out "$(OUT)"

check: .venv/.dev lint types imports  ## ruff, mypy --strict and the import contracts

lint: .venv/.dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

types: .venv/.dev
	@$(PY) -m mypy

imports: .venv/.dev
	@$(PY) -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-logo

test: .venv/.dev lint imports  ## what check does, and every test; as root installs the browser that some need
	@.ci/prerequisites
	@$(MAKE) --no-print-directory -j 2 types together
	@$(PY) -m pytest -q -m alone $$(grep -rl --include='test_*.py' 'mark\.alone' tests)

together: .venv/.dev  # mypy has one process, and the tests wait now and then: side by side they take less
	@place=$$(mktemp -d "$(SCRATCH)/tests.XXXXXX") && \
		TMPDIR="$$place" $(PY) -m pytest -q -n 2 --dist worksteal -m "not alone" && \
		chmod -R u+rwX "$$place" && rm -rf "$$place"

bench: .venv/.dev  ## ratios against named peers, one script each
	@for script in benchmarks/*_vs_*.py; do echo "== $$script"; $(PY) "$$script" || exit 1; done

prove: .venv/.dev  ## the long counted runs (PART=name for one); goes on where it stopped
	@PYTHONPATH=tests $(PY) proofs/prove.py $(PART)

picture: .venv/.dev  ## docs/pictures/ anew from a report of the April case (needs Chromium)
	@.ci/prerequisites
	@$(PY) docs/pictures/take.py

tutorial: .venv/.dev  ## write anew what the commands in README and tutorial print
	@$(PY) tests/docs/console_blocks.py README.md docs/tutorial.md

lock: .venv/.runtime  ## requirements*.lock anew from pyproject.toml
	@$(PY) -m venv build/uv && build/uv/bin/python -m pip --disable-pip-version-check install -qq uv==0.13.9
	@build/uv/bin/python -m uv pip compile pyproject.toml --group build \
		--universal --fork-strategy fewest --python-version 3.11 --generate-hashes --quiet --no-header -o requirements.lock
	@build/uv/bin/python -m uv pip compile pyproject.toml --group dev -c requirements.lock \
		--universal --fork-strategy fewest --python-version 3.11 --generate-hashes --quiet --no-header -o requirements-dev.lock

clean:  ## remove .venv, build/ and every cache (never a case's .consilience)
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find src tests benchmarks proofs docs -name __pycache__ -type d -prune -exec rm -rf {} +
