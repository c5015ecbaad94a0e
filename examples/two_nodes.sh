#!/bin/bash
# Trains on two "machines" that are both this one, to try out what a cluster does: each has an agent of torchrun, the
# agents find each other, and each starts its workers. Kill a worker, or one of the agents' processes, and see the run
# go on from its last snapshot.
#
#     examples/two_nodes.sh solvers/lenet.prototxt [more flags of netdef train]
#
# WORKERS is the number of workers on each "machine", PORT where the agents meet.
set -eu

solver=$1
shift
workers=${WORKERS:-1}
port=${PORT:-29511}

node() {
    torchrun --nnodes 2 --nproc-per-node "$workers" --max-restarts 3 \
        --rdzv-backend c10d --rdzv-id "netdef-$port" --rdzv-endpoint "localhost:$port" \
        -m netdef train --solver "$solver" --snapshot latest "$@"
}

node "$@" &
other=$!
node "$@"
wait "$other"
