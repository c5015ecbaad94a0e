"""Values that only forks of Caffe give to its fields."""

from __future__ import annotations

from netdef.schema.forks import names

_ENGINE = "remove it: engine changes no number"
# Enum or field, value: fork, what to do.
_KNOWN = {
    ("Engine", "FFT"): (names.OPENCL, _ENGINE),
    ("Engine", "INTEL_SPATIAL"): (names.OPENCL, _ENGINE),
    ("Engine", "LIBDNN"): (names.OPENCL, _ENGINE),
    ("Engine", "MKL2017"): (names.INTEL, _ENGINE),
    ("Engine", "MKLDNN"): (names.INTEL, _ENGINE),
    ("Engine", "SPATIAL"): (names.OPENCL, _ENGINE),
    ("NormalizationMode", "PRE_FIXED"): (names.RFCN, "write NONE, and a loss_weight of 1 / pre_fixed_normalizer"),
    ("SolverType", "SAG"): (names.NVIDIA, "netdef has SGD, Nesterov, AdaGrad, RMSProp, AdaDelta and Adam"),
    ("device_id", "[…]"): (names.TSN, "the flag --gpu 0,1 names several GPUs"),
    ("lr_policy", "multifixed"): (names.YOLO, 'write "multistep", which multiplies base_lr by gamma at each stepvalue'),
}


def way_round_value(of: str, value: str) -> str:
    """Tell whose a value of an enum or a field is, and what to write instead; ``[…]`` is any list; else empty."""
    fork, way = _KNOWN.get((of, value), ("", ""))
    return f"{value} comes from {fork}: {way}" if fork else ""
