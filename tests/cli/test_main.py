import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from netdef.cli.main import overview, verbs
from netdef.errors import UsageError
from netdef.memory import HINT

Run = Any


def process(program: str, **options: Any) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", program], stdout=pipe, stderr=pipe, text=True, **options)


def pretend(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Make every verb fail with ``error``."""

    def fail(arguments: object) -> int:
        raise error

    verb = SimpleNamespace(__doc__="", configure=lambda parser: None, run=fail)
    monkeypatch.setattr("netdef.cli.main.importlib.import_module", lambda name: verb)


def test_each_verb_is_listed_with_the_first_line_of_its_file() -> None:
    lines = overview().splitlines()
    assert (
        "  check                Tell everything that is wrong with model and solver files, without running them."
        in lines
    )
    assert {line.split()[0] for line in lines[2:]} == set(verbs())
    assert {"fmt", "diff", "upgrade", "convert-imageset", "compute-image-mean", "device-query", "time"} <= set(verbs())
    assert all(len(line.split()) > 1 for line in lines[2:])


def test_files_that_are_no_verbs_are_not_listed() -> None:
    assert not {"main", "flags", "log", "journal", "counting"} & set(verbs())


def test_the_list_imports_no_verb() -> None:
    program = "import sys; from netdef.cli.main import overview; overview(); print(*sys.modules)"
    loaded = set(process(program).communicate()[0].split())
    assert "netdef.cli.main" in loaded
    assert not loaded & {"torch", "numpy", "rich", "google.protobuf", "netdef.cli.train", "netdef.cli.check"}


def test_help_is_no_error_but_silence_is(run: Run) -> None:
    for words in (["--help"], ["-h"], ["help"]):
        assert run(*words).code == 0
    assert run() == (2, overview() + "\n", "")


def test_memory_that_runs_out_is_told_without_a_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(
        monkeypatch, RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 5000000 bytes.")
    )
    code, out, err = run("summary")
    assert (code, out) == (1, "")
    assert err.splitlines() == ["out of memory: 5.0 MB more asked for on the CPU", f"    {HINT}"]


def test_an_unknown_verb_is_answered_with_the_nearest(run: Run) -> None:
    assert run("chekc") == (2, "", "netdef: unknown verb 'chekc'; did you mean check?\n")
    assert "verbs: check, " in run("zzz").err


def test_underscores_and_dashes_name_the_same_verb(run: Run) -> None:
    with pytest.raises(SystemExit) as stop:
        run("convert_imageset", "--help")
    assert stop.value.code == 0


def test_flags_are_not_guessed_from_their_beginnings(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        run("check", "x.prototxt", "--js")
    assert stop.value.code == 2
    assert "unrecognized arguments: --js" in capsys.readouterr().err


def test_what_users_can_mend_is_said_without_a_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, UsageError("found 1, must be 2\n    write 2"))
    assert run("check") == (1, "", "found 1, must be 2\n    write 2\n")


def test_what_the_program_did_wrong_is_not_hidden(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, ZeroDivisionError("a fault"))
    with pytest.raises(ZeroDivisionError):
        run("check")


def test_an_interrupt_ends_with_the_shells_code(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, KeyboardInterrupt())
    assert run("check") == (130, "", "interrupted\n")


@pytest.mark.skipif(os.name == "nt", reason="sends a signal as a terminal does")
def test_ctrl_c_while_a_verb_is_imported() -> None:
    program = """
import importlib, sys, time
from netdef.cli.main import main
def slow(name):
    print("importing", flush=True)
    time.sleep(30)
importlib.import_module = slow
sys.exit(main(["check"]))
"""
    child = process(program)
    assert child.stdout
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=20)
    assert (child.returncode, err) == (130, "interrupted\n")


def test_a_reader_that_goes_away_is_no_error_worth_words(tmp_path: Path) -> None:
    net = tmp_path / "net.prototxt"
    net.write_text("".join(f'input: "unused{number}"\n' for number in range(30000)))
    child = process(f"import sys; from netdef.cli.main import main; sys.exit(main(['fmt', '--diff', {str(net)!r}]))")
    net.write_text(net.read_text().replace(": ", ":  "))
    assert child.stdout
    assert child.stderr
    child.stdout.readline()
    child.stdout.close()
    assert child.wait(timeout=30) == 1
    assert child.stderr.read() == ""
    child.stderr.close()
