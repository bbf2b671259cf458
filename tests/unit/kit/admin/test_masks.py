"""What a journal may show: whatever is under a secret's name is hidden, and the rest is left as it came."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from elements_local.kit.masks import MASK, mask_body, mask_header, mask_target, mask_url


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        pytest.param("Authorization", "Basic dXNlcjpwYXNz", "Basic ********", id="Basic"),
        pytest.param("authorization", "bearer abc.def", "bearer ********", id="whatever the case"),
        pytest.param(
            "Authorization", "User abc=, Organization def", "User ********, Organization ********", id="two"
        ),
        pytest.param(
            "Authorization", "User a=,Organization d", "User ********,Organization ********", id="no space"
        ),
        pytest.param("Authorization", "Basic   dXNl", "Basic ********", id="much space"),
        pytest.param("Authorization", "Basic\tdXNl", "Basic ********", id="a tab"),
        pytest.param("Authorization", "dXNlcjpwYXNz", "********", id="no scheme"),
        pytest.param("Authorization", "dXNl cjpwYXNz", "********", id="a space but no scheme"),
        pytest.param("Authorization", "Basic\tdXNl cjpw", "Basic ********", id="a space in the secret"),
        pytest.param("Authorization", "User abc=, def", "User ********, ********", id="the second bare"),
        pytest.param("Authorization", "User a,b", "User ********,********", id="a comma in the secret"),
        pytest.param("Authorization", "User: abc=", "********", id="a colon after the scheme"),
        pytest.param("Authorization", "Basic", "********", id="nothing but a word"),
        pytest.param("Authorization", "User ,, Element x", "********,, Element ********", id="empty parts"),
        pytest.param("Authorization", "", "", id="nothing"),
        pytest.param("Proxy-Authorization", "Basic dXNl", "Basic ********", id="a proxy's"),
        pytest.param("Cookie", "sid=abc", "********", id="a cookie"),
        pytest.param("Cookie", "sid=abc; other=def", "********", id="two cookies"),
        pytest.param("Set-Cookie", "sid=abc; Path=/; HttpOnly", "********", id="a cookie being set"),
        pytest.param(
            "Set-Cookie", "sid=abc; Expires=Mon, 02 Mar 2026", "********", id="a cookie with a comma"
        ),
        pytest.param("Elements-Local-Token", "abc", "********", id="the admin routes' own"),
        pytest.param("X-Api-Key", "abc", "********", id="an API key"),
        pytest.param("X-Auth-Token", "abc def", "********", id="a token"),
        pytest.param("Client-Secret", "abc", "********", id="a secret"),
    ],
)
def test_a_headers_secret_is_hidden_and_its_schemes_are_kept(name, value, shown):
    assert mask_header(name, value) == shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-Type", "application/json; charset=utf-8"),
        ("WWW-Authenticate", 'Basic realm="Insightly"'),
        ("Elements-Next-Page-Token", "eyJ"),
        ("Elements-Webhook-Signature", "sha1=abc"),
        ("ETag", '"abc"'),
        ("Retry-After", "5"),
    ],
)
def test_other_headers_are_shown_as_they_are(name, value):
    assert mask_header(name, value) == value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param('{"password":"abc"}', '{"password":"********"}', id="a password"),
        pytest.param('{"PassWord" : "abc"}', '{"PassWord" : "********"}', id="whatever the case and spacing"),
        pytest.param('{"userSecret":"a"}', '{"userSecret":"********"}', id="a secret in a longer name"),
        pytest.param('{"api_key":"a"}', '{"api_key":"********"}', id="an API key"),
        pytest.param('{"apiKey":"a"}', '{"apiKey":"********"}', id="an API key in camel case"),
        pytest.param('{"oauth.api.key":"a"}', '{"oauth.api.key":"********"}', id="an API key with a point"),
        pytest.param('{"authorization":"Basic a"}', '{"authorization":"********"}', id="an authorization"),
        pytest.param(
            '{"event.notification.signature.key":"a","b":"c"}',
            '{"event.notification.signature.key":"********","b":"c"}',
            id="a signature key",
        ),
        pytest.param(
            '{"token":"a","b":["c",1]}', '{"token":"********","b":["c",1]}', id="a token in a reply"
        ),
        pytest.param('[{"a":{"token":"b"}}]', '[{"a":{"token":"********"}}]', id="deep inside"),
        pytest.param(r'{"password":"a\"b\\","c":1}', '{"password":"********","c":1}', id="escapes in it"),
        pytest.param('{"password":1234.5,"c":1}', '{"password":"********","c":1}', id="a number"),
        pytest.param('{"tokens":["a",2],"c":1}', '{"tokens":["********","********"],"c":1}', id="a list"),
        pytest.param(
            '{"secret":{"v":"a","w":[{"x":2}]},"c":1}',
            '{"secret":{"v":"********","w":[{"x":"********"}]},"c":1}',
            id="an object",
        ),
        pytest.param(r'{"pass\u0077ord":"a"}', r'{"pass\u0077ord":"********"}', id="an escaped name"),
        pytest.param(r'{"pass\word":"a"}', r'{"pass\word":"********"}', id="a name with a needless escape"),
        pytest.param(r'{"my\"token":"a"}', r'{"my\"token":"********"}', id="a quote in the name"),
        pytest.param(r'{"a\\":1,"token":"b"}', r'{"a\\":1,"token":"********"}', id="a backslash before"),
        pytest.param(
            '{\n "password":\n  "a"\n}', '{\n "password":\n  "********"\n}', id="over several lines"
        ),
        pytest.param('{"password":"abc', '{"password":"********', id="cut off within"),
        pytest.param('{"password":"abc\\', '{"password":"********', id="cut off at a backslash"),
        pytest.param('{"a" 1 "password":"abc"}', '{"a" 1 "password":"********"}', id="malformed JSON"),
        pytest.param("{'password': 'abc'}", "{'password': '********'}", id="single quotes"),
        pytest.param("password: abc", "password: ********", id="no quotes"),
        pytest.param("Authorization: Basic abc", "Authorization: ******** ********", id="a header in a text"),
        pytest.param("a=1&password=b+c&d=2", "a=1&password=********&d=2", id="a form"),
        pytest.param("api%5Fkey=b", "api%5Fkey=********", id="a form with an escaped name"),
        pytest.param("api+key=b", "api+key=********", id="a form with a space in the name"),
        pytest.param('a={"password":"b"}', 'a={"password":"********"}', id="a form with bare JSON"),
        pytest.param("password=a b,c:d=e", "password=********", id="a form that escapes nothing"),
        pytest.param("a=1\nsecret=b\nc=2", "a=1\nsecret=********\nc=2", id="lines of pairs"),
        pytest.param(
            '{"url":"http://x/?apiKey=a&b=c"}', '{"url":"http://x/?apiKey=********&b=c"}', id="a URL's query"
        ),
        pytest.param(
            '{"id":7,"key":"password","propertyValue":"a"}',
            '{"id":7,"key":"password","propertyValue":"********"}',
            id="an entry that names its secret",
        ),
        pytest.param(
            '[{"value":"a","name":"api.secret"},{"name":"b","value":"c"}]',
            '[{"value":"********","name":"api.secret"},{"name":"b","value":"c"}]',
            id="an entry that names its secret afterwards",
        ),
        pytest.param(
            '{"key":"token","value":{"a":"b"}}', '{"key":"token","value":{"a":"********"}}', id="a deep entry"
        ),
    ],
)
def test_what_is_under_a_secrets_name_is_hidden(text, shown):
    assert mask_body(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(
            r'{"a":"{\"password\":\"b\",\"c\":\"ü\"}","d":1}',
            r'{"a":"{\"password\":\"********\",\"c\":\"ü\"}","d":1}',
            id="JSON in a text keeps what follows",
        ),
        pytest.param(
            json.dumps({"a": json.dumps({"b": json.dumps({"token": "c", "d": "e"})})}),
            json.dumps({"a": json.dumps({"b": json.dumps({"token": MASK, "d": "e"})})}),
            id="JSON in JSON in JSON",
        ),
        pytest.param(
            r'{"a":"{\"pass\\u0077ord\":\"b\"}"}',
            r'{"a":"{\"pass\\u0077ord\":\"********\"}"}',
            id="an escaped name",
        ),
        pytest.param(r'{"a":"{\"token\":\"b', r'{"a":"{\"token\":\"********', id="cut off within"),
        pytest.param(
            r'{"\ud800":"{\"token\":\"b\",\"c\":\"\ud83d\ude00\ud800\"}"}',
            r'{"\ud800":"{\"token\":\"********\",\"c\":\"\ud83d\ude00\ud800\"}"}',
            id="with half letters",
        ),
        pytest.param(
            r'{"{\"token\":\"b\"}":1}', r'{"{\"token\":\"********\"}":"********"}', id="JSON in a name"
        ),
        pytest.param(
            "a=%7B%22password%22%3A%22b%22%7D", "a=%7B%22password%22%3A%22********%22%7D", id="JSON in a form"
        ),
    ],
)
def test_a_secret_is_hidden_in_json_within_a_text(text, shown):
    assert mask_body(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param('{"a":"b","c":[1,true,null,{"d":"e=f"}]}', id="no secret"),
        pytest.param('{"password":null,"token":"","secret":false}', id="secrets that are none"),
        pytest.param('{"secrets":[],"tokens":{}}', id="empty containers"),
        pytest.param('{"nextPageToken":"abc","next_page_token":"d"}', id="tokens of a page"),
        pytest.param('{"a":"the password is secret"}', id="the words in a value"),
        pytest.param('["password","abc"]', id="the words in a list"),
        pytest.param('{"username":"ada","key":"value"}', id="harmless names"),
        pytest.param('{"key":"token"}\n{"value":"a"}', id="an entry that ended before the value"),
        pytest.param(
            '{"name":"Token Ring","details":"x"}', id="a name with the word, but no value beside it"
        ),
        pytest.param("<html>it's a page, isn't it</html>", id="a page"),
        pytest.param("a=1&b=2", id="a form"),
        pytest.param('\ufeff{"a": "\u2028"}', id="odd letters"),
    ],
)
def test_a_text_without_secrets_is_shown_to_the_letter(text):
    assert mask_body(text) == text


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        pytest.param("/a?b=c&apiKey=d", "/a?b=c&apiKey=********", id="an API key"),
        pytest.param("/a?access%5Ftoken=d&e", "/a?access%5Ftoken=********&e", id="an escaped name"),
        pytest.param("/a?TOKEN=d=e", "/a?TOKEN=********", id="an equals sign in it"),
        pytest.param("/a?where=x%3D'y'&n=1", "/a?where=x%3D'y'&n=1", id="no secret"),
        pytest.param("/token=a?b=c", "/token=a?b=c", id="a path is no secret"),
        pytest.param("/a?token=", "/a?token=", id="an empty one"),
        pytest.param("/a", "/a", id="no query"),
    ],
)
def test_a_secret_in_a_query_is_hidden(target, shown):
    assert mask_target(target) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://127.0.0.1:4702/default", "http://127.0.0.1:4702/default"),
        ("http://ada:hidden@host/x", "http://********@host/x"),
        ("http://host/x?token=hidden", "http://host/x?token=********"),
        ("http://host/x#hidden", "http://host/x"),
        ("http://ada:hidden@host/x?token=hidden&page=2", "http://********@host/x?token=********&page=2"),
        ("http://[/?secret=hidden", "http://[/?secret=********"),
        ("", ""),
    ],
)
def test_a_url_is_shown_without_its_secrets(url, shown):
    assert mask_url(url) == shown


SECRET_WORDS = [
    "password",
    "secret",
    "token",
    "api_key",
    "apikey",
    "signature.key",
    "user_Secret",
    "PASSWORD",
]
AROUND = st.text(st.characters(codec="utf-8", exclude_characters="="), max_size=4)
MARK = "LEAKED"
names = st.text(st.characters(codec="utf-8"), max_size=6)
secret_names = st.builds(
    lambda before, word, after: before + word + after, AROUND, st.sampled_from(SECRET_WORDS), AROUND
).filter(lambda name: "page" not in name.lower())
secret_texts = st.builds(lambda before, after: before + MARK + after, AROUND, AROUND)
secrets = st.recursive(
    secret_texts,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3) | st.dictionaries(names, inner, min_size=1, max_size=3)
    ),
    max_leaves=4,
)
harmless = st.none() | st.booleans() | st.integers() | names


@st.composite
def bodies_with_a_secret(draw) -> str:
    """JSON that holds a secret at some depth, by way of lists, objects, and texts that are JSON again."""

    def written(value: object) -> str:
        return json.dumps(value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1])))

    value: object = {**draw(st.dictionaries(names, harmless, max_size=2)), draw(secret_names): draw(secrets)}
    for _ in range(draw(st.integers(0, 4))):
        wrapped = draw(st.sampled_from(["list", "object", "text"]))
        if wrapped == "list":
            value = [*draw(st.lists(harmless, max_size=2)), value]
        elif wrapped == "object":
            value = {**draw(st.dictionaries(names, harmless, max_size=2)), draw(names): value}
        else:
            value = {draw(names): written(value)}
    return written(value)


@given(bodies_with_a_secret())
def test_no_secret_is_ever_shown(body):
    assert MARK in body

    assert MARK not in mask_body(body)


@given(bodies_with_a_secret(), st.data())
def test_no_secret_is_shown_when_the_body_was_cut_anywhere(body, data):
    """A journal keeps only the start of a long body, and the cut may fall anywhere."""
    cut = body.encode()[: data.draw(st.integers(0, len(body.encode())))]

    assert MARK not in mask_body(cut.decode("utf-8", "replace"))


@given(bodies_with_a_secret())
def test_a_masked_body_is_as_much_json_as_before_and_masking_it_again_changes_nothing(body):
    shown = mask_body(body)

    assert isinstance(json.loads(shown), type(json.loads(body)))
    assert mask_body(shown) == shown


plain_names = st.text("abcdef.", min_size=1, max_size=6)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ghijk \"'{[:,\\ü\n", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain_names, inner, max_size=3),
)


@given(plain)
def test_json_without_secrets_is_shown_to_the_letter(value):
    text = json.dumps({"a": value})

    assert mask_body(text) == text


@given(st.text() | st.text("\"'\\{}[]:,=& tokenu0", max_size=200))
@example('"' * 5000)
@example("\\" * 5000)
@example("'\"" * 3000)
@example("{[" * 3000)
@example('{"token":' * 2000)
@example("token=" * 2000)
@example("a=" * 3000 + "%41")
@example('"\\"' * 2000)
def test_any_text_can_be_shown(text):
    assert isinstance(mask_body(text), str)
    assert isinstance(mask_target(text), str)


schemes = st.sampled_from(["", "Basic ", "Bearer  ", "User ", "Organization ", "Element\t", "Odd ", "Odd: "])
parts = st.builds(lambda scheme, secret: scheme + MARK + secret, schemes, st.text("ab=;, \t", max_size=8))


@given(st.sampled_from(["Authorization", "Cookie", "X-Token"]), st.lists(parts, min_size=1).map(", ".join))
def test_no_header_shows_a_secret(name, value):
    assert MARK not in mask_header(name, value)
