# Everything a person or CI calls. The two that a newcomer needs: make run, make test.

GO       ?= go
# Waiting for tools that hang is most of what some tests do: more of them at a
# time than there are processors. Children that the race detector built would
# each sleep a second before they end.
TESTFLAGS ?= -race -parallel 8 -timeout 15m
export GORACE = atexit_sleep_ms=0

VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS   = -s -w -X main.version=$(VERSION)

.PHONY: run test check lint fmt vet cross bench bench-agent soak fuzz modelcheck chaos realmac tools clean go-version

run: go-version ## a server, three simulated Macs and the agent on each of them
	$(GO) run ./cmd/demo

test: go-version ## every test
	@scripts/need gcc gcc # the race detector is linked with it
	$(GO) test $(TESTFLAGS) ./...
	cd internal/macsim/modelcheck && $(GO) test -count=1 # every order of events, without the race detector: it would find nothing
	cd health/proof && $(GO) test -count=1 # every forecast of some thousand states, likewise
	cd internal/chaos && CGO_ENABLED=0 $(GO) test -count=1 # 300 schedules of faults; beside the race detector 60 are run

check: vet lint test cross ## what must pass before a commit

vet:
	$(GO) vet ./...
	$(GO) vet -tags faults ./...
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 $(GO) vet ./...

lint:
	$(GO) tool -modfile=tools/go.mod golangci-lint run ./...

fmt:
	$(GO) tool -modfile=tools/go.mod golangci-lint fmt ./...

cross: ## the agent for both kinds of Mac, without cgo
	mkdir -p bin
	for arch in arm64 amd64; do \
	  GOOS=darwin GOARCH=$$arch CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/tokenward-darwin-$$arch ./cmd/tokenward || exit 1; \
	  GOOS=darwin GOARCH=$$arch CGO_ENABLED=0 $(GO) build -trimpath -o bin/realmac-darwin-$$arch ./cmd/realmac || exit 1; \
	done
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/tokenward-server ./cmd/macsim
	ls -l bin

bench: go-version ## our figures beside a floor measured in the same run
	$(GO) test -run '^$$' -bench . -benchmem ./...

bench-agent: go-version ## what the agent costs, beside a bare daemon and node_exporter: on Linux, five minutes
	mkdir -p bin
	$(GO) run ./cmd/footprint --json bin/footprint.json

soak: go-version ## a day of checks in compressed time, in which nothing may grow
	CGO_ENABLED=0 $(GO) test -count=1 -timeout 30m -run 'TestSoak$$' -v ./agent -soak-checks $${SOAK_CHECKS:-2880}

fuzz: ## every fuzz target for a while: FUZZTIME=60s make fuzz
	scripts/fuzz

modelcheck: ## the simulated Mac's rules over millions of states, and over rules that are wrong; forecasts over many
	cd internal/macsim/modelcheck && $(GO) test -count=1 -timeout 60m -args -states $${STATES:-2000000}
	cd health/proof && $(GO) test -count=1 -timeout 60m -args -states $${FORECAST_STATES:-60000}
	scripts/mutants
	cd health/proof && $(GO) test -count=1 -timeout 60m -run TestPlansReach -args -plan-states $${PLAN_STATES:-60000}

chaos: ## 10,000 schedules of faults in simulated time, and 200 random kills of a running fleet
	CGO_ENABLED=0 $(GO) test -count=1 -timeout 120m -run TestSchedules ./internal/chaos -args -schedules $${SCHEDULES:-10000} -first $${SEED:-1}
	$(GO) test -count=1 -timeout 30m -run TestChaos -v ./cmd/demo -kills 200 -seed $${SEED:-1}

realmac: go-version ## on a Mac: asks it what the simulated Mac claims, changes nothing, writes bin/realmac.json
	mkdir -p bin
	$(GO) build -trimpath -o bin/realmac ./cmd/realmac
	@echo "Several of Apple's tools tell the whole truth to root alone: sudo may ask for your password."
	sudo bin/realmac --json bin/realmac.json || [ $$? = 3 ] # 3: something differs, which is what it is for

clean:
	rm -rf bin dist

go-version:
	@command -v $(GO) >/dev/null || { echo "Go is not installed: Tokenward needs Go 1.26 or later, see https://go.dev/doc/install" >&2; exit 1; }
