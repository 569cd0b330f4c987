"""Clinical knowledge as it is read and signed, and a center's protocol, as pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.knowledge import FLAGS, Knowledge, Known
from bot.views import knowledge, protocol, protocol_reach, signing
from bot.views.ids import FormData
from care.knowledge.own_reach import reach_of
from care.knowledge.own_rows import Wording, wording_of
from care.knowledge.protocol import Condition, ProtocolRow, Seat
from care.knowledge.protocols import as_kept, digest_of
from care.knowledge.reading import packaged_sources
from care.knowledge.red_flags import load_red_flags
from care.knowledge.statements import Statement
from care.knowledge.telling import MissTold
from care.milestone import Product
from care.signing import Count, Limit, Standing
from storage.records import Clinician, Site
from storage.signing import Protocol, Signature
from tests.bot.planning_store import CANCER, CBC, IGG, PJP, REGISTRY, a_row
from tests.conftest import T0

INTENT = "8d5e44f46a535d0c9d0a3a6f0a0c7b55"
COUNTS = "counts"
CHOICES = [a_row(f"anc-{one}", f"G-CSF, {one}", choice="gcsf") for one in ("a", "b")]
STANDING = a_row("live", "No live vaccines", kind="standing", window=None)
Picture = tuple[str, dict[str, Any]]


def pictures_of_signing(
    center: Site, signer: Clinician, written: str
) -> Iterator[tuple[str, Picture]]:
    """Return every view by name."""
    known = _known(center, signer, written)
    reader = replace(known, may_sign=False)
    for name, one in (("signer", known), ("reader", reader)):
        yield f"knowledge, topics, {name}", _view(knowledge.overview_page(one, "Done."))
        yield f"knowledge, a topic, {name}", _view(knowledge.topic_page(one, COUNTS))
        yield f"knowledge, red flags, {name}", _view(knowledge.topic_page(one, FLAGS))
        yield f"knowledge, a choice, {name}", _view(knowledge.choice_page(one, "gcsf"))
        yield f"protocol, topics, {name}", _view(protocol.overview_page(one, written))
        page = protocol.topic_page(one, COUNTS, left_out=[REGISTRY])
        yield f"protocol, a topic, {name}", _view(page)
    yield from _forms(known, written)
    yield from _messages(known, center, signer)


def _forms(known: Knowledge, written: str) -> Iterator[tuple[str, Picture]]:
    data = FormData(INTENT, subject="site-1", version="protocol-1", event="2:0")
    for name, row in (("a check", CBC), ("a precaution", PJP)):
        form = protocol.row_form(data, known, row, wording_of(row))
        yield f"form, protocol, {name}", _view(form)
    for name, row in (("a check", _faster()), ("a standing row", STANDING)):
        form = protocol_reach.reach_form(data, known, row, reach_of(row))
        yield f"form, protocol, who and for whom, {name}", _view(form)
    fresh = Wording(
        name=written[:60],
        statement=written[:200],
        seat="practice",
        topic=COUNTS,
        kind="check",
        thresholds=written[:400],
    )
    yield (
        "form, protocol, a new row",
        _view(protocol.row_form(data, known, None, fresh)),
    )


def _faster() -> ProtocolRow:
    """Return a row in which a center has set all that the second form asks."""
    seats = {"orders": Seat.CENTER, "draws": Seat.PRACTICE}
    who = CHOICES[0].who.model_copy(update=seats)
    return CHOICES[0].model_copy(
        update={
            "told": MissTold(responsible=1, leads=5),
            "products": (Product.CARVYKTI,),
            "applies_when": Condition.HBV,
            "who": who,
        }
    )


def _messages(
    known: Knowledge, center: Site, signer: Clinician
) -> Iterator[tuple[str, Picture]]:
    rows = [one for one in known.rows if one.signature]
    for name, who in (("mine", None), ("a colleague's", signer)):
        blocks = signing.to_renew_blocks(center, rows, who)
        yield f"signatures to renew, {name}", _post(blocks)
    for signs in (True, False):
        blocks = signing.unsigned_blocks(center, Count(12, 34), 2, signs=signs)
        yield f"rows unsigned, {'may sign' if signs else 'may not'}", _post(blocks)


def _known(center: Site, signer: Clinician, written: str) -> Knowledge:
    own = CBC.model_copy(update={"id": "own", "own": True, "statement": written[:200]})
    standings = {
        CBC: Standing.SIGNED,
        own: Standing.CHANGED,
        a_row("old", "Platelets"): Standing.STALE,
        IGG: Standing.UNSIGNED,
        CANCER: Standing.UNSIGNED,
        _faster(): Standing.SIGNED,
        CHOICES[1]: Standing.UNSIGNED,
        load_red_flags().rows[0]: Standing.SIGNED,
        load_red_flags().rows[1]: Standing.UNSIGNED,
    }
    kept = Protocol(
        "protocol-1", "T1", center.id, 3, "2026-11", as_kept([CBC]), None, T0
    )
    return Knowledge(
        center=center,
        protocol=kept,
        rows=[_row(one, how, center, signer) for one, how in standings.items()],
        limit=Limit(180, T0.date()),
        may_sign=True,
        centers=[center, replace(center, id="site-other")],
    )


def _row(row: Statement, how: Standing, center: Site, signer: Clinician) -> Known:
    sources = [packaged_sources()[key] for key in row.sources]
    if how is Standing.UNSIGNED:
        return Known(row, how, None, None, sources)
    long_ago = timedelta(days=200 if how is Standing.STALE else 10)
    signature = Signature(
        id=f"signature-{row.id}",
        center_id=center.id,
        row_id=row.id,
        digest=digest_of(row),
        choice=None,
        signed_by=signer.id,
        signed_at=T0 - long_ago,
    )
    return Known(row, how, signature, signer, sources)


def _view(view: dict[str, Any]) -> Picture:
    return "views.update", {"view": view}


def _post(blocks: list[dict[str, Any]]) -> Picture:
    return "chat.postMessage", {"channel": "D1", "text": "Baton", "blocks": blocks}
