# The verbs. Everything is installed into .venv; nothing else on the machine is touched, except that `make test`
# may install a browser. Plain equivalents for machines without make are in README.md.

PYTHON      ?= python3 python3.14 python3.13 python3.12 python3.11# the first that is new enough makes .venv
ADDRESS     ?= 127.0.0.1:8000# where `make serve` listens
ARGS        ?=# more words for the program behind a verb: make test ARGS="-k glossary"
TORCH_INDEX ?=# another package index for torch: its builds differ by platform
WORKERS     ?= auto# processes that share the tests, two for each core and four at most; 0 is this one, as for -s or --pdb
UPGRADE     ?=# anything: `make lock` moves every version to the newest

OLDEST := 3.11.5# as in pyproject.toml
FETCHED := 3.13# the Python that is fetched where no other is new enough
TORCH  := 2.13.0
UV     := 0.13.9

VENV := .venv
ZENS := .venv-zensical
OWN  := .uv# uv and the Python it fetches, when they are needed
RUN  := $(VENV)/bin/python# programs are called as modules, so that a moved folder keeps working

export NO_MKDOCS_2_WARNING := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export OMP_NUM_THREADS ?= 1# small operators are slower on more threads, and outputs stay the same

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test test-clean quick check build zensical examples lock clean

help: ## this list
	@echo "usage: make VERB"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "First time? make serve (read the notes), make test (run every test). More: README.md"

serve: $(VENV)/.project ## the site on http://127.0.0.1:8000/, rebuilt when a file changes; no network needed
	$(RUN) -m mkdocs serve --dev-addr $(ADDRESS) $(ARGS)

test: $(VENV)/.test $(VENV)/.project $(VENV)/.torch-$(TORCH) ## every test; installs torch, and a browser if there is none
	$(RUN) scripts/find_browser.py --install
	$(RUN) -m pytest --numprocesses $(WORKERS) --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

test-clean: $(VENV)/.test $(VENV)/.project ## the toy story of the notes, first command to last, in a new environment; old configs compared anew (half an hour)
	$(RUN) scripts/compare_translations.py $(if $(TORCH_INDEX),--torch-index $(TORCH_INDEX))
	$(RUN) scripts/run_story.py $(if $(TORCH_INDEX),--torch-index $(TORCH_INDEX)) $(ARGS)

quick: $(VENV)/.test $(VENV)/.project ## the tests that do not need torch
	$(RUN) scripts/find_browser.py --install
	@echo "Left out: the tests marked torch. make test runs them."
	$(RUN) -m pytest --numprocesses $(WORKERS) --maxprocesses 4 --dist loadfile --no-loadscope-reorder -m "not torch" $(ARGS)

check: $(VENV)/.project ## visit the links that are new or not seen for 30 days, and write links.lock
	$(RUN) scripts/check_links.py $(ARGS)

build: check ## check, then the site in site/; a warning is an error
	$(RUN) -m mkdocs build --strict
	$(RUN) scripts/finish_site.py site

zensical: $(VENV)/.project $(ZENS)/.site ## the same site by another builder, in site/
	$(ZENS)/bin/python -m zensical build --strict --clean
	$(RUN) scripts/finish_site.py site

examples: $(VENV)/.test $(VENV)/.project $(VENV)/.torch-$(TORCH) ## run the code that the notes show and keep what it prints
	$(RUN) scripts/run_examples.py $(ARGS)

lock: $(VENV)/.uv-$(UV) ## write the requirements*.txt from pyproject.toml
	$(VENV)/bin/uv pip compile $(COMPILE) pyproject.toml --extra site --group build --output-file requirements.txt
	$(VENV)/bin/uv pip compile $(COMPILE) pyproject.toml --extra site --group build --group test --output-file requirements-test.txt
	$(VENV)/bin/uv pip compile $(COMPILE) pyproject.toml --constraint requirements.txt --output-file requirements-checker.txt
	$(VENV)/bin/uv pip compile $(COMPILE) --group pyproject.toml:zensical --output-file requirements-zensical.txt
COMPILE = --quiet --universal --python-version $(OLDEST) --generate-hashes --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

clean: ## remove what the other verbs made: environments, what was fetched for them, and site
	rm -rf $(VENV) $(ZENS) $(OWN) site

# Each stamp is newer than what it was made from, so a second run installs nothing. pip says twice --quiet: errors, and
# none of its remarks on mirrors, among which the one line that says where to look would drown.
INSTALL := -m pip install --quiet --quiet

$(VENV)/.site: requirements.txt $(RUN)
	@echo "Installing what the site needs into $(VENV) …"
	@$(RUN) $(INSTALL) --require-hashes --no-deps -r requirements.txt
	@touch $@

$(VENV)/.test: requirements-test.txt $(RUN)
	@echo "Installing what the tests need into $(VENV) …"
	@$(RUN) $(INSTALL) --require-hashes --no-deps -r requirements-test.txt
	@touch $@ $(VENV)/.site # the site's requirements are among the tests'

# The project itself, so that what mkdocs.yml names can be imported; again when the folder was moved.
$(VENV)/.project: pyproject.toml $(VENV)/.site $(if $(filter-out $(CURDIR),$(shell cat $(VENV)/.project 2>/dev/null)),FORCE)
	@$(RUN) $(INSTALL) --no-build-isolation --no-deps -e .
	@echo "$(CURDIR)" > $@
FORCE:

$(ZENS)/.site: requirements-zensical.txt pyproject.toml $(RUN)
	@echo "Installing Zensical into $(ZENS) …"
	@$(RUN) -m venv --clear $(ZENS)
	@$(ZENS)/bin/python $(INSTALL) --require-hashes --no-deps -r requirements-zensical.txt
	@$(ZENS)/bin/python $(INSTALL) --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.torch-$(TORCH): | $(VENV)/.test
	@echo "Installing torch $(TORCH) into $(VENV) (up to several GB; README.md says how to get the small build) …"
	$(RUN) -m pip install torch==$(TORCH) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))
	@touch $@

$(VENV)/.uv-$(UV): $(RUN)
	@$(RUN) $(INSTALL) uv==$(UV)
	@touch $@

$(RUN):
	@OLDEST=$(OLDEST) FETCHED=$(FETCHED) UV=$(UV) OWN=$(OWN) sh scripts/make_venv.sh $(VENV) $(PYTHON)
