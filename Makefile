# `make demo` and `make test` are all the set-up there is: each builds .venv first, from hashed pins. `make demo` takes
# what the program itself needs, `make test` puts the tools of development on top.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WHEELED := .venv-wheel
CLIENTS := .clients
SITED := .venv-docs
PYTEST_ARGS ?= -n 2

.PHONY: demo test fuzz torture monkey bench pictures pages docs check format lock lock-clients wheel deb test-wheel clients clients-all clean

demo: $(VENV)/.runs
	@trap : INT; $(BIN)/hongyan demo || test $$? -eq 130  # Ctrl-C is a way to leave, of which make tells nothing

test: $(STAMP) clients
	$(BIN)/pytest $(PYTEST_ARGS)

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy src tests
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_house.py
	$(BIN)/python scripts/check_prose.py

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(STAMP): $(VENV)/.pinned pyproject.toml
	@rm -f $(VENV)/lib/python*/site-packages/hongyan-here.pth
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(VENV)/.pinned: requirements/dev.txt $(VENV)/.runs
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/dev.txt
	@touch $@

# What it takes to look: the libraries of the program, and the program where it lies.
$(VENV)/.runs: requirements/run.txt
	@$(PYTHON) -c 'import sys; sys.exit("Hongyan needs Python 3.11 or newer; try: make PYTHON=python3.12") if sys.version_info < (3, 11) else 0'
	@echo "1/3 an environment of its own in $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)
	@echo "2/3 the program's libraries"
	@$(BIN)/python -m pip install --no-compile --require-hashes --requirement requirements/run.txt \
	  | sed -n -e 's/^Collecting \(.*\) (from .*/    \1/p' -e '/^Installing/s/.*/    unpacking/p'
	@echo "3/3 the program"
	@$(BIN)/python -c 'import pathlib, site, sys; pathlib.Path(site.getsitepackages()[0], "hongyan-here.pth").write_text(sys.argv[1] + "\n")' "$(CURDIR)/src"
	@printf '#!/bin/sh\nexec "%s/python" -m hongyan "$$@"\n' "$(CURDIR)/$(BIN)" > $(BIN)/hongyan
	@chmod +x $(BIN)/hongyan
	@$(BIN)/python -c 'import hongyan.cli'
	@touch $@

wheel: $(STAMP)
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist . >/dev/null
	@ls dist

# Other people's clients, unmodified, each in an environment of its own: they judge the emulator.
# Where one cannot be installed, that is said, and its tests are skipped.
clients: $(CLIENTS)/itchat/.installed $(CLIENTS)/wechat4u/.installed

# The wider family; their tests run wherever their environments are.
clients-all: clients $(CLIENTS)/itchat-uos/.installed $(CLIENTS)/wxpy/.installed $(CLIENTS)/wechaty/.installed

$(CLIENTS)/%/.installed: requirements/clients-%.txt tests/clients/install.sh | $(STAMP)
	@sh tests/clients/install.sh python $*

$(CLIENTS)/%/.installed: tests/clients/%/package-lock.json requirements/clients-node.txt tests/clients/install.sh | $(STAMP)
	@sh tests/clients/install.sh node $*

# Damaged payloads for all that reads the wire; a seed makes the same run again.
SECONDS ?= 60
fuzz: $(STAMP)
	PYTHONPATH=tests $(BIN)/python -m fuzz --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

# A robot killed 200 times while 10,000 messages come and the service misbehaves: some six minutes.
# TORTURE_ARGS="--plant order" and "--plant answers" plant a fault that must be found.
torture: $(STAMP)
	PYTHONPATH=tests $(BIN)/python -m torture $(TORTURE_ARGS)

# A monkey at the full screen: keys, pastes, mouse, sizes and signals of a seed, for a while. MONKEY_ARGS="--plant page" plants
# a fault that must be found.
monkey: $(STAMP)
	PYTHONPATH=tests $(BIN)/python -m monkey --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED)) --size $(or $(SIZE),80x24) $(MONKEY_ARGS)

# Measurements beside rivals where there are any; QUICK=1 takes smaller sizes. What they showed is in bench/README.md.
bench: $(STAMP) clients
	$(BIN)/python bench/startup.py
	$(BIN)/python bench/contacts.py
	$(BIN)/python bench/ingest.py $(if $(QUICK),10000,50000)
	$(BIN)/python bench/search.py $(if $(QUICK),100000,1000000)
	$(BIN)/python bench/identity.py
	$(BIN)/python bench/terminal.py $(if $(QUICK),20000,1000000)
	$(BIN)/python bench/export.py $(if $(QUICK),20000,200000)
	$(BIN)/python bench/media.py $(if $(QUICK),20,100)
	$(BIN)/python bench/peers/run.py $(if $(QUICK),--quick)
	$(BIN)/python bench/fleet.py $(if $(QUICK),100 5,1000 60)
	PYTHONPATH=tests $(BIN)/python -m torture $(if $(QUICK),--messages 500 --kills 5,--messages 2000 --kills 20)

# The pictures of the README, drawn by the program itself on the emulator's demo world.
pictures: $(STAMP)
	$(BIN)/python docs/pictures/make.py

# A Debian package with the pinned libraries inside; packaging/README.md has other recipes.
deb: wheel
	sh packaging/deb.sh $(BIN)/python dist/hongyan-*.whl dist

# The pages of the documentation that are made from the code.
pages: $(STAMP)
	PYTHONPATH=docs $(BIN)/python -m generate

# The documentation as a site in .site/html, with a reference from the docstrings; a link that leads nowhere fails.
# Its tools have an environment of their own.
docs: $(SITED)/.installed
	$(PYTHON) docs/generate/site.py
	$(SITED)/bin/zensical build --strict --clean

$(SITED)/.installed: requirements/docs.txt
	$(PYTHON) -m venv --clear $(SITED)
	$(SITED)/bin/python -m pip install --quiet --require-hashes --requirement requirements/docs.txt
	@touch $@

# The whole suite against what users install: the wheel's own files, not the checkout's.
test-wheel: wheel
	rm -rf $(WHEELED)
	$(BIN)/python -m pip install --quiet --no-deps --target $(WHEELED) dist/*.whl
	PYTHONPATH=$(CURDIR)/$(WHEELED) $(BIN)/python -c 'import hongyan; assert "$(WHEELED)" in hongyan.__file__, hongyan.__file__'
	PYTHONPATH=$(CURDIR)/$(WHEELED) $(BIN)/pytest $(PYTEST_ARGS)

# Resolve the pins again. The file keeps names, versions and hashes, and no download address.
lock: $(STAMP)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links --extra speed --extra pictures pyproject.toml requirements/dev.in -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links --extra pictures --constraint requirements/dev.txt pyproject.toml \
	  -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links requirements/docs.in -o requirements/docs.txt

# The same for the foreign clients. npm's lock keeps hashes, and no address to download from.
lock-clients: $(STAMP)
	for name in itchat itchat-uos wxpy node; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	    --no-emit-index-url --no-emit-find-links requirements/clients-$$name.in -o requirements/clients-$$name.txt || exit 1; done
	for name in wechat4u wechaty; do \
	  (cd tests/clients/$$name && npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts \
	    --no-audit --no-fund) || exit 1; done

clean:
	rm -rf $(VENV) $(WHEELED) $(CLIENTS) $(SITED) .site dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
