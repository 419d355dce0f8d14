# `make demo` and `make test` are all the set-up there is: each builds .venv first, from hashed pins.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WHEELED := .venv-wheel
PYTEST_ARGS ?= -n 2

.PHONY: demo test check format lock wheel test-wheel clients clean

demo: $(STAMP)
	@$(BIN)/hongyan demo

test: $(STAMP)
	$(BIN)/pytest $(PYTEST_ARGS)

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy src tests
	$(BIN)/lint-imports

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(STAMP): $(VENV)/.pinned pyproject.toml
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.pinned: requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit("Hongyan needs Python 3.11 or newer; try: make PYTHON=python3.12") if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/dev.txt
	@touch $@

wheel: $(STAMP)
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist . >/dev/null
	@ls dist

# The whole suite against what users install: the wheel's own files, not the checkout's.
test-wheel: wheel
	rm -rf $(WHEELED)
	$(BIN)/python -m pip install --quiet --no-deps --target $(WHEELED) dist/*.whl
	PYTHONPATH=$(CURDIR)/$(WHEELED) $(BIN)/python -c 'import hongyan; assert "$(WHEELED)" in hongyan.__file__, hongyan.__file__'
	PYTHONPATH=$(CURDIR)/$(WHEELED) $(BIN)/pytest $(PYTEST_ARGS)

# Resolve the pins again. The file keeps names, versions and hashes, and no download address.
lock: $(STAMP)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links --extra speed pyproject.toml requirements/dev.in -o requirements/dev.txt

clean:
	rm -rf $(VENV) $(WHEELED) dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
