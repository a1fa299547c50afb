# Partnership. `make` lists what there is. A newcomer needs two: `make run` and `make test`.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PY := $(BIN)/python
DATA_DIR ?= var
PORT ?= 8000

CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
SOURCES := partnership municipalities events
CPUS := $(shell nproc 2>/dev/null || echo 2)
# one more than processors, since some tests wait for servers
WORKERS ?= $(shell expr $(CPUS) + 1)

.PHONY: help run test faults bench check fix strings install install-tests demo

help: ## list what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{printf "  make %-10s %s\n", $$1, $$2}'

run: export DATA_DIR := $(DATA_DIR)
run: export PORT := $(PORT)
run: install demo $(CATALOGUES) ## start the demonstration on http://127.0.0.1:8000/ (PORT, DATA_DIR and DEMO_PASSWORD change it)
	@exec $(PY) manage.py serve

test: install-tests $(CATALOGUES) ## run every test: on PostgreSQL and Redis, then on SQLite what differs there
	$(PY) -m tests.services -- $(BIN)/pytest -q -n $(WORKERS) --dist loadgroup
	env -u TEST_DATABASE_URL $(BIN)/pytest -q -n $(WORKERS) --dist loadgroup -m sqlite

bench: install-tests $(CATALOGUES) ## measure the outbox beside what the machine can do at best (MAILS, ROUNDS and BIG change the size)
	$(PY) -m tests.services -- $(PY) -m tests.bench

check: install-tests $(CATALOGUES) ## lint, types, import contracts, migrations, translations, settings for production
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	DJANGO_SETTINGS_MODULE=tests.settings $(PY) manage.py makemigrations --check --dry-run -v0
	$(PY) -m tests.gates translations
	$(PY) -m tests.gates deploy

faults: install-tests $(CATALOGUES) ## the long runs of the fault laboratory, hours (SCENARIO, SEED, DATABASE, SIZE=small and OUT choose)
	$(PY) -m tests.faults --scenario "$(SCENARIO)" --seed "$(or $(SEED),0)" --database "$(DATABASE)" --size "$(or $(SIZE),long)" --out "$(or $(OUT),$(DATA_DIR)/faults.json)"

fix: install-tests ## format and mend what a machine can mend
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

strings: install-tests ## collect the texts to translate into locale/ja/LC_MESSAGES/django.po
	$(PY) -m tests.gates strings

install: .venv/installed ## set up .venv with what Partnership runs on

install-tests: .venv/installed-tests
	@$(PY) -m tests.machine

demo:
	@mkdir -p "$(DATA_DIR)"
	@if [ -e "$(DATA_DIR)/partnership.sqlite3" ] && [ ! -e "$(DATA_DIR)/demo" ]; then \
	  echo "$(DATA_DIR) holds the data of a real installation; the demonstration does not touch it. Choose another DATA_DIR." >&2; exit 1; fi
	@[ -e "$(DATA_DIR)/demo" ] || echo "This installation is a demonstration: its people are invented and no mail leaves it." > "$(DATA_DIR)/demo"

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 is missing. On Debian: apt-get install python3.11 python3.11-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "Python 3.11 is needed; $(PYTHON) is another one. Say which: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. On Debian: apt-get install python3.11-venv" >&2; exit 1; }
	@echo "Setting up .venv …"
	@$(PYTHON) -m venv .venv

.venv/installed: requirements.txt | $(BIN)/python
	@echo "Installing what Partnership runs on …"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-tests: tests/requirements.txt requirements.txt | $(BIN)/python
	@echo "Installing what tests and checks need …"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@ .venv/installed

%.mo: %.po | .venv/installed
	@$(PY) -c 'import polib, sys; polib.pofile(sys.argv[1]).save_as_mofile(sys.argv[2])' $< $@
