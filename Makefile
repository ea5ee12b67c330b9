# The verbs. Everything is installed into .venv; nothing else on the machine is touched, except that `make test`
# may install a browser. Plain equivalents for machines without make are in README.md.

PYTHON      ?= python3 python3.14 python3.13 python3.12 python3.11# the first that is new enough makes .venv
ADDRESS     ?= 127.0.0.1:8000# where `make serve` listens
ARGS        ?=# more words for the program behind a verb: make test ARGS="-k glossary"
TORCH_INDEX ?=# another package index for torch: its builds differ by platform
UPGRADE     ?=# anything: `make lock` moves every version to the newest

OLDEST := 3.11.5# as in pyproject.toml
TORCH  := 2.13.0
UV     := 0.13.9

VENV := .venv
RUN  := $(VENV)/bin/python# programs are called as modules, so that a moved folder keeps working

export NO_MKDOCS_2_WARNING := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export OMP_NUM_THREADS ?= 1# small operators are slower on more threads, and outputs stay the same

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test test-clean quick check build examples lock clean

help: ## this list
	@echo "usage: make VERB"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "First time? make serve (read the notes), make test (run every test). More: README.md"

serve: $(VENV)/.site ## the site on http://127.0.0.1:8000/, rebuilt when a file changes; no network needed
	$(RUN) -m mkdocs serve --dev-addr $(ADDRESS) $(ARGS)

test: $(VENV)/.test $(VENV)/.torch-$(TORCH) ## every test; installs torch, and a browser if there is none
	$(RUN) scripts/find_browser.py --install
	$(RUN) -m pytest $(ARGS)

test-clean: $(VENV)/.test ## the toy story of the notes, first command to last, in a new environment; old configs compared anew (half an hour)
	$(RUN) scripts/compare_translations.py
	$(RUN) scripts/run_story.py $(if $(TORCH_INDEX),--torch-index $(TORCH_INDEX)) $(ARGS)

quick: $(VENV)/.test ## the tests that do not need torch
	$(RUN) scripts/find_browser.py --install
	@echo "Left out: the tests marked torch. make test runs them."
	$(RUN) -m pytest -m "not torch" $(ARGS)

check: $(VENV)/.site ## visit the links that are new or not seen for 30 days, and write links.lock
	$(RUN) scripts/check_links.py $(ARGS)

build: check ## check, then the site in site/; a warning is an error
	$(RUN) -m mkdocs build --strict

examples: $(VENV)/.test $(VENV)/.torch-$(TORCH) ## run the code that the notes show and keep what it prints
	$(RUN) scripts/run_examples.py $(ARGS)

lock: $(VENV)/.uv-$(UV) ## write requirements.txt and requirements-test.txt from pyproject.toml
	$(VENV)/bin/uv pip compile $(COMPILE) pyproject.toml --output-file requirements.txt
	$(VENV)/bin/uv pip compile $(COMPILE) pyproject.toml --group test --output-file requirements-test.txt
COMPILE = --quiet --universal --python-version $(OLDEST) --generate-hashes --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

clean: ## remove .venv and site
	rm -rf $(VENV) site

# Each stamp is newer than what it was made from, so a second run installs nothing.
$(VENV)/.site: requirements.txt $(RUN)
	@echo "Installing what the site needs into $(VENV) …"
	@$(RUN) -m pip install --quiet --require-hashes --no-deps -r requirements.txt
	@touch $@

$(VENV)/.test: requirements-test.txt $(RUN)
	@echo "Installing what the tests need into $(VENV) …"
	@$(RUN) -m pip install --quiet --require-hashes --no-deps -r requirements-test.txt
	@touch $@ $(VENV)/.site # the site's requirements are among the tests'

$(VENV)/.torch-$(TORCH): | $(VENV)/.test
	@echo "Installing torch $(TORCH) into $(VENV) (up to several GB; README.md says how to get the small build) …"
	$(RUN) -m pip install torch==$(TORCH) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))
	@touch $@

$(VENV)/.uv-$(UV): $(RUN)
	@$(RUN) -m pip install --quiet uv==$(UV)
	@touch $@

$(RUN):
	@for python in $(PYTHON); do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < tuple(map(int, "$(OLDEST)".split("."))))' 2>/dev/null; then \
	        if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	            echo "$$python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	        fi; \
	        echo "Making $(VENV) with $$python …"; \
	        exec "$$python" -m venv --clear $(VENV); \
	    fi; \
	done; \
	echo "Python $(OLDEST) or newer is needed; tried: $(PYTHON) ($$(python3 --version 2>&1))." >&2; \
	echo "Install one (https://www.python.org/downloads/, pyenv, uv python install 3.13) and name it: make PYTHON=/path/to/python3.13 serve" >&2; \
	exit 1
