"""CEQL: what reads as which tree, what is refused and where, which records match."""

import pytest
from each_row import each_row
from hypothesis import example, given
from hypothesis import strategies as st

from elements_local.platform.ceql import (
    DEEPEST,
    LONGEST,
    And,
    Comparison,
    In,
    IsNull,
    Like,
    Or,
    matches,
    parse,
    to_text,
    with_fields,
)
from elements_local.platform.errors import QueryError

A1 = Comparison("a", "=", 1)
B2 = Comparison("b", "=", 2)
C3 = Comparison("c", "=", 3)


@pytest.mark.parametrize("operator", ["=", "!=", "<", ">", "<=", ">="])
@pytest.mark.parametrize("blanks", ["", " ", "\t\n "], ids=["no blanks", "a blank", "white space"])
def test_a_comparison(operator, blanks):
    assert parse(f"{blanks}a{blanks}{operator}{blanks}'x'{blanks}") == Comparison("a", operator, "x")


@each_row(
    ("text", "value"),
    {
        "a text": ("'x'", "x"),
        "an empty text": ("''", ""),
        "a doubled quote": ("'O''Hara'", "O'Hara"),
        "nothing but a quote": ("''''", "'"),
        "other quotes": ("'a`b\"c'", 'a`b"c'),
        "letters of all kinds": ("'Zoë\n名前'", "Zoë\n名前"),
        "a number": ("1", 1),
        "a positive one": ("+1", 1),
        "leading noughts": ("007", 7),
        "a fraction": ("1.50", 1.5),
        "a small one": ("-0.001", -0.001),
        "18 digits": ("9" * 18, int("9" * 18)),
        "true": ("true", True),
        "FALSE": ("FALSE", False),
        "true as a text": ("'true'", "true"),
    },
)
def test_a_value(text, value):
    read = parse(f"a={text}")

    assert read == Comparison("a", "=", value)
    assert type(read.value) is type(value)


@each_row(
    ("text", "field"),
    {
        "a name": ("LAST_NAME", "LAST_NAME"),
        "a hyphen": ("first-name", "first-name"),
        "an attribute": ("@id", "@id"),
        "a dollar": ("$", "$"),
        "a dotted name": ("user.id", "user.id"),
        "blanks around the dot": ("user . id", "user.id"),
        "a backticked path": ("`metaData.lastUpdateTime`", "metaData.lastUpdateTime"),
        "backticks in a path": ("`a b`.`c.d`", "a b.c.d"),
        "a backticked keyword": ("`or`", "or"),
        "a quote in backticks": ("`O'Hara`", "O'Hara"),
        "quotes around blanks": ("'Modified Time'", "Modified Time"),
        "quotes around quotes": ("'O''Hara`s'", "O'Hara`s"),
        "a name that starts like a keyword": ("orders", "orders"),
        "two keywords as one name": ("isnull", "isnull"),
        "true as a name": ("true", "true"),
    },
)
def test_a_field(text, field):
    assert parse(f"{text}=1") == Comparison(field, "=", 1)
    assert parse(f"{text} IS NULL") == IsNull(field)


@each_row(
    ("text", "tree"),
    {
        "LIKE": ("a LIKE 'x%'", Like("a", "x%")),
        "LIKE nothing": ("a like ''", Like("a", "")),
        "IN several": ("a in('x',2,true , 'y''z')", In("a", ("x", 2, True, "y'z"))),
        "IS NULL": ("a is NULL", IsNull("a")),
        "a keyword in any case": ("a Is nUlL", IsNull("a")),
        "OR twice": ("a=1 OR b=2 oR c=3", Or((A1, B2, C3))),
        "AND binds tighter, on the right": ("a=1 OR b=2 AND c=3", Or((A1, And((B2, C3))))),
        "AND binds tighter, on the left": ("a=1 AND b=2 OR c=3", Or((And((A1, B2)), C3))),
        "brackets": ("(a=1 OR b=2) AND c=3", And((Or((A1, B2)), C3))),
        "brackets are kept": ("a=1 AND (b=2 AND c=3)", And((A1, And((B2, C3))))),
        "needless brackets": ("((a=1))", A1),
        "no blanks": ("(a='x')AND(b=2)", And((Comparison("a", "=", "x"), B2))),
        "Insightly's poll filter": (
            "updated_after_utc='2026-03-02 10:00:00'",
            Comparison("updated_after_utc", "=", "2026-03-02 10:00:00"),
        ),
    },
)
def test_a_clause(text, tree):
    assert parse(text) == tree


