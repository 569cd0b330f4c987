"""Slack's markup as a page shows it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox import Sandbox
from sandbox.reading import Reader
from sandbox.screen.mrkdwn import mrkdwn, text_object
from tests.sandbox.conftest import Stage
from tests.sandbox.screen.test_tags import Parsed

ALLOWED = {
    *("a", "blockquote", "br", "code", "em", "pre", "s", "span", "strong", "time"),
}
HOSTILE = st.lists(
    st.sampled_from(
        [
            *("*", "_", "~", "`", "```", ">", "&gt;", "&lt;", "&amp;", "<", "|", "\n"),
            *("<script>", "</script>", "<@U1>", "<javascript:x|y>", '"', "'", "="),
            *("<https://a.b|c>", "<!date^1^{time}|x>", "<img onerror=x>", "word", " "),
        ]
    )
).map("".join)


@pytest.fixture
def reader(slack: Sandbox, stage: Stage) -> Reader:
    """Ada's eyes, in Chicago."""
    return stage.ada.stage.reader(stage.ada.id)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (
            "*bold* and _it_ and ~no~",
            "<strong>bold</strong> and <em>it</em> and <s>no</s>",
        ),
        ("`a *b*`", "<code>a *b*</code>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("* not bold *", "* not bold *"),
        ("one\ntwo", "one<br>two"),
        ("a &amp; b &lt; c", "a &amp; b &lt; c"),
        ("> said\nafter", "<blockquote>said</blockquote>after"),
        ("&gt; one\n&gt; two", "<blockquote>one<br>two</blockquote>"),
        ("before\n>>> all\nof it", "before<blockquote>all<br>of it</blockquote>"),
        ("```\na < b\n```", "<pre><code>a &lt; b</code></pre>"),
        ("x ```y``` z", "x <pre><code>y</code></pre> z"),
        ("*<https://a.b|b>*", "<strong><a "),
        ("<!here> now", '<span class="mention">@here</span> now'),
        ("<b>", "&lt;b&gt;"),
        ("<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"),
    ],
)
def test_markup_is_shown_as_slack_shows_it(
    reader: Reader, typed: str, shown: str
) -> None:
    assert mrkdwn(reader, typed).startswith(shown)


def test_people_and_channels_have_their_names(reader: Reader, stage: Stage) -> None:
    said = f"<@{stage.ben.id}> in <#{stage.inner.id}>"

    assert mrkdwn(reader, said) == (
        '<span class="mention">@Ben Ito</span> in <span class="mention">#inner</span>'
    )


def test_who_is_called_themselves_sees_it_at_once(reader: Reader, stage: Stage) -> None:
    assert 'class="mention own"' in mrkdwn(reader, f"<@{stage.ada.id}>")


def test_a_date_is_read_in_the_zone_of_its_reader(reader: Reader) -> None:
    shown = mrkdwn(reader, "by <!date^1793793600^{date_short} {time}|then>")

    assert shown == "by <time>Nov 4, 2026 6:00 AM</time>"


def test_a_date_with_a_link_leads_there(reader: Reader) -> None:
    shown = mrkdwn(reader, "<!date^1793793600^{time}^https://a.b|then>")

    assert shown.startswith('<a href="https://a.b"')
    assert "<time>6:00 AM</time>" in shown


def test_a_link_keeps_the_characters_of_its_address(reader: Reader) -> None:
    shown = mrkdwn(reader, "<https://a.b/?x=1&amp;y=2_z_|go>")

    assert Parsed(shown).attributes[0] == ("href", "https://a.b/?x=1&y=2_z_")


def test_plain_text_has_no_styles(reader: Reader) -> None:
    said: dict[str, object] = {"type": "plain_text", "text": "*a*\n<b>"}

    assert text_object(reader, said) == "*a*<br>&lt;b&gt;"
    assert text_object(reader, None) == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(HOSTILE)
def test_no_markup_but_ours_comes_out_whatever_goes_in(
    reader: Reader, typed: str
) -> None:
    parsed = Parsed(mrkdwn(reader, typed))

    assert set(parsed.tags) <= ALLOWED
    assert {name for name, _ in parsed.attributes} <= {"href", "target", "rel", "class"}
    assert all(
        value == "https://a.b" for name, value in parsed.attributes if name == "href"
    )
