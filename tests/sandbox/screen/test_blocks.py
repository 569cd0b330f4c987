"""Blocks as a page shows them."""

from typing import Any
from urllib.request import urlopen

import pytest

from sandbox import Sandbox
from sandbox.messages import complete
from sandbox.screen.blocks import draw_block, draw_blocks
from sandbox.screen.pen import Pen
from sandbox.screen.rich_words import rich_text_of, words_of
from sandbox.things import File
from tests.sandbox.conftest import Stage
from tests.sandbox.files import PNG, base64_of
from tests.sandbox.screen import gallery
from tests.sandbox.screen.test_tags import Parsed

Json = dict[str, Any]


@pytest.fixture
def pen(slack: Sandbox, stage: Stage) -> Pen:
    """Draws a message for Ada."""
    return Pen(stage.ada.stage.reader(stage.ada.id), "message", "C1/1.2")


def drawn(pen: Pen, block: Json) -> str:
    """One block, as the workspace would keep it."""
    return draw_block(pen, complete([block])[0])


def test_one_of_everything_can_be_read(pen: Pen, stage: Stage) -> None:
    blocks = complete(gallery.message(stage.ben.id, stage.inner.id))

    words = Parsed(draw_blocks(pen, blocks)).words

    for part in ("MM-7K3Q9", "a quoted line", "Dr Rivera", "first of the list"):
        assert part in words
    for button in ("Take it", "Ask for information", "Decline", "Open the page"):
        assert button in words
    for option in ("Case", "Labels", "Timeline", "Routine", "Urgent"):
        assert option in words


def test_a_button_says_which_it_is(pen: Pen) -> None:
    row = {
        "type": "actions",
        "block_id": "row",
        "elements": [gallery.button("Take it")],
    }

    attributes = dict(Parsed(drawn(pen, row)).attributes)

    assert attributes["data-act"] == "use"
    assert attributes["data-surface"] == "message"
    assert attributes["data-key"] == "C1/1.2"
    assert (attributes["data-block"], attributes["data-action"]) == ("row", "take_it")


@pytest.mark.parametrize("style", ["primary", "danger"])
def test_a_button_has_its_style(pen: Pen, style: str) -> None:
    row = {"type": "actions", "elements": [gallery.button("Go", style=style)]}

    assert f'class="button {style}"' in drawn(pen, row)


def test_a_button_with_a_label_for_readers_is_called_by_it(pen: Pen) -> None:
    button = gallery.button("Go", accessibility_label="Go to the page")

    shown = drawn(pen, {"type": "actions", "elements": [button]})

    assert 'aria-label="Go to the page"' in shown


def test_a_button_that_leads_to_a_script_leads_nowhere(pen: Pen) -> None:
    button = gallery.button("Go", url="javascript:alert(1)")

    shown = drawn(pen, {"type": "actions", "elements": [button]})

    assert "href" not in shown
    assert Parsed(shown).tags == ["div", "button"]


def test_fields_stand_beside_each_other(pen: Pen) -> None:
    fields = [gallery.mrkdwn("*a*"), gallery.text("*b*")]

    shown = drawn(pen, {"type": "section", "fields": fields})

    assert (
        '<div class="fields"><div><strong>a</strong></div><div>*b*</div></div>' in shown
    )


def test_a_picture_has_its_words_and_does_not_say_who_looks(pen: Pen) -> None:
    image = {"type": "image", "image_url": "https://a.b/c.png", "alt_text": 'A "curve"'}

    attributes = dict(Parsed(drawn(pen, image)).attributes)

    assert attributes["alt"] == 'A "curve"'
    assert attributes["referrerpolicy"] == "no-referrer"


def test_a_picture_that_slack_does_not_hold_is_shown_as_its_words(pen: Pen) -> None:
    image = {"type": "image", "slack_file": {"id": "F0NOWHERE"}, "alt_text": "A curve"}

    shown = drawn(pen, image)

    assert "<img" not in shown
    assert "A curve" in shown


def test_a_picture_that_slack_holds_is_shown_and_leads_to_itself(
    pen: Pen, slack: Sandbox
) -> None:
    file = File(
        "F0PICTURE1", "a b.png", slack.bot_user_id, 1, 1, "A", base64_of(PNG), alt="A"
    )
    slack.world.put(file)
    image = {"type": "image", "slack_file": {"id": file.id}, "alt_text": "A curve"}

    shown = drawn(pen, image)

    source = str(dict(Parsed(shown).attributes)["src"])
    assert f'href="{source}"' in shown
    with urlopen(source) as answer:  # noqa: S310 - the sandbox's own
        assert answer.read() == PNG


def test_a_header_is_a_heading_below_those_of_the_page(pen: Pen) -> None:
    shown = drawn(pen, {"type": "header", "text": gallery.text("Title")})

    assert "<h3>Title</h3>" in shown


