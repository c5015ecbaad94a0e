"""Trainings of nets that have layers split over the workers, beside those of ``runs``."""

from __future__ import annotations

from pathlib import Path

from tests.parallel.runs import NORMALIZED, RECORDS, TIE, net, words, write_files, write_net

FEW = 12  # iterations
GROUP = 'layer_group { name: "split" over_workers: true }'


def divisible(text: str) -> str:
    """Give the layers of a net numbers of channels that four workers can share out."""
    for before, after in ((5, 8), (9, 12), (RECORDS, 40), (1, 4)):
        text = text.replace(f"num_output: {before} ", f"num_output: {after} ")
    return text


def in_group(text: str, *names: str) -> str:
    """Put layers of a net into the group."""
    for name in names:
        text = text.replace(f'name: "{name}" type', f'name: "{name}" in_group: "split" type')
    return GROUP + text


# The loss is in the group, and whole; "beside" is not in it, and reads what is split.
SPLIT = in_group(divisible(net()), "ip1", "ip2", "loss")
TWINS = net(middle=TIE.format("tied", "ip1") + TIE.format("twin", "tied"), last="twin")
EVERY = in_group(divisible(TWINS), "conv", "ip1", "tied", "twin", "ip2", "beside")

BEHIND = in_group(divisible(NORMALIZED), "ip1", "ip2")  # BatchNorm below


def write_all(folder: Path) -> None:
    """Write databases, nets and solvers, these and those of ``runs``."""
    write_files(folder)
    write_net(folder, "split", SPLIT)
    write_net(folder, "every", EVERY)
    write_net(folder, "behind", BEHIND)


def trainings() -> list[list[str]]:
    """Return the flags of some trainings, the last one with weights that the first one saves."""
    adam: dict[str, object] = {"type": '"Adam"', "momentum2": 0.99, "base_lr": 0.002}
    return [
        words("split", "split"),
        words("every", "every", max_iter=FEW, iter_size=2, **adam),
        words("behind", "behind", max_iter=FEW, sync_batch_norm="true"),
        words("split", "finetuned", "--weights", "split/net_iter_20.caffemodel", max_iter=FEW),
    ]


def trainings_of_four() -> list[list[str]]:
    """Return the flags of two trainings, the second one of which goes on where two workers were."""
    return [words("split", "split_by_four"), words("split", "resumed_split", "--snapshot", "latest")]
