"""The tree of a clause, its conditions and fields: from text to tree, and back."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

from elements_local.kit.caching import bounded_cache
from elements_local.kit.values import replace
from elements_local.platform.errors import QueryError

Value: TypeAlias = str | int | float | bool


class Comparison(Struct, frozen=True):
    """``field operator value``; the operator is one of = != < > <= >=."""

    field: str
    operator: str
    value: Value


class Like(Struct, frozen=True):
    """``field LIKE 'pattern'``, where ``%`` stands for any text."""

    field: str
    pattern: str


class In(Struct, frozen=True):
    """``field IN (value, ...)``."""

    field: str
    values: tuple[Value, ...]


class IsNull(Struct, frozen=True):
    """``field IS NULL``."""

    field: str


class And(Struct, frozen=True):
    """All of the clauses."""

    clauses: "tuple[Clause, ...]"


class Or(Struct, frozen=True):
    """Any of the clauses."""

    clauses: "tuple[Clause, ...]"


Condition: TypeAlias = Comparison | Like | In | IsNull
Clause: TypeAlias = Condition | And | Or


def conditions_of(clause: Clause) -> list[Condition]:
    """Return each condition, in the order in which they stand."""
    if isinstance(clause, And | Or):
        return [condition for inner in clause.clauses for condition in conditions_of(inner)]
    return [clause]


def fields_of(clause: Clause) -> list[str]:
    """Return the name of each field, as often as it is named and in that order."""
    return [condition.field for condition in conditions_of(clause)]


def with_fields(clause: Clause, name: Callable[[str], str]) -> Clause:
    """Return a clause in which each field has the name that a function gives it."""
    if isinstance(clause, And | Or):
        return type(clause)(tuple(with_fields(inner, name) for inner in clause.clauses))
    return replace(clause, field=name(clause.field))


LONGEST = 8000
DEEPEST = 50


@bounded_cache(256)
def parse(text: str) -> Clause:
    """Read a clause.

    Raises:
        QueryError: says the column, counted from 1, what was expected there and what was found.

    >>> parse("LAST_NAME = 'O''Hara' and (AGE > 3 or CITY is null)")
    And(clauses=(Comparison(field='LAST_NAME', operator='=', value="O'Hara"), Or(clauses=(Comparison(field='AGE', \
operator='>', value=3), IsNull(field='CITY')))))
    """
    return _Parser(text).clause()


def to_text(clause: Clause) -> str:
    """Write a clause so that it reads back as the same tree."""
    match clause:
        case Comparison(field, operator, value):
            return f"{_name(field)} {operator} {_literal(value)}"
        case Like(field, pattern):
            return f"{_name(field)} LIKE {_literal(pattern)}"
        case In(field, values):
            return f"{_name(field)} IN ({', '.join(map(_literal, values))})"
        case IsNull(field):
            return f"{_name(field)} IS NULL"
        case And(clauses):
            # brackets around each: more than are needed, but always the same tree when it is read again
            return " AND ".join(f"({to_text(inner)})" for inner in clauses)
        case Or(clauses):
            return " OR ".join(f"({to_text(inner)})" for inner in clauses)


_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:[^']|'')*')
      | (?P<quoted>`[^`]*`)
      | (?P<number>[+-]?\d{1,18}(?:\.\d{1,18})?(?![\w.]))
      | (?P<word>[A-Za-z_@$][\w@$-]*)
      | (?P<operator>!=|<=|>=|=|<|>)
      | (?P<mark>[(),.])
    )""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_BLANKS = " \t\n\r\f\v"
_PLAIN = re.compile(r"[A-Za-z_@$][\w@$-]*", re.ASCII)
_KEYWORDS = frozenset({"AND", "OR", "LIKE", "IN", "IS", "NULL"})


class _Token(Struct, frozen=True):
    kind: str
    text: str
    column: int

    def is_word(self, keyword: str) -> bool:
        return self.kind == "word" and self.text.upper() == keyword


class _Parser:
    """Recursive descent over the tokens, one method for each rule of the grammar."""

    def __init__(self, text: str) -> None:
        self._text = text
        # before anything is taken apart: what is longer is not even looked at
        if len(text) > LONGEST:
            start = text[:60] + "..."
            raise QueryError(start, column=LONGEST, reason=f"the query has more than {LONGEST} characters")
        self._tokens = [*self._tokenize(), _Token("end", "the end", len(text.rstrip(_BLANKS)) + 1)]
        self._at = 0
        self._depth = 0

    def clause(self) -> Clause:
        clause = self._or()
        if self._next.kind != "end":
            raise self._expected("AND, OR or the end")
        return clause

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _tokenize(self) -> Iterator[_Token]:
        at = 0
        # blanks at the end are no token; the pattern would fail on them
        end = len(self._text.rstrip(_BLANKS))
        while at < end:
            match = _TOKEN.match(self._text, at, end)
            if not match or not match.lastgroup:
                column = len(self._text) - len(self._text[at:].lstrip(_BLANKS)) + 1
                raise QueryError(
                    self._text, column=column, reason=f"cannot read {self._text[column - 1 :][:12]!r}"
                )
            yield _Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1)
            at = match.end()

    def _or(self) -> Clause:
        clauses = [self._and()]
        while self._take_word("OR"):
            clauses.append(self._and())
        return clauses[0] if len(clauses) == 1 else Or(tuple(clauses))

    def _and(self) -> Clause:
        clauses = [self._term()]
        while self._take_word("AND"):
            clauses.append(self._term())
        return clauses[0] if len(clauses) == 1 else And(tuple(clauses))

    def _term(self) -> Clause:
        if not self._take_mark("("):
            return self._condition()
        self._depth += 1
        # each bracket is a call of ours: deeper, Python itself would give up, and take the request with it
        if self._depth > DEEPEST:
            raise QueryError(
                self._text, column=self._next.column, reason=f"more than {DEEPEST} brackets deep"
            )
        inner = self._or()
        if not self._take_mark(")"):
            raise self._expected("a closing bracket, AND or OR")
        self._depth -= 1
        return inner

    def _condition(self) -> Clause:
        field = self._field()
        if self._take_word("LIKE"):
            return Like(field, self._string())
        if self._take_word("IN"):
            return In(field, self._values())
        if self._take_word("IS"):
            if not self._take_word("NULL"):
                raise self._expected("NULL")
            return IsNull(field)
        if self._next.kind != "operator":
            raise self._expected("an operator (=, !=, <, >, <=, >=, LIKE, IN, IS NULL)")
        return Comparison(field, self._advance().text, self._value())

    def _field(self) -> str:
        token = self._next
        if token.kind == "string":
            return _unquote(self._advance().text)
        parts = [self._part()]
        while self._take_mark("."):
            parts.append(self._part())
        return ".".join(parts)

    def _part(self) -> str:
        token = self._next
        if token.kind == "quoted":
            return self._advance().text[1:-1]
        # a field that is called like a word of the language has to be quoted
        if token.kind != "word" or token.text.upper() in _KEYWORDS:
            raise self._expected("a field name")
        return self._advance().text

    def _values(self) -> tuple[Value, ...]:
        if not self._take_mark("("):
            raise self._expected("an opening bracket")
        values = [self._value()]
        while self._take_mark(","):
            values.append(self._value())
        if not self._take_mark(")"):
            raise self._expected("a comma or a closing bracket")
        return tuple(values)

    def _value(self) -> Value:
        token = self._next
        if token.kind == "number":
            self._advance()
            return float(token.text) if "." in token.text else int(token.text)
        if token.is_word("TRUE") or token.is_word("FALSE"):
            return self._advance().is_word("TRUE")
        return self._string("a value: a text in single quotes, a number, true or false")

    def _string(self, expected: str = "a text in single quotes") -> str:
        if self._next.kind != "string":
            raise self._expected(expected)
        return _unquote(self._advance().text)

    def _advance(self) -> _Token:
        token = self._next
        self._at += 1
        return token

    def _take_word(self, keyword: str) -> bool:
        taken = self._next.is_word(keyword)
        self._at += taken
        return taken

    def _take_mark(self, mark: str) -> bool:
        taken = self._next.kind == "mark" and self._next.text == mark
        self._at += taken
        return taken

    def _expected(self, what: str) -> QueryError:
        token = self._next
        return QueryError(self._text, column=token.column, reason=f"expected {what}, found {token.text}")


def _unquote(text: str) -> str:
    return text[1:-1].replace("''", "'")


def _name(field: str) -> str:
    """Write a field so that it is read back as one: plain where that is possible."""
    parts = field.split(".")
    if all(_PLAIN.fullmatch(part) and part.upper() not in _KEYWORDS for part in parts):
        return field
    return f"`{field}`" if "`" not in field else _literal(field)


def _literal(value: Value) -> str:
    # before the numbers: a bool is an int to Python
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        whole, _, fraction = f"{Decimal(str(value)):f}".partition(".")  # the language knows no exponents
        return f"{whole}.{fraction or 0}"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