@each_row(
    ("text", "column", "words"),
    {
        "nothing": ("", 1, "expected a field name, found the end"),
        "a field alone": ("a", 2, "expected an operator"),
        "no value": ("a =", 4, "expected a value: .* found the end"),
        "a bare word": ("a = b", 5, "expected a value: a text in single quotes.* found b"),
        "double quotes": ('a = "x"', 5, "cannot read"),
        "an open quote": ("a = 'x", 5, "cannot read"),
        "an open backtick": ("`a = 1", 1, "cannot read"),
        "a doubled operator": ("a == 1", 4, "expected a value"),
        "a number with a letter": ("a = 1x", 5, "cannot read '1x'"),
        "a point without digits": ("a = 1.", 5, "cannot read"),
        "19 digits": ("a = " + "9" * 19, 5, "cannot read"),
        "null as a value": ("a = null", 5, "expected a value"),
        "two dots": ("a..b = 1", 3, "expected a field name, found ."),
        "a number in a path": ("a.1 = 1", 3, "expected a field name, found 1"),
        "a keyword as a field": ("and = 1", 1, "expected a field name, found and"),
        "IN as a field": ("in = 1", 1, "expected a field name, found in"),
        "NULL in a path": ("a.Null = 1", 3, "expected a field name, found Null"),
        "no junction": ("a = 1 b = 2", 7, "expected AND, OR or the end, found b"),
        "OR twice": ("a = 1 OR OR b = 2", 10, "expected a field name, found OR"),
        "an open bracket": ("(a = 1", 7, "expected a closing bracket"),
        "a bracket too many": ("a = 1)", 6, "expected AND, OR or the end"),
        "LIKE a number": ("a LIKE 5", 8, "expected a text in single quotes, found 5"),
        "IN without brackets": ("a IN 1", 6, "expected an opening bracket"),
        "IN nothing": ("a IN ()", 7, "expected a value"),
        "IN with a comma too many": ("a IN (1,)", 9, "expected a value"),
        "IN without a comma": ("a IN (1 2)", 9, "expected a comma or a closing bracket"),
        "IS a number": ("a IS 1", 6, "expected NULL, found 1"),
        "IS NOT NULL": ("a IS NOT NULL", 6, "expected NULL, found NOT"),
        "NOT": ("NOT a = 1", 5, "expected an operator"),
        "BETWEEN": ("a BETWEEN 1 AND 2", 3, "expected an operator"),
        "a semicolon": ("a = 1; b = 2", 6, "cannot read"),
        "a bare name outside ASCII": ("größe = 1", 3, "cannot read"),
        "a blank that does not break": ("\u00a0a = 1", 1, "cannot read"),
    },
)
def test_what_is_no_clause_is_refused_with_its_column(text, column, words):
    with pytest.raises(QueryError, match=words) as refusal:
        parse(text)

    assert refusal.value.column == column
    assert f"Error parsing query at column {column}: " in str(refusal.value)
    assert text in str(refusal.value)


def test_brackets_may_be_50_deep():
    assert parse("(" * DEEPEST + "a=1" + ")" * DEEPEST) == A1
    with pytest.raises(QueryError, match="more than 50 brackets deep") as refusal:
        parse("(" * (DEEPEST + 1) + "a=1" + ")" * (DEEPEST + 1))
    assert refusal.value.column == DEEPEST + 2


def test_many_brackets_side_by_side_are_not_deep():
    side_by_side = " AND ".join(["((a=1))"] * 100)

    assert len(parse(side_by_side).clauses) == 100
    with pytest.raises(QueryError, match="brackets deep"):
        parse(side_by_side + " AND " + "(" * (DEEPEST + 1) + "a=1" + ")" * (DEEPEST + 1))


def test_a_query_may_have_8000_characters():
    assert parse("a='" + "x" * (LONGEST - 4) + "'").value == "x" * (LONGEST - 4)
    with pytest.raises(QueryError, match="more than 8000 characters") as refusal:
        parse("a='" + "x" * (LONGEST - 3) + "'")
    assert len(str(refusal.value)) < 300


