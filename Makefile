# The only prerequisite is Go (Docker for the image, a cluster for e2e). Every other tool
# is compiled into bin/ from the versions pinned in the go.mod files below tools.

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
export PATH := $(CURDIR)/bin:$(PATH)

ifndef VERSION
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
endif
BIN      ?= bin/generate-data-layer
IMAGE    ?= ghcr.io/bidon15/banhbaoring/generate-data-layer:$(VERSION)
FUZZTIME ?= 20s

.DEFAULT_GOAL := help
.PHONY: help run build test golden generate lint vulncheck fuzz bench image image-offline e2e

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s  %s\n", $$1, $$2}' Makefile

run: build bin/kustomize ## Render the minimal example through kustomize and print the manifests
	@kustomize build --enable-alpha-plugins --enable-exec examples/minimal/kustomize

build: ## Compile the static binary into bin/
	@CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o $(BIN) .

test: build bin/kustomize ## Run every test; what needs absent servers or kpt skips, or fails when CI=true
	go test ./...
	go test -C e2e ./report

golden: build bin/kustomize ## Rewrite the expected outputs of the tests; read the diff afterwards
	UPDATE_GOLDEN=1 go test -count=1 -run TestGolden ./cli/...

generate: bin/controller-gen ## Regenerate the CRD and the JSON schema
	go generate ./...

# docs/security.md says why.
ANSWERED = container-security-context-user-group-id,container-image-pull-policy,networkpolicy-targets-pod

lint: bin/golangci-lint bin/kube-score bin/actionlint ## Run golangci-lint, kube-score on the examples, actionlint, and shellcheck on every script
	golangci-lint run
	actionlint .github/workflows/*.yaml examples/config-sync/workflows/*.yaml
	kube-score score --output-format ci --ignore-test $(ANSWERED) examples/*/expected.yaml | { ! grep -Ev '^\[(OK|SKIPPED)\]'; }
	cd e2e && golangci-lint run
	cd tools/cert-manager && golangci-lint run
	@if command -v shellcheck >/dev/null; then \
	  shellcheck .ci/*; \
	  find builders/files e2e/testdata -name '*.sh' -exec shellcheck -s sh {} +; \
	elif [ "$${CI:-}" = true ]; then \
	  echo "lint: shellcheck is missing" >&2; exit 1; \
	else \
	  echo "lint: shellcheck is not installed: scripts skipped"; \
	fi

# The database is a module as well, so that no other host is asked. It knows what was
# found by its version in tools/vulncheck/go.mod; the one on the web, all that is known now.
# The toolchain is that of go.mod, which releases are built with.
vulncheck: bin/govulncheck bin/indexdb ## Look for known vulnerabilities in what the function is made of
	@database=$$(mktemp -d); trap 'rm -r "$$database"' EXIT; \
	indexdb -out "$$database" -vulns "$$(go list -C tools/vulncheck -m -f '{{.Dir}}' golang.org/x/vulndb)/data/osv"; \
	GOTOOLCHAIN=auto govulncheck -db "file://$$database" ./...

# At the end of its time Go may fail a target that found nothing (go.dev/issue/75804, mended
# in Go 1.27). It says no more than that then, where a finding says what it is.
fuzz: ## Run each fuzz target for FUZZTIME (20s)
	@log=$$(mktemp); trap 'rm "$$log"' EXIT; \
	for package in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
	    echo "$$package $$target"; \
	    go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$package 2>&1 | tee "$$log" || \
	      [ "$$(grep -A 1 '^--- FAIL' "$$log" | tail -n 1)" = "    context deadline exceeded" ]; \
	  done; \
	done

bench: ## Run the benchmarks
	go test -run '^$$' -bench . -benchmem ./...

BASE_IMAGES  = $(shell sed -n 's/^ARG [A-Z]*_IMAGE=//p' Dockerfile)
DOCKER_BUILD = docker build --build-arg VERSION=$(VERSION) -t $(IMAGE)

image: ## Build the container image IMAGE; where a base image cannot be had, as image-offline does
	@if $(foreach base,$(BASE_IMAGES),{ docker image inspect $(base) &>/dev/null || docker pull -q $(base); } &&) true; then \
	  $(DOCKER_BUILD) .; \
	else \
	  echo "image: no base images, building around a local binary" >&2; \
	  $(MAKE) --no-print-directory image-offline; \
	fi

image-offline: export GOOS = linux
image-offline: build ## Build the same image around a locally built binary, without a registry
	$(DOCKER_BUILD) --target prebuilt --build-arg RUNTIME_IMAGE=static .

# By the report a run without one of the tests, as one with -run, leaves the page alone.
e2e: ## Test on the cluster that KUBECONFIG points to, and write docs/promises.md
	@test -n "$${KUBECONFIG:-}" || { echo "e2e: set KUBECONFIG to a cluster you can afford to lose" >&2; exit 1; }
	cd e2e && go test -json -count=1 -parallel=4 -timeout=45m . | go run ./report . ../docs/promises.md

bin/kustomize: tools/go.mod
	@go build -C tools -o ../$@ sigs.k8s.io/kustomize/kustomize/v5

bin/controller-gen: tools/go.mod
	@go build -C tools -o ../$@ sigs.k8s.io/controller-tools/cmd/controller-gen

bin/golangci-lint: tools/lint/go.mod
	@go build -C tools/lint -o ../../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

bin/actionlint: tools/checks/go.mod
	@go build -C tools/checks -o ../../$@ github.com/rhysd/actionlint/cmd/actionlint

bin/kube-score: tools/checks/go.mod
	@go build -C tools/checks -o ../../$@ github.com/zegl/kube-score/cmd/kube-score

bin/govulncheck: tools/vulncheck/go.mod
	@go build -C tools/vulncheck -o ../../$@ golang.org/x/vuln/cmd/govulncheck

bin/indexdb: tools/vulncheck/go.mod
	@go build -C tools/vulncheck -o ../../$@ golang.org/x/vulndb/cmd/indexdb

# Compiled for minutes, and only for the tests of backups: those skip where it is absent.
bin/rclone: tools/rclone/go.mod
	@CGO_ENABLED=0 go build -C tools/rclone -trimpath -ldflags "-s -w" -o ../../$@ github.com/rclone/rclone
