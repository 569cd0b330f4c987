"""Times as a person reads them, in their own zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.reading import Reader
from sandbox.screen.tags import Safe, tag


def day_of(reader: Reader, ts: str) -> str:
    """The day of a message as its reader's zone counts it, `2026-11-04`."""
    return _read(reader, ts, "{date_num}")


def day_words(reader: Reader, ts: str) -> str:
    """That day in words: today, yesterday, or `Wednesday, November 4th`."""
    shown = _read(reader, ts, "{date_short_pretty}")
    if shown in ("today", "yesterday", "tomorrow"):
        return shown.capitalize()
    return _read(reader, ts, "{day_divider}")


def time_tag(reader: Reader, ts: str) -> Safe:
    """The time of a message, with the whole date for those who point at it."""
    full = _read(reader, ts, "{date_long} {time_secs}")
    return tag("time", _read(reader, ts, "{time}"), title=f"{full} {reader.user.tz}")


def exact_time(reader: Reader, at: float) -> str:
    """An instant to the second, `15:04:05`, in its reader's zone."""
    return f"{datetime.fromtimestamp(at, ZoneInfo(reader.user.tz)):%H:%M:%S}"


def now_words(reader: Reader) -> str:
    """What the workspace's clock shows to somebody."""
    now = datetime.fromtimestamp(reader.world.clock(), ZoneInfo(reader.user.tz))
    return f"{now:%a %b} {now.day}, {_read(reader, str(now.timestamp()), '{time}')}"


def _read(reader: Reader, ts: str, pattern: str) -> str:
    return reader.text(f"<!date^{int(float(ts))}^{pattern}|{ts}>")
