# make demo    one night, five languages, one digest (DATA=file.csv for your own data)
# make test    everything, in every language; sets itself up and says what is missing
# make lint    formatting, lints, types, licences
# make bench   times against the peers, written to docs/BENCHMARKS.md (about half an hour)
# make bench-engine  the half of the engine alone
# make fuzz    random inputs, half a minute for each target (needs cargo-fuzz)
# make faults  plants each fault of tests/faults and shows the test that catches it
# make dist    what is published, into dist/, each product checked in an empty folder
# make docs    the pages as HTML, into target/docs/html
# make install  the C and C++ library, into PREFIX, with LIBDIR and DESTDIR of ffi-c/install.sh
# make gen     rewrites the generated files that are checked in
# make clean   removes all that was built

SHELL := /bin/bash
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: demo test lint bench bench-engine fuzz faults dist docs install gen clean setup build vectors

demo: build
	python3 tests/demo/run.py $(if $(DATA),'$(DATA)')

test: build vectors
	cargo test --quiet --locked --workspace --exclude paneline-py
	go-bindings/test.sh
	python/test.sh

lint: setup build
	tests/lint.sh

bench: build
	.venv/bin/python bench/run.py
	.venv/bin/python bench/engine.py

bench-engine: build
	.venv/bin/python bench/engine.py

fuzz:
	fuzz/run.sh

faults: build
	tests/faults/run.sh

dist: setup
	packaging/dist.sh

docs:
	docs/build.sh
	@echo "target/docs/html/index.html"

install:
	ffi-c/build.sh
	ffi-c/install.sh

gen:
	UPDATE=1 cargo test --quiet -p paneline-tests --test drift

clean:
	cargo clean
	rm -rf dist .venv .venv-bench .venv-dist .venv-docs go-bindings/lib/*/*.a

setup:
	@tests/setup.sh

# What C, Go and Python programs link or import, and each language's adapter and demo.
build: setup
	ffi-c/build.sh
	tests/adapters/c/build.sh
	tests/adapters/cpp/build.sh
	go-bindings/build.sh
	python/build.sh
	cargo build --quiet --locked --release -p paneline-cli -p paneline-tests --bin paneline --bin demo-rust

# The independent oracle's answers, computed once.
vectors: setup
	tests/vectors.sh
