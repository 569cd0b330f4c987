"""The order in which the doctor looks, and what is left out when something is away."""

from __future__ import annotations

from collections.abc import Iterator

from bot.doctor import clock, database, links, privacy, workspace, zones
from bot.doctor.asking import Accounts, NoAnswer
from bot.doctor.findings import Finding, Level, doubt, trouble, well
from bot.doctor.links import LinkFacts
from bot.doctor.probing import probe_link
from bot.doctor.surroundings import Surroundings
from bot.doctor.workspace import Introduced
from bot.settings import Settings
from storage.actors import Operator

SET_UP = "Run `baton setup FILE`"
FIRST = "Mend what failed above first"


def examine(around: Surroundings, *, by: Operator, probe: bool) -> Iterator[Finding]:
    """Look at everything in turn; each finding comes as soon as it is known.

    With `probe`, a message is written and deleted in the channel of every link, and
    what that showed is kept. Without it, nothing is written anywhere.
    """
    yield _look_at_settings(around.settings)
    who = workspace.introduce(around)
    yield from _look_at_slack(around, who)
    usable = True
    for one in _look_at_storage(around):
        usable = usable and one.level is not Level.FAIL
        yield one
    if usable:
        yield from _look_at_kept(around)
    yield from _look_at_time(around, who, usable=usable)
    if not usable or isinstance(who, NoAnswer):
        yield doubt("links", "not looked at", FIRST)
        yield from _look_at_duty(around, usable=usable)
        return
    found = _read_links(around, who)
    yield from _look_at_links(around, who, found)
    yield from _look_at_duty(around, usable=usable)
    for facts in found:
        if probe:
            yield from probe_link(around, facts, by)
        else:
            yield links.look_at_verified(facts)


def _look_at_settings(settings: Settings) -> Finding:
    mode = settings.baton_phi_mode.value
    found = f"complete; Slack at {settings.slack_api_url}, BATON_PHI_MODE {mode}"
    return well("settings", found)


def _look_at_slack(
    around: Surroundings, who: Introduced | NoAnswer
) -> Iterator[Finding]:
    yield workspace.look_at_token(who)
    if isinstance(who, Introduced):
        yield from workspace.look_at_scopes(who, around.needed_scopes)
    else:
        yield doubt("scopes", "not looked at", FIRST)
    app_token = around.settings.slack_app_token
    if app_token is not None:
        token = app_token.get_secret_value()
        yield workspace.look_at_app_token(around.client, token)


def _look_at_storage(around: Surroundings) -> Iterator[Finding]:
    reachable = database.look_at_database(around.store.database)
    yield reachable
    if reachable.level is not Level.FAIL:
        yield database.look_at_schema(around.store.database)


def _look_at_kept(around: Surroundings) -> Iterator[Finding]:
    # At once, so that no transaction waits for who reads the findings.
    with around.store.read() as reading:
        of_keys = list(database.look_at_keys(reading, around.store.keyring))
        of_audit = list(database.look_at_audit(reading))
        of_time = list(privacy.look_at_patient_time(reading))
    yield from (*of_keys, *of_audit, *of_time)


def _look_at_time(
    around: Surroundings, who: Introduced | NoAnswer, *, usable: bool
) -> Iterator[Finding]:
    if isinstance(who, Introduced) and who.there is not None:
        yield clock.compare("clock of Slack", who.here, who.there)
    else:
        yield doubt("clock of Slack", "Slack told no time", workspace.REACH)
    of_database = clock.look_at_database_clock(around) if usable else None
    if of_database is not None:
        yield of_database
    yield zones.look_at_zone_data()
    if usable:
        with around.store.read() as reading:
            sites = [
                site
                for one in reading.people.workspaces()
                for site in reading.people.sites(one.id)
            ]
        yield from zones.look_at_zones(sites)


def _read_links(around: Surroundings, who: Introduced) -> list[LinkFacts]:
    with around.store.read() as reading:
        return links.read_links(reading, who.workspace_id)


def _look_at_links(
    around: Surroundings, who: Introduced, found: list[LinkFacts]
) -> Iterator[Finding]:
    with around.store.read() as reading:
        known = {one.id for one in reading.people.workspaces()}
    if who.workspace_id not in known:
        yield _of_another(who, known)
    elif not found:
        yield doubt("links", "there is none", SET_UP)
    accounts = Accounts(around.client)
    for facts in found:
        yield from links.look_at_link(accounts, facts)


def _of_another(who: Introduced, known: set[str]) -> Finding:
    if not known:
        return doubt("links", "nothing is set up yet", SET_UP)
    found = f"the database is of {', '.join(sorted(known))}, not of {who.workspace_id}"
    remedy = "Are SLACK_BOT_TOKEN and BATON_DATABASE_URL of one installation?"
    return trouble("links", found, remedy)


def _look_at_duty(around: Surroundings, *, usable: bool) -> Iterator[Finding]:
    if not usable:
        yield doubt("duty", "not looked at", FIRST)
        return
    with around.store.read() as reading:
        linked = {one.center_id for one in reading.people.links()}
        centers = [reading.people.site(one) for one in sorted(linked)]
        findings = list(zones.look_at_duty(reading, centers))
    yield from findings
