"""The file of patients: every error says where and what is expected, and no more."""

from __future__ import annotations

import re
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.import_file import (
    EXAMPLE,
    MOST_ROWS,
    Column,
    FileRefused,
    Trouble,
    read_lines,
)
from bot.import_patients import (
    Known,
    Patient,
    Responsible,
    import_id,
    read_patients,
)
from care.knowledge.protocol import Condition
from care.milestone import Product
from tests.bot.importing import HEAD, ROWS, a_row, write_file

TODAY = date(2026, 11, 24)
PEOPLE = {
    "chen": Responsible("clinician-chen", at_center=False),
    "rivera": Responsible("clinician-rivera", at_center=True),
}
KNOWN = Known("lakeside", PEOPLE, {one.id: one for one in ROWS}, TODAY)
GOOD = "S-01,30,carvykti,lakeside,chen,12,10,none,counts:9"


def patients_of(path: Path, known: Known = KNOWN) -> list[Patient]:
    """Read and check a file."""
    return read_patients(read_lines(path), known)


def troubles(path: Path) -> list[str]:
    """Return what is wrong with a file."""
    with pytest.raises(FileRefused) as refused:
        patients_of(path)
    return [str(one) for one in refused.value.troubles]


def test_a_row_is_read_whole(tmp_path: Path) -> None:
    (one,) = patients_of(write_file(tmp_path, GOOD))

    assert one.line == 2
    assert one.product is Product.CARVYKTI
    assert one.responsible_id == "clinician-chen"
    assert one.day0 == date(2026, 10, 25)
    assert (one.discharged, one.returned) == (date(2026, 11, 12), date(2026, 11, 14))
    assert one.conditions == frozenset()
    ((what, day),) = one.done
    assert (what.row.id, what.number, day) == ("counts", 2, date(2026, 11, 15))


def test_days_ago_and_dates_say_the_same(tmp_path: Path) -> None:
    by_date = GOOD.replace(",30,", ",2026-10-25,").replace(":9", ":2026-11-15")

    first, second = patients_of(write_file(tmp_path, GOOD, f"S-02{by_date[4:]}"))

    assert first.day0 == second.day0
    assert first.done == second.done


def test_the_example_is_such_a_file(tmp_path: Path) -> None:
    path = tmp_path / "example.csv"
    path.write_text(EXAMPLE, encoding="utf-8")
    rows = {one: a_row(one, "P01") for one in ("cbc-weekly", "igg-monthly")}

    found = patients_of(path, Known("lakeside", PEOPLE, rows, TODAY))

    assert [one.conditions for one in found] == [
        frozenset(),
        {Condition.HBV, Condition.STEROID},
    ]


