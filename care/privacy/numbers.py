"""Numbers and addresses: what the text announces, and what its shape gives away."""

import re
from collections.abc import Iterator

from care.cases import parse_case_code
from care.privacy.finding import Finding, Kind
from care.privacy.text import Text

_CASE_CODE = re.compile(r"mm(?:[\s-]{1,3}[0-9a-z]{5}|\d[a-z0-9]{4})\b")
# Trials and papers are public, and a referral cites them.
_PUBLIC = re.compile(
    r"(?:nct\d{8}|pmc\d{5,8}|pmid:?\s?\d{6,9}|eudract:?\s?[\d-]{8,16}|"
    r"doi:?\s?10\.\d{4,5}/[^\s,;]{3,60}|"
    r"https?://(?:[a-z]{2,9}\.)?(?:doi\.org|(?:pubmed\.|pmc\.)?ncbi\.nlm\.nih\.gov|"
    r"clinicaltrials\.gov|nejm\.org|ashpublications\.org|fda\.gov|nccn\.org)"
    r"(?:/[^\s>|]{0,120})?)(?![\w.]\w)"
)
_PUBLIC_WORDS = frozenset({"nct", "pmc", "pmid", "eudract", "doi", "http", "https"})

_EMAIL = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}")
_URL = re.compile(r"(?:https?://|www\.)[^\s>|]{3,300}")
_IP = re.compile(r"[0-9](?<![\w.]\d)\d{0,2}(?:\.\d{1,3}){3}(?![.\d])")

# A number that was announced: at least three digits, perhaps with letters and dashes.
_NUMBER = r"#?\s?(?P<number>(?=[a-z-]{0,12}(?:\d[a-z-]{0,8}){3})[a-z0-9-]{3,24})\b"
_LINK = r"(?:\s?(?:is|was|of|no\.?|number|num|nr|id|[:#=(]|\.)){0,4}\s{0,2}"
_NO = r"(?=\s?(?:#|n(?:o|um|umber)?\b))"
_NO_OR_ID = r"(?=\s?(?:#|n(?:o|um|umber)?\b|id\b))"
_ANNOUNCED = re.compile(
    r"(?:"
    r"(?P<ssn>ssn|social\ssecurity|soc\.?\ssec)|"
    r"(?P<record_number>mrn|emr|ehr|nhs|csn|med(?:ical)?\.?\s?rec(?:ord)?s?|medrec|"
    rf"(?:chart|hospital|accession|encounter|record|visit|case|ref|reference){_NO}|"
    r"(?:patient|pt|site|chart|person)(?:'s)?\s?id\b|id(?=\s?#|\snumber|:)|"
    r"identif(?:ied|ier)(?:\sas)?)|"
    r"(?P<account_number>(?:(?:medical|health)\s)?(?:ins\b|insur(?:ance|er)?\b|"
    rf"(?:policy|plan|member|subscriber|group|claim|beneficiary|medicare|medicaid|auth|authorization)"
    rf"{_NO_OR_ID})|hicn|hbn|mbi|acct|account|licen[cs]e|certificate)|"
    r"(?P<device_serial>serial|lot|batch|device|din|donation|coi|s/n|"
    rf"chain\sof\sidentity|apheresis{_NO_OR_ID})"
    r")\b(?:\s(?:policy|plan|card))?" + _LINK + _NUMBER
)
_ANNOUNCING = frozenset(
    {
        *("ssn", "social", "soc"),
        *("mrn", "emr", "ehr", "nhs", "csn", "med", "medical", "medrec", "chart"),
        *("hospital", "accession", "encounter", "record", "visit", "case", "ref"),
        *("reference", "patient", "pt", "site", "person", "id", "identified"),
        *("identifier", "health", "ins", "insur", "insurance", "insurer", "policy"),
        *("plan", "member", "subscriber", "group", "claim", "beneficiary", "medicare"),
        *("auth", "authorization"),
        *("medicaid", "hicn", "hbn", "mbi", "acct", "account", "license", "licence"),
        *("certificate", "serial", "lot", "batch", "device", "din", "donation", "coi"),
        *("s", "chain", "apheresis"),
    }
)
# Each names a group of the pattern above.
_ANNOUNCED_KINDS = (
    Kind.SSN,
    Kind.RECORD_NUMBER,
    Kind.ACCOUNT_NUMBER,
    Kind.DEVICE_SERIAL,
)
_BARE_YEAR = re.compile(r"(?:19|20)\d\d")
_SSN = re.compile(r"[0-9]\d\d(?<![\w-]\d{3})-\d\d-\d{4}(?![\w-])")
_LONG_NUMBER = re.compile(r"[0-9](?<!\w\d)\d{6,}+(?![.,]?\w)")
_COUNTED = re.compile(r"\s?(?:x|\u00d7|\*|/|cells|copies|iu|units|u\b|\$|usd|%)")
_NUMBER_GOES_ON = re.compile(r"[\w.,^-]\Z")
_COMPACT_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\Z")

_PHONE = re.compile(
    r"[0-9]\d\d(?<!\w\d{3})\)?([\s.-]{0,2})\d{3}[\s.-]{1,2}\d{4}(?![\w-])"
)
_PHONE_ABROAD = re.compile(r"\+\d{1,3}(?:[\s.()-]{0,2}\d){7,13}(?!\d)")
_ANNOUNCED_PHONE = re.compile(
    r"(?:phone|tel|telephone|cell|mobile|fax|pager|contact)(?:\s(?:number|no))?"
    r"[\s.:#]{1,3}(?:is\s)?(?P<number>\d{3}[\s.-]?\d{4}|\d{10})(?!\d)"
)

