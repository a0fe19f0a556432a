# Drivkraft. `make up` runs it, `make test` tests it; neither needs anything but Python and make.
.DEFAULT_GOAL := help
# Python keeps what it compiles, or each of our processes compiles it anew: half of its start
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3
HERE := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))
BIN := .venv/bin
SETUP = cd "$(HERE)" && $(PYTHON) tools/setup.py

help: ## say what can be made
	@grep -hE '^[a-z-]+:.*##' "$(HERE)Makefile" | awk -F ':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

up: ## set up what is not, and run Drivkraft with its demo scheme
	@$(SETUP)
	@cd "$(HERE)" && DRIVKRAFT_DEMO=$${DRIVKRAFT_DEMO:-1} exec $(BIN)/drivkraft up

test: ## set up what is not, and run every test
	@$(SETUP) --tests
	@cd "$(HERE)" && $(BIN)/python tools/chromium.py
	@cd "$(HERE)" && exec $(BIN)/python -m pytest -n 2 --dist loadgroup -q

hunt: ## try the invariants on many more examples than the tests do, others each time
	@$(SETUP) --tests
	@cd "$(HERE)" && exec $(BIN)/python -m pytest -n 2 -q --hypothesis-profile=hunting tests/workflows tests/matching

check: ## lint, types, contracts, guardrails
	@$(SETUP) --tests
	@cd "$(HERE)" && $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@cd "$(HERE)" && $(BIN)/mypy
	@cd "$(HERE)" && $(BIN)/lint-imports
	@cd "$(HERE)" && $(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
ifeq ($(filter test,$(MAKECMDGOALS)),)  # `make check test` comes to them with all the others
	@cd "$(HERE)" && $(BIN)/python -m pytest -q tests/guardrails tests/workflows
endif

lock: ## write the lock files anew from pyproject.toml
	@$(SETUP) --tests
	@cd "$(HERE)" && compile=".venv/uv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header" && \
	  $$compile --upgrade pyproject.toml --extra dev -o requirements-dev.lock >/dev/null && \
	  $$compile --upgrade pyproject.toml -c requirements-dev.lock -o requirements.lock >/dev/null

bench: ## load a scheme at size, beside yardsticks; all benchmarks, or ONLY="pages memory"; prints tables
	@$(SETUP) --tests
	@cd "$(HERE)" && exec $(BIN)/python -m benchmarks $(ONLY)

drawings: ## write the drawings of the lifecycles anew
	@cd "$(HERE)" && $(BIN)/python -m workflows.drawing > workflows/README.md

format: ## put the code into the house's form
	@cd "$(HERE)" && $(BIN)/ruff check --fix . ; $(BIN)/ruff format .

.PHONY: help up test hunt check lock bench drawings format
