from __future__ import annotations

from pathlib import Path

from netdef.cli.run_folder import set_aside


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / name.replace("_", ".")).write_text(text)


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_an_empty_folder_stays_empty(tmp_path: Path) -> None:
    set_aside(tmp_path)
    assert contents(tmp_path) == {}


def test_both_logs_of_a_run_get_the_next_number(tmp_path: Path) -> None:
    for run in ("first", "second", "third"):
        write(tmp_path, train_log=f"{run} text", log_jsonl=f"{run} lines", net_svg="picture")
        set_aside(tmp_path)
    assert contents(tmp_path) == {
        "net.svg": "picture",
        **{f"train.{number}.log": f"{run} text" for number, run in enumerate(("first", "second", "third"), 1)},
        **{f"log.{number}.jsonl": f"{run} lines" for number, run in enumerate(("first", "second", "third"), 1)},
    }


def test_no_log_is_overwritten_where_a_number_is_taken_by_one_of_them(tmp_path: Path) -> None:
    write(tmp_path, train_1_log="old", train_log="text", log_jsonl="lines")
    set_aside(tmp_path)
    assert contents(tmp_path) == {"train.1.log": "old", "train.2.log": "text", "log.2.jsonl": "lines"}


def test_the_logs_of_a_run_that_never_began_stay(tmp_path: Path) -> None:
    write(tmp_path, train_log="no such database", log_jsonl="")
    set_aside(tmp_path)
    assert contents(tmp_path) == {"train.log": "no such database", "log.jsonl": ""}
