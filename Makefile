# gorod: `make help` lists the targets.
GO            ?= go
VERSION       ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
PKGS           = ./...
TAGS_ALL       = components
GOLANGCI       = v2.15.0
BUF            = v1.70.0
FUZZTIME      ?= 10s
# Telegram's schema is a third of the binary, and waits for the network: without inlining it is 6 MB smaller.
SMALL          = github.com/gotd/td/tg=-l

export CGO_ENABLED ?= 0

.DEFAULT_GOAL := help
.PHONY: help build run test test-all test-trainer e2e race lint bench fuzz proto proto-check proto-release check

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

build: ## build bin/gorod: static, no cgo, version stamped
	$(GO) build -trimpath -gcflags=$(SMALL) -ldflags '-s -w -funcalign=16 -X main.version=$(VERSION)' -o bin/gorod ./cmd/gorod

run: build ## build, then run the quickstart experiment and print where its report is
	bin/gorod run experiments/quickstart.yaml

test: ## run every test that needs nothing but Go
	$(GO) test -shuffle=on $(PKGS)
	@echo "skipped: tests of real components (Ollama, GoToSocial, Slurm, Chromium, LaTeX, Python); 'make test-all' installs them and runs everything"

test-all: ## run every test under the race detector, real components included (installs what is missing)
	scripts/components
	CGO_ENABLED=1 $(GO) test -race -shuffle=on -timeout 25m -tags $(TAGS_ALL) $(PKGS)

test-trainer: ## run the trainer's own tests and linters (installs PyTorch: about 6 GB)
	$(GO) test -timeout 25m -tags trainer ./finetune/trainer

e2e: ## from a chat to a society of the model that learnt it, with real parts and faults: Slurm, PyTorch, Ollama
	scripts/components
	$(GO) test -v -timeout 35m -tags e2e -run '^TestE2E$$' ./cmd/gorod

race: ## run the tests under the race detector
	CGO_ENABLED=1 $(GO) test -race -shuffle=on $(PKGS)

lint: ## run golangci-lint with .golangci.yml
	$(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI) run --allow-parallel-runners --timeout 20m $(PKGS)

bench: build ## measure, print a table and write bench/results.json
	$(GO) run ./bench -gorod bin/gorod -out bench/results.json

fuzz: ## fuzz every parser for FUZZTIME each
	scripts/fuzz $(FUZZTIME)

proto: ## regenerate the Go code of the wire contracts
	cd plugins/proto && $(GO) run github.com/bufbuild/buf/cmd/buf@$(BUF) generate

proto-check: ## the wire contracts are well made, and plugins built for the last release still understand them
	cd plugins/proto && $(GO) run github.com/bufbuild/buf/cmd/buf@$(BUF) lint
	cd plugins/proto && $(GO) run github.com/bufbuild/buf/cmd/buf@$(BUF) breaking --against released.binpb

proto-release: proto-check ## take the wire contracts as they are for those of a release
	cd plugins/proto && $(GO) run github.com/bufbuild/buf/cmd/buf@$(BUF) build --exclude-source-info -o released.binpb

check: ## vet, format, go.mod and generated code are in order; binary builds and stays under 90 MB
	scripts/check
