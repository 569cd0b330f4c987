"""The kept setup reads back as the file that made it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.actions.setting_up import Channel, set_up
from bot.refusals import SetupRefused
from bot.setup_file import (
    EXAMPLE,
    WEEKDAYS,
    PersonEntry,
    SetupFile,
    SlackIdentity,
    read_setup,
)
from bot.setup_reading import (
    NOTHING_YET,
    kept_setup,
    read_kept,
    setup_version,
    write_setup,
)
from care.people import ANSWERING, Role
from storage.actors import Operator
from storage.clock import TravellingClock
from storage.database import Database
from storage.records import Workspace
from storage.sealing import Keyring, new_key
from storage.unit import Store
from tests.conftest import T0

HOST = Workspace("T0HOST", "University", "U0BATON")
MONDAY = date(2026, 11, 23)
OpenFresh = Callable[[], AbstractContextManager[Store]]

names = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=2, max_size=80)


@pytest.fixture(scope="module")
def open_fresh(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> OpenFresh:
    """Open a store that holds nothing, one for each example."""
    path = tmp_path_factory.mktemp("setups") / "baton.sqlite"
    clock = TravellingClock()
    clock.stop_at(T0)

    @contextmanager
    def opened() -> Iterator[Store]:
        path.write_bytes(sqlite_template.read_bytes())
        database = Database(f"sqlite:///{path}")
        yield Store(database, Keyring.parse(new_key("first")), clock)
        database.close()

    return opened


@st.composite
def people(draw: st.DrawFn, site: str) -> list[dict[str, Any]]:
    """Some people of one site, each with an account that nobody else has."""
    keys = draw(
        st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True)
    )
    return [
        {
            "key": key,
            "name": draw(names),
            "role": draw(st.sampled_from(Role)),
            "slack": {
                "user": f"U{site}{key}{draw(st.integers(0, 1))}".upper(),
                "team": draw(st.sampled_from([None, "T0GUESTS"])),
            },
        }
        for key in keys
    ]


@st.composite
def sites(draw: st.DrawFn, key: str, kind: str) -> dict[str, Any]:
    """One site; a center has an administrator, a lead on duty, perhaps a rota."""
    staff = draw(people(key))
    if kind == "center":
        staff[0] |= {"role": Role.LEAD, "signs": draw(st.booleans())}
        slack = {"user": f"U{key}KIM".upper()}
        admin = {"key": "kim", "name": "Kim", "role": Role.ADMINISTRATOR}
        staff.append(admin | {"slack": slack})
    answering = [one["key"] for one in staff if one["role"] in ANSWERING]
    duty = draw(st.permutations(answering)) if kind == "center" else []
    order = draw(st.lists(st.sampled_from(duty or ["a"]), min_size=1, max_size=5))
    weeks = draw(st.integers(0, 50))
    rota = {"starts": MONDAY + timedelta(weeks=weeks), "order": order}
    has_rota = draw(st.booleans())
    opens = draw(st.integers(0, 22 * 60))
    closes = draw(st.integers(opens + 1, 24 * 60 - 1))
    days = draw(st.sets(st.sampled_from(WEEKDAYS), min_size=1))
    return {
        "key": key,
        "kind": kind,
        "name": draw(names),
        "phone_24h": draw(st.text("+0123456789 ", min_size=3, max_size=40)),
        "zone": draw(st.sampled_from(["America/Chicago", "Europe/Berlin"])),
        "opens": time(*divmod(opens, 60)),
        "closes": time(*divmod(closes, 60)),
        "days": [day for day in WEEKDAYS if day in days],
        **draw(st.sampled_from([{}, {"country": "US"}, US_WI])),
        "responsible_roles": draw(st.lists(st.sampled_from(Role), unique=True)),
        "duty": duty,
        "rota": rota if duty and has_rota else None,
        "answer": {
            "urgent_hours": draw(st.integers(1, 72 * 60)) / 60,
            "advice_days": draw(st.integers(1, 20)),
            "evaluation_days": draw(st.integers(1, 20)),
        },
        "concern_opt_in": kind == "center" and draw(st.booleans()),
        "stale_after_days": draw(st.integers(30, 730)),
        "people": staff,
    }


US_WI = {"country": "US", "region": "WI"}
KINDS = {"lake": "practice", "hill": "practice", "uni": "center", "mercy": "center"}


@st.composite
def setups(draw: st.DrawFn, mark: str = "") -> SetupFile:
    """A setup of two to four sites, each practice linked to each center or not."""
    keys = draw(st.sets(st.sampled_from(["hill", "mercy"]))) | {"lake", "uni"}
    told = [draw(sites(key, KINDS[key])) for key in sorted(keys)]
    pairs = [
        (practice, center)
        for practice in sorted(keys & {"lake", "hill"})
        for center in sorted(keys & {"uni", "mercy"})
    ]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, unique=True))
    links = [
        {
            "practice": practice,
            "center": center,
            "channel": _channel(practice, center, mark),
        }
        for practice, center in chosen
    ]
    agreed = {"agreed_by": draw(names), "agreed_on": MONDAY}
    modes = [{"mode": "none"}, {"mode": "days"} | agreed, {"mode": "baa"} | agreed]
    privacy = draw(st.sampled_from(modes))
    return SetupFile.model_validate({"sites": told, "links": links, "privacy": privacy})


def _channel(*parts: str) -> str:
    return "C" + "".join(parts).upper()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=setups("A"), second=setups("B"))
def test_what_was_set_up_reads_back_as_what_the_file_says(
    open_fresh: OpenFresh, first: SetupFile, second: SetupFile
) -> None:
    """Also where it takes the place of another setup: nobody of that one is left."""
    with open_fresh() as store:
        put(store, first)
        put(store, second)

        with store.read() as reading:
            kept = kept_setup(reading, HOST.id)

    assert in_order(kept) == in_order(second)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(setup=setups())
def test_what_is_written_reads_as_the_same_setup(
    tmp_path_factory: pytest.TempPathFactory, setup: SetupFile
) -> None:
    path = tmp_path_factory.mktemp("written") / "setup.yaml"

    path.write_text(write_setup(setup), encoding="utf-8")

    assert read_setup(path) == setup


def test_the_kept_setup_set_up_again_changes_nothing(store: Store) -> None:
    put(store, example())
    with store.read() as reading:
        kept = kept_setup(reading, HOST.id)

    done = put(store, kept, by="somebody else")

    assert done == "unchanged"


def test_the_version_changes_with_the_setup_and_with_nothing_else(
    store: Store,
) -> None:
    put(store, example())
    versions = [version(store)]
    put(store, example())
    versions.append(version(store))
    put(store, example(phone="+1 555 0177"))
    versions.append(version(store))
    put(store, example())
    versions.append(version(store))

    first, again, changed, back = versions

    assert first == again == back != changed


def test_another_workspace_is_not_read(store: Store) -> None:
    put(store, example())

    with store.read() as reading, pytest.raises(SetupRefused) as refused:
        kept_setup(reading, "T0OTHER")

    assert refused.value.sentence == NOTHING_YET


def test_whoever_left_is_known_by_key_and_by_account(store: Store) -> None:
    put(store, example())
    put(store, without(example(), "okafor"))

    with store.read() as reading:
        kept = read_kept(reading, HOST.id)

    assert "okafor" in kept.taken["university"]
    assert kept.former == {("university", HOST.id, "U0000000004"): "okafor"}
    assert all(p.key != "okafor" for s in kept.setup.sites for p in s.people)


def test_each_thing_is_found_by_its_id(store: Store) -> None:
    put(store, example())

    with store.read() as reading:
        kept = read_kept(reading, HOST.id)

    for site in kept.setup.sites:
        assert kept.site(kept.id_of(site)) == site
        for one in site.people:
            assert kept.person(kept.id_of(site, one)) == (site, one)
    for link in kept.setup.links:
        assert kept.link(kept.link_id(link)) == link
    assert kept.site("x") is None
    assert kept.person("x") is None
    assert kept.link("x") is None


def test_two_people_exchange_their_accounts(store: Store) -> None:
    put(store, example())
    swapped = EXAMPLE.replace("U0000000003", "U9").replace("U0000000004", "U8")
    swapped = swapped.replace("U9", "U0000000004").replace("U8", "U0000000003")
    put(store, parse(swapped))

    with store.read() as reading:
        kept = kept_setup(reading, HOST.id)

    accounts = {p.key: p.slack.user for s in kept.sites for p in s.people}
    assert accounts["rivera"] == "U0000000004"
    assert accounts["okafor"] == "U0000000003"


def test_a_channel_without_threads_is_given_from_a_former_link_to_another(
    store: Store,
) -> None:
    """No patient was ever spoken of there."""
    put(store, example())
    moved = with_site(EXAMPLE.replace("C0000000001", "C0000000002"))
    put(store, parse(moved.replace("practice: lakeside", "practice: hill")))

    put(store, parse(with_site(EXAMPLE).replace("lakeside\n    c", "hill\n    c")))

    with store.read() as reading:
        (only,) = kept_setup(reading, HOST.id).links
    assert (only.practice, only.channel) == ("hill", "C0000000001")


def test_a_link_takes_no_channel_that_slack_was_not_asked_about(store: Store) -> None:
    with pytest.raises(SetupRefused, match="Slack was not asked about C0000000001"):
        put(store, example(), channels={})


def put(
    store: Store,
    setup: SetupFile,
    *,
    by: str = "tests",
    channels: dict[str, Channel] | None = None,
) -> str:
    """Put a setup into effect; its channels are private and Baton is in them."""
    actor = Operator(by)
    fit = {one.channel: Channel(one.channel, True, True) for one in setup.links}  # noqa: FBT003 - the fields' order
    with store.act(actor) as uow:
        return set_up(
            uow=uow,
            by=actor,
            workspace=HOST,
            setup=setup,
            channels=fit if channels is None else channels,
        ).what


def version(store: Store) -> str:
    """Return the version of what is kept."""
    with store.read() as reading:
        return setup_version(reading, HOST.id)


def example(phone: str = "+1 555 0100") -> SetupFile:
    """Return the setup of the example file, with a phone line of one's own."""
    return parse(EXAMPLE.replace("+1 555 0100", phone))


