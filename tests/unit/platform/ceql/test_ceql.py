"""CEQL: what reads as which tree, what is refused and where, which records match."""

import pytest
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
from elements_local.platform.errors import InvalidRequestError, QueryError

A1 = Comparison("a", "=", 1)
B2 = Comparison("b", "=", 2)
C3 = Comparison("c", "=", 3)


@pytest.mark.parametrize("operator", ["=", "!=", "<", ">", "<=", ">="])
@pytest.mark.parametrize("blanks", ["", " ", "\t\n "], ids=["no blanks", "a blank", "white space"])
def test_a_comparison(operator, blanks):
    assert parse(f"{blanks}a{blanks}{operator}{blanks}'x'{blanks}") == Comparison("a", operator, "x")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("'x'", "x", id="a text"),
        pytest.param("''", "", id="an empty text"),
        pytest.param("'O''Hara'", "O'Hara", id="a doubled quote"),
        pytest.param("''''", "'", id="nothing but a quote"),
        pytest.param("''''''", "''", id="two of them"),
        pytest.param("'a = 1 OR ('", "a = 1 OR (", id="a text that looks like a clause"),
        pytest.param("'a`b\"c'", 'a`b"c', id="other quotes"),
        pytest.param("'Zoë\n名前'", "Zoë\n名前", id="letters of all kinds"),
        pytest.param("1", 1, id="a number"),
        pytest.param("-1", -1, id="a negative one"),
        pytest.param("+1", 1, id="a positive one"),
        pytest.param("007", 7, id="leading noughts"),
        pytest.param("1.50", 1.5, id="a fraction"),
        pytest.param("-0.001", -0.001, id="a small one"),
        pytest.param("9" * 18, int("9" * 18), id="18 digits"),
        pytest.param("true", True, id="true"),
        pytest.param("FALSE", False, id="FALSE"),
        pytest.param("'true'", "true", id="true as a text"),
    ],
)
def test_a_value(text, value):
    read = parse(f"a={text}")

    assert read == Comparison("a", "=", value)
    assert type(read.value) is type(value)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        pytest.param("LAST_NAME", "LAST_NAME", id="a name"),
        pytest.param("_a1", "_a1", id="an underscore and a digit"),
        pytest.param("Hobby__c", "Hobby__c", id="a custom field"),
        pytest.param("first-name", "first-name", id="a hyphen"),
        pytest.param("@id", "@id", id="an attribute"),
        pytest.param("$", "$", id="a dollar"),
        pytest.param("user.id", "user.id", id="a dotted name"),
        pytest.param("user . id", "user.id", id="blanks around the dot"),
        pytest.param("a.b.c.d", "a.b.c.d", id="many dots"),
        pytest.param("`metaData.lastUpdateTime`", "metaData.lastUpdateTime", id="a backticked path"),
        pytest.param("`a b`.`c.d`", "a b.c.d", id="backticks in a path"),
        pytest.param("`or`", "or", id="a backticked keyword"),
        pytest.param("`O'Hara`", "O'Hara", id="a quote in backticks"),
        pytest.param("'Modified Time'", "Modified Time", id="quotes around blanks"),
        pytest.param("'O''Hara`s'", "O'Hara`s", id="quotes around quotes"),
        pytest.param("value", "value", id="value"),
        pytest.param("order", "order", id="order"),
        pytest.param("orders", "orders", id="a name that starts like a keyword"),
        pytest.param("isnull", "isnull", id="two keywords as one name"),
        pytest.param("true", "true", id="true as a name"),
    ],
)
def test_a_field(text, field):
    assert parse(f"{text}=1") == Comparison(field, "=", 1)
    assert parse(f"{text} IS NULL") == IsNull(field)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        pytest.param("a LIKE 'x%'", Like("a", "x%"), id="LIKE"),
        pytest.param("a like ''", Like("a", ""), id="LIKE nothing"),
        pytest.param("a IN (1)", In("a", (1,)), id="IN one"),
        pytest.param("a in('x',2,true , 'y''z')", In("a", ("x", 2, True, "y'z")), id="IN several"),
        pytest.param("a is NULL", IsNull("a"), id="IS NULL"),
        pytest.param("a Is nUlL", IsNull("a"), id="a keyword in any case"),
        pytest.param("a=1 AND b=2", And((A1, B2)), id="AND"),
        pytest.param("a=1 and b=2 And c=3", And((A1, B2, C3)), id="AND twice"),
        pytest.param("a=1 OR b=2 oR c=3", Or((A1, B2, C3)), id="OR twice"),
        pytest.param("a=1 OR b=2 AND c=3", Or((A1, And((B2, C3)))), id="AND binds tighter, on the right"),
        pytest.param("a=1 AND b=2 OR c=3", Or((And((A1, B2)), C3)), id="AND binds tighter, on the left"),
        pytest.param("(a=1 OR b=2) AND c=3", And((Or((A1, B2)), C3)), id="brackets"),
        pytest.param("a=1 AND (b=2 OR c=3)", And((A1, Or((B2, C3)))), id="brackets on the right"),
        pytest.param("a=1 AND (b=2 AND c=3)", And((A1, And((B2, C3)))), id="brackets are kept"),
        pytest.param("((a=1))", A1, id="needless brackets"),
        pytest.param("(a='x')AND(b=2)", And((Comparison("a", "=", "x"), B2)), id="no blanks"),
        pytest.param(
            "updated_after_utc='2026-03-02 10:00:00'",
            Comparison("updated_after_utc", "=", "2026-03-02 10:00:00"),
            id="Insightly's poll filter",
        ),
        pytest.param(
            "channel='webhook' and status='queued'",
            And((Comparison("channel", "=", "webhook"), Comparison("status", "=", "queued"))),
            id="the release of queued deliveries",
        ),
    ],
)
def test_a_clause(text, tree):
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        pytest.param("", 1, "expected a field name, found the end", id="nothing"),
        pytest.param("   ", 1, "expected a field name, found the end", id="blanks"),
        pytest.param("a", 2, "expected an operator", id="a field alone"),
        pytest.param("a  ", 2, "expected an operator", id="a field and blanks"),
        pytest.param("a =", 4, "expected a value: .* found the end", id="no value"),
        pytest.param("= 1", 1, "expected a field name, found =", id="no field"),
        pytest.param("1 = 1", 1, "expected a field name, found 1", id="a number on the left"),
        pytest.param("a = b", 5, "expected a value: a text in single quotes.* found b", id="a bare word"),
        pytest.param('a = "x"', 5, "cannot read", id="double quotes"),
        pytest.param("a = \u2018x\u2019", 5, "cannot read", id="curly quotes"),
        pytest.param("a = 'x", 5, "cannot read", id="an open quote"),
        pytest.param("`a = 1", 1, "cannot read", id="an open backtick"),
        pytest.param("a == 1", 4, "expected a value", id="a doubled operator"),
        pytest.param("a <> 1", 4, "expected a value", id="SQL's other unequal"),
        pytest.param("a = 1x", 5, "cannot read '1x'", id="a number with a letter"),
        pytest.param("a = 1e5", 5, "cannot read '1e5'", id="an exponent"),
        pytest.param("a = 1.", 5, "cannot read", id="a point without digits"),
        pytest.param("a = " + "9" * 19, 5, "cannot read", id="19 digits"),
        pytest.param("a = null", 5, "expected a value", id="null as a value"),
        pytest.param("a.", 3, "expected a field name, found the end", id="a dot at the end"),
        pytest.param("a..b = 1", 3, "expected a field name, found .", id="two dots"),
        pytest.param("a.1 = 1", 3, "expected a field name, found 1", id="a number in a path"),
        pytest.param("and = 1", 1, "expected a field name, found and", id="a keyword as a field"),
        pytest.param("OR = 1", 1, "expected a field name, found OR", id="OR as a field"),
        pytest.param("in = 1", 1, "expected a field name, found in", id="IN as a field"),
        pytest.param("is = 1", 1, "expected a field name, found is", id="IS as a field"),
        pytest.param("like = 1", 1, "expected a field name, found like", id="LIKE as a field"),
        pytest.param("a.Null = 1", 3, "expected a field name, found Null", id="NULL in a path"),
        pytest.param("a = 1 b = 2", 7, "expected AND, OR or the end, found b", id="no junction"),
        pytest.param("a = 1 AND", 10, "expected a field name, found the end", id="nothing after AND"),
        pytest.param("a = 1 OR OR b = 2", 10, "expected a field name, found OR", id="OR twice"),
        pytest.param("(a = 1", 7, "expected a closing bracket", id="an open bracket"),
        pytest.param("a = 1)", 6, "expected AND, OR or the end", id="a bracket too many"),
        pytest.param("()", 2, "expected a field name", id="empty brackets"),
        pytest.param("a LIKE 5", 8, "expected a text in single quotes, found 5", id="LIKE a number"),
        pytest.param("a LIKE", 7, "expected a text in single quotes", id="LIKE nothing at all"),
        pytest.param("a IN 1", 6, "expected an opening bracket", id="IN without brackets"),
        pytest.param("a IN ()", 7, "expected a value", id="IN nothing"),
        pytest.param("a IN (1,)", 9, "expected a value", id="IN with a comma too many"),
        pytest.param("a IN (1 2)", 9, "expected a comma or a closing bracket", id="IN without a comma"),
        pytest.param("a IN (1", 8, "expected a comma or a closing bracket", id="IN left open"),
        pytest.param("a IS 1", 6, "expected NULL, found 1", id="IS a number"),
        pytest.param("a IS NOT NULL", 6, "expected NULL, found NOT", id="IS NOT NULL"),
        pytest.param("NOT a = 1", 5, "expected an operator", id="NOT"),
        pytest.param("NOT (a = 1)", 5, "expected an operator", id="NOT and brackets"),
        pytest.param("a NOT IN (1)", 3, "expected an operator", id="NOT IN"),
        pytest.param("a NOT LIKE 'x'", 3, "expected an operator", id="NOT LIKE"),
        pytest.param("a BETWEEN 1 AND 2", 3, "expected an operator", id="BETWEEN"),
        pytest.param("lower(a) = 'x'", 6, "expected an operator", id="a function on the left"),
        pytest.param("a = now()", 5, "expected a value", id="a function on the right"),
        pytest.param("a = 1; b = 2", 6, "cannot read", id="a semicolon"),
        pytest.param("größe = 1", 3, "cannot read", id="a bare name outside ASCII"),
        pytest.param("\u00a0a = 1", 1, "cannot read", id="a blank that does not break"),
        pytest.param("a = 1 \u00a0", 7, "cannot read", id="one at the end"),
    ],
)
def test_what_is_no_clause_is_refused_with_its_column(text, column, words):
    with pytest.raises(QueryError, match=words) as refusal:
        parse(text)

    assert refusal.value.column == column
    assert f"Error parsing query at column {column}: " in str(refusal.value)
    assert text in str(refusal.value)


