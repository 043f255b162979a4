# Two commands matter: `make run` shows the product, `make test` judges it. The others are parts of these two.
# Nothing here names a package registry: pip and apt ask whatever this machine is configured to ask.

PORT ?= 8000
PYTHON := .venv/bin/python
INSTALL := $(PYTHON) -m pip install --quiet --disable-pip-version-check --no-input --root-user-action=ignore

.DEFAULT_GOAL := help
.PHONY: help run test lint types contracts unit bench lock clean moodle-check
.DELETE_ON_ERROR:

help:
	@echo "make run        the product with its demo region, on 127.0.0.1:$(PORT) (another port: make run PORT=8001)"
	@echo "make test       everything: lint, types, contracts, tests on SQLite and PostgreSQL, a walk in Chromium"
	@echo "make lint       style of Python and of the templates"
	@echo "make types      annotations, strictly"
	@echo "make contracts  which floor may import which"
	@echo "make unit       tests on SQLite only, no browser"
	@echo "make bench      what it costs"
	@echo "make moodle-check URL=sdo.example.ru   is that Moodle ready to be read? (TOKEN=…, or it asks; COURSE=…)"
	@echo "make lock       write lock/*.txt anew from lock/*.in (newer transitive pins: make lock UPGRADE=--upgrade)"
	@echo "make clean      remove the environment and the caches; the data in instance/ stays"

run: .venv/.run
	DEMO=1 .venv/bin/flask --app wsgi run-demo --port $(PORT)

test: .venv/.test
	$(PYTHON) -m scripts.check

lint: .venv/.test
	$(PYTHON) -m scripts.check lint

types: .venv/.test
	$(PYTHON) -m scripts.check types

contracts: .venv/.test
	$(PYTHON) -m scripts.check contracts

unit: .venv/.test
	$(PYTHON) -m scripts.check sqlite

bench: .venv/.test
	$(PYTHON) -m bench

# The shell takes the token from its environment: it stands in no line that is printed or listed.
moodle-check: .venv/.run
	@MOODLE_URL="$$URL" MOODLE_TOKEN="$$TOKEN" MOODLE_COURSE="$$COURSE" .venv/bin/flask --app wsgi moodle-check

lock:
	sh scripts/make_lock.sh $(UPGRADE)

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find app tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

# One environment, two depths: what the product runs on, and what judging it needs on top. A changed lock reinstalls.
.venv/.run: .venv/.created lock/run.txt pyproject.toml
	$(INSTALL) --require-hashes -r lock/run.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.test: .venv/.created lock/test.txt pyproject.toml
	$(INSTALL) --require-hashes -r lock/test.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.created:
	sh scripts/make_venv.sh .venv
	@touch $@
