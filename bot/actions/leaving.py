"""Who a new setup names no more, and whether their cases allow it."""

from __future__ import annotations

from collections.abc import Collection

from bot.refusals import SetupRefused
from bot.setup_file import SetupFile
from bot.setup_reading import setup_id
from storage.records import Clinician
from storage.unit import Reading, Unit


def leaving(
    reading: Reading, workspace_id: str, setup: SetupFile
) -> dict[str, Clinician]:
    """Return by id whom `setup` names no more; who moves to another site, too."""
    named = {
        setup_id(workspace_id, site.key, one.key)
        for site in setup.sites
        for one in site.people
    }
    return {
        one.id: one
        for site in reading.people.sites(workspace_id)
        for one in reading.people.staff(site.id)
        if one.id not in named
    }


def accounts_leaving(
    reading: Reading, workspace_id: str, setup: SetupFile
) -> dict[str, str]:
    """Return clinician -> Slack user, of those who leave while a case waits for them.

    Whether such an account is deactivated decides whether they may.
    """
    busy = [
        one
        for one in leaving(reading, workspace_id, setup)
        if reading.people.open_work(one)
    ]
    known = reading.people.identities(busy)
    return {one: found.user_id for one, found in known.items()}


def check_leaving(
    uow: Unit, workspace_id: str, setup: SetupFile, gone: Collection[str]
) -> None:
    """Refuse that somebody leaves while a case waits for them.

    `gone` are ids of clinicians whose Slack account is deactivated: they leave all
    the same, since nothing reaches them. Raises `SetupRefused`.
    """
    troubles = [
        _trouble(one, codes)
        for one in leaving(uow, workspace_id, setup).values()
        if one.id not in gone and (codes := uow.people.open_work(one.id))
    ]
    if troubles:
        raise SetupRefused("\n".join(troubles))


def _trouble(one: Clinician, codes: list[str]) -> str:
    return (
        f"{one.name} cannot leave their site or change their key there while cases"
        f" wait for them: {', '.join(codes)}. Close, withdraw or pass on each first."
        " Whoever has left already: deactivate their Slack account, then try again."
    )
