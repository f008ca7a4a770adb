# Everything happens in .venv, which the first command makes; later runs are quick.
#   make demo    renders a silent film, gives it sound, writes talkies-demo/
#   make test    every test            make lint    ruff, import-linter, mypy --strict
#   make panel   opens the panel, with TIMELINE=reel.otio that timeline
#   make bench   seconds of sound per second of computing, stage by stage

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint format bench panel clean

demo: .venv/ready
	$(BIN)/talkies demo --out talkies-demo

# the panel's tests in a process of their own: what a thousand other tests leave in memory is no part of them
# (5 is pytest's word for no tests: where Qt cannot run they are left out)
test: .venv/ready-dev
	$(BIN)/python -m pytest --ignore tests/ui $(PYTEST_ARGS)
	$(BIN)/python -m pytest tests/ui $(PYTEST_ARGS) || test $$? = 5

lint: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache --no-logo
	.ci/link_view
	$(BIN)/mypy -p talkies

format: .venv/ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/ready-dev
	$(BIN)/python tests/benchmarks/speed.py

panel: .venv/ready-panel
	$(BIN)/talkies panel $(if $(TIMELINE),"$(TIMELINE)")

clean:
	rm -rf .venv build dist talkies-demo talkies.egg-info .mypy_cache .pytest_cache .ruff_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "talkies: Python 3.11 or newer is needed; install it or run 'make PYTHON=/path/to/python3'" >&2; exit 2; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "talkies: .venv could not be made; on Debian and Ubuntu 'apt-get install python3-venv' mends it" >&2; exit 2; }

.venv/ready: pyproject.toml setup.py | .venv/bin/python
	$(PIP) --editable .
	@touch $@

.venv/ready-panel: pyproject.toml setup.py | .venv/bin/python
	$(PIP) --editable '.[panel]'
	@touch .venv/ready $@

.venv/ready-dev: pyproject.toml setup.py | .venv/bin/python
	$(PIP) --editable '.[dev]'
	@touch .venv/ready .venv/ready-panel $@
