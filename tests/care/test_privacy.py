"""The identifier guard: what is refused, what must pass, and what a form says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.cases import new_case_code
from care.privacy import Finding, Kind, explain, find_identifiers


def found(text: str, staff: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return each finding as its kind and its words."""
    return [
        (finding.kind.value, text[finding.start : finding.end])
        for finding in find_identifiers(text, staff=staff)
    ]


@pytest.mark.parametrize(
    "date",
    [
        "3/14/21",
        "03/14/2021",
        "14/03/2021",
        "3 / 14 / 2021",
        "2021-03-14",
        "2021/03/14",
        "3-14-21",
        "14.03.2021",
        "14.03.21",
        "20210314",
        "03/2021",
        "3-2021",
        "2021-03",
        "03/14",
        "14MAR2021",
        "14-Mar-2021",
        "17-feb-2023",
        "14 Mar",
        "14th of March",
        "14 March 2021",
        "March 14",
        "March 14th, 2021",
        "march 14 2021",
        "Mar 14, '21",
        "Mar 14 \u201921",
        "Feb. 5th, 2022",
        "March 2021",
        "march 2021",
        "may 2021",
        "14 may 2021",
        "May 2nd",
        "Sept '23",
        "SEP 2022",
        "Dec of 2020",
        "spring 2021",
        "summer of 2020",
        "Q3 2022",
        "8/23-2/24",
        "3/14 - 3/16",
        "2021\u201303\u201314",
    ],
)
def test_a_date_finer_than_a_year_is_an_identifier_as_a_whole(date: str) -> None:
    assert found(f"Progressed {date}, now asking.") == [("date", date)]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Relapse in March, before bridging", "March"),
        ("last December she travelled", "December"),
        ("on KRd since May", "May"),
        ("slot by early October if possible", "October"),
        ("seen on 3/14", "3/14"),
        ("labs 3/14: Hb 9.4", "3/14"),
        ("progression, dx 6/2", "6/2"),
        ("3/14 visit: stable", "3/14"),
        ("apheresis 11/2 went well", "11/2"),
    ],
)
def test_a_month_or_a_fraction_is_a_date_where_a_word_beside_it_says_so(
    text: str, date: str
) -> None:
    assert found(text) == [("date", date)]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("DOB 03/14/1961", "03/14/1961"),
        ("DOB: 14 March 1961", "14 March 1961"),
        ("date of birth is 1961-03-14", "1961-03-14"),
        ("She was born on March 14, 1961", "March 14, 1961"),
        ("d.o.b. 3/14/61", "3/14/61"),
    ],
)
def test_a_date_that_a_word_calls_a_birth_date_is_one(text: str, date: str) -> None:
    assert found(text) == [("birth_date", date)]


