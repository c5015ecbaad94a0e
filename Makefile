# Everything that a fresh clone needs: make demo, make test.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PROTOC := grpcio-tools==1.75.1 # its code runs with protobuf 6.31 and later; a newer one's does not
PROTOS := netdef/schema/netdef.proto netdef/schema/weights.proto

.PHONY: demo test bench fix docs proto clean

demo: $(VENV)/installed ## trains LeNet on real digits and shows what it learned
	$(BIN)/netdef demo

test: $(VENV)/installed-test ## formatting, lint, types, and the whole test suite
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto

bench: $(VENV)/installed ## compares speeds with plain PyTorch and other engines; a table in runs/bench
	$(BIN)/python -m benchmarks.speed

fix: $(VENV)/installed-test ## formats, and mends what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/installed-test ## writes the pages that are made from the schema and the layers
	$(BIN)/python docs/generate.py

proto: ## makes the message classes anew from the .proto files
	$(PYTHON) -m venv $(VENV)/proto
	$(VENV)/proto/bin/pip install --quiet $(PROTOC)
	$(VENV)/proto/bin/python -m grpc_tools.protoc -I . --python_out=. --pyi_out=. $(PROTOS)

clean: ## removes the environment; data and runs are yours to remove
	rm -rf $(VENV)

KERNELS := $(wildcard netdef/kernels/source/*)

$(VENV)/installed: setup.cfg setup.py constraints.txt $(KERNELS)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet -c constraints.txt -e '.[hdf5,plot,leveldb,safetensors]'
	touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(BIN)/pip install --quiet -c constraints.txt -e '.[hdf5,plot,leveldb,safetensors,test]'
	touch $@
