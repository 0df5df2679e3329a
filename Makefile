# 乡声. `make run` starts the product; everything else is for whoever works on it.
.PHONY: run talk test t check prove fix hooks pictures steps lock bundle bootstrap dev image-deps image-check

export PYTHONUTF8 = 1
PY = .venv/bin/python
# Two workers, each with a database server of its own; whoever is done takes over from the other.
BOTH_CORES = -n 2 --dist worksteal
# What is measured is measured alone.
MEASURED = tests/promises/test_nobody_waits_for_a_guesser.py
LARGE = bot casework promises runtime storage browser api

run: bootstrap
	@.venv/bin/xiangsheng demo

talk: bootstrap
	@.venv/bin/xiangsheng talk

test: dev
	@scripts/test_tools.sh
	@$(PY) -m pytest -q $(BOTH_CORES)

# One room: make t ROOM=bot
t: dev
	@scripts/test_tools.sh $(ROOM)
	@$(PY) -m pytest -q $(if $(filter $(LARGE),$(ROOM)),$(BOTH_CORES)) tests/$(ROOM) $(wildcard $(ROOM))

check: dev
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@$(PY) -m pytest -q tests/content tests/docs tests/test_lock.py tests/nlp/test_listener.py

prove: dev
	@scripts/test_tools.sh
	@XIANGSHENG_PROVE=1 $(PY) -m pytest -q --timeout=3600 $(MEASURED) tests/browser/test_figures_in_two_processes.py
	@XIANGSHENG_PROVE=1 $(PY) -m pytest -q $(BOTH_CORES) --timeout=3600 tests/promises tests/papers tests/test_bootstrap.py --ignore=$(MEASURED)
	@XIANGSHENG_PROVE=1 $(PY) -m pytest -q $(BOTH_CORES) --timeout=3600 -m hypothesis tests --ignore=tests/promises --ignore=tests/papers

fix: dev
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

# The quick checks before each commit.
hooks: dev
	@.venv/bin/pre-commit install

# The four of README, taken from the running product.
pictures: dev
	@scripts/test_tools.sh browser
	@$(PY) scripts/take_pictures.py

# docs/steps.md, written from the cards of casework/steps.py.
steps: dev
	@$(PY) scripts/write_steps.py

lock:
	@scripts/lock.sh

bundle: bootstrap
	@scripts/bundle.sh

bootstrap:
	@scripts/bootstrap.sh

dev:
	@scripts/bootstrap.sh dev

# What the Dockerfile runs, so that CI runs it too.
image-deps: bootstrap

image-check:
	@.venv/bin/xiangsheng --help >/dev/null
