"""What a journal may show: whatever is under a secret's name is hidden, and the rest is left as it came."""

import json
from base64 import b64encode, urlsafe_b64encode
from html import escape
from urllib.parse import quote

import pytest
from each_row import each_row
from hypothesis import example, given
from hypothesis import strategies as st

from elements_local.kit import masks
from elements_local.kit.masks import (
    MASK,
    declare,
    is_secret,
    learn,
    learn_stored,
    mask_body,
    mask_header,
    mask_known,
    mask_log,
    mask_target,
    mask_url,
    mask_urls,
)


@each_row(
    ("name", "value", "shown"),
    {
        "Basic": ("Authorization", "Basic dXNlcjpwYXNz", "Basic ********"),
        "whatever the case": ("authorization", "bearer abc.def", "bearer ********"),
        "two": ("Authorization", "User abc=, Organization def", "User ********, Organization ********"),
        "no space": ("Authorization", "User a=,Organization d", "User ********,Organization ********"),
        "much space": ("Authorization", "Basic   dXNl", "Basic ********"),
        "a tab": ("Authorization", "Basic\tdXNl", "Basic ********"),
        "no scheme": ("Authorization", "dXNlcjpwYXNz", "********"),
        "a space but no scheme": ("Authorization", "dXNl cjpwYXNz", "********"),
        "a space in the secret": ("Authorization", "Basic\tdXNl cjpw", "Basic ********"),
        "the second bare": ("Authorization", "User abc=, def", "User ********, ********"),
        "a comma in the secret": ("Authorization", "User a,b", "User ********,********"),
        "a colon after the scheme": ("Authorization", "User: abc=", "********"),
        "nothing but a word": ("Authorization", "Basic", "********"),
        "empty parts": ("Authorization", "User ,, Element x", "********,, Element ********"),
        "nothing": ("Authorization", "", ""),
        "a proxy's": ("Proxy-Authorization", "Basic dXNl", "Basic ********"),
        "a cookie": ("Cookie", "sid=abc", "********"),
        "two cookies": ("Cookie", "sid=abc; other=def", "********"),
        "a cookie being set": ("Set-Cookie", "sid=abc; Path=/; HttpOnly", "********"),
        "a cookie with a comma": ("Set-Cookie", "sid=abc; Expires=Mon, 02 Mar 2026", "********"),
        "the admin routes' own": ("Elements-Local-Token", "abc", "********"),
        "an API key": ("X-Api-Key", "abc", "********"),
        "a token": ("X-Auth-Token", "abc def", "********"),
        "a secret": ("Client-Secret", "abc", "********"),
        "a workspace's own": ("X-Api-Key", "{crm_api_key}", "{crm_api_key}"),
        "one without a scheme": ("Authorization", "{crm_api_key}", "{crm_api_key}"),
        "one after a vendor's words": (
            "Authorization",
            "Acme-oauth token={crm_api_key}",
            "Acme-oauth token={crm_api_key}",
        ),
        "one after another secret": ("X-Api-Key", "a1b2 {crm_api_key}", "********"),
    },
)
def test_a_headers_secret_is_hidden_and_its_schemes_are_kept(name, value, shown):
    assert mask_header(name, value) == shown