@each_row(
    "text",
    {
        "quotes": "'" * (LONGEST - 1),
        "brackets": "(" * LONGEST,
        "backticks": "`" * (LONGEST - 1),
        "dots": "a." * (LONGEST // 2),
        "digits": "1" * LONGEST,
        "blanks": "a" + " " * (LONGEST - 2) + "~",
    },
)
def test_a_long_hostile_query_is_refused(text):
    with pytest.raises(QueryError):
        parse(text)


def named(first: str, rest: str) -> st.SearchStrategy[str]:
    return st.text(first, min_size=1, max_size=1).flatmap(
        lambda head: st.text(rest, max_size=5).map(head.__add__)
    )


fields = st.one_of(
    named("ab_@$", "abor_$-1."), st.text(max_size=8), st.sampled_from(["or", "IN", "a.null", "", "."])
)
values = st.one_of(
    st.text(max_size=8),
    st.booleans(),
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.decimals(-(10**12), 10**12, places=9).map(float),
    st.sampled_from([0.00001, -1e-18, 1e17, 123456789012345678.5, -0.0]),
)
leaves = st.one_of(
    st.builds(Comparison, fields, st.sampled_from(["=", "!=", "<", ">", "<=", ">="]), values),
    st.builds(Like, fields, st.text(max_size=8)),
    st.builds(In, fields, st.lists(values, min_size=1, max_size=3).map(tuple)),
    st.builds(IsNull, fields),
)
trees = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda kind, clauses: kind(tuple(clauses)),
        st.sampled_from([And, Or]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=8,
)


@given(trees)
@example(Comparison("a", "=", 0.00001))
@example(IsNull("a`b"))
@example(IsNull("a`'b"))
def test_a_clause_that_was_written_reads_back_as_the_same_tree(tree):
    read = parse(to_text(tree))

    assert read == tree
    assert to_text(read) == to_text(tree)


@given(
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(
                ["a", ".", "=", "!=", "<", "'", "''", "'x'", "`", "(", ")", ",", " ", "AND", "or", "IN", "IS", "NULL",
                 "LIKE", "NOT", "1", "-1.5", "true", "\ud800", "%"]
            ),
            max_size=30,
        ).map("".join),
        st.lists(st.sampled_from(["a", "=", "'x'", "(", ")", ",", "AND", "OR", "IN", "IS", "NULL", "LIKE", "1"])).map(
            " ".join
        ),
    )
)  # fmt: skip
def test_any_text_is_a_clause_or_refused(text):
    try:
        tree = parse(text)
    except QueryError as refusal:
        column = refusal.column
    else:
        column = 1
        assert parse(to_text(tree)) == tree

    assert 1 <= column <= len(text) + 1


@each_row(
    ("tree", "text"),
    {
        "a plain path": (Comparison("user.id", ">=", 1.5), "user.id >= 1.5"),
        "a name with a blank": (Comparison("a b", "=", True), "`a b` = true"),
        "a keyword and a quote": (Comparison("or", "=", "O'Hara"), "`or` = 'O''Hara'"),
        "a backtick": (IsNull("a`b"), "'a`b' IS NULL"),
        "no exponent": (Comparison("a", "<", 0.00001), "a < 0.00001"),
        "a large fraction stays one": (Comparison("a", "<", 1e17), "a < 100000000000000000.0"),
    },
)
def test_a_clause_is_written_plainly(tree, text):
    assert to_text(tree) == text


RECORD = {
    "CONTACT_ID": 7,
    "LAST_NAME": "O'Hara",
    "CITY": "Straße 100%",
    "AGE": 41.5,
    "PHONE": "0441",
    "EMAIL": "",
    "OPTED_OUT": False,
    "NICKNAME": None,
    "DATE_UPDATED_UTC": "2026-03-02 10:00:00",
    "TAGS": [{"TAG_NAME": "x"}],
    "user": {"id": 5, "Name": "Ada"},
    "a.b": "dotted",
}


@each_row(
    "text",
    {
        "a number": "CONTACT_ID = 7",
        "a number and a text written like it": "CONTACT_ID = '7'",
        "a number written otherwise": "CONTACT_ID = 7.0",
        "a number and a text written otherwise": "CONTACT_ID = '07'",
        "a number and a text, by value": "CONTACT_ID < '10'",
        "another number": "CONTACT_ID != 8",
        "by value, not by letters": "CONTACT_ID < 10",
        "a number and a word, as texts": "CONTACT_ID < 'x'",
        "a text written like the number": "PHONE = 441",
        "two texts that are no numbers": "PHONE != '441'",
        "in another case": "LAST_NAME = 'o''hara'",
        "in another case, folded": "CITY = 'STRASSE 100%'",
        "dates as texts": "DATE_UPDATED_UTC > '2026-03-02 09:59:59'",
        "a day": "DATE_UPDATED_UTC >= '2026-03-02'",
        "a flag as a text": "OPTED_OUT = 'False'",
        "an empty text": "EMAIL = ''",
        "starts with": "LAST_NAME LIKE 'O%'",
        "ends with": "LAST_NAME LIKE '%ra'",
        "contains, in another case": "LAST_NAME LIKE '%''h%'",
        "like anything": "LAST_NAME LIKE '%%'",
        "a number like a text": "CONTACT_ID LIKE '7%'",
        "one of several texts": "LAST_NAME IN ('x', 'O''HARA')",
        "null": "NICKNAME IS NULL",
        "not there": "MISSING IS NULL",
        "a nested field": "user.id = 5",
        "a nested field that is not there": "user.missing IS NULL",
        "a key with a dot": "`a.b` = 'dotted'",
        "OR and AND": "CONTACT_ID = 1 OR LAST_NAME LIKE 'O%' AND AGE > 1",
    },
)
def test_a_record_matches(text):
    assert matches(parse(text), RECORD)


