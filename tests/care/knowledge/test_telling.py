"""How soon others hear of a row that was missed: a center sets it faster, or not."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from care.knowledge.protocol import ProtocolRow
from care.knowledge.protocols import (
    NOT_SAID,
    as_kept,
    differences,
    digest_of,
    from_kept,
    newest_version,
    packaged_rows,
)
from care.knowledge.reading import SOURCES, all_wrong, packaged_text, read_sources
from care.knowledge.telling import LEADS_AFTER, RESPONSIBLE_AFTER, USUALLY, MissTold

FILE = f"protocols/{newest_version()}.yaml"
ROWS = {one.id: one for one in packaged_rows(newest_version())}
CBC, STANDING = ROWS["cbc"], ROWS["live-vaccines"]
OF_ALL = "6bc178b138555fee0679c5b7571330c4914446a9ce4a0ed044d8a10423232b84"
"""The hash of every packaged row's digest, as centers have signed them."""


def set_to(told: Any, row: ProtocolRow = CBC) -> ProtocolRow:
    """Return a row in which somebody wrote how soon a miss is told."""
    return ProtocolRow.model_validate(row.model_dump(mode="json") | {"told": told})


def wrong_in_file(told: Any, row_id: str = "cbc") -> list[str]:
    """Return all that is wrong with the packaged file where a row sets `told` so."""
    rows = yaml.safe_load(packaged_text(FILE))
    for one in rows:
        if one["id"] == row_id:
            one["told"] = told
    known = read_sources(packaged_text(SOURCES))
    found = all_wrong(ProtocolRow, yaml.safe_dump(rows), known, file="ours.yaml")
    return [str(one) for one in found]


def test_signatures_of_packaged_rows_stay_valid() -> None:
    """What a row does not set is no part of what it says, so nothing is unsigned."""
    digests = "\n".join(f"{one.id} {digest_of(one)}" for one in ROWS.values())

    assert hashlib.sha256(digests.encode()).hexdigest() == OF_ALL


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda one: one.id)
def test_a_row_without_it_hashes_as_if_there_were_no_such_field(
    row: ProtocolRow,
) -> None:
    left_out = {*NOT_SAID, "told"}
    said = row.model_dump(mode="json", exclude=left_out, exclude_defaults=True)

    before = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    assert digest_of(row) == before
    assert row.miss_told == USUALLY


@pytest.mark.parametrize("told", [None, {}, {"responsible": 3, "leads": 10}])
def test_the_usual_written_out_is_the_same_row(told: Any) -> None:
    assert set_to(told) == CBC
    assert digest_of(set_to(told)) == digest_of(CBC)


@pytest.mark.parametrize(
    ("told", "days"),
    [
        ({"responsible": 1, "leads": 5}, (1, 5)),
        ({"responsible": 0, "leads": 0}, (0, 0)),
        ({"responsible": 1}, (1, LEADS_AFTER)),
        ({"leads": 4}, (RESPONSIBLE_AFTER, 4)),
    ],
)
def test_a_faster_one_is_a_row_that_reads_otherwise(
    told: dict[str, int], days: tuple[int, int]
) -> None:
    faster = set_to(told)

    assert (faster.miss_told.responsible, faster.miss_told.leads) == days
    assert digest_of(faster) != digest_of(CBC)
    (changed,) = differences([CBC], [faster]).changed
    assert changed.fields == ("told",)
    assert from_kept(as_kept([faster])) == (faster,)


@pytest.mark.parametrize(
    ("told", "field", "sentence"),
    [
        ({"responsible": 4}, "told", "may be set faster, never slower"),
        ({"leads": 11}, "told", "may be set faster, never slower"),
        ({"responsible": 3, "leads": 2}, "told", "never hear before the responsible"),
        ({"leads": -1}, "told.leads", "a whole number of working days, 0 or more"),
        ({"responsible": "soon"}, "told.responsible", "a whole number of working"),
        ({"responsible": True}, "told.responsible", "a whole number of working days"),
        ({"doer": 1}, "told.doer", "Extra inputs are not permitted"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(
    told: dict[str, Any], field: str, sentence: str
) -> None:
    (wrong,) = wrong_in_file(told)

    assert wrong.startswith("ours.yaml: row ")
    assert f"(cbc), {field}: " in wrong
    assert sentence in wrong


def test_what_is_never_due_is_never_missed() -> None:
    (wrong,) = wrong_in_file({"responsible": 1}, STANDING.id)

    assert "only a check or precaution is missed: no told" in wrong


def test_a_slower_one_says_what_the_latest_is() -> None:
    with pytest.raises(ValidationError, match="after 3 working days at the latest"):
        MissTold(responsible=5, leads=20)
