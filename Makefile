# Two commands for a newcomer: `make demo` and `make test`. Each is complete in
# itself: it makes .venv and installs from the hash-pinned lock file.
PYTHON ?= python3
BIN := .venv/bin
# Tests wait for sockets and clocks more than they compute.
PYTEST_WORKERS ?= 6
READY := .venv/.ready
# What was compiled is kept, whatever the shell says: the tests start many a process.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo run test everything proof coverage docs check format lint types contracts \
	lock upgrade bench clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: $(READY) ## make .venv and install what the lock file names

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Baton needs Python 3.11 or later: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: $(READY) ## Baton beside a sandbox of Slack, in the browser (fresh=1 starts anew)
	$(BIN)/baton demo $(if $(fresh),--fresh)

run: $(READY) ## Baton on a real workspace, with the tokens of .env
	$(BIN)/baton run

test: $(READY) ## the tests, on SQLite and, where it decides, on PostgreSQL
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) -m "not again" $(PYTEST)

everything: $(READY) ## every test, and every story on both databases
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) $(PYTEST)

format: $(READY) ## put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports

check: lint types contracts test ## all that must hold before a commit

proof: $(READY) ## thousands of histories, mutants, fifteen years of 200 patients; takes an hour
	rm -f .proof/log.jsonl
	$(BIN)/python -m tests.proof.simulation --count 5000 --log .proof/log.jsonl
	$(BIN)/python -m tests.proof.mutating --log .proof/log.jsonl
	$(BIN)/python -m tests.years --patients 200 --years 15 --processes 2 $(PROOF)

coverage: $(READY) ## every test, with branch coverage
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --cov --cov-report=term $(PYTEST)

docs: $(READY) ## write the generated parts of the docs
	$(BIN)/python -m tools.write_docs

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --all-extras pyproject.toml \
	-o requirements.lock

lock: $(READY) ## bring requirements.lock in step with pyproject.toml
	$(COMPILE)

upgrade: $(READY) ## the newest version of every dependency
	$(COMPILE) --upgrade

bench: $(READY) ## time to ack, delivery, polls and boards on this machine
	$(BIN)/python -m benchmarks.acks --count 50
	$(BIN)/python -m benchmarks.delivery
	$(BIN)/python -m benchmarks.boards
	$(BIN)/python -m benchmarks.demo
	$(BIN)/python -m benchmarks.importing
	$(BIN)/python -m benchmarks.due --patients 40 --days 7
	$(BIN)/python -m benchmarks.sizes

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