@pytest.mark.parametrize(
    "text",
    [
        "Carvykti in 2023, before that Mel200 5 years ago",
        "ASCT 2019, relapse 2019-2021, and again late in 2022",
        "D+28 and Day +100 without CRS, C3D15, cycle 4 of 6",
        "NT-proBNP 900, CrCl 48, Hb 9.4, plt 45k, ANC 0.8, IgG 320",
        "Bence Jones 1.2 g/24 h, M-spike 3.2, FLC ratio 120, kappa/lambda 12/0.4",
        "VRd x4, KRd 20/56, DPd, then PD 6/2 cycles, D-VRd 4/6",
        "t(4;14), 1q+, del(17p), t(11;14), hyperdiploid, R2-ISS 3",
        "62F, ECOG 1, Karnofsky 80, IgG kappa, ISS 2",
        "Deauville 4/5 on PET, Hodgkin excluded, Castleman unlikely",
        "BP 120/80, vision 20/20, response in 3/4 lesions, 1/2 dose",
        "dex 20/40 mg, reduced by 1/2, on 1/2 dose, on 2/3 weeks",
        "bortezomib d1,4,8,11; weekly 1/8/15; d 1/8/15 q28; D1/8/15/22; 1/8/15",
        "days 8/15/22 of each cycle, Rd 21/28, 6/7/8 cycles, 03/04 lines, 1/2-2/3 dose",
        "patients >= 90 years old, age \u2265 90 years, 3 hours by road, 2 of the road",
        "3/4 prior regimens, penta-refractory 5/5, grade 2/3 ICANS",
        "2-3 lines, 10-12-14 mg, weeks 8-12-16, 1.5-2.0 x 10^6/kg",
        "the patient may march on; Hb dec 20%, may 2 cycles be enough?",
        "CC-92480, JNJ-64007957, BMS-986393, GSK2857916, AMG 701, LCAR-B38M",
        "elranatamab, cevostamab (BFCR4350A), mezigdomide, ABBV-383, P-BCMA-101",
        "NCT03548207, PMID 34175021, doi:10.1016/S0140-6736(21)00933-8",
        "https://pubmed.ncbi.nlm.nih.gov/34175021/ and CARTITUDE-4, KarMMa-3",
        "viral load 2000000 copies, 5000000 cells, 12,500,000 units, 0.75 x 10^6",
        "ferritin 12500, LDH 900, B2M 5.5, BMPC 60%, ~10000 IU",
        "1st relapse, 2nd line, 100.4 F, temp 98F, KPS 90, SpO2 94, age band 70-79",
        "90 or older, age 90+, aged 90 and over; 5-year survival; 80 years old",
        "last week, last month, by Friday, in two weeks, within 3 months",
        "Cedars, Mayo and Stanford; lives 3 hours away; 4 St Jude trials",
        "lot of pain, batch of labs, case 2 of 3, record of 4 lines, insurance denied",
        "Multiple Myeloma, Patient Summary, Patient Has Relapsed, Prior Therapy",
        "MR after 2 cycles, MS excluded, Mx plan, miss a dose",
        "ref. 3 prior lines; group 2; plan: talquetamab 0.8 mg/kg",
    ],
)
def test_myeloma_shorthand_passes(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("MRN 12345", "12345"),
        ("MRN: #SF-998877", "sf-998877"),
        ("mrn is ST-998877", "st-998877"),
        ("medical record number 998877", "998877"),
        ("Med Rec#: CC-789654", "cc-789654"),
        ("patient ID 67890", "67890"),
        ("pt id: A-4471", "a-4471"),
        ("case #JH-998877", "jh-998877"),
        ("chart no. 55512", "55512"),
        ("MRN 123-45-6789", "123-45-6789"),
        ("MRN: 555-123-4567", "555-123-4567"),
        ("she is 44718829 with us", "44718829"),
        ("on file as 1234567890123456789012345", "1234567890123456789012345"),
        ("accession number 2021448", "2021448"),
    ],
)
def test_a_record_number_is_known_by_what_announces_it_or_by_its_length(
    text: str, number: str
) -> None:
    assert [(kind, words.lower()) for kind, words in found(text)] == [
        ("record_number", number)
    ]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("insurance ID: 54321-7890", "account_number", "54321-7890"),
        ("policy number HP-987654", "account_number", "HP-987654"),
        ("her insurance is HPN-987654", "account_number", "HPN-987654"),
        ("Medicare number 1EG4-TE5-MK73", "account_number", "1EG4-TE5-MK73"),
        ("authorization #A1234567", "account_number", "A1234567"),
        ("Acct#: GRM-998877", "account_number", "GRM-998877"),
        ("License No: CLN-112233", "account_number", "CLN-112233"),
        ("lot 21C0457", "device_serial", "21C0457"),
        ("pacemaker serial number PJN744712", "device_serial", "PJN744712"),
        ("COI: AB12-3456", "device_serial", "AB12-3456"),
        ("apheresis ID W1234-20-567", "device_serial", "W1234-20-567"),
        ("SSN 123-45-6789", "ssn", "123-45-6789"),
        ("social security number: 123456789", "ssn", "123456789"),
        ("123-45-6789 on file", "ssn", "123-45-6789"),
        ("call 312-555-1234", "phone", "312-555-1234"),
        ("(555) 123-4567", "phone", "555) 123-4567"),
        ("555.123.4567", "phone", "555.123.4567"),
        ("phone: 555-1234", "phone", "555-1234"),
        ("mobile 3125551234", "phone", "3125551234"),
        ("fax 650-123-4567", "phone", "650-123-4567"),
        ("+49 30 901820 111", "phone", "+49 30 901820 111"),
        ("write to sarah.p@medsite.com", "email", "sarah.p@medsite.com"),
        ("JOHN_DOE@Example.ORG", "email", "JOHN_DOE@Example.ORG"),
        ("https://mychart.example.org/p/77", "url", "https://mychart.example.org/p/77"),
        ("www.caringbridge.org/jane", "url", "www.caringbridge.org/jane"),
        ("from 203.0.113.17", "url", "203.0.113.17"),
        ("at 123 Maple Street", "street", "123 Maple Street"),
        ("lives at 12 oak street", "street", "12 oak street"),
        ("at 1234 Elm St, Boston", "street", "1234 Elm St"),
        ("at 9 N. Oak Hill Ave", "street", "9 N. Oak Hill Ave"),
        ("P.O. Box 417", "street", "P.O. Box 417"),
        ("zip 94103", "zip", "94103"),
        ("ZIP code is 02115", "zip", "02115"),
        ("Boston, MA 02115", "zip", "MA 02115"),
        ("94103-1234", "zip", "94103-1234"),
        ("a 91-year-old", "age_over_89", "91-year-old"),
        ("a 93 yo man", "age_over_89", "93 yo"),
        ("94F, IgA", "age_over_89", "94F"),
        ("aged 92", "age_over_89", "aged 92"),
        ("age: 101", "age_over_89", "age: 101"),
        ("90 y/o", "age_over_89", "90 y/o"),
        ("born in 1931", "age_over_89", "born in 1931"),
    ],
)
def test_each_other_kind_is_found_where_it_stands(
    text: str, kind: str, words: str
) -> None:
    assert found(text) == [(kind, words)]


def test_an_age_of_89_and_a_birth_year_of_a_younger_patient_pass() -> None:
    assert found("89-year-old; 89F; born in 1961; age 89") == []


@given(st.binary(min_size=8, max_size=8), st.sampled_from(["{}", "case no {}", "{}?"]))
def test_batons_own_case_code_always_passes(raw: bytes, sentence: str) -> None:
    code = new_case_code(raw)

    assert found(sentence.format(code)) == []
    assert found(sentence.format(code.lower())) == []


def test_what_only_looks_like_a_case_code_does_not_hide_a_number() -> None:
    assert found("MRN MM-12345") == [("record_number", "MM-12345")]


def test_several_findings_come_in_the_order_they_stand_and_never_overlap() -> None:
    text = "Seen 2021-03-14 (MRN 20210314), call 312-555-1234 or a.b@c.org, zip 94103"

    findings = find_identifiers(text)

    assert [finding.kind for finding in findings] == [
        Kind.DATE,
        Kind.RECORD_NUMBER,
        Kind.PHONE,
        Kind.EMAIL,
        Kind.ZIP,
    ]


PIECES = st.sampled_from(
    [
        *("Patient John Smith", "Mr. Lee", "MRN 12345", "DOB 3/14/61", "3/14/21"),
        *("312-555-1234", "a@b.org", "12 Elm St", "zip 94103", "123-45-6789"),
        *("policy no HP-987", "https://x.org/y", "94F", "lot 12345", "MM-7K3Q9"),
        *(
            "VRd x4",
            "KRd 20/56",
            "in March",
            "may",
            " ",
            ", ",
            "\n",
            "1",
            "-",
            "\u0130",
        ),
    ]
)


@given(st.lists(PIECES | st.text(max_size=6), max_size=12).map(" ".join))
def test_whatever_the_text_findings_lie_in_it_ordered_apart_and_not_empty(
    text: str,
) -> None:
    findings = find_identifiers(text)

    edges = [edge for f in findings for edge in (f.start, f.end)]
    assert edges == sorted(edges)
    assert all(0 <= f.start < f.end <= len(text) for f in findings)


@given(st.lists(PIECES, max_size=12).map(" ".join))
def test_reading_the_same_text_again_finds_the_same(text: str) -> None:
    assert find_identifiers(text) == find_identifiers(text)


def test_letters_that_grow_when_lowered_move_no_finding() -> None:
    text = "\u0130\u0130\u0130 seen 3/14/2021"

    assert found(text) == [("date", "3/14/2021")]


def test_one_date_is_explained_with_its_words_and_what_to_write_instead() -> None:
    text = "Progressed 03/14/2021."

    sentence = explain(find_identifiers(text), text)

    assert sentence == (
        "This looks like a date (“03/14/2021”). "
        "Write the year or “5 years ago” instead."
    )


@pytest.mark.parametrize(
    ("kinds", "sentence"),
    [
        ([], ""),
        ([Kind.PHONE], "This looks like a phone number. Leave it out."),
        (
            [Kind.PHONE, Kind.EMAIL],
            "This looks like a phone number and an e-mail address. Leave them out.",
        ),
        (
            [Kind.NAME, Kind.DATE, Kind.NAME],
            (
                "This looks like a name and a date. "
                "Write “the patient” and the year or “5 years ago” instead."
            ),
        ),
        (
            [Kind.RECORD_NUMBER, Kind.SSN],
            (
                "This looks like a record number and a social security number. "
                "Leave them out."
            ),
        ),
        (
            [Kind.STREET, Kind.ZIP],
            (
                "This looks like a street address and a ZIP code. "
                "Write how long the journey takes instead."
            ),
        ),
        (
            [Kind.NAME, Kind.DATE, Kind.AGE_OVER_89, Kind.URL, Kind.EMAIL],
            (
                "This looks like a name, a date, an age over 89 and 2 more. "
                "Write “the patient”, the year or “5 years ago” and “80 and over” "
                "instead, and leave the rest out."
            ),
        ),
    ],
)
def test_several_kinds_are_named_once_each_and_at_most_three(
    kinds: list[Kind], sentence: str
) -> None:
    assert explain([Finding(kind, 0, 1) for kind in kinds]) == sentence


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_can_be_explained_calmly(kind: Kind) -> None:
    sentence = explain([Finding(kind, 0, 4)], "text")

    assert sentence.startswith("This looks like a")
    assert "(“text”). " in sentence
    assert sentence.endswith(".")
    assert "!" not in sentence


def test_a_quote_is_kept_short_and_on_one_line() -> None:
    text = "https://mychart.example.org/a/very/long/way"

    sentence = explain([Finding(Kind.URL, 0, len(text))], text)
    broken = explain([Finding(Kind.NAME, 0, 10)], "John\nSmith")

    assert "“https://mychart.example…”" in sentence
    assert "“John Smith”" in broken


def test_only_the_first_finding_is_quoted() -> None:
    text = "3/14/2021, a@b.org"

    sentence = explain(find_identifiers(text), text)

    assert "3/14/2021" in sentence
    assert "a@b.org" not in sentence