def test_semicolons_a_mark_at_the_beginning_and_blank_lines_are_read(
    tmp_path: Path,
) -> None:
    path = tmp_path / "patients.csv"
    text = f"{HEAD}\n{GOOD}\n\n,,,,,,,,\n".replace(",", ";")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

    assert [one.line for one in patients_of(path)] == [2]


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("infused", "", "how many days ago, or a date"),
        ("infused", "soon", "how many days ago, or a date"),
        ("infused", "-3", "how many days ago, or a date"),
        ("infused", "2026-02-30", "how many days ago, or a date"),
        ("infused", "24.11.2026", "how many days ago, or a date"),
        ("infused", "2026-11-25", "a day that has come"),
        ("infused", "20000", "a day of the last 30 years"),
        ("product", "carvicty", "one of: carvykti, cilta-cel"),
        ("practice", "hillside", "the key of the link's practice, 'lakeside'"),
        ("responsible", "", "at the practice, since the patient is back; one of: chen"),
        ("responsible", "rivera", "at the practice, since the patient is back"),
        ("discharged", "31", "a day after the infusion"),
        ("returned", "2026-11-30", "a day that has come"),
        ("conditions", "hepatitis", "nothing, 'none', or some of: hbv"),
        ("done", "counts", "for counts how many days ago"),
        ("done", "counts:31", "for counts how many days ago"),
        ("done", "cbc:3", "an id is not known"),
        ("done", "hbv-dna:3", "it is not due for this product and these conditions"),
        ("done", "for-abecma:3", "it is not due for this product"),
        ("done", "visit-list:3", "it is not due for this product"),
        ("key", "Miller", "a random study number"),
        ("key", "12345678", "a random study number"),
        ("key", "1961-04-30", "a random study number"),
        ("key", "S", "a random study number"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(
    tmp_path: Path, column: str, cell: str, expected: str
) -> None:
    cells = dict(zip(HEAD.split(","), GOOD.split(","), strict=True)) | {column: cell}
    path = write_file(tmp_path, GOOD.replace("S-01", "S-00"), ",".join(cells.values()))

    (said,) = troubles(path)

    assert said.startswith(f"row 3, {column}: ")
    assert expected in said


def test_a_patient_who_is_not_back_is_the_centers(tmp_path: Path) -> None:
    gone = GOOD.replace(",12,10,", ",,,")

    (said,) = troubles(write_file(tmp_path, gone))
    (one,) = patients_of(write_file(tmp_path, gone.replace("chen", "rivera")))

    assert (
        said == "row 2, responsible: who is responsible at the center; one of: rivera"
    )
    assert one.returned is None


def test_every_error_of_every_row_is_said_at_once(tmp_path: Path) -> None:
    path = write_file(tmp_path, "Miller,x,y,z,,,,q,", GOOD, GOOD, GOOD)

    found = troubles(path)

    assert [one.split(":")[0] for one in found] == [
        "row 2, key",
        "row 2, practice",
        "row 2, product",
        "row 2, conditions",
        "row 2, infused",
        "row 2, responsible",
        "row 4, key",
        "row 5, key",
    ]
    assert found[-1].endswith("row 3 has the same")


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("key,infused", "row 1: a column 'product'"),
        (f"{HEAD},patient name", "row 1, column 10: one of: key, infused"),
        (f"{HEAD},done", "row 1, done: this column once"),
        ("Mary Miller,1961-04-30", "row 1, column 1: one of: key"),
    ],
)
def test_columns_that_are_not_known_are_refused(
    tmp_path: Path, head: str, says: str
) -> None:
    found = troubles(write_file(tmp_path, head=head))

    assert any(one.startswith(says) for one in found), found
    assert "Miller" not in "".join(found)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "row 1: a column 'infused'"),
        (HEAD.encode() + b"\n", "row 2: at least one patient"),
        (HEAD.encode() + b"\nS-01,30\n", "row 2: 9 cells"),
        (HEAD.encode() + b'\n"S-01', "row 2: cells that are separated and quoted"),
        (HEAD.encode() + b"\nS-01,\xff", "row 2: text in UTF-8"),
        (b"x" * 4_000_001, "row 1: at most 4 MB"),
        (HEAD.encode() + b"\nx" * (MOST_ROWS + 1), "row 1: at most 5000 rows"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, raw: bytes, says: str) -> None:
    path = tmp_path / "patients.csv"
    path.write_bytes(raw)

    assert any(one.startswith(says) for one in troubles(path))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (said,) = troubles(tmp_path / "none.csv")

    assert said == "row 1: a file that can be read: No such file or directory"


WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=12
)
CELLS = st.one_of(WORDS, st.sampled_from([*GOOD.split(","), "2026-11-01", "counts:3"]))


@given(raw=st.one_of(st.binary(max_size=300), WORDS.map(str.encode)))
def test_garbage_is_refused_and_never_breaks_anything(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "garbage.csv"
        path.write_bytes(raw)
        with pytest.raises(FileRefused):
            patients_of(path)


def _read(path: Path) -> tuple[list[Patient], tuple[Trouble, ...]]:
    try:
        return patients_of(path), ()
    except FileRefused as refused:
        return [], refused.troubles


@given(rows=st.lists(st.lists(CELLS, min_size=9, max_size=9), min_size=1, max_size=4))
def test_rows_of_garbage_are_read_or_refused_with_their_place(
    rows: list[list[str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_file(Path(folder), *(",".join(cells) for cells in rows))
        found, refused = _read(path)

    assert all(one.day0 <= TODAY for one in found)
    assert bool(refused) != bool(found)
    assert all(re.match(r"row [0-9]+", str(one)) for one in refused)


@given(secret=st.from_regex(r"\A[A-Z][a-z]{5,9} [A-Z][a-z]{5,9} 19[0-9]{2}\Z"))
def test_no_error_repeats_what_stands_in_a_cell(secret: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_file(Path(folder), ",".join([secret] * 9))
        said = "\n".join(troubles(path))

    assert secret not in said


@given(key=st.text(min_size=1, max_size=30), other=st.text(min_size=1, max_size=30))
def test_a_key_and_a_link_always_give_the_same_id(key: str, other: str) -> None:
    assert import_id("link", key) == import_id("link", key)
    assert (import_id("link", key) == import_id("link", other)) == (key == other)
    assert import_id("link", key) != import_id("other link", key)


def test_each_column_is_documented_in_the_example() -> None:
    assert EXAMPLE.splitlines()[0].split(",") == [one.value for one in Column]
