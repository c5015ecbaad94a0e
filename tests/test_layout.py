"""The house keeps its order: what imports what, how long files and functions are, where tests stand."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from pathlib import Path
from statistics import median

import pytest

from tests.house import (
    HANDMADE,
    HOUSE,
    MODULES,
    ROOT,
    Source,
    at_import,
    files,
    functions,
    imported,
    lines_of_code,
    room_of,
    sources,
)

# A file imports only from rooms above its own, or from its own. Rooms that are not built yet keep their place.
# ``netdef`` is the front door: __init__.py and __main__.py.
ROOMS = (
    *("errors", "suggest", "memory", "kernels", "prototxt", "schema", "blob", "fillers", "layers", "graph"),
    *("devices", "module", "repetition", "net", "weights", "data", "model", "loading", "solver", "session"),
    *("parallel", "draw", "inspect", "pycaffe", "cli", "netdef"),
)
FIRST_WITH_TENSORS = "devices"
HEAVY = ("torch", "numpy", "cv2")
LIGHT_ROOMS = (*ROOMS[: ROOMS.index(FIRST_WITH_TENSORS)], "model", "draw")
OF_TENSORS = "netdef.layers.functions"  # as heavy as torch: layers import it when their forward functions run

LONGEST_FILE, MEDIAN_FILE = 300, 100
LONGEST_FUNCTION, MEDIAN_FUNCTION = 50, 10
NEEDS_A_TEST = 20  # lines of code

# Test files that stand for no single source file: they judge the work of many.
OF_MANY_SOURCES = {
    "tests/test_golden.py",
    "tests/test_layout.py",
    "tests/test_models.py",
    "tests/test_networks.py",
    "tests/test_micro_batches.py",
    "tests/test_photographs.py",
    "tests/test_placed_training.py",
    "tests/test_placement.py",
    "tests/test_placement_copies.py",
    "tests/test_placement_types.py",
    "tests/test_resumed_runs.py",
    "tests/test_towers.py",
    "tests/test_transformed.py",
    "tests/layers/test_tracing.py",
    "tests/pycaffe/test_golden_nets.py",
    "tests/pycaffe/test_scripts.py",
    "tests/repetition/test_layer_types.py",
    "tests/schema/test_proto.py",
    "tests/schema/bind/test_text_format.py",
    "tests/solver/rules/test_golden.py",
}
OF_OTHER_FOLDERS = ("tests/benchmarks/", "tests/docs/", "tests/examples/", "tests/tools/")
# Source files whose tests stand elsewhere, and where. This list may only shrink.
TESTED_ELSEWHERE = {
    "netdef/data/database_writer.py": "tests/data/test_lmdb_writer.py",
    "netdef/draw/panels.py": "tests/draw/test_curves.py",
    "netdef/graph/graph.py": "tests/graph/test_build.py",
    "netdef/prototxt/expand/forms.py": "tests/prototxt/expand/test_reading.py",
    "netdef/solver/rules/base.py": "tests/solver/rules/test_updater.py",
    "netdef/solver/rules/group.py": "tests/solver/rules/test_updater.py",
}

TEXTS = {".py", ".pyi", ".c", ".h", ".proto", ".prototxt", ".md", ".txt", ".toml", ".cfg", ".sh", ".json", ".svg", ""}
# Brackets keep this file from holding the words itself.
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.])/(work|root|home|Users)/"),
    "a package registry's host": re.compile(r"\b(pypi\.[o]rg|python[h]osted|download\.[p]ytorch|index[-_][u]rl)"),
    "unfinished work": re.compile(r"\b(TO[D]O|FIX[M]E|X[X]X)\b"),
}


def refuse(found: Iterable[str], rule: str) -> None:
    """Fail, and list all that breaks a rule, if anything does."""
    lines = sorted(found)
    if lines:
        pytest.fail("\n  ".join([f"{rule}, but:", *lines]), pytrace=False)


def test_every_file_stands_in_a_room() -> None:
    assert len(HOUSE) > 100
    refuse((source.path for source in HOUSE if source.room not in ROOMS), "every room has its place in ROOMS")


def test_imports_go_up_only() -> None:
    down = (
        f"{source.path} imports {module}"
        for source in HOUSE
        for module in imported(source.tree)
        if module.split(".")[0] == "netdef" and ROOMS.index(room_of(module)) > ROOMS.index(source.room)
    )
    refuse(down, "a file imports only from rooms above its own")


def test_no_module_imports_itself_by_way_of_others() -> None:
    edges = {source.module: imported(source.tree) & MODULES.keys() - {source.module} for source in HOUSE}
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        pytest.fail(f"import cycle: {' ← '.join(error.args[1])}", pytrace=False)


def test_light_rooms_load_no_heavy_library_when_imported() -> None:
    heavy = (
        f"{source.path}:{statement.lineno} imports {module}"
        for source in HOUSE
        if source.room in LIGHT_ROOMS and not source.module.startswith(OF_TENSORS)
        for statement in at_import(source.tree.body)
        for module in imported(statement)
        if module.split(".")[0] in HEAVY or module.startswith(OF_TENSORS)
    )
    refuse(heavy, f"{', '.join(HEAVY)} are imported where they are used")


# Runs them, rather than only importing them: what a function imports when it is called counts too.
@pytest.mark.parametrize(
    "run",
    [
        "import netdef, netdef.data.peek, netdef.graph.build",
        "main(['check', 'models/alexnet.prototxt', 'solvers/lenet.prototxt'])",
        "main(['summary', 'models/alexnet.prototxt'])",
        "main(['fmt', '--check', 'models/alexnet.prototxt'])",
        "main(['diff', 'models/lenet.prototxt', 'models/lenet.prototxt'])",
        "main(['draw', 'models/alexnet.prototxt', '-o', 'FOLDER/net.svg'])",
    ],
)
def test_looking_at_a_net_needs_no_heavy_library(run: str, tmp_path: Path) -> None:
    report = f"print('LOADED', sorted({set(HEAVY)} & set(sys.modules)), file=sys.stderr)"
    program = f"import sys\nfrom netdef.cli.main import main\n{run.replace('FOLDER', str(tmp_path))}\n{report}"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "LOADED []"


def test_no_file_is_long() -> None:
    lengths = {source.path: len(source.text.splitlines()) for source in HANDMADE}
    long = (f"{path}: {length} lines" for path, length in lengths.items() if length > LONGEST_FILE)
    refuse(long, f"no file has more than {LONGEST_FILE} lines")
    assert median(lengths[source.path] for source in HOUSE) < MEDIAN_FILE


def test_no_function_is_long() -> None:
    lengths = dict(chain.from_iterable(functions(source) for source in HANDMADE))
    long = (f"{place}: {length} lines" for place, length in lengths.items() if length > LONGEST_FUNCTION)
    refuse(long, f"no function has more than {LONGEST_FUNCTION} lines")
    assert median(length for source in HOUSE for _, length in functions(source)) < MEDIAN_FUNCTION


def layer_types(source: Source) -> list[str]:
    """The layer types that a file registers."""
    classes = [node for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)]
    calls = [node for cls in classes for node in cls.decorator_list if isinstance(node, ast.Call)]
    return [ast.literal_eval(call.args[0]) for call in calls if ast.unparse(call.func) == "layer"]


def test_a_layer_file_has_one_type_and_its_name() -> None:
    registered = {source: layer_types(source) for source in HOUSE if layer_types(source)}
    assert len(registered) >= 22
    named = {source: Path(source.path).stem.replace("_", "") for source in registered}
    wrong = (
        f"{source.path}: {', '.join(types)}"
        for source, types in registered.items()
        if [name.lower() for name in types] != [named[source]] or Path(source.path).parent.as_posix() != "netdef/layers"
    )
    refuse(wrong, "a file of netdef/layers registers one type, by the file's own name")


def test_every_folder_says_what_it_is() -> None:
    folders = {path.parent for path in files("netdef") if path.suffix == ".py"}
    silent = (str(folder.relative_to(ROOT)) for folder in folders if not introduced(folder / "__init__.py"))
    refuse(silent, "every folder has an __init__.py with a docstring")


def introduced(path: Path) -> bool:
    return path.exists() and bool(ast.get_docstring(ast.parse(path.read_text("utf-8"))))


def test_tests_stand_where_their_sources_stand() -> None:
    tests = {source.path for source in sources("tests") if Path(source.path).name.startswith("test_")}
    of_one = (path for path in tests - OF_MANY_SOURCES if not path.startswith(OF_OTHER_FOLDERS))
    refuse((path for path in of_one if not (ROOT / source_of(path)).exists()), "a test is named after its source file")
    refuse(OF_MANY_SOURCES - tests, "OF_MANY_SOURCES lists what is there")


def source_of(test: str) -> str:
    return re.sub(r"^tests/(.*)test_", r"netdef/\1", test)


def mirror_of(source: str) -> str:
    folder, _, name = source.removeprefix("netdef/").rpartition("/")
    return "/".join(part for part in ("tests", folder, f"test_{name}") if part)


def test_every_source_of_some_length_has_its_test() -> None:
    due = (source.path for source in HOUSE if "/__" not in source.path and lines_of_code(source) > NEEDS_A_TEST)
    without = (path for path in due if not (ROOT / mirror_of(path)).exists() and path not in TESTED_ELSEWHERE)
    refuse(without, f"a file of more than {NEEDS_A_TEST} lines of code has its own test file")


def test_the_list_of_files_tested_elsewhere_is_true() -> None:
    refuse(
        (path for path in TESTED_ELSEWHERE if (ROOT / mirror_of(path)).exists()), "listed files have no own test file"
    )
    names = chain.from_iterable(TESTED_ELSEWHERE.items())
    refuse((name for name in names if not (ROOT / name).exists()), "TESTED_ELSEWHERE lists what is there")


def test_no_word_that_does_not_belong_here() -> None:
    everywhere = files("netdef", "models", "solvers", "examples", "tools", "docs", "benchmarks", "tests")
    at_the_top = (path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith("."))
    found = (
        f"{path.relative_to(ROOT)}: {what}: {match.group()}"
        for path in chain(everywhere, at_the_top)
        if path.suffix in TEXTS
        for what, pattern in FORBIDDEN.items()
        if (match := pattern.search(path.read_text("utf-8", errors="replace")))
    )
    refuse(found, "some words do not belong into the repository")
