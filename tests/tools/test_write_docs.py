"""What is derived from the code is written into the docs, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import write_docs
from tools.settings_table import tabulate_settings
from tools.write_docs import UnknownPart, main, parts_in, write_parts

STALE = "Before\n<!-- written by tools: settings -->\nold\n<!-- end -->\nAfter\n"


def test_a_part_becomes_what_the_code_says_and_the_rest_stays() -> None:
    written = write_parts(STALE)

    assert written == STALE.replace("old", tabulate_settings())


def test_writing_twice_is_writing_once() -> None:
    once = write_parts(STALE)

    assert write_parts(once) == once


def test_a_text_without_parts_stays_as_it_is() -> None:
    text = "# Title\n\n<!-- a comment -->\n"

    assert (write_parts(text), parts_in(text)) == (text, [])


def test_parts_are_found_by_name() -> None:
    assert parts_in(STALE + STALE) == ["settings", "settings"]


def test_a_part_that_nothing_writes_is_refused() -> None:
    text = STALE.replace("settings", "horoscope")

    with pytest.raises(UnknownPart, match="horoscope"):
        write_parts(text)


def test_the_command_writes_what_is_stale_and_then_has_nothing_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "docs").mkdir()
    stale = tmp_path / "docs" / "page.md"
    stale.write_text(STALE, encoding="utf-8")
    monkeypatch.setattr(write_docs, "ROOT", tmp_path)

    results = [main(["--check"]), main([]), main(["--check"])]

    assert results == [1, 0, 0]
    assert capsys.readouterr().out == "docs/page.md\n" * 2
    assert stale.read_text(encoding="utf-8") == write_parts(STALE)
