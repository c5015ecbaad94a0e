"""What ``netdef check`` says: each family of mistakes by its words, and the contract of its exit codes and JSON."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

Run = Any
HEAVY = {"torch", "numpy", "cv2", "lmdb", "h5py", "rich"}
INPUT = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 7 dim: 5 } } }\n'
CONVOLUTION = 'layer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param { OPTIONS } }\n'
SOLVER = 'net: "net.prototxt"\nbase_lr: 0.1\nlr_policy: "fixed"\nmax_iter: 5\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def convolution(options: str) -> str:
    return INPUT + CONVOLUTION.replace("OPTIONS", options)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param('layer {\n  name: "x\n}\n', "net:2:9: ", id="syntax"),
        pytest.param(
            convolution("num_outptu: 4 kernel_size: 3"),
            'net:2:80: layer "c" (Convolution): unknown field "num_outptu" in convolution_param\n'
            '    did you mean "num_output"?\n',
            id="unknown field",
        ),
        pytest.param(
            convolution('num_output: "4" kernel_size: 3'),
            'net:2:80: layer "c" (Convolution): convolution_param.num_output is "4", must be a whole number',
            id="wrong type",
        ),
        pytest.param(
            convolution("num_output: 4 num_output: 5 kernel_size: 3"), "net:2:94: ", id="a single field given twice"
        ),
        pytest.param(
            convolution("num_output: 4 kernel_size: 9"),
            'layer "c" (Convolution): ',
            id="impossible shape",
        ),
        pytest.param(
            convolution("num_output: 4 kernel_size: 3").replace("Convolution", "Convolutoin"),
            'net:2:19: layer "c" (Convolutoin): unknown layer type "Convolutoin"\n    did you mean "Convolution"?\n',
            id="unknown type",
        ),
        pytest.param(
            INPUT + 'layer { name: "r" type: "ReLU" bottom: "xx" top: "r" }',
            'net:2:32: layer "r" (ReLU): bottom "xx" is made by no layer before it\n    did you mean "x"?\n',
            id="missing blob",
        ),
        pytest.param(
            INPUT
            + 'layer { name: "a" type: "ReLU" bottom: "b" top: "a" }\n'
            + 'layer { name: "b" type: "ReLU" bottom: "a" top: "b" }',
            'layer "b" (line 3) makes it later: layers run in file order, and a net has no cycles\n',
            id="cycle",
        ),
        pytest.param(
            INPUT + 'layer { name: "p" type: "ReLU" bottom: "x" top: "x2" }\n'
            'layer { name: "q" type: "ReLU" bottom: "x" top: "x2" }',
            'top "x2" is made already by layer "p" (line 2)',
            id="top made twice",
        ),
        pytest.param(
            INPUT + 'layer { name: "r" type: "ReLU" bottom: "x" bottom: "x" top: "r" }',
            'layer "r" (ReLU): has 2 bottoms (x, x), takes exactly 1',
            id="wrong number of bottoms",
        ),
        pytest.param("", "net:1:1: the net has no layers\n", id="nothing"),
        pytest.param(
            'layer { name: "a" type: "Split" }\nlayers { name: "b" type: SPLIT }',
            "net:2:1: the net has 1 `layer` and 1 `layers`, must have one form only",
            id="two forms",
        ),
    ],
)
def test_a_mistake_is_placed_and_explained(run: Run, here: Path, text: str, said: str) -> None:
    (here / "net").write_text(text)
    done = run("check", "net")
    assert done.code == 1
    assert said in done.out


def test_a_sound_net_has_no_problems(run: Run, here: Path) -> None:
    (here / "net").write_text(convolution("num_output: 4 kernel_size: 3"))
    assert run("check", "net") == (0, "", "net: no problems\n")


def test_all_mistakes_come_in_one_run_and_in_file_order(run: Run, here: Path) -> None:
    text = INPUT + CONVOLUTION.replace("OPTIONS", "num_output: x kernel_size: 3")
    text += 'layer { name: "n" type: "LRN" bottom: "x" top: "n" lrn_param { local_size: 4 } }\n'
    text += 'layer { name: "i" type: "InnerProduct" bottom: "nn" top: "i" bottm: "x" }\n'
    (here / "net").write_text(text)
    done = run("check", "net")
    places = [line.split(": ")[0] for line in done.out.splitlines() if line.startswith("net:")]
    assert places == ["net:2:80", "net:3:64", "net:4:1", "net:4:40", "net:4:62"]
    assert done.err == "net: 5 errors, 0 warnings\n"


def test_a_solver_is_checked_with_its_net(run: Run, here: Path) -> None:
    (here / "net.prototxt").write_text("\n" * 9 + convolution("num_output: 4"))
    (here / "solver").write_text(SOLVER.replace('"fixed"', '"stepp"') + 'momentum: "x"\ntest_iter: 3\n')
    done = run("check", "solver")
    heads = [line for line in done.out.splitlines() if not line.startswith(" ")]
    assert heads[0] == 'solver:3:1: lr_policy is "stepp", which is unknown'
    assert heads[1] == 'solver:5:1: momentum is "x", must be a number'
    assert heads[2].startswith("solver:6:1: test_interval is not set")
    assert heads[3].startswith('net.prototxt:11:60: layer "c" (Convolution): ')
    assert done.code == 1


def test_a_solver_whose_net_cannot_be_read_still_has_its_own_mistakes(run: Run, here: Path) -> None:
    (here / "net.prototxt").write_bytes(b"\0\1\2")
    (here / "solver").write_text(SOLVER + "bse_lr: 2\n")
    out = run("check", "solver").out
    assert 'solver:5:1: unknown field "bse_lr"' in out
    assert "net.prototxt is a binary file" in out


def test_a_solver_whose_net_is_not_there(run: Run, here: Path) -> None:
    (here / "solver").write_text(SOLVER)
    assert run("check", "solver").out == "solver:1:1: net net.prototxt is not there\n    looked in .\n"


def test_a_net_beside_its_solver_is_found(run: Run, here: Path) -> None:
    (here / "below").mkdir()
    (here / "below" / "net.prototxt").write_text(convolution("kernel_size: 3"))
    (here / "below" / "solver").write_text(SOLVER)
    assert "below/net.prototxt:2:60: " in run("check", "below/solver").out


def test_a_net_inside_a_solver_is_placed_there(run: Run, here: Path) -> None:
    net = 'net_param {\n  layer { name: "r" type: "ReLU" bottom: "b" top: "r" }\n}\n'
    (here / "solver").write_text(SOLVER.replace('net: "net.prototxt"\n', net))
    assert 'solver:2:34: layer "r" (ReLU): bottom "b" is made by no layer' in run("check", "solver").out


def test_a_missing_database_is_a_warning(run: Run, here: Path) -> None:
    text = 'layer { name: "d" type: "Data" top: "d" data_param { source: "none_lmdb" backend: LMDB batch_size: 2 } }'
    (here / "net").write_text(text)
    out = 'net:1:54: warning: layer "d" (Data): none_lmdb is not there; training will need it\n'
    assert run("check", "net") == (0, out, "net: 0 errors, 1 warning\n")


def test_an_old_form_is_a_warning(run: Run, here: Path) -> None:
    (here / "net").write_text('layers { name: "d" type: DUMMY }'.replace("DUMMY", "SILENCE") + "\n")
    assert "warning: old forms read as today's: `layers`; `netdef upgrade` rewrites the file" in run("check", "net").out


def test_problems_of_several_phases_are_told_once(run: Run, here: Path) -> None:
    (here / "net").write_text(
        'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 } } }\n'
        'layer { name: "r" type: "ReLU" bottom: "y" top: "r" }\n'
        'layer { name: "s" type: "ReLU" bottom: "x" top: "s" include { phase: TEST stage: "deploy" } }\n'
    )
    assert run("check", "net").out.count("made by no layer") == 1


def test_json_has_an_object_for_each_problem(run: Run, here: Path) -> None:
    (here / "net").write_text(convolution("num_outptu: 4 kernel_size: 3"))
    done = run("check", "--json", "net", "nowhere")
    assert (done.code, done.err) == (1, "")
    assert json.loads(done.out) == [
        {
            "file": "net",
            "line": 2,
            "column": 80,
            "severity": "error",
            "message": 'layer "c" (Convolution): unknown field "num_outptu" in convolution_param',
            "hint": 'did you mean "num_output"?',
        },
        {
            "file": "nowhere",
            "line": None,
            "column": None,
            "severity": "error",
            "message": "nowhere: no such file",
            "hint": "",
        },
    ]


BLOCKS = """\
block {
  name: "conv"
  argument: ["name", "bottom", "width"]
  layer {
    name: "${name}"
    type: "Convolution"
    bottom: "${bottom}"
    top: "${name}"
    convolution_param { num_output: ${width} kernal_size: 3 }
  }
}
"""
USES = f"""\
include: "blocks"
{INPUT}
use {{ block: "conv" name: "c0" bottom: "x" width: 4 }}
repeat {{ index: "i" times: 5 use {{ block: "conv" name: "c${{i}}" bottom: "c${{i-1}}" width: 4 }} }}
"""


def test_a_mistake_in_a_block_is_told_once_and_leads_to_its_use(run: Run, here: Path) -> None:
    (here / "blocks").write_text(BLOCKS)
    (here / "net").write_text(USES)
    assert run("check", "net").out == (
        'blocks:9:46 (used at net:4:1): layer "c0" (Convolution): unknown field "kernal_size" in convolution_param\n'
        "    and 5 more like it, from other uses of this line\n"
        '    did you mean "kernel_size"?\n'
    )
    (found,) = json.loads(run("check", "--json", "net").out)
    assert (found["file"], found["line"]) == ("blocks", 9)
    assert found["message"].splitlines()[1] == "used at net:4:1"


def test_a_wrong_shape_leads_to_the_very_use(run: Run, here: Path) -> None:
    (here / "blocks").write_text(BLOCKS.replace("kernal_size", "kernel_size"))
    (here / "net").write_text(USES)
    (found,) = [line for line in run("check", "net").out.splitlines() if line.startswith("blocks")]
    assert found.startswith('blocks:9:46 (used at net:5:30): layer "c2" (Convolution): kernel of 3')


def test_nothing_is_said_of_layers_that_are_missing_since_a_use_is_wrong(run: Run, here: Path) -> None:
    (here / "blocks").write_text(BLOCKS.replace("kernal_size: 3", "kernel_size: 1"))
    (here / "net").write_text(USES.replace('name: "c0"', 'nam: "c0"'))
    assert run("check", "net").out == (
        'net:4:1: block "conv" needs name\n    add name: …\n'
        'net:4:21: block "conv" has no argument "nam"\n    did you mean "name"?\n'
    )


def test_a_file_of_blocks_needs_no_layers(run: Run, here: Path) -> None:
    (here / "blocks").write_text(BLOCKS)
    assert run("check", "blocks") == (0, "", "blocks: no problems\n")
    (here / "blocks").write_text(BLOCKS.replace("${width}", "${widht}"))
    assert 'blocks:9:37: nothing here is called "widht"' in run("check", "blocks").out


def test_json_of_a_sound_net_is_empty(run: Run, here: Path) -> None:
    (here / "net").write_text(INPUT)
    assert run("check", "--json", "net") == (0, "[]\n", "")


def hundred_layers() -> str:
    layers = [INPUT]
    for number in range(50):
        bottom = f"c{number - 1}" if number else "x"
        layers.append(
            f'layer {{\n  name: "c{number}"\n  type: "Convolution"\n  bottom: "{bottom}"\n  top: "c{number}"\n'
            "  param { lr_mult: 1 decay_mult: 1 }\n  param { lr_mult: 2 decay_mult: 0 }\n"
            '  convolution_param { num_output: 8 kernel_size: 3 pad: 1 weight_filler { type: "xavier" } }\n}\n'
        )
        layers.append(f'layer {{ name: "r{number}" type: "ReLU" bottom: "c{number}" top: "c{number}" }}\n')
    return "".join(layers)


def seconds_of(*words: str, compiled: Path) -> float:
    """Return the CPU time of a process that runs ``netdef``, whose modules are compiled already in a second run."""
    environment = os.environ | {"PYTHONPYCACHEPREFIX": str(compiled)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-m", "netdef", *words], cwd=root, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_a_hundred_layers_take_less_than_a_third_of_a_second(here: Path) -> None:
    net = here / "net"
    net.write_text(hundred_layers())
    times = [seconds_of("check", str(net), compiled=here / "compiled") for _ in range(4)]
    assert min(times) < 0.3


def test_nothing_heavy_is_imported(here: Path) -> None:
    (here / "net.prototxt").write_text(hundred_layers())
    (here / "solver").write_text(SOLVER)
    program = "import sys; from netdef.cli.main import main; main(sys.argv[1:]); print(*sys.modules)"
    words = [sys.executable, "-c", program, "check", str(here / "net.prototxt"), str(here / "solver")]
    done = subprocess.run(words, cwd=Path(__file__).parents[2], check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert "netdef.graph.build" in loaded
    assert not loaded & HEAVY