def test_a_refusal_is_the_callers_fault():
    assert issubclass(QueryError, InvalidRequestError)


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


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("'" * (LONGEST - 1), id="quotes"),
        pytest.param("(" * LONGEST, id="brackets"),
        pytest.param("`" * (LONGEST - 1), id="backticks"),
        pytest.param("a." * (LONGEST // 2), id="dots"),
        pytest.param("1" * LONGEST, id="digits"),
        pytest.param("a" + " " * (LONGEST - 2) + "~", id="blanks"),
    ],
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


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        pytest.param(Comparison("user.id", ">=", 1.5), "user.id >= 1.5", id="a plain path"),
        pytest.param(Comparison("a b", "=", True), "`a b` = true", id="a name with a blank"),
        pytest.param(Comparison("or", "=", "O'Hara"), "`or` = 'O''Hara'", id="a keyword and a quote"),
        pytest.param(Like("a", "x%"), "a LIKE 'x%'", id="LIKE"),
        pytest.param(In("a", (1, "x", False)), "a IN (1, 'x', false)", id="IN"),
        pytest.param(IsNull("a`b"), "'a`b' IS NULL", id="a backtick"),
        pytest.param(And((A1, Or((B2, C3)))), "(a = 1) AND ((b = 2) OR (c = 3))", id="brackets"),
        pytest.param(Comparison("a", "<", 0.00001), "a < 0.00001", id="no exponent"),
        pytest.param(Comparison("a", "<", 1e17), "a < 100000000000000000.0", id="a large fraction stays one"),
    ],
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


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("CONTACT_ID = 7", id="a number"),
        pytest.param("CONTACT_ID = '7'", id="a number and a text written like it"),
        pytest.param("CONTACT_ID = 7.0", id="a number written otherwise"),
        pytest.param("CONTACT_ID = '07'", id="a number and a text written otherwise"),
        pytest.param("CONTACT_ID < '10'", id="a number and a text, by value"),
        pytest.param("CONTACT_ID != 8", id="another number"),
        pytest.param("CONTACT_ID < 10", id="by value, not by letters"),
        pytest.param("CONTACT_ID <= 7 AND CONTACT_ID >= 7", id="its own bounds"),
        pytest.param("CONTACT_ID < 'x'", id="a number and a word, as texts"),
        pytest.param("AGE > 41 AND AGE < 42", id="a fraction"),
        pytest.param("PHONE = 441", id="a text written like the number"),
        pytest.param("PHONE != '441'", id="two texts that are no numbers"),
        pytest.param("LAST_NAME = 'o''hara'", id="in another case"),
        pytest.param("last_name = 'O''Hara'", id="a field in another case"),
        pytest.param("CITY = 'STRASSE 100%'", id="in another case, folded"),
        pytest.param("LAST_NAME > 'O' AND LAST_NAME < 'P'", id="by the alphabet"),
        pytest.param("DATE_UPDATED_UTC > '2026-03-02 09:59:59'", id="dates as texts"),
        pytest.param("DATE_UPDATED_UTC >= '2026-03-02'", id="a day"),
        pytest.param("OPTED_OUT = false", id="a flag"),
        pytest.param("OPTED_OUT = 'False'", id="a flag as a text"),
        pytest.param("EMAIL = ''", id="an empty text"),
        pytest.param("LAST_NAME LIKE 'O%'", id="starts with"),
        pytest.param("LAST_NAME LIKE '%ra'", id="ends with"),
        pytest.param("LAST_NAME LIKE '%''h%'", id="contains, in another case"),
        pytest.param("LAST_NAME LIKE 'o''hara'", id="like the whole of it"),
        pytest.param("LAST_NAME LIKE '%%'", id="like anything"),
        pytest.param("EMAIL LIKE '%'", id="like nothing"),
        pytest.param("CONTACT_ID LIKE '7%'", id="a number like a text"),
        pytest.param("CONTACT_ID IN (1, 7)", id="one of several"),
        pytest.param("LAST_NAME IN ('x', 'O''HARA')", id="one of several texts"),
        pytest.param("NICKNAME IS NULL", id="null"),
        pytest.param("nickname IS NULL", id="null in another case"),
        pytest.param("MISSING IS NULL", id="not there"),
        pytest.param("user.id = 5", id="a nested field"),
        pytest.param("user.missing IS NULL", id="a nested field that is not there"),
        pytest.param("`a.b` = 'dotted'", id="a key with a dot"),
        pytest.param("a.b = 'dotted'", id="a key with a dot, bare"),
        pytest.param("CONTACT_ID = 1 OR LAST_NAME LIKE 'O%' AND AGE > 1", id="OR and AND"),
    ],
)
def test_a_record_matches(text):
    assert matches(parse(text), RECORD)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("CONTACT_ID = 8", id="another number"),
        pytest.param("CONTACT_ID > 7", id="not its own bound"),
        pytest.param("CONTACT_ID < 7", id="nor the other"),
        pytest.param("CONTACT_ID != 7", id="itself"),
        pytest.param("CONTACT_ID > 10", id="by letters"),
        pytest.param("OPTED_OUT = true", id="the other flag"),
        pytest.param("OPTED_OUT = 0", id="a flag is no number"),
        pytest.param("PHONE = '441'", id="two texts that are equal as numbers"),
        pytest.param("LAST_NAME LIKE 'O'", id="only the start of it"),
        pytest.param("LAST_NAME LIKE '%O'", id="the end is the start"),
        pytest.param("LAST_NAME LIKE '_''Hara'", id="an underscore is no wildcard"),
        pytest.param("LAST_NAME LIKE 'O.*'", id="nor is a dot"),
        pytest.param("CITY LIKE '%100%1'", id="a piece used twice"),
        pytest.param("NICKNAME = ''", id="null is no empty text"),
        pytest.param("NICKNAME != 'x'", id="null is not unequal"),
        pytest.param("MISSING != 'x'", id="nor is what is not there"),
        pytest.param("MISSING LIKE '%'", id="nor like anything"),
        pytest.param("MISSING IN ('', 'None')", id="nor one of several"),
        pytest.param("EMAIL IS NULL", id="an empty text is not null"),
        pytest.param("TAGS IS NULL", id="nor is a list"),
        pytest.param("TAGS LIKE '%TAG_NAME%'", id="a list is like nothing"),
        pytest.param("TAGS != 'x'", id="nor unequal"),
        pytest.param("user = 'x' OR user != 'x'", id="nor is an object"),
        pytest.param("USER.id = 5", id="nested fields keep their case"),
        pytest.param("CONTACT_ID IN (1, 2)", id="none of several"),
        pytest.param("CONTACT_ID = 7 AND AGE = 1", id="only one of two"),
        pytest.param("CONTACT_ID = 1 OR AGE = 1", id="neither of two"),
    ],
)
def test_a_record_does_not_match(text):
    assert not matches(parse(text), RECORD)


