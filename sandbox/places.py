"""Conversations: who is in them, and how they come to be."""

from dataclasses import replace

from sandbox import events, messages
from sandbox.things import Conversation, Post, User
from sandbox.workspace import Workspace


def ensure_im(workspace: Workspace, user: User) -> Conversation:
    """A person's direct messages with the bot, opened unless they are."""
    with workspace.world.lock:
        found = workspace.world.im(user.id)
        if found:
            return found
        new = Conversation(
            id=workspace.world.new_id("D"),
            team=workspace.meta.host,
            name="",
            created=int(workspace.settings.clock()),
            members=(user.id, workspace.meta.bot),
            im_with=user.id,
        )
        workspace.world.put(new)
        return new


def join(workspace: Workspace, place: Conversation, user: User) -> Conversation:
    """Let somebody in, with Slack's own line about it; once is enough."""
    return _move(workspace, place, user, joins=True)


def leave(workspace: Workspace, place: Conversation, user: User) -> Conversation:
    """Let somebody out, with Slack's own line about it."""
    return _move(workspace, place, user, joins=False)


def archive(workspace: Workspace, place: Conversation, *, on: bool) -> None:
    """Archive a channel, or bring it back."""
    changed = replace(place, archived=on)
    workspace.world.put(changed)
    events.archived(workspace, changed, changed.creator or workspace.meta.bot)


def _move(
    workspace: Workspace, place: Conversation, user: User, *, joins: bool
) -> Conversation:
    if (user.id in place.members) == joins:
        return place
    others = tuple(each for each in place.members if each != user.id)
    moved = replace(place, members=(*others, user.id) if joins else others)
    with workspace.world.lock:
        workspace.world.put(moved)
        _say_so(workspace, place, user, joins=joins)
    # Somebody who left is told of, and the bot hears that it left, too: Slack tells
    # by who was there before.
    kind = "member_joined_channel" if joins else "member_left_channel"
    events.moved(workspace, moved if joins else place, user, kind)
    return moved


def _say_so(
    workspace: Workspace, place: Conversation, user: User, *, joins: bool
) -> None:
    verb = "joined" if joins else "left"
    prefix = "group" if place.private else "channel"
    messages.publish(
        workspace,
        Post(
            channel=place.id,
            ts="",
            user=user.id,
            text=f"<@{user.id}> has {verb} the channel",
            subtype=f"{prefix}_join" if joins else f"{prefix}_leave",
        ),
    )
