"""Looks at time: the zone data, the zones of the sites, and who is on duty."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version

from bot.actions.duty import roster_of
from bot.doctor.findings import Finding, doubt, trouble, well
from care.people import SiteKind
from scheduler.calendars import local_day
from storage.records import Site
from storage.unit import Reading

INSTALL = "Install Baton's requirements again"


def look_at_zone_data() -> Finding:
    """Tell which zone data are used: the pinned package's, not the host's."""
    try:
        pinned = version("tzdata")
    except PackageNotFoundError:
        return trouble("zone data", "the package tzdata is not installed", INSTALL)
    if zoneinfo.TZPATH:
        found = f"the host's own at {zoneinfo.TZPATH[0]} come before tzdata {pinned}"
        return doubt("zone data", found, "Start Baton by its own command")
    return well("zone data", f"tzdata {pinned}, and none of the host's")


def look_at_zones(sites: Sequence[Site]) -> Iterator[Finding]:
    """Tell whether the zone of every site is known."""
    unknown = [one for one in sites if not _is_known(one.zone)]
    for site in unknown:
        remedy = "Name an IANA zone in the setup file, and run `baton setup FILE`"
        yield trouble("zones", f"{site.name}: nobody knows '{site.zone}'", remedy)
    if not unknown:
        zones = sorted({one.zone for one in sites})
        yield well("zones", f"known for {len(sites)} sites: {', '.join(zones)}")


def look_at_duty(reading: Reading, sites: Sequence[Site]) -> Iterator[Finding]:
    """Tell for each center who is on duty today."""
    for center in sites:
        if center.kind is SiteKind.CENTER and _is_known(center.zone):
            yield _on_duty(reading, center)


def _on_duty(reading: Reading, center: Site) -> Finding:
    what, today = f"duty of {center.key}", local_day(center, reading.now)
    roster = roster_of(reading, center)
    found = roster.on_duty(today)
    if found is None:
        remedy = "Somebody comes back with `/baton duty`, or is named in the setup file"
        return trouble(
            what, f"nobody is on duty on {today}: nobody can be asked", remedy
        )
    name = reading.people.clinician(found.id).name
    if roster.gaps([today]):
        told = f"whose turn it is on {today} is away without a cover; {name} is asked"
        return doubt(what, told, "Let somebody take these days with `/baton duty`")
    return well(what, f"{name}, on {today}")


def _is_known(zone: str) -> bool:
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