@each_row(
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


@each_row(
    ("text", "shown"),
    {
        "a password": ('{"password":"abc"}', '{"password":"********"}'),
        "whatever the case and spacing": ('{"PassWord" : "abc"}', '{"PassWord" : "********"}'),
        "a secret in a longer name": ('{"userSecret":"a"}', '{"userSecret":"********"}'),
        "an API key": ('{"api_key":"a"}', '{"api_key":"********"}'),
        "an API key in camel case": ('{"apiKey":"a"}', '{"apiKey":"********"}'),
        "an API key with a point": ('{"oauth.api.key":"a"}', '{"oauth.api.key":"********"}'),
        "an authorization": ('{"authorization":"Basic a"}', '{"authorization":"********"}'),
        "a signature key": (
            '{"event.notification.signature.key":"a","b":"c"}',
            '{"event.notification.signature.key":"********","b":"c"}',
        ),
        "a token in a reply": ('{"token":"a","b":["c",1]}', '{"token":"********","b":["c",1]}'),
        "deep inside": ('[{"a":{"token":"b"}}]', '[{"a":{"token":"********"}}]'),
        "escapes in it": (r'{"password":"a\"b\\","c":1}', '{"password":"********","c":1}'),
        "a number": ('{"password":1234.5,"c":1}', '{"password":"********","c":1}'),
        "a list": ('{"tokens":["a",2],"c":1}', '{"tokens":["********","********"],"c":1}'),
        "an object": (
            '{"secret":{"v":"a","w":[{"x":2}]},"c":1}',
            '{"secret":{"v":"********","w":[{"x":"********"}]},"c":1}',
        ),
        "an escaped name": (r'{"pass\u0077ord":"a"}', r'{"pass\u0077ord":"********"}'),
        "a name with a needless escape": (r'{"pass\word":"a"}', r'{"pass\word":"********"}'),
        "a quote in the name": (r'{"my\"token":"a"}', r'{"my\"token":"********"}'),
        "a backslash before": (r'{"a\\":1,"token":"b"}', r'{"a\\":1,"token":"********"}'),
        "over several lines": ('{\n "password":\n  "a"\n}', '{\n "password":\n  "********"\n}'),
        "cut off within": ('{"password":"abc', '{"password":"********'),
        "cut off at a backslash": ('{"password":"abc\\', '{"password":"********'),
        "malformed JSON": ('{"a" 1 "password":"abc"}', '{"a" 1 "password":"********"}'),
        "single quotes": ("{'password': 'abc'}", "{'password': '********'}"),
        "no quotes": ("password: abc", "password: ********"),
        "a header in a text": ("Authorization: Basic abc", "Authorization: ******** ********"),
        "a form": ("a=1&password=b+c&d=2", "a=1&password=********&d=2"),
        "a form with an escaped name": ("api%5Fkey=b", "api%5Fkey=********"),
        "a form with a space in the name": ("api+key=b", "api+key=********"),
        "a form with bare JSON": ('a={"password":"b"}', 'a={"password":"********"}'),
        "a form that escapes nothing": ("password=a b,c:d=e", "password=********"),
        "lines of pairs": ("a=1\nsecret=b\nc=2", "a=1\nsecret=********\nc=2"),
        "a URL's query": ('{"url":"http://x/?apiKey=a&b=c"}', '{"url":"http://x/?apiKey=********&b=c"}'),
        "an entry that names its secret": (
            '{"id":7,"key":"password","propertyValue":"a"}',
            '{"id":7,"key":"password","propertyValue":"********"}',
        ),
        "an entry that names its secret afterwards": (
            '[{"value":"a","name":"api.secret"},{"name":"b","value":"c"}]',
            '[{"value":"********","name":"api.secret"},{"name":"b","value":"c"}]',
        ),
        "who calls, in a URL": ('{"proxy.url":"http://ada:b@h:1/"}', '{"proxy.url":"http://********@h:1/"}'),
        "who calls, with slashes escaped": (r'["https:\/\/a:b@h"]', r'["https:\/\/********@h"]'),
        "who calls, in a form": (
            "url=http%3A%2F%2Fa%3Ab%40h%2F&c=d%40e",
            "url=http%3A%2F%2F********%40h%2F&c=d%40e",
        ),
        "an at sign in who calls": ("see http://a:b@c@h/d@e", "see http://********@h/d@e"),
        "a deep entry": ('{"key":"token","value":{"a":"b"}}', '{"key":"token","value":{"a":"********"}}'),
    },
)
def test_what_is_under_a_secrets_name_is_hidden(text, shown):
    assert mask_body(text) == shown


@each_row(
    "name",
    [
        *(f"{of}{mark}key" for of in ("api", "access", "private", "signature") for mark in ("", *"-_. +")),
        *(
            "passwd",
            "secrets",
            "credentials",
            "author.token",
            "Authorization",
            "cookie",
            "TOKEN",
            "pagetokens.token",
        ),
        *("pa\u017f\u017fword", "\u017fecret", "api\u212aey", "cooKIE"),
    ],
)
def test_each_name_of_a_secret_is_seen_in_a_body(name):
    """Also with the letters that are an s or a k where case does not count."""
    assert is_secret(name)
    assert mask_body(f'{{"x":"{name}","{name}":"a"}}') == f'{{"x":"{name}","{name}":"{MASK}"}}'


@each_row(
    ("text", "shown"),
    {
        "JSON in a text keeps what follows": (
            r'{"a":"{\"password\":\"b\",\"c\":\"ü\"}","d":1}',
            r'{"a":"{\"password\":\"********\",\"c\":\"ü\"}","d":1}',
        ),
        "JSON in JSON in JSON": (
            json.dumps({"a": json.dumps({"b": json.dumps({"token": "c", "d": "e"})})}),
            json.dumps({"a": json.dumps({"b": json.dumps({"token": MASK, "d": "e"})})}),
        ),
        "an escaped name": (
            r'{"a":"{\"pass\\u0077ord\":\"b\"}"}',
            r'{"a":"{\"pass\\u0077ord\":\"********\"}"}',
        ),
        "cut off within": (r'{"a":"{\"token\":\"b', r'{"a":"{\"token\":\"********'),
        "with half letters": (
            r'{"\ud800":"{\"token\":\"b\",\"c\":\"\ud83d\ude00\ud800\"}"}',
            r'{"\ud800":"{\"token\":\"********\",\"c\":\"\ud83d\ude00\ud800\"}"}',
        ),
        "JSON in a name": (r'{"{\"token\":\"b\"}":1}', r'{"{\"token\":\"********\"}":"********"}'),
        "JSON in a form": ("a=%7B%22password%22%3A%22b%22%7D", "a=%7B%22password%22%3A%22********%22%7D"),
    },
)
def test_a_secret_is_hidden_in_json_within_a_text(text, shown):
    assert mask_body(text) == shown


@each_row(
    "text",
    {
        "nothing": "",
        "no secret": '{"a":"b","c":[1,true,null,{"d":"e=f"}]}',
        "secrets that are none": '{"password":null,"token":"","secret":false}',
        "empty containers": '{"secrets":[],"tokens":{}}',
        "tokens of a page": '{"nextPageToken":"abc","next_page_token":"d"}',
        "the words in a value": '{"a":"the password is secret"}',
        "the words in a list": '["password","abc"]',
        "harmless names": '{"username":"ada","key":"value"}',
        "an entry that ended before the value": '{"key":"token"}\n{"value":"a"}',
        "a name with the word, but no value beside it": '{"name":"Token Ring","details":"x"}',
        "URLs and addresses of people": '["http://h/a@b","ada@example.com","c://h?d=e@f"]',
        "a page": "<html>it's a page, isn't it</html>",
        "a form": "a=1&b=2",
        "odd letters": '\ufeff{"a": "\u2028"}',
    },
)
def test_a_text_without_secrets_is_shown_to_the_letter(text):
    assert mask_body(text) == text


@each_row(
    ("target", "shown"),
    {
        "an API key": ("/a?b=c&apiKey=d", "/a?b=c&apiKey=********"),
        "an escaped name": ("/a?access%5Ftoken=d&e", "/a?access%5Ftoken=********&e"),
        "an equals sign in it": ("/a?TOKEN=d=e", "/a?TOKEN=********"),
        "no secret": ("/a?where=x%3D'y'&n=1", "/a?where=x%3D'y'&n=1"),
        "a path is no secret": ("/token=a?b=c", "/token=a?b=c"),
        "an empty one": ("/a?token=", "/a?token="),
        "no query": ("/a", "/a"),
        "a workspace's own": ("/a?api_token={crm_api_key}&b", "/a?api_token={crm_api_key}&b"),
    },
)
def test_a_secret_in_a_query_is_hidden(target, shown):
    assert mask_target(target) == shown


@each_row(
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


KNOWN = st.text(st.characters(codec="utf-8", exclude_characters="*"), min_size=8)


@given(KNOWN, st.binary(max_size=4), st.binary(max_size=4))
def test_a_secret_that_is_known_is_hidden_however_it_is_encoded(secret, before, after):
    raw = secret.encode()
    for written in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1], escape(secret), raw.hex()):
        assert written not in mask_known(f"a {written} b", [secret])
    for encode in (b64encode, urlsafe_b64encode):
        assert MASK in mask_known(encode(before + raw + after).decode(), [secret])


