# Two commands for a newcomer: `make run` and `make test`. Each installs what it needs beyond a Rust toolchain, Node 20+,
# Python 3.11+ and a C compiler, or says exactly what is missing.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

RELEASE := target/release/cognate
DEBUG := target/debug/cognate

.PHONY: help run build web test test-web test-rust test-strangers test-browser laws bench codegen clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

run: build ## build everything (the web page included) and start the lab: cognate dev
	@exec $(RELEASE) dev $(ARGS)

build: web ## build the release binary with the page inside
	@tests/setup need-rust
	cargo build --release --bin cognate

web: ## build the dashboard's page
	@tests/setup web

test: test-web test-rust test-strangers test-browser ## every test: page, Rust, real SDKs, real browser
	@echo "all tests passed"

test-web: ## type check, unit tests and build of the page
	@tests/setup web
	cd web/dashboard && npm run --silent typecheck && npm test --silent

test-rust: ## the workspace's own tests
	@tests/setup need-rust
	@if cargo nextest --version >/dev/null 2>&1; then cargo nextest run --workspace --no-fail-fast; else echo "cargo-nextest is not installed: using cargo test"; cargo test --workspace --no-fail-fast; fi

$(DEBUG): FORCE
	@tests/setup need-rust
	cargo build --bin cognate

FORCE:

test-strangers: web $(DEBUG) ## boto3, pycognito, AWS CLI, Terraform, amazon-cognito-identity-js, aws-jwt-verify, openid-client
	@tests/setup python
	@tests/setup node
	tests/strangers

test-browser: web $(DEBUG) ## the whole lesson in headless Chromium
	@tests/setup browser
	cd tests/browser && npm test --silent

laws: ## formatting, lints, dependencies, house rules, generated code
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo xtask tidy
	@tests/setup codegen
	cargo xtask codegen --check
	@tests/setup deny

codegen: ## write the AWS shapes again from botocore's models
	@tests/setup codegen
	cargo xtask codegen

bench: build ## gateway and issuer against named peers, ratios from one interleaved run
	bench/run

clean: ## remove what was built (the lab's state in .cognate stays)
	cargo clean
	rm -rf web/dashboard/dist web/dashboard/node_modules tests/*/node_modules .venv .venv-cli tests/.work bench/.work