_PHONE_WORDS = frozenset(
    {"phone", "tel", "telephone", "cell", "mobile", "fax", "pager", "contact"}
)

_STREET = re.compile(
    r"[0-9](?<![\w-]\d)\d{0,4}[a-z]?\s(?:(?:N|S|E|W|North|South|East|West)\.?\s)?"
    r"(?:[A-Z][A-Za-z'\u2019-]{1,20}\s|\d{1,3}(?:st|nd|rd|th)\s){1,3}"
    r"(?:(?i:street|avenue|road|boulevard|lane|drive|court|terrace|circle|highway|"
    r"parkway|place|ave|rd|blvd|ln|hwy|pkwy)\b|(?:St|Ct|Pl|Dr|Way)\b(?!\.?\s[A-Z]))"
)
# As it is typed without capitals; "3 hours by road" is a journey.
_TYPED_STREET = re.compile(
    r"[0-9](?<![\w.-]\d)\d{0,4}\s(?!hours?|hrs?|miles?|min|km|more|on|by|of)[a-z]{2,20}\s"
    r"(?:[a-z]{2,20}\s)?(?:street|avenue|road|boulevard|lane)\b"
)
_PO_BOX = re.compile(r"p\.?\s?o\.?\s?box\s\d{1,6}")
_ZIP = re.compile(
    r"zip(?:\s?code)?[\s:]{1,3}(?:is\s|of\s)?(?P<number>\d{5}(?:-\d{4})?|\d{3}xx)\b"
)
_STATE_AND_ZIP = re.compile(
    r"[A-Z][A-Z](?<=[a-z.,]\s[A-Z]{2})\s{1,2}\d{5}(?:-\d{4})?\b"
)
_ZIP_PLUS_4 = re.compile(r"[0-9]\d{4}(?<![\w-]\d{5})-\d{4}(?![\w-])")


def find_public_references(text: Text) -> Iterator[tuple[int, int]]:
    """Yield the places of case codes and of trials and papers, which may stand."""
    for match in text.match_at(("mm",), _CASE_CODE):
        if parse_case_code(match[0]) is not None:
            yield match.span()
    for match in text.match_at(_PUBLIC_WORDS, _PUBLIC):
        yield match.span()


def find_links(text: Text) -> Iterator[Finding]:
    """Yield e-mail addresses, links and network addresses."""
    if "@" in text.lowered:
        for match in _EMAIL.finditer(text.lowered):
            yield Finding(Kind.EMAIL, *match.span())
    for match in text.match_at(("http", "https", "www"), _URL):
        yield Finding(Kind.URL, *match.span())
    for match in _IP.finditer(text.lowered):
        yield Finding(Kind.URL, *match.span())


def find_announced_numbers(text: Text) -> Iterator[Finding]:
    """Yield numbers behind a word such as "MRN" or "policy number"."""
    for match in text.match_at(_ANNOUNCING, _ANNOUNCED):
        if not _BARE_YEAR.fullmatch(match["number"]):
            kind = next(kind for kind in _ANNOUNCED_KINDS if match[kind])
            yield Finding(kind, *match.span("number"))


def find_phones(text: Text) -> Iterator[Finding]:
    """Yield phone and fax numbers."""
    for match in _PHONE.finditer(text.lowered):
        yield Finding(Kind.PHONE, *match.span())
    for match in _PHONE_ABROAD.finditer(text.lowered):
        yield Finding(Kind.PHONE, *match.span())
    for match in text.match_at(_PHONE_WORDS, _ANNOUNCED_PHONE):
        yield Finding(Kind.PHONE, *match.span("number"))


def find_addresses(text: Text) -> Iterator[Finding]:
    """Yield streets with a house number, post boxes and ZIP codes."""
    for match in _STREET.finditer(text.raw):
        yield Finding(Kind.STREET, *match.span())
    for match in _TYPED_STREET.finditer(text.lowered):
        yield Finding(Kind.STREET, *match.span())
    for match in text.match_at(("p", "po"), _PO_BOX):
        yield Finding(Kind.STREET, *match.span())
    for match in text.match_at(("zip", "zipcode"), _ZIP):
        yield Finding(Kind.ZIP, *match.span("number"))
    for match in _STATE_AND_ZIP.finditer(text.raw):
        yield Finding(Kind.ZIP, *match.span())
    for match in _ZIP_PLUS_4.finditer(text.lowered):
        yield Finding(Kind.ZIP, *match.span())


def find_bare_numbers(text: Text) -> Iterator[Finding]:
    """Yield numbers that nothing announces, but that only an identifier looks like."""
    for match in _SSN.finditer(text.lowered):
        yield Finding(Kind.SSN, *match.span())
    for match in _LONG_NUMBER.finditer(text.lowered):
        goes_on = _NUMBER_GOES_ON.search(text.before(match.start()))
        if not goes_on and not _COUNTED.match(text.lowered, match.end()):
            kind = Kind.DATE if _COMPACT_DATE.match(match[0]) else Kind.RECORD_NUMBER
            yield Finding(kind, *match.span())
