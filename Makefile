# Thin: every target is a script or a CMake preset. `make help` lists them.
PRESET ?= release
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
# One more: some tests wait for a server or a clock.
TEST_JOBS = $(shell expr $(JOBS) + 1)
BUILD = build/$(PRESET)
# Warnings are errors in CI and wherever WERROR=1 is given.
WERROR ?= $(if $(CI),1,)
# Several files compiled as one: half the time of a build from nothing. UNITY= compiles each alone, for the
# loop of edit and build.
UNITY ?= 1
CONFIGURE = cmake --preset $(PRESET) -DBERTH_WERROR=$(if $(WERROR),ON,OFF) \
            -DBERTH_UNITY=$(if $(UNITY),ON,OFF) --log-level=WARNING
COMPILE = cmake --build $(BUILD) --parallel $(JOBS)
# Words for `make bench`, such as BENCH=solve: only programs and cases with that word.
BENCH ?=

.DEFAULT_GOAL := help
.PHONY: help demo build check test bench coverage lint format install clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo "  PRESET=release|debug|asan|tsan|coverage chooses the build (now $(PRESET)), e.g. make test PRESET=asan"

demo: ## Install what is missing, build, plan a real workload, print the plan
	@scripts/setup --page
	@$(MAKE) --no-print-directory program
	@scripts/demo $(BUILD)/berth

.PHONY: configure program generated
configure:
	@$(CONFIGURE)

generated: PRESET = release
generated: configure
	@$(COMPILE) --target generated

program: configure
	@$(COMPILE) --target berth

build: configure ## Build everything (installs nothing)
	@$(COMPILE)

check: build ## The quick loop: build, then the tests that are not slow
	@ctest --preset $(PRESET) --parallel $(TEST_JOBS) --progress --label-exclude slow

test: ## Install what is missing, build, run every test
	@scripts/setup --page --browser --solvers --manifests --prometheus --api
	@$(MAKE) --no-print-directory build
	@ctest --preset $(PRESET) --parallel $(TEST_JOBS)

bench: configure ## Run the benchmarks, print one table (BENCH=word: only some)
	@$(COMPILE) --target berth benches
	@scripts/bench $(BUILD) $(BENCH)

coverage: ## Run every test with coverage, print a table by file
	@scripts/setup --coverage
	@$(MAKE) --no-print-directory build PRESET=coverage
	@scripts/coverage build/coverage $(JOBS)

lint: ## Layout, clang-tidy, layers, sizes, scripts
	@scripts/setup --lint --page
	@$(MAKE) --no-print-directory generated
	@scripts/lint

format: ## Bring every C++ file into the layout of .clang-format
	@scripts/lint --fix

install: program ## Install the program under PREFIX (default /usr/local); DESTDIR is honoured
	@cmake --install $(BUILD) --prefix "$(PREFIX)"

clean: ## Remove what was built (not what setup installed)
	rm -rf build out
