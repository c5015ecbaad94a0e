import pytest

from netdef.draw.log_clock import LogClock


def seconds(*moments: str, leap_year: bool = False) -> list[float]:
    clock = LogClock(leap_year=leap_year)
    return [clock.read(*moment.split()) for moment in moments]


def test_seconds_count_from_the_first_line() -> None:
    assert seconds("0210 13:39:22.381027", "0210 13:39:22.381030", "0210 14:00:00.000000") == pytest.approx(
        [0, 3e-6, 1237.618973]
    )


def test_midnight_and_the_end_of_a_month() -> None:
    assert seconds("0430 23:59:59.500000", "0501 00:00:01.000000") == [0, 1.5]


@pytest.mark.parametrize("year", ["", "2026"])
def test_new_year(year: str) -> None:
    after = str(int(year) + 1) if year else ""
    assert seconds(f"{year}1231 23:59:58.000000", f"{after}0101 00:00:03.000000") == [0, 5]


def test_each_new_year_counts() -> None:
    days = seconds("1231 00:00:00.0", "0101 00:00:00.0", "0701 00:00:00.0", "1231 00:00:00.0", "0101 00:00:00.0")
    assert [second / 86400 for second in days] == [0, 1, 182, 365, 366]


def test_a_leap_day_counts_where_there_is_one() -> None:
    moments = ("0228 12:00:00.000000", "0301 12:00:00.000000")
    assert seconds(*moments) == [0, 86400]
    assert seconds(*moments, leap_year=True) == [0, 2 * 86400]
    assert seconds("0228 00:00:00.000000", "0229 00:00:00.000000", leap_year=True) == [0, 86400]
    assert seconds("20240228 00:00:00.000000", "20240301 00:00:00.000000") == [0, 2 * 86400]


def test_a_clock_that_is_set_back_stands_still() -> None:
    moments = ("1025 02:59:59.000000", "1025 02:00:01.000000", "1025 02:00:03.000000")
    assert seconds(*moments) == [0, 0, 2]


def test_the_time_between_two_runs_does_not_count() -> None:
    clock = LogClock(leap_year=False)
    clock.read("0210", "10:00:00.000000")
    clock.start(0)
    assert clock.read("0210", "10:00:07.000000") == 7
    clock.read("0214", "08:00:00.000000")
    clock.start(7)
    assert clock.read("0214", "08:00:02.000000") == 9


@pytest.mark.parametrize("moment", ["0231 10:00:00.000000", "1301 10:00:00.000000", "0210 25:00:00.000000"])
def test_what_is_no_date_is_refused(moment: str) -> None:
    with pytest.raises(ValueError, match=r"must be in|out of range"):
        seconds(moment)
