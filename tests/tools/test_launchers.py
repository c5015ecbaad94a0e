import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"
GOLDEN = Path(__file__).parents[1] / "golden" / "upgrade"
LAUNCHERS = {path.name for path in TOOLS.iterdir() if path.is_file() and not path.suffix}


def launch(path: Path, *words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, str(path), *map(str, words)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_caffes_tools_are_there_under_their_own_names() -> None:
    assert {
        "caffe",
        "compute_image_mean",
        "convert_cifar_data",
        "convert_imageset",
        "convert_mnist_data",
        "convert_mnist_siamese_data",
        "extract_features",
        "upgrade_net_proto_binary",
        "upgrade_net_proto_text",
        "upgrade_solver_proto_text",
    } <= LAUNCHERS


@pytest.mark.parametrize("name", sorted(LAUNCHERS))
def test_each_is_there_with_the_ending_that_old_scripts_name(name: str) -> None:
    assert (TOOLS / f"{name}.bin").readlink() == Path(name)


@pytest.mark.parametrize("name", sorted(LAUNCHERS))
def test_each_is_a_program_that_python_runs(name: str) -> None:
    assert os.access(TOOLS / name, os.X_OK)
    assert (TOOLS / name).read_text().startswith("#!/usr/bin/env python3\n")


@pytest.mark.parametrize("name", sorted(LAUNCHERS - {"caffe"}))
def test_each_finds_the_checkout_around_it_from_anywhere(name: str, tmp_path: Path) -> None:
    done = launch(TOOLS / name, "--help", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: netdef ")


def test_caffe_without_a_command(tmp_path: Path) -> None:
    done = launch(TOOLS / "caffe", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("usage: caffe")


def test_a_link_to_a_launcher_works_and_hands_on_exit_codes(tmp_path: Path) -> None:
    (tmp_path / "upgrade").symlink_to(TOOLS / "upgrade_net_proto_text")
    assert launch(tmp_path / "upgrade", GOLDEN / "v1.prototxt", "out", cwd=tmp_path).returncode == 0
    assert 'type: "Convolution"' in (tmp_path / "out").read_text()
    done = launch(tmp_path / "upgrade", "nowhere", "out", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "nowhere: no such file\n")
