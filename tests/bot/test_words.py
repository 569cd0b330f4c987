"""How words are put together in a line."""

from __future__ import annotations

from bot.views import words


def test_names_with_commas_of_their_own_are_told_apart_by_semicolons() -> None:
    assert words.listed(["CBC", "IgG"]) == "CBC, IgG"
    assert words.listed(["Response, first", "CBC"]) == "Response, first; CBC"


def test_words_that_begin_a_line_keep_their_other_capitals() -> None:
    assert words.begun("month-1 IgG") == "Month-1 IgG"
    assert words.begun("") == ""
