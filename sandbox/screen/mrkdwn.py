"""Slack's `mrkdwn` as a page shows it."""

import re
from itertools import groupby

from sandbox.reading import Reader
from sandbox.screen.tags import BREAK, NOTHING, Safe, joined, link, tag

FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
QUOTED = re.compile(r"^(?:>|&gt;)(?!(?:>|&gt;)) ?")
ALL_QUOTED = re.compile(r"^(?:>|&gt;){3} ?", re.MULTILINE)
STYLES = {"*": "strong", "_": "em", "~": "s"}
MENTIONS = ("@", "#", "!here", "!channel", "!everyone", "!subteam")
DATE_WITH_LINK = 4


def _styled(sign: str) -> str:
    # A sign of style stands at the edge of a word, and never inside <...>.
    mark = re.escape(sign)
    inside = rf"(?:<[^<>\n]*>|[^{mark}\n])+?"
    return rf"(?<![\w{mark}]){mark}(?=\S){inside}(?<=\S){mark}(?![\w{mark}])"


INLINE = re.compile(
    "|".join((r"`[^`\n]+`", r"<[^<>\n]+>", *(_styled(sign) for sign in STYLES)))
)


def mrkdwn(reader: Reader, text: str) -> Safe:
    """Markup as its reader sees it: styles, links, names, dates in the zone."""
    pieces = FENCE.split(text)
    return joined(
        tag("pre", tag("code", plain(piece))) if place % 2 else _prose(reader, piece)
        for place, piece in enumerate(pieces)
    )


def plain(text: str) -> str:
    """The three characters that Slack has apps escape, as they are read."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _prose(reader: Reader, text: str) -> Safe:
    before, quoting, rest = _split_at_quote(text.strip("\n"))
    groups = groupby(before.split("\n"), lambda line: bool(QUOTED.match(line)))
    parts = [_group(reader, list(each), quoted=quoted) for quoted, each in groups]
    if quoting:
        parts.append(_group(reader, rest.split("\n"), quoted=True))
    return joined(parts)


def _split_at_quote(text: str) -> tuple[str, bool, str]:
    found = ALL_QUOTED.search(text)
    if found is None:
        return text, False, ""
    return text[: found.start()].rstrip("\n"), True, text[found.end() :]


def _group(reader: Reader, group: list[str], *, quoted: bool) -> Safe:
    read = joined((inline(reader, QUOTED.sub("", each)) for each in group), BREAK)
    return tag("blockquote", read) if quoted else read


def inline(reader: Reader, text: str) -> Safe:
    """One line of markup."""
    parts: list[object] = []
    done = 0
    for found in INLINE.finditer(text):
        parts += [plain(text[done : found.start()]), _marked(reader, found[0])]
        done = found.end()
    return joined([*parts, plain(text[done:])])


def _marked(reader: Reader, found: str) -> Safe:
    sign, inside = found[0], found[1:-1]
    if sign == "<":
        return special(reader, inside)
    if sign == "`":
        return tag("code", plain(inside))
    return tag(STYLES[sign], inline(reader, inside))


def special(reader: Reader, inside: str) -> Safe:
    """What stands between angle brackets: a mention, a date, a link."""
    target, _, label = inside.partition("|")
    if target.startswith("!date^"):
        return _date(reader, inside)
    if target.startswith(MENTIONS):
        read = plain(reader.text(f"<{inside}>"))
        own = target == f"@{reader.user.id}"
        return tag("span", read, class_="mention own" if own else "mention")
    shown = plain(label or target)
    drawn = link(plain(target), shown)
    # What is no link is shown with its brackets, so that nothing that was written
    # is lost from sight.
    return drawn if drawn.startswith("<a ") else joined(["<", plain(inside), ">"])


def _date(reader: Reader, inside: str) -> Safe:
    parts = inside.partition("|")[0].split("^")
    read = tag("time", plain(reader.text(f"<{inside}>")))
    target = parts[DATE_WITH_LINK - 1] if len(parts) >= DATE_WITH_LINK else ""
    return link(plain(target), read) if target else read


def text_object(reader: Reader, text: dict[str, object] | None) -> Safe:
    """A text object of either sort, or nothing."""
    if not text:
        return NOTHING
    said = str(text["text"])
    if text["type"] == "mrkdwn":
        return mrkdwn(reader, said)
    return joined(said.split("\n"), BREAK)
