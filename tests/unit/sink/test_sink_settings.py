"""What the environment says about the sink."""

from datetime import timedelta

import pytest
from each_row import each_row

from callback_sink import SinkSettings
from elements_local.kit.settings import SettingsError

LARGEST_BODY = "ELEMENTS_LOCAL_SINK_LARGEST_BODY"


def test_without_a_word_a_body_may_have_two_megabytes():
    assert SinkSettings.from_env({"ELEMENTS_LOCAL_SINK_PORT": "4702"}) == SinkSettings(
        largest_body=2 * 1024 * 1024
    )


@pytest.mark.parametrize(("text", "size"), [("1", 1), ("4096", 4096), ("16777216", 16 * 1024 * 1024)])
def test_the_largest_body_can_be_chosen(text, size):
    assert SinkSettings.from_env({LARGEST_BODY: text}).largest_body == size


@each_row("text", ["", "0", "-1", "16777217", "1e3", "2 MB", "٣", "9" * 5000])
def test_a_largest_body_that_is_none_is_refused(text):
    with pytest.raises(
        SettingsError, match="ELEMENTS_LOCAL_SINK_LARGEST_BODY must be a whole number from 1 to 16777216"
    ):
        SinkSettings.from_env({LARGEST_BODY: text})


def test_the_rest_can_be_chosen():
    chosen = SinkSettings.from_env(
        {
            "ELEMENTS_LOCAL_SINK_BIN_CALLBACKS": "5",
            "ELEMENTS_LOCAL_SINK_BIN_BYTES": "1000",
            "ELEMENTS_LOCAL_SINK_WORKSPACE_BYTES": "2000",
            "ELEMENTS_LOCAL_SINK_ALLOW_HOSTS": "Example.com, other.example",
            "ELEMENTS_LOCAL_SINK_FORWARD_TIMEOUT": "2.5",
            "ELEMENTS_LOCAL_SINK_STREAMS": "0",
        }
    )

    assert chosen == SinkSettings(
        bin_callbacks=5,
        bin_bytes=1000,
        workspace_bytes=2000,
        allow_hosts=frozenset({"example.com", "other.example"}),
        forward_timeout=timedelta(seconds=2.5),
        streams=0,
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [("BIN_CALLBACKS", "0"), ("BIN_BYTES", "0"), ("FORWARD_TIMEOUT", "-1"), ("STREAMS", "49")],
)
def test_a_setting_that_makes_no_sense_is_refused(name, text):
    with pytest.raises(SettingsError, match=f"ELEMENTS_LOCAL_SINK_{name} must be"):
        SinkSettings.from_env({f"ELEMENTS_LOCAL_SINK_{name}": text})
