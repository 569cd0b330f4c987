"""What the guard reaches on clinicians' queries with tagged identifiers (ASQ-PHI).

The floors are what these rules reach now; they may only rise.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from care.privacy import find_identifiers

CORPUS = Path(__file__).parents[2] / "../shared/privacy/asq_phi_dev.jsonl"

pytestmark = pytest.mark.skipif(
    not CORPUS.exists(), reason="the tagged queries are not beside this tree"
)

FLOORS = {
    "DATE": 0.98,
    "MEDICAL_RECORD_NUMBER": 1.0,
    "PHONE_NUMBER": 1.0,
    "FAX_NUMBER": 1.0,
    "SOCIAL_SECURITY_NUMBER": 1.0,
    "HEALTH_PLAN_BENEFICIARY_NUMBER": 1.0,
    "ACCOUNT_NUMBER": 1.0,
    "CERTIFICATE_LICENSE_NUMBER": 1.0,
    "UNIQUE_IDENTIFIER": 1.0,
    # One of the fifteen is tagged on the plain word "email".
    "EMAIL_ADDRESS": 14 / 15,
    "NAME of a patient": 0.99,
}


def read_corpus() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return each query with the kinds and words of its identifiers."""
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [
        (row["text"], [(p["identifier_type"], p["value"]) for p in row["phi"]])
        for row in rows
    ]


def outcomes() -> Iterator[tuple[str, bool]]:
    """Yield, for each tagged identifier, its kind and whether the guard touched it."""
    for text, tags in read_corpus():
        findings = find_identifiers(text)
        for kind, value in tags:
            start = text.find(value)
            end = start + len(value)
            touched = any(f.start < end and f.end > start for f in findings)
            yield kind_of(kind, value, text[max(0, start - 5) : start]), touched


def kind_of(kind: str, value: str, before: str) -> str:
    """Tell names of patients from those of clinicians, which the guard lets stand."""
    if kind != "NAME":
        return kind
    return f"NAME of a {'clinician' if 'Dr' in before + value[:3] else 'patient'}"


def test_recall_of_each_kind_reaches_its_floor() -> None:
    tagged: Counter[str] = Counter()
    caught: Counter[str] = Counter()

    for kind, touched in outcomes():
        tagged[kind] += 1
        caught[kind] += touched

    recall = {kind: caught[kind] / count for kind, count in tagged.items()}
    print(*(f"{k}: {caught[k]}/{n}" for k, n in tagged.items()), sep="\n")  # noqa: T201 - the numbers are what this test is read for
    assert {k: r for k, r in recall.items() if r < FLOORS.get(k, 0)} == {}
    assert FLOORS.keys() <= recall.keys()


def test_no_query_without_an_identifier_is_refused() -> None:
    clean = [text for text, tags in read_corpus() if not tags]

    refused = [text for text in clean if find_identifiers(text)]

    assert len(clean) > 100
    assert refused == []


def test_hardly_anything_is_found_that_nobody_tagged() -> None:
    beside = 0
    for text, tags in read_corpus():
        spans = [(text.find(value), len(value)) for _, value in tags]
        beside += sum(
            not any(f.start < at + size and f.end > at for at, size in spans)
            for f in find_identifiers(text)
        )

    assert beside <= 2
