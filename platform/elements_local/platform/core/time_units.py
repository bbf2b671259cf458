"""Counting rows by units of time, in the database itself."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, ColumnElement, literal_column, type_coerce

from elements_local.kit.instants import EARLIEST
from elements_local.kit.storage.database import EPOCH

_MICROSECOND = timedelta(microseconds=1)
_SHIFT = (EPOCH - EARLIEST) // _MICROSECOND
"""Units are counted from the calendar's first day, so that none is cut in two at 1970."""


def unit_number(column: Column[datetime], unit: timedelta) -> ColumnElement[int]:
    """Return in which unit of time, counted from the calendar's first day, a column's instant lies."""
    # as literals, since PostgreSQL may not know an expression again whose parameters are numbered anew
    shift = literal_column(str(_SHIFT), BigInteger)
    width = literal_column(str(unit // _MICROSECOND), BigInteger)
    return (type_coerce(column, BigInteger) + shift) // width


def unit_start(number: int, unit: timedelta) -> datetime:
    """Return when a unit starts."""
    return EARLIEST + number * unit
