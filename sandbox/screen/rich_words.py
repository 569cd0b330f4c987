"""Rich text that is typed in a plain field: words to rich text, and back."""

from sandbox.things import Json


def rich_text_of(words: str) -> Json | None:
    """Typed words as a rich text value; None where nothing was typed."""
    if not words:
        return None
    text = {"type": "text", "text": words}
    section = {"type": "rich_text_section", "elements": [text]}
    return {"type": "rich_text", "elements": [section]}


def words_of(value: Json) -> str:
    """The words in a rich text value, one line a part."""
    return "\n".join(_words(part) for part in value["elements"])


def _words(part: Json) -> str:
    nested = part.get("elements", [])
    return "".join(str(each.get("text", "")) or _words(each) for each in nested)
