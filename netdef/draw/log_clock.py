"""Running time from the times of day that stand before the lines of a log."""

from __future__ import annotations

from datetime import datetime, timedelta

YEAR, LEAP_YEAR = 2001, 2000
HALF_A_YEAR = timedelta(days=183)


class LogClock:
    """Seconds since the first line, or the last start.

    Dates are ``MMDD``, which come around each new year, or ``YYYYMMDD``. ``leap_year``: the year that is not told has a
    29th of February.
    """

    def __init__(self, *, leap_year: bool) -> None:
        self._year = LEAP_YEAR if leap_year else YEAR
        self._round = datetime(self._year + 1, 1, 1) - datetime(self._year, 1, 1)
        self._last: datetime | None = None
        self._elapsed = timedelta()

    def read(self, date: str, time: str) -> float:
        """Return the seconds at a line; a clock that was set back stands still meanwhile.

        Raises: ValueError if there is no such date or time.
        """
        now = self._moment(date, time)
        passed = now - (self._last or now)
        if passed < -HALF_A_YEAR:
            passed += self._round
        self._last = now
        self._elapsed += max(passed, timedelta())
        return self._elapsed.total_seconds()

    def start(self, seconds: float) -> None:
        """Count on from ``seconds``, now: a run begins or goes on."""
        self._elapsed = timedelta(seconds=seconds)

    def _moment(self, date: str, time: str) -> datetime:
        year = date[:-4] or f"{self._year}"
        return datetime.fromisoformat(f"{year}-{date[-4:-2]}-{date[-2:]} {time}")
