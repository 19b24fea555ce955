# A thin front to CMake; see CONTRIBUTING.md. The two commands of a newcomer: make demo, make test.
SHELL = /bin/bash
prefix ?= /usr/local
jobs ?= $(shell nproc)

.PHONY: all demo test asan check format bench soak labs fuzz install clean setup

all: setup
	@tools/build release

setup:
	@tools/setup

demo: all
	@tools/demo

# Unit tests, cases, conformance suites (where PORTICO_SUITES names their folder) and end-to-end tests.
test: all
	@ctest --test-dir build/release --output-on-failure

# The same tests, but for those that drive nginx, under the address and undefined-behaviour sanitizers.
asan: setup
	@tools/build asan
	@ctest --test-dir build/asan --output-on-failure -LE 'e2e|labs'

check: all
	@tools/check

format:
	@git ls-files '*.cc' '*.h' | xargs clang-format-19 -i

bench: all
	@tools/setup bench
	@bench/run
	@bench/schema --json build/bench.json

# A thousand reloads under load: no request fails, no memory is lost.
soak: all
	@PORTICO_RELOADS=1000 PORTICO_BUILD=build/release tests/e2e/reload_test.py -v \
		Reload.test_reloads_under_load_leave_the_memory_as_it_was

labs: all
	@labs/table

# seconds=600 runs every target for ten minutes; the corpus alone is run by make asan.
seconds ?= 60
fuzz:
	@tools/setup bench
	@tools/build fuzz
	@tools/fuzz $(seconds)

install: all
	@cmake --install build/release --prefix $(prefix)

clean:
	rm -rf build
