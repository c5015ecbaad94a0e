"""Values that only forks of Caffe give to its fields."""

from __future__ import annotations

from netdef.schema.forks import names

_ENGINE = "remove it: engine changes no number"
# Enum, value: fork, what to do.
_KNOWN = {
    ("Engine", "FFT"): (names.OPENCL, _ENGINE),
    ("Engine", "INTEL_SPATIAL"): (names.OPENCL, _ENGINE),
    ("Engine", "LIBDNN"): (names.OPENCL, _ENGINE),
    ("Engine", "MKL2017"): (names.INTEL, _ENGINE),
    ("Engine", "MKLDNN"): (names.INTEL, _ENGINE),
    ("NormalizationMode", "PRE_FIXED"): (names.RFCN, "write NONE, and a loss_weight of 1 / pre_fixed_normalizer"),
    ("SolverType", "SAG"): (names.NVIDIA, "netdef has SGD, Nesterov, AdaGrad, RMSProp, AdaDelta and Adam"),
    ("lr_policy", "multifixed"): (names.YOLO, 'write "multistep", which multiplies base_lr by gamma at each stepvalue'),
}


def way_round_value(of: str, value: str) -> str:
    """Tell whose a value of an enum, or of a field of names, is, and what to write instead; empty for any other."""
    fork, way = _KNOWN.get((of, value), ("", ""))
    return f"{value} comes from {fork}: {way}" if fork else ""
