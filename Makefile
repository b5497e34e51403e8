# make run    set everything up and open the dashboard
# make test   set everything up and run every test, the browser included
# make seal   write rows, bytes and hash of every data file into datapackage.json, after an edit
# make bench  measure what everything costs, QUICK=1 in less than ten minutes; a quiet run is kept in benchmarks/RESULTS.md
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
CHROMIUM ?= $(shell command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome)
NGINX := $(shell command -v nginx || command -v /usr/sbin/nginx)
POSTGRESQL := $(shell command -v initdb || command -v /usr/lib/postgresql/*/bin/initdb)

# Compiled code is kept whatever the machine says: the tests start dozens of servers.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check dictionary seal bench browser clean

run: $(VENV)/run
	$(BIN)/streamlit run dashboard.py --server.port $(PORT) $(if $(DISPLAY),--server.headless false)

test: $(VENV)/test browser
	$(BIN)/ruff check
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(VENV)/test
	$(BIN)/ruff check
	$(BIN)/ruff format --check

dictionary: $(VENV)/run
	$(BIN)/python -m targets.dictionary

bench: $(VENV)/test
	$(BIN)/python -m benchmarks.bench $(if $(QUICK),--quick)

seal: $(VENV)/run
	$(BIN)/python -m targets.seal

$(VENV)/run: requirements.txt constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	touch $@

$(VENV)/test: $(VENV)/run requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	touch $@

# What the tests need beside Python: whichever Chromium is there, else Debian's, else Playwright's own. And nginx and PostgreSQL, where that is easy.
browser: $(VENV)/test
	@missing="$(if $(CHROMIUM),,chromium-headless-shell) $(if $(NGINX),,nginx-light) $(if $(POSTGRESQL),,postgresql)"; \
	if [ -n "$$(echo $$missing)" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && for one in $$missing; do DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$one >/dev/null; done; \
	fi; \
	[ -n "$(CHROMIUM)" ] || command -v chromium-headless-shell >/dev/null || $(BIN)/python -m playwright install --with-deps --only-shell chromium

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis
