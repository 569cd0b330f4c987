"""The part that each person has in a case, and everybody else's lack of one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from care.people import (
    ANY_PART,
    CENTER_SIDE,
    MAY_REFER,
    NO_SIDE,
    PRACTICE_SIDE,
    RESPONSIBLE_BY_DEFAULT,
    Involved,
    Member,
    Part,
    Role,
    SiteKind,
    parts_of,
)

INVOLVED = Involved(
    referrer_id="chen",
    responsible_id="chen",
    practice_id="lakeside",
    center_id="university",
)
sites = st.sampled_from(["lakeside", "university", "elsewhere"])
ids = st.sampled_from(["chen", "rivera", "amy", "noor"])
members = st.builds(Member, ids, sites, st.sampled_from(Role))
involvements = st.builds(Involved, ids, ids, sites, sites)


def parts(id_: str, site: str, role: Role) -> set[Part]:
    """Return the parts of somebody in the case that these tests speak of."""
    return set(parts_of(Member(id_, site, role), INVOLVED))


def test_the_referrer_who_is_responsible_has_both_parts() -> None:
    held = parts("chen", "lakeside", Role.ONCOLOGIST)

    assert held == {Part.REFERRER, Part.RESPONSIBLE}


def test_who_is_responsible_at_the_center_has_a_part_of_its_side() -> None:
    moved = Involved("chen", "osei", "lakeside", "university")

    held = parts_of(Member("osei", "university", Role.ONCOLOGIST), moved)

    assert held == {Part.CENTER_RESPONSIBLE}
    assert not held & PRACTICE_SIDE


def test_who_was_responsible_and_who_was_offered_a_handoff_keep_a_part() -> None:
    moved = Involved(
        "amy",
        "rivera",
        "lakeside",
        "university",
        formerly=frozenset({"chen", "rivera"}),
        parties=frozenset({"noor"}),
    )

    was = parts_of(Member("chen", "lakeside", Role.ONCOLOGIST), moved)
    offered = parts_of(Member("noor", "university", Role.FELLOW), moved)

    assert was == {Part.FORMER}
    assert offered == {Part.PARTY}


def test_who_covers_the_responsible_clinician_has_a_part_and_no_colleague() -> None:
    covered = replace(INVOLVED, covers=frozenset({"osei"}))

    held = parts_of(Member("osei", "lakeside", Role.ONCOLOGIST), covered)
    others = parts_of(Member("patel", "lakeside", Role.ONCOLOGIST), covered)

    assert held == {Part.COVER}
    assert others == frozenset()
    assert Part.COVER in PRACTICE_SIDE


def test_specialists_and_leads_of_the_asked_center_are_asked() -> None:
    for role in (Role.SPECIALIST, Role.LEAD):
        assert parts("rivera", "university", role) == {Part.ASKED}


def test_coordinators_have_the_part_of_their_own_site() -> None:
    at_practice = parts("amy", "lakeside", Role.COORDINATOR)
    at_center = parts("noor", "university", Role.COORDINATOR)

    assert at_practice == {Part.PRACTICE_COORDINATOR}
    assert at_center == {Part.CENTER_COORDINATOR}


def test_other_roles_at_both_sites_have_no_part() -> None:
    for role in (
        Role.FELLOW,
        Role.PHARMACIST,
        Role.ADMINISTRATOR,
        Role.ADVANCED_PRACTICE,
        Role.ONCOLOGIST,
    ):
        assert parts("somebody", "university", role) == set()
        assert parts("somebody", "lakeside", role) == set()


def test_specialists_of_the_practice_are_not_asked() -> None:
    assert parts("somebody", "lakeside", Role.SPECIALIST) == set()


@given(members)
def test_nobody_of_another_site_has_a_part_unless_named(member: Member) -> None:
    elsewhere = Involved("referrer", "responsible", "practice", "center")

    assert parts_of(member, elsewhere) == frozenset()


@given(members, involvements)
def test_a_part_on_a_side_comes_from_that_side_or_from_being_named(
    member: Member, involved: Involved
) -> None:
    held = parts_of(member, involved)

    named = member.id in {involved.referrer_id, involved.responsible_id}
    here = {Part.REFERRER, Part.RESPONSIBLE, Part.CENTER_RESPONSIBLE}
    assert bool(held & here) == named
    if held & CENTER_SIDE:
        assert member.site_id == involved.center_id
    if Part.PRACTICE_COORDINATOR in held:
        assert member.site_id == involved.practice_id
    if member.role is Role.ADMINISTRATOR and not named:
        assert held == frozenset()


def test_every_part_of_a_person_is_of_one_side_or_kept_for_what_was() -> None:
    """A part kept for what was, and what happens by itself, are of neither side."""
    assert frozenset(Part) - {Part.BATON} == ANY_PART
    assert ANY_PART - PRACTICE_SIDE - CENTER_SIDE == NO_SIDE
    assert not PRACTICE_SIDE & CENTER_SIDE


def test_who_may_refer_and_be_responsible_by_default_are_clinical_roles() -> None:
    assert Role.ADMINISTRATOR not in MAY_REFER | RESPONSIBLE_BY_DEFAULT
    assert Role.FELLOW not in MAY_REFER | RESPONSIBLE_BY_DEFAULT
    assert Role.ONCOLOGIST in MAY_REFER & RESPONSIBLE_BY_DEFAULT


def test_the_words_of_the_two_kinds_of_site_are_those_of_the_setup_file() -> None:
    assert [str(kind) for kind in SiteKind] == ["practice", "center"]
