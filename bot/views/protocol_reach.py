"""The form of a protocol's row in which a center sets who does it, and for whom it is.

It is one page beside the form of what the row says, so that each stays short.
"""

from __future__ import annotations

from typing import Any

from bot.knowledge import Knowledge
from bot.views import kit
from bot.views.ids import VALUE, Field, Form, FormData
from bot.views.protocol import PINNED, turn_button
from bot.views.protocol_words import SEATS, sentence
from care.knowledge.own_reach import ALWAYS, Reach
from care.knowledge.protocol import Condition, ProtocolRow, Seat
from care.knowledge.telling import LEADS_AFTER, RESPONSIBLE_AFTER
from care.milestone import Product

TITLE = "Who and for whom"
FASTER = (
    "Working days after the window, faster than the usual {count}; 0: first morning."
)
BY_FILE = (
    "Which rows disagree, so that the center chooses one of them, is changed by a file:"
    " `baton protocol use FILE --center KEY`."
)


def reach_form(
    data: FormData, known: Knowledge, row: ProtocolRow, reach: Reach
) -> dict[str, Any]:
    """Return the form of who does a row, for whom, and how soon a miss is told."""
    back = turn_button("Back", known, data.event)
    return kit.modal(
        TITLE,
        [
            kit.section(f"*{kit.escape(row.name)}* ({row.ref})"),
            kit.context(
                "What you change is your center's own, and not signed until somebody"
                " reads and signs it.",
                PINNED,
            ),
            *_who(reach),
            _products(reach),
            _applies_when(reach),
            *(_told(reach) if row.makes_items else []),
            kit.context(_choice(row)),
            kit.actions([back], block_id="below"),
        ],
        callback_id=Form.PROTOCOL_REACH,
        metadata=data.dump(),
        submit="Save",
        close="Cancel",
    )


def _who(reach: Reach) -> list[kit.Block]:
    return [
        _seat("Who orders it", Field.ROW_ORDERS, reach.orders),
        _seat("Where it is drawn or done", Field.ROW_DRAWS, reach.draws),
        _seat("Who reviews it", Field.ROW_REVIEWS, reach.reviews),
        _seat("Who acts on it", Field.ROW_ACTS, reach.acts),
    ]


def _seat(label: str, name: Field, chosen: str) -> kit.Block:
    options = [kit.option(sentence(SEATS[one]), one.value) for one in Seat]
    return kit.field(label, name, kit.select(VALUE, options, initial=chosen))


def _products(reach: Reach) -> kit.Block:
    # Names stand for them: a product's words may one day hold a comma.
    options = {one.name: kit.option(sentence(one.value), one.name) for one in Product}
    element: kit.Element = {
        "type": "checkboxes",
        "action_id": VALUE,
        "options": list(options.values()),
    }
    if ticked := [options[one] for one in reach.products.split(",") if one in options]:
        element["initial_options"] = ticked
    hint = "None ticked: after each of them."
    return kit.field(
        "After which products", Field.ROW_PRODUCTS, element, hint=hint, optional=True
    )


def _applies_when(reach: Reach) -> kit.Block:
    options = [kit.option("It always applies", ALWAYS)]
    options += [kit.option(sentence(one.value), one.name) for one in Condition]
    return kit.field(
        "When it applies",
        Field.ROW_APPLIES_WHEN,
        kit.select(VALUE, options, initial=reach.applies_when),
        hint="Somebody confirms it of the patient; a value never does.",
    )


def _told(reach: Reach) -> list[kit.Block]:
    return [
        _days(
            "The responsible clinician hears of a miss after",
            Field.ROW_RESPONSIBLE,
            reach.responsible,
            RESPONSIBLE_AFTER,
        ),
        _days(
            "The leads' weekly list has it after",
            Field.ROW_LEADS,
            reach.leads,
            LEADS_AFTER,
        ),
    ]


def _days(label: str, name: Field, said: str, usual: int) -> kit.Block:
    initial = int(said) if said else None
    element = kit.number_input(VALUE, initial=initial, most=usual)
    hint = FASTER.format(count=usual)
    return kit.field(label, name, element, hint=hint, optional=True)


def _choice(row: ProtocolRow) -> str:
    if row.choice is None:
        return BY_FILE
    return f"It is one of the rows that disagree over `{row.choice}`. {BY_FILE}"
