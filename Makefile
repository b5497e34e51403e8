# make run    set everything up and open the dashboard
# make test   set everything up and run every test, the browser included
# make seal   write rows, bytes and hash of every data file into datapackage.json, after an edit
# make bench  measure what everything costs, QUICK=1 in less than ten minutes; a quiet run is kept in benchmarks/RESULTS.md
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.PHONY: run test check dictionary seal bench browser clean

run: $(VENV)/run
	$(BIN)/streamlit run dashboard.py --server.port $(PORT) $(if $(DISPLAY),--server.headless false)

test: $(VENV)/test browser
	$(BIN)/ruff check
	$(BIN)/python -m pytest -n 2 --dist loadfile

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

# The browser of the tests: whichever Chromium is there, else Debian's, else Playwright's own. And nginx, where that is easy.
browser: $(VENV)/test
	@[ -n "$(CHROMIUM)" ] || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } \
	  || $(BIN)/python -m playwright install --with-deps chromium
	@[ -x /usr/sbin/nginx ] || command -v nginx >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nginx-light >/dev/null; } \
	  || echo "nginx is not here: the test of several processes is skipped"

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis
