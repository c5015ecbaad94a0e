from __future__ import annotations

from netdef.data.loader import TASK_RECORDS, in_tasks


def test_every_row_is_in_one_task() -> None:
    filled: list[range] = []
    tasks = in_tasks(filled.append, range(1, 2 * TASK_RECORDS + 6))
    for task in tasks:
        task()
    assert [len(rows) for rows in filled] == [TASK_RECORDS, TASK_RECORDS, 5]
    assert [row for rows in filled for row in rows] == list(range(1, 2 * TASK_RECORDS + 6))


def test_no_rows_are_no_task() -> None:
    assert in_tasks(print, range(1, 1)) == []
