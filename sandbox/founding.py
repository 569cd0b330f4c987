"""Teams, people and channels: each is made once and found again by its name."""

from collections.abc import Sequence
from typing import Any

from sandbox.things import Conversation, Team, User
from sandbox.workspace import Workspace


def add_team(workspace: Workspace, name: str) -> Team:
    """The team with that name, made unless it is there."""
    world = workspace.world
    for team in world.all(Team):
        if team.name == name:
            return team
    new = Team(world.new_id("T"), name, _slug(name, "-"))
    world.put(new)
    return new


def add_person(
    workspace: Workspace, name: str, *, team: Team, profile: dict[str, Any]
) -> User:
    """The person with that name in a team, made unless they are there."""
    world = workspace.world
    for user in world.all(User):
        if (user.real_name, user.team) == (name, team.id) and not user.bot_id:
            return user
    new = User(
        id=world.new_id("U"),
        team=team.id,
        handle=_slug(name, "."),
        real_name=name,
        updated=int(world.clock()),
        **profile,
    )
    world.put(new)
    return new


def add_channel(
    workspace: Workspace,
    name: str,
    *,
    private: bool,
    members: Sequence[str],
    shared_with: Sequence[str],
    bot: bool,
) -> Conversation:
    """The channel with that name, made unless it is there."""
    world = workspace.world
    for conversation in world.all(Conversation):
        if conversation.name == name and not conversation.im_with:
            return conversation
    inside = (*members, workspace.meta.bot) if bot else tuple(members)
    new = Conversation(
        id=world.new_id("C"),
        team=workspace.meta.host,
        name=name,
        created=int(world.clock()),
        creator=members[0] if members else workspace.meta.bot,
        members=tuple(dict.fromkeys(inside)),
        shared_with=tuple(shared_with),
        private=private,
    )
    world.put(new)
    return new


def _slug(name: str, joint: str) -> str:
    words = "".join(each if each.isalnum() else " " for each in name.lower()).split()
    return joint.join(words)
