# The two commands: `make run` starts everything on 127.0.0.1:50000, `make test` proves it.
PORT ?= 50000
SCRIPTS := deploy/scripts

.PHONY: build run demo test bench image clean
.DEFAULT_GOAL := build

build: ## Native AOT programs in out/bin
	@$(SCRIPTS)/build.sh

run: build ## start the root process; Ctrl-C stops it and saves
	@exec $(SCRIPTS)/run.sh $(PORT)

demo: build ## a tour on a real JavaScript project
	@$(SCRIPTS)/demo.sh

test: ## unit and integration tests; sets up what they need
	@$(SCRIPTS)/test.sh

bench: build ## measures, and writes docs/measurements.md; for one, or quickly: bench/run.sh NAME --quick
	@bench/run.sh

image: build ## the container image pv-exec
	@$(SCRIPTS)/docker-image.sh pv-exec

clean:
	rm -rf out/bin out/publish out/stamps out/test-reports
