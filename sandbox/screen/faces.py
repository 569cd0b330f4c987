"""Who somebody is, at a glance: initials, name, team."""

import hashlib

from sandbox.screen.tags import NOTHING, Safe, joined, tag
from sandbox.things import Team, User
from sandbox.world import World

HUES = 12


def avatar(user: User | None) -> Safe:
    """A square with initials, in a colour that is always this account's own."""
    if user is None:
        return tag("span", "S", class_="avatar system", aria_hidden="true")
    digest = hashlib.sha256(user.id.encode()).digest()
    style = "bot" if user.bot_id else f"hue-{digest[0] % HUES}"
    return tag("span", initials(user), class_=f"avatar {style}", aria_hidden="true")


def initials(user: User) -> str:
    """Up to two letters of a name, titles such as Dr left out."""
    words = [word for word in user.real_name.split() if word[0].isalnum()]
    chosen = words if len(words) < 2 else [words[0], words[-1]]  # noqa: PLR2004 - first and last
    return "".join(word[0].upper() for word in chosen)


def team_name(world: World, user: User) -> str:
    """The name of somebody's team."""
    team = world.get(Team, user.team)
    return team.name if team else ""


def from_elsewhere(world: World, user: User, reader: User) -> Safe:
    """The team of somebody who is of another one than the reader."""
    if user.team == reader.team:
        return NOTHING
    return tag("span", team_name(world, user), class_="team")


def badge(user: User) -> Safe:
    """What marks an app."""
    return tag("span", "APP", class_="badge") if user.bot_id else NOTHING


def count(number: int) -> Safe:
    """How many are unread, or nothing."""
    if not number:
        return NOTHING
    spoken = tag("span", " unread", class_="spoken")
    return tag("span", joined([number, spoken]), class_="count")
