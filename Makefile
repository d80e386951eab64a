# Reel's menu. `make` alone prints it; the words after `##` are the menu's lines.
#
# Everything is built once, in release: `make film`, `make test` and `make bench` share one build folder.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := menu

STORYBOARD ?= samples/lighthouse.yaml
OUT        ?= out/$(basename $(notdir $(STORYBOARD)))
FUZZ_SECONDS ?= 600
KILLS ?= 100
REEL       := .build/release/reel
SOURCES    := Package.swift Sources Tests

# Without line numbers for debuggers, which are a sixth of the compile time and more; a backtrace has its functions'
# names all the same. DEBUG_INFO=dwarf puts them in, and compiles everything anew.
DEBUG_INFO ?= none
RELEASE := -c release -debug-info-format $(DEBUG_INFO)
# Without @testable imports a test build is the same build, so nothing is compiled twice.
TESTING := $(RELEASE) --disable-testable-imports --disable-xctest
FILTER ?=

.PHONY: menu film test compat handoff players kill cluster fuzz asan build check format lint bench clean setup setup-test

menu:
	@echo "make <target>:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

film: build ## set up, build, and render samples/lighthouse.yaml into out/lighthouse (STORYBOARD=, OUT=)
	@$(REEL) film $(STORYBOARD) --out $(OUT)

# The client's and the servers' tests have deadlines, and the command line's kill runs at moments that they watch
# for: these have the machine to themselves, while the rest keeps all cores busy with codecs.
test: setup-test ## set up, then run every test (or FILTER=), also on real clips where they can be fetched
	@swift build $(RELEASE) --product reel
	@clips=$$(.ci/real-clips .build/real-clips); \
	 if [ -n "$$clips" ]; then export REEL_REAL_CLIPS="$$clips"; fi; \
	 if [ -n '$(FILTER)' ]; then exec swift test $(TESTING) --filter '$(FILTER)'; fi; \
	 swift test $(TESTING) --skip '^(RunwareTests|ContractTests|WebhookTests|SandboxTests|CLITests)\.'; \
	 swift test $(TESTING) --skip-build --filter '^(RunwareTests|ContractTests|WebhookTests)\.'; \
	 swift test $(TESTING) --skip-build --filter '^SandboxTests\.'; \
	 swift test $(TESTING) --skip-build --filter '^CLITests\.'

compat: setup-test build ## have Runware's own Python SDKs make clips with the sandbox
	@.ci/compat $(REEL)

handoff: setup-test build ## have OpenTimelineIO read the lists of edits that Reel writes
	@.ci/handoff $(REEL)

players: setup-test build ## have Chromium and GStreamer play joined films and go back to every seam (installs them)
	@.ci/players $(REEL)

kill: setup-test build ## kill reel KILLS times (100) at flushes of its journal and KILLS times at any instant, and go on
	@PYTHONDONTWRITEBYTECODE=1 python3 Tests/Kill/kill.py $(REEL) --kills $(KILLS)

cluster: setup-test build ## make films on a Slurm cluster in network namespaces, and break parts of it (installs it; root)
	@.ci/cluster $(REEL)

# gold, the toolchain's usual linker on Debian, fails on a sanitised build with an error of its own.
fuzz: setup ## read made-up media files for FUZZ_SECONDS (600); what crashes or leaks is kept in .build/fuzz/found
	@REEL_FUZZ=1 swift build -c release --product fuzz --scratch-path .build/fuzz --sanitize address \
	    -Xswiftc -sanitize=fuzzer -Xswiftc -use-ld=lld
	@mkdir -p .build/fuzz/corpus .build/fuzz/found
	@REEL_FUZZ_SEEDS=.build/fuzz/corpus .build/fuzz/release/fuzz -max_total_time=$(FUZZ_SECONDS) \
	    -max_len=262144 -timeout=25 -rss_limit_mb=2500 -print_final_stats=1 -verbosity=0 \
	    -artifact_prefix=.build/fuzz/found/ .build/fuzz/corpus

asan: setup-test ## run the tests of Media and Montage under the address sanitizer, leaks included
	@LSAN_OPTIONS=suppressions=$(CURDIR)/.ci/leaks.supp swift test -c release --disable-testable-imports \
	    --disable-xctest --scratch-path .build/asan \
	    --sanitize address -Xswiftc -use-ld=lld --filter '^(MediaTests|MontageTests)\.'

build: setup ## build the program into .build/release/reel
	@swift build $(RELEASE) --product reel

check: ## what CI runs: the format, the architecture and all tests, with the time of each phase
	@.ci/run

format: ## rewrite the sources in the house format
	@swift format --in-place --parallel --recursive $(SOURCES)

lint:
	@swift format lint --strict --parallel --recursive $(SOURCES)

bench: setup-test build ## measure reel against ffmpeg and ffprobe in the same run, print a table
	@python3 Benchmarks/bench.py --reel $(REEL)

clean: ## remove what was built and rendered (a storyboard's .reel, with what was bought, stays)
	@rm -rf .build out

setup: ## install the headers of FFmpeg, SQLite and libcurl if they are missing (apt)
	@.ci/setup build

setup-test: setup
	@.ci/setup test
