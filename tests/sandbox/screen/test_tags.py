"""Markup is escaped where text is put in, whatever the text."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from sandbox.screen.tags import Safe, is_followed, joined, lines, link, tag


class Parsed(HTMLParser):
    """What a browser would make of some markup."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words += data


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"))


@given(WORDS)
def test_text_stays_text(words: str) -> None:
    parsed = Parsed(tag("p", words))

    assert parsed.tags == ["p"]
    assert parsed.words == words


@given(WORDS)
def test_an_attribute_stays_an_attribute(words: str) -> None:
    parsed = Parsed(tag("p", "", title=words))

    assert parsed.attributes == [("title", words)]


def test_markup_inside_markup_is_not_escaped_again() -> None:
    assert tag("p", tag("b", "<")) == "<p><b>&lt;</b></p>"


def test_attributes_have_their_names_on_a_page() -> None:
    made = tag(
        "p", class_="a", for_="b", data_key="c", hidden=True, title=None, x=False
    )

    assert made == '<p class="a" for="b" data-key="c" hidden></p>'


def test_an_empty_attribute_is_kept_and_void_elements_do_not_close() -> None:
    assert tag("img", alt="") == '<img alt="">'


def test_joined_parts_are_escaped_unless_they_are_markup() -> None:
    assert joined(["<", Safe("<br>"), 3]) == "&lt;<br>3"


def test_lines_break_where_the_text_does() -> None:
    assert lines("a\n<b>") == "a<br>&lt;b&gt;"


def test_a_link_opens_beside_the_page_and_tells_nothing_of_it() -> None:
    made = link("https://example.org/?a=1&b=2", "here")

    assert made == (
        '<a href="https://example.org/?a=1&amp;b=2" target="_blank" '
        'rel="noopener noreferrer">here</a>'
    )


@given(st.sampled_from(["javascript", "JavaScript", "data", "vbscript", "file", ""]))
def test_a_link_that_a_click_should_not_follow_is_only_its_words(scheme: str) -> None:
    assert link(f"{scheme}:alert(1)", "<here>") == "&lt;here&gt;"


def test_an_address_that_makes_no_sense_is_not_followed() -> None:
    assert not is_followed("http://[")
    assert is_followed("mailto:a@example.org")
    assert is_followed("tel:+15550199")
