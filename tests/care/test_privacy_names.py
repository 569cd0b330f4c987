"""Names: patients are found, clinicians, places and eponyms are not."""

import pytest

from care.privacy import Kind, find_identifiers


def names(text: str, *staff: str) -> list[str]:
    """Return the names found, and fail on any other kind."""
    findings = find_identifiers(text, staff=staff)
    assert {finding.kind for finding in findings} <= {Kind.NAME}
    return [text[finding.start : finding.end] for finding in findings]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mr Okonkwo has relapsed", "Okonkwo"),
        ("Mrs. Smith-Jones asks", "Smith-Jones"),
        ("Ms O'Brien", "O'Brien"),
        ("Ms O\u2019Brien", "O\u2019Brien"),
        ("Miss Nguyen", "Nguyen"),
        ("Mx Ferreira", "Ferreira"),
        ("Mr. D. Jones, who", "D. Jones"),
        ("mr okonkwo was seen", "okonkwo"),
        ("Mr. John Q. Public", "John Q. Public"),
        ("Ms Núñez", "Núñez"),
    ],
)
def test_whoever_has_a_title_is_a_patient(text: str, name: str) -> None:
    assert names(text) == [name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Patient Oluwatobi Adeyemi, IgG kappa", "Oluwatobi Adeyemi"),
        ("patient Zyta Kowalczyk progressed", "Zyta Kowalczyk"),
        ("pt John Smith", "John Smith"),
        ("pt john smith relapsed", "john smith"),
        ("pt. John", "John"),
        ("Patient: Smith, John", "Smith, John"),
        ("patient name is Zelda Fitzgerald", "Zelda Fitzgerald"),
        ("a man named Ignatius Reilly", "Ignatius Reilly"),
        ("a 20yo female, Anna, seen here", "Anna"),
        ("62-year-old male, Zoltan K., IgA", "Zoltan K."),
        ("55-year-old woman, Zelda Quist, with relapse", "Zelda Quist"),
        ("a man, Ignatius Reilly (IgA), asks", "Ignatius Reilly"),
        ("relapsed after ASCT, Zelda Q., now asking", "Zelda Q."),
        ("patient J.S., 62", "J.S."),
        ("pt J. S. asks", "J. S."),
        ("patient J.R.S. asks", "J.R.S."),
        ("initials: JS", "JS"),
        ("initials J.S.", "J.S."),
        ("his wife Linda drives", "Linda"),
        ("caregiver is Robert", "Robert"),
    ],
)
def test_whoever_is_called_a_patient_or_family_is_named(text: str, name: str) -> None:
    assert names(text) == [name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Discussed for John Smith.", "John Smith"),
        ("Dianne L., after VRd", "Dianne L."),
        ("John White and a second opinion", "John White"),
        ("JANE DOE - IgG lambda", "JANE DOE"),
        ("Maria Garcia Lopez lives far away", "Maria Garcia Lopez"),
        ("case of relapse: James T", "James T"),
    ],
)
def test_a_given_name_with_a_surname_or_initial_is_a_name(text: str, name: str) -> None:
    assert names(text) == [name]


def test_a_name_ends_where_the_sentence_goes_on() -> None:
    assert names("John Smith Has relapsed") == ["John Smith"]
    assert names("Patient John Relapsed again") == ["John"]


@pytest.mark.parametrize(
    "text",
    [
        "Dr Rivera agrees",
        "Dr. Maria Rivera agrees",
        "seen by Dr. Emily W. and Prof Hans Müller",
        "Prof. Zelda Quist",
        "Doctor John Smith",
        "John Smith, MD, asks",
        "Sarah Lee NP will call",
        "Emily Carter, PharmD",
        "nurse Sarah Lee and coordinator Maria Lopez",
        "NP Sarah Lee",
    ],
)
def test_a_clinician_is_no_patient_even_when_unknown(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Henry Ford in Detroit, Fred Hutch, Sarah Cannon",
        "St. Mary's Hospital and St. Luke's",
        "Thomas Jefferson University Hospital",
        "Sidney Kimmel Cancer Center",
        "Mary Bird Perkins Cancer Center",
        "James Cancer Hospital",
        "Johns Hopkins, Mount Sinai, Dana-Farber",
        "San Francisco Bay, Santa Barbara County, Fort Wayne Indiana, Ann Arbor",
        "Martin T, et al. and Thomas Richter et al, 2023",
    ],
)
def test_places_and_authors_are_no_patients(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "patient Bence Jones positive",
        "Patient Hodgkin Lymphoma excluded",
        "Patient Karnofsky 80",
        "Patient Carvykti Eligible",
        "Patient Age Band, Patient Summary, Patient Lives Far Away",
        "patient PD on DPd, pt CR after KRd, pt SD",
        "Patient VRd then DRd",
        "male, Stage III; female, African American; man, White",
        "female, Native American, IgG; man, Bence Jones, 2 lines; m, Deep Response, x",
        "normal vitamins, Vitamin D., and others; relapse, Stage I., then",
        "Kaplan Meier, Durie Salmon, Epstein Barr, Castleman, Waldenstrom",
        "patients like this; similar to CARTITUDE",
        "Progressed per patient. Dara Kyprolis asked for.",
        "Vitamin D. Hepatitis B. Factor V. Protein C.",
        "The patient may need IVIG. Patient Was Treated With Dara",
        "Will VRd help? May we bridge? Mark complete.",
    ],
)
def test_words_of_myeloma_are_no_names(text: str) -> None:
    assert names(text) == []


def test_staff_by_surname_are_no_patients() -> None:
    text = "Elena Rivera and Ms Rivera, our coordinators, will call"

    assert names(text) == ["Elena Rivera", "Rivera"]
    assert names(text, "Rivera") == []
    assert names(text, "rivera", "Chen") == []


def test_a_patient_who_shares_a_surname_with_the_staff_is_still_a_patient() -> None:
    assert names("patient Elena Rivera", "Rivera") == ["Elena Rivera"]


def test_a_surname_of_the_staff_hides_nobody_whose_name_only_ends_like_it() -> None:
    assert names("Mr Sullee was seen", "Lee") == ["Sullee"]