@each_row(
    "text",
    {
        "not its own bound": "CONTACT_ID > 7",
        "itself": "CONTACT_ID != 7",
        "by letters": "CONTACT_ID > 10",
        "a flag is no number": "OPTED_OUT = 0",
        "two texts that are equal as numbers": "PHONE = '441'",
        "only the start of it": "LAST_NAME LIKE 'O'",
        "the end is the start": "LAST_NAME LIKE '%O'",
        "an underscore is no wildcard": "LAST_NAME LIKE '_''Hara'",
        "nor is a dot": "LAST_NAME LIKE 'O.*'",
        "a piece used twice": "CITY LIKE '%100%1'",
        "null is no empty text": "NICKNAME = ''",
        "null is not unequal": "NICKNAME != 'x'",
        "nor is what is not there": "MISSING != 'x'",
        "nor like anything": "MISSING LIKE '%'",
        "nor one of several": "MISSING IN ('', 'None')",
        "an empty text is not null": "EMAIL IS NULL",
        "nor is a list": "TAGS IS NULL",
        "a list is like nothing": "TAGS LIKE '%TAG_NAME%'",
        "nor is an object": "user = 'x' OR user != 'x'",
        "nested fields keep their case": "USER.id = 5",
    },
)
def test_a_record_does_not_match(text):
    assert not matches(parse(text), RECORD)


def test_a_key_in_the_very_same_case_wins_even_if_it_holds_null():
    record = {"CITY": "x", "city": None}

    assert matches(IsNull("city"), record)
    assert not matches(IsNull("CITY"), record)


@each_row(
    ("text", "pattern", "like"),
    [
        ("a", "", False),
        ("a", "a%a", False),
        ("abcab", "%bc", False),
        ("aab", "a%ab%b", False),
        ("xbc", "a%c", False),
        ("abx", "a%c", False),
        ("cba", "%a%b%c%", False),
        ("a%b", "a%b", True),
        ("ß", "SS", True),
    ],
)
def test_a_percent_sign_stands_for_any_text(text, pattern, like):
    assert matches(Like("a", pattern), {"a": text}) is like


@given(
    st.lists(st.text("ab", max_size=3), min_size=1, max_size=6),
    st.lists(st.text("ab", max_size=3), max_size=5),
)
def test_a_text_is_like_its_pieces_with_anything_between(pieces, between):
    text = "".join(piece + filling for piece, filling in zip(pieces, [*between, *[""] * 6], strict=False))

    assert matches(Like("a", "%".join(pieces) + "%"), {"a": text})


@each_row(
    ("text", "pattern"),
    {
        "many wildcards": ("a" * 100_000, "%a" * 3_000 + "b"),
        "long pieces": ("a" * 100_000 + "b", ("%" + "a" * 100) * 30 + "c"),
        "nothing but wildcards": ("a" * 100_000, "%" * 7_000 + "b"),
    },
)
def test_a_hostile_pattern_is_done_with_soon(text, pattern):
    assert not matches(Like("a", pattern), {"a": text})


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5))


@given(trees, st.dictionaries(fields, st.one_of(scalars, st.lists(scalars, max_size=2)), max_size=4))
def test_any_clause_can_be_held_against_any_record(tree, record):
    assert matches(tree, record) in {True, False}


@given(fields, scalars, values)
def test_a_value_is_either_equal_or_not_and_ordered_one_way(field, found, value):
    record = {field: found}

    def holds(operator):
        return matches(Comparison(field, operator, value), record)

    if found is None:
        assert not any(map(holds, ["=", "!=", "<", ">", "<=", ">="]))
        return
    assert holds("=") is not holds("!=")
    assert [holds("<"), holds("="), holds(">")].count(True) == 1
    assert holds("<=") is (holds("<") or holds("="))
    assert holds(">=") is (holds(">") or holds("="))


records = st.dictionaries(fields, scalars, max_size=4)


@given(trees, trees, records)
def test_and_is_both_and_or_is_either(one, other, record):
    both, either = matches(And((one, other)), record), matches(Or((one, other)), record)

    assert both is (matches(one, record) and matches(other, record))
    assert either is (matches(one, record) or matches(other, record))


@given(fields, st.lists(values, min_size=1, max_size=3).map(tuple), records)
def test_in_is_equal_to_one_of_them(field, wanted, record):
    equal = [Comparison(field, "=", value) for value in wanted]

    assert matches(In(field, wanted), record) is any(matches(each, record) for each in equal)


@given(trees)
def test_a_clause_with_the_names_that_it_had_is_the_same(tree):
    assert with_fields(tree, lambda name: name) == tree
    assert with_fields(with_fields(tree, "x.{}".format), lambda name: name.removeprefix("x.")) == tree
