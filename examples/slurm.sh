#!/bin/bash
# Trains on the GPUs of several machines under Slurm:
#
#     sbatch examples/slurm.sh solvers/alexnet.prototxt [more flags of netdef train]
#
# The solver should give global_batch, so that the run may go on with another number of machines, and its
# snapshot_prefix must lie on a disk that all machines see, as must the databases. Before the time is up Slurm sends
# SIGTERM; the workers then agree on an iteration, save a snapshot and end, and the job, put into the queue again, goes
# on from there.
#SBATCH --job-name=netdef
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=4
#SBATCH --cpus-per-task=32
#SBATCH --time=24:00:00
#SBATCH --signal=TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append
set -eu

solver=$1
shift
head=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
# A port of the job's own: two jobs on one machine must not meet.
port=$((20000 + SLURM_JOB_ID % 10000))

exec srun torchrun \
    --nnodes "$SLURM_JOB_NUM_NODES" --nproc-per-node "${SLURM_GPUS_ON_NODE:-1}" --max-restarts 3 \
    --rdzv-backend c10d --rdzv-id "$SLURM_JOB_ID" --rdzv-endpoint "$head:$port" \
    -m netdef train --solver "$solver" --snapshot latest "$@"