def test_a_key_in_the_very_same_case_wins_even_if_it_holds_null():
    record = {"CITY": "x", "city": None}

    assert matches(IsNull("city"), record)
    assert not matches(IsNull("CITY"), record)


@pytest.mark.parametrize(
    ("text", "pattern", "like"),
    [
        ("", "", True),
        ("", "%", True),
        ("a", "", False),
        ("aba", "a%a", True),
        ("a", "a%a", False),
        ("abcabc", "%bc", True),
        ("abcab", "%bc", False),
        ("abab", "ab%ab", True),
        ("aab", "a%ab%b", False),
        ("aabb", "a%ab%b", True),
        ("abc", "%a%b%c%", True),
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


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        pytest.param("a" * 100_000, "%a" * 3_000 + "b", id="many wildcards"),
        pytest.param("a" * 100_000 + "b", ("%" + "a" * 100) * 30 + "c", id="long pieces"),
        pytest.param("a" * 100_000, "%" * 7_000 + "b", id="nothing but wildcards"),
    ],
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


@given(trees, records)
def test_a_clause_that_was_written_means_what_it_meant(tree, record):
    assert matches(parse(to_text(tree)), record) is matches(tree, record)


@given(trees)
def test_a_clause_with_the_names_that_it_had_is_the_same(tree):
    assert with_fields(tree, lambda name: name) == tree
    assert with_fields(with_fields(tree, "x.{}".format), lambda name: name.removeprefix("x.")) == tree