def test_what_is_too_short_to_be_told_from_other_words_is_shown():
    assert mask_known("a contact", ["", "contact"]) == "a contact"


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
@example("://a:x" * 20000 + " @")
@example('"\\"' * 2000)
def test_any_text_can_be_shown(text):
    assert isinstance(mask_body(text), str)
    assert isinstance(mask_target(text), str)


schemes = st.sampled_from(["", "Basic ", "Bearer  ", "User ", "Organization ", "Element\t", "Odd ", "Odd: "])
parts = st.builds(lambda scheme, secret: scheme + MARK + secret, schemes, st.text("ab=;, \t", max_size=8))


@given(st.sampled_from(["Authorization", "Cookie", "X-Token"]), st.lists(parts, min_size=1).map(", ".join))
def test_no_header_shows_a_secret(name, value):
    assert MARK not in mask_header(name, value)


@pytest.fixture
def forgetting(monkeypatch):
    """Leave nothing declared or learned behind."""
    for name in ("_declared", "_learned", "_stored"):
        monkeypatch.setattr(masks, name, type(getattr(masks, name))())


@pytest.mark.usefixtures("forgetting")
@each_row(
    ("text", "shown"),
    {
        "a key": ('{"acme.pin":"12","a":"12"}', '{"acme.pin":"********","a":"12"}'),
        "in other letters": ('{"Acme.PIN":"12"}', '{"Acme.PIN":"********"}'),
        "an entry": ('{"key":"acme.pin","value":"12"}', '{"key":"acme.pin","value":"********"}'),
        "a form": ("a=1&acme.pin=12", "a=1&acme.pin=********"),
        "an escaped name": ("acme%2Epin=12", "acme%2Epin=********"),
        "words that entries consist of": ('{"key":"a","value":"b"}', '{"key":"a","value":"b"}'),
        "another key that has it": ('{"acme.pins":"12"}', '{"acme.pins":"12"}'),
    },
)
def test_what_is_under_a_declared_name_is_hidden(text, shown):
    declare(["acme.pin", "key", "value"])

    assert mask_body(text) == shown


