"""What a person reads: markup, names, dates in their zone, blocks as lines."""

from datetime import UTC, datetime

import pytest

from sandbox.reading import Reader
from sandbox.things import Conversation, User
from sandbox.world import World
from tests.sandbox.errand import Json, option, text

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
STAMP = int(NOW.timestamp())


@pytest.fixture
def reader() -> Reader:
    """Ada in Chicago, on a Tuesday morning at ten."""
    world = World(clock=NOW.timestamp)
    ada = User("U1", "T1", "ada", "Ada Stone", "Dr Stone", tz="America/Chicago")
    world.put(ada)
    world.put(User("U2", "T1", "ben", "Ben Ito", ""))
    world.put(Conversation("C1", "T1", "general", 0))
    return Reader(world, ada)


MARKUP = [
    ("plain", "plain"),
    ("*bold* _slanted_ ~gone~ `code`", "bold slanted gone code"),
    ("*_both_*", "both"),
    ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
    ("<@U1> and <@U2>", "@Dr Stone and @Ben Ito"),
    ("<@U9>", "@U9"),
    ("<@USLACKBOT>", "@Slackbot"),
    ("in <#C1> or <#C9|old>", "in #general or #old"),
    ("<!here> <!channel>", "@here @channel"),
    ("<!subteam^S1|@nurses>", "@nurses"),
    ("<https://a.example|the page> <https://b.example>", "the page https://b.example"),
    ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
]


@pytest.mark.parametrize(("said", "read"), MARKUP)
def test_markup_is_read_as_slack_shows_it(reader: Reader, said: str, read: str) -> None:
    assert reader.text(said) == read


DATES = [
    ("{date_num}", 0, "2026-03-10"),
    ("{date_slash}", 0, "03/10/2026"),
    ("{date}", 0, "March 10th, 2026"),
    ("{date_short}", 0, "Mar 10, 2026"),
    ("{date_long}", 0, "Tuesday, March 10th, 2026"),
    ("{time}", 0, "10:00 AM"),
    ("{time}", 3 * 3600, "1:00 PM"),
    ("{time}", -10 * 3600, "12:00 AM"),
    ("{time_secs}", 5, "10:00:05 AM"),
    ("{date_pretty}", 0, "today"),
    ("{date_short_pretty} at {time}", 86_400, "tomorrow at 10:00 AM"),
    ("{date_long_pretty}", -86_400, "yesterday"),
    ("{date_short_pretty}", 3 * 86_400, "Mar 13, 2026"),
    ("{ago}", -120, "2 minutes ago"),
    ("{ago}", -3600, "1 hour ago"),
    ("{ago}", 2 * 86_400, "in 2 days"),
    ("{date}", -9 * 86_400, "March 1st, 2026"),
    ("{day_divider_pretty}", 5 * 86_400, "Sunday, March 15th"),
    ("{nonsense}", 0, "{nonsense}"),
]


@pytest.mark.parametrize(("pattern", "later", "read"), DATES)
def test_a_date_is_read_in_the_readers_zone(
    reader: Reader, pattern: str, later: int, read: str
) -> None:
    assert reader.text(f"<!date^{STAMP + later}^{pattern}|fallback>") == read


def test_a_date_with_a_link_is_read_as_a_date(reader: Reader) -> None:
    said = f"by <!date^{STAMP}^{{time}}^https://a.example|noon>"

    assert reader.text(said) == "by 10:00 AM"


def test_a_broken_date_is_read_as_its_fallback(reader: Reader) -> None:
    assert reader.text("<!date^soon^{time}|noon>") == "noon"


def test_another_zone_reads_another_time(reader: Reader) -> None:
    berlin = User("U3", "T2", "cleo", "Cleo", "", tz="Europe/Berlin")
    said = f"<!date^{STAMP}^{{date_num}} {{time}}|x>"

    assert Reader(reader.world, berlin).text(said) == "2026-03-10 4:00 PM"


BUTTON = {"type": "button", "action_id": "b", "text": text("Take it")}
MENU = {
    "type": "overflow",
    "action_id": "o",
    "options": [option("More"), option("Less")],
}
BLOCKS = [
    ({"type": "header", "text": text("*Not bold*")}, "*Not bold*"),
    ({"type": "section", "text": {"type": "mrkdwn", "text": "*Bold*"}}, "Bold"),
    (
        {"type": "section", "text": text("Left"), "accessory": BUTTON},
        "Left [Take it]",
    ),
    ({"type": "section", "fields": [text("One"), text("Two")]}, "One\nTwo"),
    (
        {
            "type": "context",
            "elements": [
                {
                    "type": "image",
                    "image_url": "https://a.example",
                    "alt_text": "A cat",
                },
                {"type": "mrkdwn", "text": "_small_"},
            ],
        },
        "A cat  small",
    ),
    ({"type": "actions", "elements": [BUTTON, MENU]}, "[Take it]  [...: More, Less]"),
    (
        {
            "type": "actions",
            "elements": [
                {"type": "datepicker", "action_id": "d", "placeholder": text("When")},
                {"type": "users_select", "action_id": "u"},
            ],
        },
        "[When]  [users_select]",
    ),
    ({"type": "divider"}, "---"),
    ({"type": "image", "image_url": "x", "alt_text": "A chart"}, "A chart"),
    ({"type": "markdown", "text": "*so*"}, "so"),
    (
        {
            "type": "input",
            "label": text("Why"),
            "hint": text("Be brief"),
            "element": {"type": "plain_text_input", "action_id": "i"},
        },
        "Why\nBe brief",
    ),
    ({"type": "file", "external_id": "x", "source": "remote"}, ""),
]


@pytest.mark.parametrize(("block", "read"), BLOCKS)
def test_each_block_is_read_as_lines(reader: Reader, block: Json, read: str) -> None:
    assert reader.block(block) == read


def test_rich_text_is_read_with_its_lists_mentions_and_dates(reader: Reader) -> None:
    section = {
        "type": "rich_text_section",
        "elements": [
            {"type": "text", "text": "Hello "},
            {"type": "user", "user_id": "U2"},
            {"type": "emoji", "name": "wave"},
            {"type": "link", "url": "https://a.example", "text": "page"},
            {"type": "date", "timestamp": STAMP, "format": " {time}"},
        ],
    }
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
    listed = {"type": "rich_text_list", "style": "bullet", "elements": [line, line]}

    read = reader.block({"type": "rich_text", "elements": [section, listed]})

    assert read == "Hello @Ben Ito:wave:page 10:00 AM\n- x\n- x"


def test_blocks_that_say_nothing_leave_no_empty_line(reader: Reader) -> None:
    silent: Json = {"type": "context", "elements": []}

    assert reader.blocks([{"type": "divider"}, silent, {"type": "divider"}]) == (
        "---\n---"
    )
