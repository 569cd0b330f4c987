"""The guard stays fast: on plain text, and on text that was made to slow it down."""

import sys
import time

import pytest

from care.privacy import find_identifiers

LENGTH = 3000
ORDINARY = (
    "62F IgG kappa, M-spike 3.2, FLC ratio 120, t(4;14), 1q+, del(17p). VRd x4, Mel200 "
    "ASCT in 2019, len maintenance, KRd 20/56 then DPd. CrCl 48, ECOG 1. Hb 9.4, plt "
    "45k. Refractory to lenalidomide and bortezomib after 2 prior lines. Question: "
    "cilta-cel now or talquetamab first? Dr Chen agrees. "
)
HOSTILE = [
    *("1", "1/", "1.", "1-", "0/1/", "12 ", "123 456 ", "123-45-", "+1 ", "(1", "1 "),
    *("A", "A ", "A.", "A. ", "Aa ", "Aa-", "O'", "John ", "JOHN ", "Mr ", "mr a "),
    *("patient ", "patient: ", "pt name is ", "name " * 2, "wife ", "initials "),
    *("mrn ", "mrn #", "mrn a-", "insurance is no ", "policy number ", "lot #1a-"),
    *("on 3/14 ", "in march ", "may ", "may 1 ", "1st of may ", "born in ", "dob: "),
    *("a@", "a.", "a@a.", "http://", "http://a.", "www.", "10.1016/", "doi:10.1016/"),
    *("12 Aa Aa Aa ", "12 1st ", "p.o. box ", "zip ", "Aa MA 1234", "12345-"),
    *("94 y", "aged ", "phone: ", "mm-", "et al ", "Aa of the ", " ", "\n", "\u0130"),
]


def seconds_to_read(text: str, *, tries: int) -> float:
    """Return the best of several times of this thread, on a machine that is shared."""
    times = []
    for _ in range(tries):
        begun = time.thread_time()
        find_identifiers(text)
        times.append(time.thread_time() - begun)
    return min(times)


def filled(piece: str, length: int = LENGTH) -> str:
    """Repeat a piece up to a length."""
    return (piece * (length // len(piece) + 1))[:length]


@pytest.mark.skipif(
    sys.gettrace() is not None, reason="a tracer's own time would be measured too"
)
def test_a_full_form_of_ordinary_text_takes_under_a_millisecond() -> None:
    assert seconds_to_read(filled(ORDINARY), tries=200) < 0.001


def test_a_number_that_fails_only_at_its_end_is_read_once() -> None:
    assert seconds_to_read("1" * 20_000 + "a", tries=5) < 0.06


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_of_the_same_length_takes_only_milliseconds(piece: str) -> None:
    assert seconds_to_read(filled(piece), tries=5) < 0.015


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_length_and_no_faster(piece: str) -> None:
    """Ten times the text may take ten times as long, with room for a noisy machine."""
    short = seconds_to_read(filled(piece, 2000), tries=7)
    long = seconds_to_read(filled(piece, 20_000), tries=3)

    assert long < 35 * short