@pytest.mark.usefixtures("forgetting")
def test_what_a_process_has_learned_is_hidden_from_eight_letters_on_and_what_is_stored_in_logs_alone():
    learn(["of-an-option", "short"])
    learn_stored(["of-a-workspace"])
    text = "of-an-option, short, of-a-workspace"

    assert mask_known(text) == "********, short, of-a-workspace"
    assert mask_log(text) == "********, short, ********"
    learn(f"option-{number}" for number in range(64))
    assert mask_known(text) == text


MANY = [*(f"another-{number:03}" for number in range(500)), "one-of-many", "of-many-more", "seçond+of/many"]
FORMS = [
    form for secret in MANY for form in (secret, quote(secret), secret.encode().hex(), "a word", "short")
]


@given(st.lists(st.sampled_from(FORMS), max_size=20))
def test_of_very_many_secrets_none_is_shown_and_all_else_is(written):
    shown = [each if each in {"a word", "short"} else MASK for each in written]

    assert mask_known("; ".join(written), MANY) == "; ".join(shown)


@each_row(
    ("url", "shown"),
    [
        ("https://ada:pa/ss@h/x", "https://********@h/x"),
        ("https://ada:p#ss@h/x", "https://********@h/x"),
        ("https://ada:p?s/s@h:80/x", "https://********@h:80/x"),
        ("https://h:80/x@y", "https://h:80/x@y"),
        ("http://[::1]:80/a@b", "http://[::1]:80/a@b"),
        ("https://h:/a?m=a@b", "https://h:/a?m=a@b"),
        ("https://h/a:b/c@d", "https://h/a:b/c@d"),
    ],
)
def test_a_password_that_is_not_encoded_is_hidden_and_a_path_is_not(url, shown):
    assert (mask_url(url), mask_urls(f"to {url} (refused)")) == (shown, f"to {shown} (refused)")
    assert mask_body(f'{{"a":"{url}"}}') == f'{{"a":"{shown}"}}'