def test_rich_text_has_lists_quotes_code_and_styles(pen: Pen, stage: Stage) -> None:
    bold = {"type": "text", "text": "loud", "style": {"bold": True, "italic": True}}
    user = {"type": "user", "user_id": stage.ben.id}
    link = {"type": "link", "url": "https://a.b", "text": "there"}
    line = {"type": "rich_text_section", "elements": [bold, user, link]}
    parts = [
        {"type": "rich_text_list", "style": "ordered", "offset": 2, "elements": [line]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]},
        {
            "type": "rich_text_preformatted",
            "elements": [{"type": "text", "text": "<x>"}],
        },
    ]

    shown = drawn(pen, {"type": "rich_text", "elements": parts})

    assert '<ol class="indent-0" start="3"><li>' in shown
    assert "<em><strong>loud</strong></em>" in shown
    assert '<span class="mention">@Ben Ito</span>' in shown
    assert '<a href="https://a.b"' in shown
    assert "<blockquote>said</blockquote>" in shown
    assert "<pre><code>&lt;x&gt;</code></pre>" in shown


def test_rich_text_names_channels_broadcasts_dates_and_emoji(
    pen: Pen, stage: Stage
) -> None:
    pieces = [
        {"type": "channel", "channel_id": stage.inner.id},
        {"type": "broadcast", "range": "here"},
        {"type": "date", "timestamp": 1793793600, "format": "{time}", "fallback": "x"},
        {"type": "emoji", "name": "eyes"},
    ]
    section = {"type": "rich_text_section", "elements": pieces}

    words = Parsed(drawn(pen, {"type": "rich_text", "elements": [section]})).words

    assert words == "#inner@here6:00 AM:eyes:"


def test_a_table_has_its_rows_and_cells(pen: Pen) -> None:
    cell = {"type": "rich_text", "elements": rich("deep")}
    rows = [
        [{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}],
        [cell],
    ]

    shown = drawn(pen, {"type": "table", "rows": rows})

    assert "<tr><td>a</td><td>b</td></tr><tr><td><p>deep</p></td></tr>" in shown


def rich(words: str) -> list[Json]:
    """The parts of a rich text with one line."""
    value = rich_text_of(words)
    assert value
    parts: list[Json] = value["elements"]
    return parts


def test_what_is_not_drawn_here_says_so(pen: Pen) -> None:
    video = {"type": "video", "title": gallery.text("x"), "block_id": "b"}

    assert "A video block is not drawn here" in draw_block(pen, video)


def test_an_element_that_is_not_drawn_here_says_so(pen: Pen) -> None:
    row = {"type": "actions", "elements": [{"type": "icon_button", "action_id": "a"}]}

    assert "A icon_button is not drawn here" in drawn(pen, row)


def test_typed_words_become_rich_text_and_come_back() -> None:
    value = rich_text_of("one\ntwo")

    assert value
    assert words_of(value) == "one\ntwo"
    assert rich_text_of("") is None


def test_an_error_stands_below_its_field_and_is_tied_to_it(pen: Pen) -> None:
    block = gallery.input_block("Words", "plain_text_input")
    wrong = Pen(pen.reader, "modal", "V1", errors={"plain_text_input": "Too <short>"})

    shown = drawn(wrong, block)

    parsed = dict(Parsed(shown).attributes)
    assert "Too &lt;short&gt;" in shown
    assert f'id="{parsed["aria-describedby"]}"' in shown
    assert parsed["aria-invalid"] == "true"


def test_a_group_of_boxes_is_named_by_a_legend(pen: Pen) -> None:
    block = gallery.input_block(
        "Which", "checkboxes", options=gallery.options("A", "B")
    )

    shown = drawn(pen, {**block, "optional": True})

    assert '<legend>Which<span class="optional"> (optional)</span></legend>' in shown


def test_a_field_shows_what_was_entered_not_where_it_began(pen: Pen) -> None:
    block = gallery.input_block("Words", "plain_text_input", initial_value="before")
    state = {"type": "plain_text_input", "value": "after"}
    values = {"plain_text_input": {"a": state}}
    later = Pen(pen.reader, "modal", "V1", values=values)

    assert 'value="before"' in drawn(pen, block)
    assert 'value="after"' in drawn(later, block)


def test_a_moment_is_shown_in_the_zone_of_its_reader(pen: Pen) -> None:
    block = gallery.input_block("At", "datetimepicker", initial_date_time=1793793600)

    assert 'value="2026-11-04T06:00"' in drawn(pen, block)


def test_people_of_other_teams_are_offered_only_where_a_channel_is_shared(
    pen: Pen, stage: Stage, slack: Sandbox
) -> None:
    slack.person("Zed Stranger", team=slack.team("Elsewhere"))

    words = Parsed(drawn(pen, gallery.input_block("Who", "users_select"))).words

    assert "Cleo Marsh" in words
    assert "Zed Stranger" not in words
