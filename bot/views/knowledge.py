"""Clinical knowledge as it is read and signed: by topic, a few rows at a time.

Each row stands with where it was read, of which date and population, which parts Baton
proposes, and who of the center signed it. A row that is unsigned, stale or changed
says so; the order is the file's, whatever is signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.knowledge import TOPICS, Knowledge, Known, fingerprint
from bot.views import kit
from bot.views.ids import Act, Carried, Form
from bot.views.protocol_words import proposed, timing, unfolded
from care.knowledge.protocol import ProtocolRow
from care.knowledge.red_flags import RedFlag
from care.knowledge.statements import Mark, Source
from care.signing import Standing, count
from storage.records import Site

TITLE = "Clinical knowledge"
SECONDARY = "read in a secondary source"
OWN = "Your center's own: its words are the center's, not the source's"
ROWS = 6
"""Rows on a page: few enough to be read before they are signed."""
TURN = f"{Act.KNOWLEDGE_TURN}:"
"""Begins the id of each button that turns to a page."""
CHOICE = "choice:"
"""Begins the name of a page on which rows stand side by side."""


def overview_page(known: Knowledge, said: str = "") -> dict[str, Any]:
    """Return the topics with how many of their rows are signed."""
    return _page(
        [
            *_said(said),
            *_centers(known),
            kit.section(
                f"*{kit.escape(known.center.name)}*, protocol {known.protocol.number}\n"
                f"{known.count}"
            ),
            *(_topic(known, one) for one in TOPICS if known.of(one)),
            kit.context(_rights(known)),
            *_to_protocol(known),
        ]
    )


def topic_page(
    known: Knowledge, topic: str, place: int = 0, said: str = ""
) -> dict[str, Any]:
    """Return some rows of a topic; a page that is not there is the last one."""
    rows, pages = page_rows(known, topic, place)
    place = min(place, max(pages - 1, 0))
    number = f", page {place + 1} of {pages}" if pages > 1 else ""
    blocks = [
        *_said(said),
        kit.header(f"{topic.capitalize()}{number}"),
        *(block for one in rows for block in row_blocks(known, one, topic, place)),
        *_below(known, topic, place, pages, rows),
    ]
    return _page(blocks)


def choice_page(known: Knowledge, choice: str, said: str = "") -> dict[str, Any]:
    """Return the rows that disagree, one beside the other."""
    rows = known.choices(choice)
    back = page_id(rows[0].topic) if rows else ""
    lead = "Published sources disagree here. Your center chooses one; the others stay"
    blocks = [
        *_said(said),
        kit.header("Sources disagree"),
        kit.context(f"{lead} as they are, and are not planned."),
        *(block for one in rows for block in _position(known, one, choice)),
        kit.actions([turn_button("Back", known, back), _all_topics(known)]),
    ]
    return _page(blocks)


def page_id(topic: str, place: int = 0) -> str:
    """Return the name of a page of a topic, as a button carries it."""
    return f"{TOPICS.index(topic)}:{place}"


def page_named(page: str) -> tuple[str, int] | None:
    """Return the topic and the place of a page; None for the overview."""
    topic, _, place = page.partition(":")
    if not (topic.isdecimal() and place.isdecimal() and int(topic) < len(TOPICS)):
        return None
    return TOPICS[int(topic)], int(place)


def page_rows(known: Knowledge, topic: str, place: int) -> tuple[list[Known], int]:
    """Return the rows of a page of a topic, and how many pages there are."""
    rows = known.of(topic)
    pages = -(-len(rows) // ROWS)
    place = min(place, max(pages - 1, 0))
    return rows[place * ROWS : (place + 1) * ROWS], pages


def row_blocks(known: Knowledge, one: Known, topic: str, place: int) -> list[kit.Block]:
    """Return a row with what it rests on, and what its reader may do."""
    buttons = _row_buttons(known, one, page_id(topic, place))
    return row_text(known, one, buttons)


def row_text(
    known: Knowledge, one: Known, buttons: Sequence[kit.Element] = ()
) -> list[kit.Block]:
    """Return what a row says, where it was read and how it stands.

    The first button stands beside the row, a further one below.
    """
    accessory = buttons[0] if buttons else None
    small = [kit.escape_within(line, 1900) for line in _small(known, one)]
    more = [kit.actions(buttons[1:])] if len(buttons) > 1 else []
    return [
        kit.section(_statement(one), accessory=accessory),
        kit.context(*small, standing_line(known, one)),
        *more,
    ]


def turn_button(label: str, known: Knowledge, page: str) -> kit.Element:
    """Return a button that brings another page in the same view."""
    value = Carried(subject=known.center.id, page=page).dump()
    # Two buttons of a block may not have the same id.
    return kit.button(label, f"{TURN}{page}", value=value)


def open_button(
    center: Site | None = None, label: str = TITLE, *, primary: bool = False
) -> kit.Element:
    """Return the button by which everybody reaches the lists."""
    value = Carried(subject=center.id).dump() if center else None
    return kit.button(label, Act.KNOWLEDGE, value=value, primary=primary)


def cited(sources: Sequence[Source]) -> str:
    """Return where something was read, of which date and in whom."""
    return "; ".join(
        f"{one.citation} ({one.date}); {one.population or 'population not stated'}"
        for one in sources
    )


def standing_line(known: Knowledge, one: Known) -> str:
    """Return who signed a row and when, or that nobody has."""
    if one.signature is None or one.signer is None:
        return "Not yet signed by your center"
    when = kit.moment(one.signature.signed_at, "{date_long}")
    name = kit.escape(one.signer.name)
    match one.standing:
        case Standing.CHANGED:
            return f"It reads otherwise since {name} signed it, {when}"
        case Standing.STALE:
            days = known.limit.days
            return f"Signed by {name}, {when}: over {days} days ago, read it again"
        case _:
            return f"Signed by {name}, {when}"


def _statement(one: Known) -> str:
    row, told = one.row, kit.escape(one.row.statement)
    if isinstance(row, RedFlag):
        return f"{told}\n_{kit.escape(row.thinks_of)}_"
    if not isinstance(row, ProtocolRow):
        return told
    lines = [f"*{kit.escape(row.name)}* ({row.ref})", told]
    lines += [kit.escape(row.thresholds)] if row.thresholds else []
    return "\n".join([*lines, *(kit.escape(line) for line in timing(row))])


def _small(known: Knowledge, one: Known) -> list[str]:
    row = one.row
    own = isinstance(row, ProtocolRow) and row.own
    where = cited(one.sources)
    lines = [OWN] if own else []
    if where:
        lines.append(f"After: {where}" if own else f"Source: {where}")
    if row.population:
        lines.append(f"For: {row.population}")
    if row.mark is Mark.SECONDARY and not own:
        lines.append(SECONDARY.capitalize())
    if isinstance(row, ProtocolRow) and (told := proposed(row)):
        lines.append(told)
    if known.is_disputed(one):
        lines.append("Other sources say something else")
    read = row.last_checked
    lines.append(f"Sources read {read.day} {read:%b %Y}")
    return lines


def _row_buttons(known: Knowledge, one: Known, page: str) -> list[kit.Element]:
    shown: list[kit.Element] = []
    if known.is_disputed(one):
        label = "Choose" if known.may_sign else "See what disagrees"
        shown.append(turn_button(label, known, f"{CHOICE}{one.choice}"))
    elif known.may_sign and one.standing is not Standing.SIGNED:
        shown.append(_sign_button("Sign", known, one, page))
    if known.may_sign and one.signature is not None:
        shown.append(_withdraw_button(known, one, page))
    return shown


def _position(known: Knowledge, one: Known, choice: str) -> list[kit.Block]:
    page = f"{CHOICE}{choice}"
    buttons: list[kit.Element] = []
    if known.may_sign and one.standing is not Standing.SIGNED:
        buttons.append(_sign_button("Choose this", known, one, page))
    if known.may_sign and one.signature is not None:
        buttons.append(_withdraw_button(known, one, page))
    return [*row_text(known, one, buttons), kit.divider()]


def _sign_button(label: str, known: Knowledge, one: Known, page: str) -> kit.Element:
    value = Carried(
        subject=known.center.id, item=one.key, version=one.digest, page=page
    )
    return kit.button(label, Act.KNOWLEDGE_SIGN, value=value.dump())


def _withdraw_button(known: Knowledge, one: Known, page: str) -> kit.Element:
    value = Carried(
        subject=known.center.id,
        item=one.signature.id if one.signature else "",
        page=page,
    )
    asked = kit.confirm(
        "Withdraw the signature?",
        "Nothing more is planned by this row. What is planned already goes on.",
        "Withdraw",
    )
    return kit.button(
        "Withdraw", Act.KNOWLEDGE_WITHDRAW, value=value.dump(), confirm=asked
    )


def _below(
    known: Knowledge, topic: str, place: int, pages: int, rows: Sequence[Known]
) -> list[kit.Block]:
    buttons: list[kit.Element] = []
    if place + 1 < pages:
        buttons.append(turn_button("Next", known, page_id(topic, place + 1)))
    if place:
        buttons.append(turn_button("Earlier", known, page_id(topic, place - 1)))
    buttons.append(_all_topics(known))
    waiting = known.to_sign(rows) if known.may_sign else []
    if len(waiting) > 1:
        value = Carried(
            subject=known.center.id,
            page=page_id(topic, place),
            version=fingerprint(rows),
        )
        signing = kit.button(
            f"Sign these {len(waiting)}",
            Act.KNOWLEDGE_SIGN_THESE,
            value=value.dump(),
            primary=True,
        )
        buttons.insert(0, signing)
    return [kit.divider(), kit.actions(buttons, block_id="below")]


def _topic(known: Knowledge, topic: str) -> kit.Block:
    rows = known.of(topic)
    counted = count(rows)
    stale = [one for one in rows if one.standing is Standing.STALE]
    disputed = {one.choice for one in rows if known.is_disputed(one)}
    words = [f"{counted.signed} of {counted.all} signed"]
    words += [f"{len(stale)} to be read again"] if stale else []
    words += [f"sources disagree over {len(disputed)}"] if disputed else []
    read = turn_button("Read", known, page_id(topic))
    return kit.section(f"*{topic.capitalize()}*\n{', '.join(words)}", accessory=read)


def _centers(known: Knowledge) -> list[kit.Block]:
    others = [one for one in known.centers if one.id != known.center.id]
    if not others:
        return []
    buttons = [
        kit.button(
            one.name,
            f"{TURN}{one.id}",
            value=Carried(subject=one.id).dump(),
        )
        for one in others[:20]
    ]
    return [kit.actions(buttons, block_id="centers")]


def _rights(known: Knowledge) -> str:
    if known.may_sign:
        return "You may sign. A row that is not signed is not planned."
    return "Rows are signed by those to whom the center gives the right."


def _to_protocol(known: Knowledge) -> list[kit.Block]:
    value = Carried(subject=known.center.id).dump()
    button = kit.button("The protocol", Act.PROTOCOL, value=value)
    return [kit.actions([button], block_id="below")]


def _all_topics(known: Knowledge) -> kit.Element:
    return turn_button("All topics", known, "")


def _said(said: str) -> list[kit.Block]:
    return [kit.section(f"*{kit.escape_within(said, 2900)}*")] if said else []


def _page(blocks: Sequence[kit.Block]) -> dict[str, Any]:
    return kit.modal(TITLE, unfolded(blocks), callback_id=Form.READING)
