"""A center's own protocol: its rows by topic, and the form in which one is written.

Whoever may sign may change it. A changed row is the center's own, and unsigned until
somebody has read it; the packaged text can always be taken again.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from bot.knowledge import Knowledge, Known
from bot.views import kit
from bot.views.ids import VALUE, Act, Carried, Field, Form, FormData
from bot.views.knowledge import open_button, page_id, page_rows, row_text
from bot.views.protocol_words import SEATS, sentence, unfolded
from care.knowledge.own_rows import Wording
from care.knowledge.protocol import Ends, Kind, ProtocolRow, Seat, Topic

TITLE = "Protocol"
TURN = f"{Act.PROTOCOL_TURN}:"
"""Begins the id of each button that turns to a page."""
PINNED = "Plans that run stay on the number that they began with."
SPAN = "Such as 30 days, 6 months or 1 year after infusion"
AGAIN = (
    'A line each: "every 2 months until 1 year", "every 1 year, 7 days early, 14 days'
    ' late", "again at 6 months" or "3 doses, 1 month apart". Empty: once.'
)
ENDS = {
    Ends.ALL: "Somebody confirms all of these",
    Ends.ANY: "Somebody confirms any of these",
    Ends.LIFE_LONG: "It is for life",
    Ends.REVIEW: "No end: the center sets when to look again",
}
PARTS = "A line each. A value never ends anything by itself."
WHO = "The site that orders, draws, reviews and acts. Each can be set apart later."
MOST_STATEMENT, MOST_NAME, MOST_THRESHOLDS = 200, 60, 400


def overview_page(known: Knowledge, said: str = "") -> dict[str, Any]:
    """Return the topics of a center's protocol."""
    topics = [one.value for one in Topic]
    own = sum(_is_own(one) for one in known.rows)
    return _page(
        [
            *_said(said),
            kit.section(
                f"*{kit.escape(known.center.name)}*, protocol {known.protocol.number},"
                f" begun with {known.protocol.based_on}\n{known.count}"
            ),
            kit.context(_own_words(own), PINNED, _rights(known)),
            *(_topic(known, one) for one in topics),
            kit.actions([open_button(known.center)], block_id="below"),
        ]
    )


def topic_page(
    known: Knowledge,
    topic: str,
    place: int = 0,
    said: str = "",
    *,
    left_out: Sequence[ProtocolRow] = (),
) -> dict[str, Any]:
    """Return rows of a topic; below the last of them what the center left out."""
    rows, pages = page_rows(known, topic, place)
    place = min(place, max(pages - 1, 0))
    number = f", page {place + 1} of {pages}" if pages > 1 else ""
    page = page_id(topic, place)
    shown = left_out if place + 1 >= pages else ()
    return _page(
        [
            *_said(said),
            kit.header(f"{topic.capitalize()}{number}"),
            *(
                b
                for one in rows
                for b in row_text(known, one, _moves(known, one, page))
            ),
            *(_left_out(known, one, page) for one in shown),
            kit.divider(),
            _below(known, topic, place, pages),
        ]
    )


def row_form(
    data: FormData, known: Knowledge, row: ProtocolRow | None, wording: Wording
) -> dict[str, Any]:
    """Return the form of a row; of a new one for None."""
    back = turn_button("Back", known, data.event)
    told = (
        f"{row.ref}, {row.topic}, {row.kind}. What you change is your center's own, and"
        " not signed until somebody reads and signs it."
        if row
        else "A row of your center's own. It is planned once it is signed."
    )
    return kit.modal(
        "Change a row" if row else "Add a row",
        [
            kit.context(told, PINNED),
            *_words(wording),
            *([] if row else _sort(wording)),
            *_times(wording),
            *_end(wording),
            *([] if row else [_seat(wording)]),
            kit.actions([back], block_id="below"),
        ],
        callback_id=Form.PROTOCOL_ROW,
        metadata=data.dump(),
        submit="Save",
        close="Cancel",
    )


def turn_button(label: str, known: Knowledge, page: str) -> kit.Element:
    """Return a button that brings another page of the protocol in the same view."""
    value = Carried(subject=known.center.id, page=page).dump()
    return kit.button(label, f"{TURN}{page}", value=value)


def _row(one: Known) -> ProtocolRow | None:
    return one.row if isinstance(one.row, ProtocolRow) else None


def _is_own(one: Known) -> bool:
    row = _row(one)
    return row is not None and row.own


def _own_words(count: int) -> str:
    if not count:
        return "Every row reads as it is packaged"
    return f"{count} of its rows {'is' if count == 1 else 'are'} the center's own"


def _rights(known: Knowledge) -> str:
    if known.may_sign:
        return "You may change it"
    return "It is changed by those to whom the center gives the right to sign"


def _topic(known: Knowledge, topic: str) -> kit.Block:
    count = len(known.of(topic))
    words = "1 row" if count == 1 else f"{count} rows"
    read = turn_button("Open", known, page_id(topic))
    return kit.section(f"*{topic.capitalize()}*\n{words}", accessory=read)