def parse(text: str) -> SetupFile:
    """Return the setup that a text says."""
    return SetupFile.model_validate(yaml.safe_load(text))


def with_site(text: str) -> str:
    """Return a file's text with one more practice."""
    more = (
        "  - key: hill\n    kind: practice\n    name: Hill Oncology\n"
        '    phone_24h: "+1 555 0111"\n    zone: America/Chicago\n    people:\n'
        "      - {key: ada, name: Dr Ada Hill, role: oncologist,"
        " slack: {user: U0000000099}}\nlinks:\n"
    )
    return text.replace("links:\n", more)


def without(setup: SetupFile, key: str) -> SetupFile:
    """Return a setup without somebody."""
    told = setup.model_dump()
    for site in told["sites"]:
        site["people"] = [one for one in site["people"] if one["key"] != key]
        site["duty"] = [one for one in site["duty"] if one != key]
    return SetupFile.model_validate(told)


def in_order(setup: SetupFile) -> SetupFile:
    """Return a setup with its parts in one order and every team named."""
    return setup.model_copy(
        update={
            "sites": tuple(
                one.model_copy(update={"people": _sorted(one.people)})
                for one in sorted(setup.sites, key=lambda one: one.key)
            ),
            "links": tuple(
                sorted(setup.links, key=lambda one: (one.practice, one.center))
            ),
        }
    )


def _sorted(staff: tuple[PersonEntry, ...]) -> tuple[PersonEntry, ...]:
    return tuple(
        one.model_copy(
            update={
                "slack": SlackIdentity(
                    user=one.slack.user, team=one.slack.team or HOST.id
                )
            }
        )
        for one in sorted(staff, key=lambda one: one.key)
    )
