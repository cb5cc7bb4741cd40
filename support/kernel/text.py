"""Text that both databases can hold: no NUL (PostgreSQL) and no half of a surrogate pair.

Both come with bad mails and hostile forms. They are dropped at the one gate through which every
value passes, rather than at each of the doors.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event


def holdable(text: str) -> str:
    """``text`` without what a database refuses; the same object when there is nothing to mend."""
    if text.isascii() and "\x00" not in text:
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\x00", "")


def keep_holdable(engine: Engine) -> None:
    """Mend the text of every statement that ``engine`` runs."""
    event.listen(engine, "before_cursor_execute", _mend, retval=True)


def _mend(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
) -> tuple[str, Any]:
    if isinstance(parameters, list):
        return statement, [_mended(row) for row in parameters]
    return statement, _mended(parameters)


def _mended(row: Any) -> Any:
    # Nearly every row of nearly every statement is passed on as it is.
    if all(map(_is_holdable, row.values() if isinstance(row, dict) else row)):
        return row
    if isinstance(row, dict):
        return {name: _value(value) for name, value in row.items()}
    return tuple(_value(value) for value in row)


def _is_holdable(value: Any) -> bool:
    if type(value) is str:
        return value.isascii() and "\x00" not in value
    return type(value) is not list or all(map(_is_holdable, value))


def _value(value: Any) -> Any:
    if isinstance(value, list):  # the column of many rows
        return [_value(one) for one in value]
    return holdable(value) if isinstance(value, str) else value