def _moves(known: Knowledge, one: Known, page: str) -> list[kit.Element]:
    row = _row(one)
    if not known.may_sign or row is None:
        return []
    value = _carried(known, row.id, page)
    drop = kit.confirm(
        "Leave this row out?", f"New plans are made without it. {PINNED}", "Leave out"
    )
    moves = [
        kit.button("Change", Act.PROTOCOL_ROW, value=value),
        kit.button("Who and for whom", Act.PROTOCOL_REACH, value=value),
        kit.button("Leave out", Act.PROTOCOL_DROP, value=value, confirm=drop),
    ]
    if row.own and row.sources != ("S0",):
        moves.append(_take_button("Take the packaged row", value))
    return moves


def _take_button(label: str, value: str) -> kit.Element:
    asked = kit.confirm(
        "Take the packaged row?",
        "It reads again as Baton ships it, and is signed again before it is planned.",
        "Take it",
    )
    return kit.button(label, Act.PROTOCOL_PACKAGED, value=value, confirm=asked)


def _left_out(known: Knowledge, row: ProtocolRow, page: str) -> kit.Block:
    button = None
    if known.may_sign:
        button = _take_button("Take it again", _carried(known, row.id, page))
    name = f"{kit.escape(row.name)} ({row.ref})"
    return kit.section(f"Left out by the center: {name}", accessory=button)


def _carried(known: Knowledge, row_id: str, page: str) -> str:
    return Carried(
        subject=known.center.id, item=row_id, version=known.protocol.id, page=page
    ).dump()


def _below(known: Knowledge, topic: str, place: int, pages: int) -> kit.Block:
    buttons: list[kit.Element] = []
    if place + 1 < pages:
        buttons.append(turn_button("Next", known, page_id(topic, place + 1)))
    if place:
        buttons.append(turn_button("Earlier", known, page_id(topic, place - 1)))
    buttons.append(turn_button("All topics", known, ""))
    if known.may_sign:
        value = _carried(known, "", page_id(topic, place))
        buttons.append(kit.button("Add a row", Act.PROTOCOL_ROW, value=value))
    return kit.actions(buttons, block_id="below")


def _words(wording: Wording) -> list[kit.Block]:
    return [
        kit.field(
            "Name, as lists call it",
            Field.ROW_NAME,
            kit.line_input(VALUE, initial=wording.name, most=MOST_NAME),
        ),
        kit.field(
            "What it says",
            Field.ROW_STATEMENT,
            kit.text_input(VALUE, initial=wording.statement, most=MOST_STATEMENT),
            hint="Clinical words only, never about one patient.",
        ),
        kit.field(
            "What to consider, and at which values",
            Field.ROW_THRESHOLDS,
            kit.text_input(VALUE, initial=wording.thresholds, most=MOST_THRESHOLDS),
            optional=True,
        ),
    ]


def _sort(wording: Wording) -> list[kit.Block]:
    return [
        _choice("Topic", Field.ROW_TOPIC, Topic, wording.topic),
        _choice("What becomes of it", Field.ROW_KIND, Kind, wording.kind),
    ]


def _times(wording: Wording) -> list[kit.Block]:
    return [
        _span("Due", Field.ROW_TARGET, wording.target, hint=SPAN),
        _span("Not before", Field.ROW_EARLIEST, wording.earliest),
        _span("Not after", Field.ROW_LATEST, wording.latest),
        kit.field(
            "Then again",
            Field.ROW_AGAIN,
            kit.text_input(VALUE, initial=wording.again),
            hint=AGAIN,
            optional=True,
        ),
    ]


def _span(label: str, name: Field, value: str, hint: str | None = None) -> kit.Block:
    element = kit.line_input(VALUE, initial=value, most=20)
    return kit.field(label, name, element, hint=hint, optional=True)


def _end(wording: Wording) -> list[kit.Block]:
    options = [kit.option(label, ends.value) for ends, label in ENDS.items()]
    return [
        kit.field(
            "How a series or precaution ends",
            Field.ROW_ENDS,
            kit.select(VALUE, options, initial=wording.ends),
            optional=True,
        ),
        kit.field(
            "What is confirmed then",
            Field.ROW_PARTS,
            kit.text_input(VALUE, initial=wording.parts),
            hint=PARTS,
            optional=True,
        ),
    ]


def _seat(wording: Wording) -> kit.Block:
    options = [kit.option(sentence(SEATS[one]), one.value) for one in Seat]
    chosen = kit.select(VALUE, options, initial=wording.seat)
    return kit.field("Who does it", Field.ROW_SEAT, chosen, hint=WHO)


def _choice(label: str, name: Field, kinds: type[StrEnum], chosen: str) -> kit.Block:
    options = [kit.option(sentence(one.value), one.value) for one in kinds]
    return kit.field(label, name, kit.select(VALUE, options, initial=chosen))


def _said(said: str) -> list[kit.Block]:
    return [kit.section(f"*{kit.escape_within(said, 2900)}*")] if said else []


def _page(blocks: Sequence[kit.Block]) -> dict[str, Any]:
    return kit.modal(TITLE, unfolded(blocks), callback_id=Form.READING)
