# Everything a developer or a user of this repository does; `make` lists it.
.DEFAULT_GOAL := help
.PHONY: help up down status logs demo chaos build lint format test bench chart docs synth e2e image clean

export CDK8S_CHECK_UPGRADE := false
NODE := node
LOCAL := $(NODE) build/cdk8s/local/main.js
JEST := $(NODE) --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js

help: ## this list
	@echo "Moorline: highly available Redis that loses nothing it acknowledged, with a queue, an event bus, live results and tasks"
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

up: build ## start everything on this machine: Redis x3, Sentinel x3, gateway, worker
	@$(LOCAL) up

down: build ## stop it all; the data stays in .moorline/data (DATA=delete removes it)
	@$(LOCAL) down $(if $(filter delete,$(DATA)),--delete-data)

status: build ## what runs, where, and who is primary
	@$(LOCAL) status

logs: build ## the end of every log; NAME=redis-0 for one of them
	@$(LOCAL) logs $(NAME)

demo: build ## hash every file under node_modules through the queue and compare with sha256sum
	@$(NODE) build/examples/checksum/demo.js

chaos: build ## break a stack of its own on purpose and prove that nothing is lost; ARGS=--help for what there is to choose
	@$(NODE) build/lab/main.js $(ARGS)

build: node_modules/.installed ## compile
	@npm run --silent build

lint: build ## types, ESLint with the layers, formatting, shell scripts
	@npx --no-install eslint --max-warnings 0 .
	@npx --no-install prettier --check --log-level warn .
	@scripts/need shellcheck
	@shellcheck -x -s sh cdk8s/scripts/*.sh scripts/need

format: node_modules/.installed ## write the formatting
	@npx --no-install prettier --write --log-level warn .

test: lint ## install what is missing, lint, build, and run all tests but those on a cluster
	@scripts/need redis-server
	@scripts/need python3
	@scripts/need curl
	@scripts/need chromium
	@HELM="$$(scripts/need helm)" $(JEST) $(TESTS)

bench: build ## measure against BullMQ on this machine; ARGS=--help for what there is to choose
	@scripts/need redis-server
	@$(NODE) build/bench/main.js $(ARGS)

chart: build ## write charts/moorline from the definitions in cdk8s/
	@$(NODE) build/cdk8s/write-chart.js

docs: build ## write the pages that are made of the code: docs/errors.md
	@$(NODE) build/scripts/write-docs.js

synth: build ## plain manifests to dist/: make synth VALUES=file RELEASE=name NAMESPACE=ns
	@npx --no-install cdk8s synth --check-upgrade=false

e2e: build ## install on the current kube context (a disposable cluster), break it and count; SCENARIO=name, TESTS=path or ARGS=--help to choose
	@$(if $(or $(SCENARIO),$(ARGS)),,HELM="$$(scripts/need helm)" $(JEST) --config jest.e2e.config.js --runInBand $(TESTS))
	@$(if $(TESTS),,HELM="$$(scripts/need helm)" $(NODE) build/test/cluster/main.js $(SCENARIO) $(ARGS))

image: ## build the container image with docker
	docker build -t $${IMAGE:-moorline/moorline:dev} .

clean: ## remove what was built
	rm -rf build dist

node_modules/.installed: package.json package-lock.json
	@$(NODE) -e 'const [a,b]=process.versions.node.split(".").map(Number); if (a<20||(a===20&&b<19)) { console.error("Node "+process.versions.node+" is too old: 20.19 or newer is needed"); process.exit(1) }'
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@
