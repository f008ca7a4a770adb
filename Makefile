# Everything happens in .venv, which the first command makes; later runs are quick.
#   make demo    renders a silent film, gives it sound, writes talkies-demo/
#   make quick   the tests that are not slow, on every core
#   make test    every test            make lint    ruff, import-linter, mypy --strict
#   make panel   opens the panel, with TIMELINE=reel.otio that timeline
#   make bench   seconds of sound per second of computing, stage by stage

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
BIN := .venv/bin
LOCK ?= .ci/constraints.txt
# by the environment, because pip hands it on to the environments in which it builds packages that come as source
PINS := $(if $(wildcard $(LOCK)),PIP_CONSTRAINT="$(abspath $(LOCK))" PIP_BUILD_CONSTRAINT="$(abspath $(LOCK))")
PIP := $(PINS) $(BIN)/python -m pip install --quiet --disable-pip-version-check
# a file of tests is one process's; each takes one thread for its tensors, or they would wait for each other
SIDE_BY_SIDE := -n logical --maxprocesses 4 --dist loadfile
MEASURED := $(if $(COVERAGE),--cov --cov-append --cov-report=)
NEEDS := pyproject.toml setup.py $(wildcard $(LOCK))

.PHONY: demo quick test lint format bench panel judges lock clean

demo: .venv/ready
	$(BIN)/talkies demo --out talkies-demo

quick: .venv/ready-dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q $(SIDE_BY_SIDE) -m "not slow" $(PYTEST_ARGS)

# the panel's tests in processes of their own: what a thousand other tests leave in memory is no part of them
# (5 is pytest's word for no tests: where Qt cannot run they are left out), file by file, so that none that is long
# comes last and alone. With COVERAGE=1 the share of lines that ran
# is printed; what ran in the workers and programs that tests start is not counted
test: .venv/ready-dev
	$(if $(COVERAGE),$(BIN)/coverage erase)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --ignore tests/ui $(SIDE_BY_SIDE) $(MEASURED) $(PYTEST_ARGS)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/ui $(SIDE_BY_SIDE) --no-loadscope-reorder $(MEASURED) $(PYTEST_ARGS) || test $$? = 5
	$(if $(COVERAGE),@for room in core ui plugin; do echo "lines of $$room that ran: $$($(BIN)/coverage report --include="$$room/*" --format=total) %"; done)

lint: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	.ci/link_view
	PYTHONPATH=build/view $(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/mypy -p talkies
	$(BIN)/mypy tests docs

format: .venv/ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/ready-dev
	$(BIN)/python tests/benchmarks/speed.py

panel: .venv/ready-panel
	$(BIN)/talkies panel $(if $(TIMELINE),"$(TIMELINE)")

judges: .venv/ready-judges

clean:
	rm -rf .venv build dist talkies-demo talkies.egg-info .mypy_cache .pytest_cache .ruff_cache .coverage

# not in .venv, which has what people run; uv reads pyproject.toml for every Python and system at once, and does not see
# that a package refuses a newer Python: pip has the last word
lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check "uv==0.13.9"
	build/lock/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 $(UPGRADE) \
	  --extra dev --extra train --extra judges --extra ray --group build \
	  --custom-compile-command "make lock" --output-file .ci/constraints.txt
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check --dry-run --ignore-installed \
	  --constraint .ci/constraints.txt '.[dev,train,judges,ray]'
	echo "bpy==5.0.1" | build/lock/bin/uv pip compile - --quiet --python-version 3.11 $(UPGRADE) \
	  --custom-compile-command "make lock" --output-file .ci/constraints-blender.txt

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "talkies: Python 3.11 or newer is needed; install it or run 'make PYTHON=/path/to/python3'" >&2; exit 2; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "talkies: .venv could not be made; on Debian and Ubuntu 'apt-get install python3-venv' mends it" >&2; exit 2; }

# torch first, where TORCH says which; the file holds what pinned the environment, for a test that compares
.venv/torch: $(NEEDS) | .venv/bin/python
	$(if $(TORCH),$(PIP) $(TORCH))
	@echo "$(wildcard $(LOCK))" > $@

.venv/ready: .venv/torch
	$(PIP) --editable .
	@touch $@

.venv/ready-panel: .venv/torch
	$(PIP) --editable '.[panel]'
	@touch .venv/ready $@

.venv/ready-dev: .venv/torch
	$(PIP) --editable '.[dev]'
	@touch .venv/ready .venv/ready-panel $@

# Resemblyzer asks for 'typing' and for a webrtcvad that must be compiled; it needs neither
.venv/ready-judges: .venv/ready-dev
	$(PIP) --editable '.[dev,judges]'
	$(PIP) --no-deps "Resemblyzer==0.1.4" "webrtcvad-wheels==2.0.14.post1"
	@touch $@
