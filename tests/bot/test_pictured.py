"""A picture's blocks are such that Slack takes them, whatever stands in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.pictured import image, in_words, instead_of
from sandbox.block_kit import problems
from scheduler.ports import Picture
from tests.slack_contract import sent_problems

WORST = ["x" * 5000, "& < > " * 900, "<@U0CHEN>", "*bold* `code`", "👍" * 2000]
words = st.sampled_from(WORST) | st.text(min_size=1, max_size=3000)


@given(title=words, alt=words)
def test_whatever_is_said_slack_takes_it(title: str, alt: str) -> None:
    blocks = [
        image("F0PICTURE1", title=title, alt=alt),
        in_words(title=title, alt=alt),
    ]

    assert problems(blocks, surface="message") == []
    assert problems(blocks, surface="modal") == []


def test_a_picture_may_say_what_stands_where_it_cannot_be_shown() -> None:
    shown = Picture(b"", "A page with many words.", "Page", "No file. Copy the text.")
    plain = Picture(b"", "Now: bridging.", "Way")

    assert instead_of(shown)["text"]["text"] == "No file. Copy the text."
    assert instead_of(plain) == in_words(title="Way", alt="Now: bridging.")
    worst = instead_of(Picture(b"", "", "", WORST[1]))
    assert problems([worst], surface="message") == []


@pytest.mark.parametrize("said", ["<@U0CHEN>", "<!channel>", "a & b"])
def test_words_call_nobody(said: str) -> None:
    """What stands for the picture is text that people wrote, and is obeyed nowhere."""
    text = in_words(title=said, alt=said)["text"]["text"]

    assert said not in text


def test_the_image_shows_slacks_own_file_and_no_address() -> None:
    block = image("F0PICTURE1", title="Way", alt="Now: bridging.")

    assert block["slack_file"] == {"id": "F0PICTURE1"}
    assert "image_url" not in block
    assert block["alt_text"] == "Now: bridging."


def test_the_blocks_have_the_shapes_that_slack_publishes() -> None:
    blocks = [
        image("F0PICTURE1", title="Way", alt="Now: bridging."),
        in_words(title="Way", alt="Now: bridging."),
    ]

    said = sent_problems(
        "chat.postMessage", {"channel": "C0MYELOMA", "text": "Way", "blocks": blocks}
    )

    assert said == []
