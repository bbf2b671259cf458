"""Tables of a rule: one test goes through all rows, and what is wrong with any of them is shown together."""

from collections.abc import Callable, Collection, Mapping
from functools import partial, update_wrapper
from inspect import signature

import pytest


def each_row(
    names: str | tuple[str, ...], rows: Mapping[str, object] | Collection[object]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator of a test that is called once for each row, in one item of pytest.

    ``names`` and ``rows`` are as for ``pytest.mark.parametrize``; rows have their ids as keys, or are known by their values.
    """
    named = (names,) if isinstance(names, str) else names
    table = list(rows.items()) if isinstance(rows, Mapping) else [(ascii(row)[:200], row) for row in rows]
    assert table, "a table has rows"

    def decorated(test: Callable[..., None]) -> Callable[..., None]:
        def whole_table(*bound: object, **fixtures: object) -> None:
            wrong = {
                row_id: error
                for row_id, row in table
                if (error := _error_of(partial(test, *bound), row, named, fixtures)) is not None
            }
            if wrong:
                said = "".join(
                    f"\n\n{row_id}: {type(error).__name__}: {error}" for row_id, error in wrong.items()
                )
                raise AssertionError(f"{len(wrong)} of {len(table)} rows{said}") from next(
                    iter(wrong.values())
                )

        own = signature(test)
        others = [parameter for name, parameter in own.parameters.items() if name not in named]
        update_wrapper(whole_table, test)
        del whole_table.__wrapped__  # type: ignore[attr-defined] - else pytest would take the rows for fixtures
        whole_table.__signature__ = own.replace(parameters=others)  # type: ignore[attr-defined]
        return whole_table

    return decorated


def _error_of(
    test: Callable[..., None], row: object, names: tuple[str, ...], fixtures: dict[str, object]
) -> BaseException | None:
    values = (row,) if len(names) == 1 else row
    try:
        test(**dict(zip(names, values, strict=True)), **fixtures)  # type: ignore[call-overload]
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - whatever it is, the other rows are tried
        return error
    return None
