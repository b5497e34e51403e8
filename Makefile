# make run     set everything up and open the dashboard
# make test    set everything up and pass the tests, the browser included: minutes
# make soak    floods, crowds, storms of edits, killed servers, engines at scale: a quarter of an hour
# make check   lint, formatting and the direction of imports
# make checksums  write rows, bytes and hash of every data file into datapackage.json, after an edit
# make bench   measure what everything costs, QUICK=1 in less than ten minutes; a quiet run is kept in benchmarks/RESULTS.md
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input
PYTEST := -m pytest -n 2 --dist loadgroup

# Compiled code is kept whatever the machine says: the tests start dozens of servers.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test soak check dictionary checksums bench clean

run: $(VENV)/run
	$(BIN)/streamlit run dashboard.py --server.address 127.0.0.1 --server.port $(PORT) $(if $(DISPLAY),--server.headless false)

test: $(VENV)/test
	@sh tests/system.sh
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run $(PYTEST) -m "not soak"
	@$(BIN)/python -m coverage combine -q
	@echo "Branch coverage of targets, ui and server in percent: $$($(BIN)/python -m coverage report --format=total)"

soak: $(VENV)/test
	@sh tests/system.sh
	$(BIN)/python $(PYTEST) -m soak --hypothesis-profile soak

check: $(VENV)/test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-cache --no-logo

dictionary: $(VENV)/run
	$(BIN)/python -m targets.contract.dictionary

bench: $(VENV)/test
	$(BIN)/python -m benchmarks.bench $(if $(QUICK),--quick)

checksums: $(VENV)/run
	$(BIN)/python -m targets.storage.checksums

$(VENV)/run: requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/test: $(VENV)/run requirements-dev.txt
	$(PIP) -r requirements-dev.txt -c constraints.txt
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .coverage .coverage.*
