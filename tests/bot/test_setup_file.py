"""What a setup file may say: nobody falls silent, nobody stands there twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from bot.setup_file import EXAMPLE, SetupFile
from care.people import ANSWERING, Role

Told = dict[str, Any]


def example() -> Told:
    """Return the example file as it is read."""
    told: Told = yaml.safe_load(EXAMPLE)
    return told


def person(told: Told, key: str) -> Told:
    """Return the entry of somebody."""
    people = (one for site in told["sites"] for one in site["people"])
    found: Told = next(one for one in people if one["key"] == key)
    return found


def refused(told: Told) -> str:
    """Return why this is no setup."""
    with pytest.raises(ValidationError) as wrong:
        SetupFile.model_validate(told)
    return " ".join(error["msg"] for error in wrong.value.errors())


@pytest.mark.parametrize("role", sorted(set(Role) - ANSWERING))
def test_duty_is_of_who_answers(role: Role) -> None:
    """Anybody else would be asked and have no part in the case."""
    told = example()
    person(told, "okafor")["role"] = role

    said = refused(told)

    assert "duty is of specialists and leads" in said
    assert "university cannot name okafor" in said


@pytest.mark.parametrize("role", sorted(ANSWERING))
def test_specialists_and_leads_take_duty(role: Role) -> None:
    told = example()
    person(told, "okafor")["role"] = role

    assert SetupFile.model_validate(told).sites[1].duty == ("rivera", "okafor")


def test_a_linked_center_names_who_is_told_of_what_nobody_answers() -> None:
    told = example()
    person(told, "ruiz")["role"] = "pharmacist"

    assert "university: a coordinator or a lead must be named" in refused(told)


def test_a_lead_is_enough_where_nobody_coordinates() -> None:
    told = example()
    person(told, "ruiz")["role"] = "lead"

    SetupFile.model_validate(told)


def test_a_center_without_a_link_needs_nobody_to_be_told() -> None:
    told = example()
    told["sites"].append(
        told["sites"][1]
        | {
            "key": "mercy",
            "duty": [],
            "people": [
                {
                    "key": "ada",
                    "name": "Dr Ada Hill",
                    "role": "specialist",
                    "slack": {"user": "U0000000077"},
                }
            ],
        }
    )

    SetupFile.model_validate(told)


def test_a_center_hears_of_urgent_concerns_by_phone_only_unless_it_says() -> None:
    told = example()
    center = told["sites"][1]
    del center["concern_opt_in"]

    assert not SetupFile.model_validate(told).sites[1].concern_opt_in
    center["concern_opt_in"] = True
    assert SetupFile.model_validate(told).sites[1].concern_opt_in


def test_a_practice_hears_of_no_concerns() -> None:
    told = example()
    told["sites"][0]["concern_opt_in"] = True

    assert "concern_opt_in is for centers" in refused(told)


def test_nobody_signs_clinical_knowledge_unless_the_setup_says() -> None:
    told = example()
    del person(told, "rivera")["signs"]
    del told["sites"][1]["stale_after_days"]

    center = SetupFile.model_validate(told).sites[1]

    assert not any(one.signs for one in center.people)
    assert center.stale_after_days == 180


@pytest.mark.parametrize("role", sorted(ANSWERING))
def test_specialists_and_leads_of_a_center_may_have_the_right_to_sign(
    role: Role,
) -> None:
    told = example()
    person(told, "okafor").update(role=role, signs=True)

    people = SetupFile.model_validate(told).sites[1].people

    assert [one.key for one in people if one.signs] == ["rivera", "okafor"]


@pytest.mark.parametrize("key", ["ruiz", "chen"])
def test_nobody_else_may_have_it(key: str) -> None:
    told = example()
    person(told, key)["signs"] = True

    said = refused(told)

    assert "only specialists and leads of a center sign" in said
    assert f"cannot let {key} sign" in said


@pytest.mark.parametrize(("days", "limit"), [(29, "30"), (731, "730")])
def test_signed_rows_look_stale_after_a_month_to_two_years(
    days: int, limit: str
) -> None:
    told = example()
    told["sites"][1]["stale_after_days"] = days

    assert f"than or equal to {limit}" in refused(told)


def test_an_administrator_is_named_who_is_told_of_what_fails() -> None:
    told = example()
    person(told, "admin")["role"] = "coordinator"

    assert "an administrator must be named" in refused(told)


def _without_a_team_later(told: Told) -> None:
    user = person(told, "chen")["slack"]["user"]
    person(told, "ruiz")["slack"] = {"user": user}


def _without_a_team_first(told: Told) -> None:
    user = person(told, "ruiz")["slack"]["user"]
    person(told, "chen")["slack"] = {"user": user}
    person(told, "ruiz")["slack"] = {"user": user, "team": "T0000000009"}


@pytest.mark.parametrize("edit", [_without_a_team_later, _without_a_team_first])
def test_one_user_with_and_without_a_team_is_one_too_many(
    edit: Callable[[Told], None],
) -> None:
    told = example()
    edit(told)

    assert "stands there twice" in refused(told)


def test_two_teams_may_each_have_a_user_of_one_id() -> None:
    told = example()
    person(told, "chen")["slack"] = {"user": "U0000000055", "team": "T0000000008"}
    person(told, "ruiz")["slack"] = {"user": "U0000000055", "team": "T0000000009"}

    SetupFile.model_validate(told)
