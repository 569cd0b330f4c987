"""Answers to what a person did: in an ack, or later through a response URL."""

from sandbox import messages
from sandbox.errors import ApiError
from sandbox.response_urls import Permit
from sandbox.things import Conversation, Json, Post
from sandbox.workspace import Workspace


def respond(workspace: Workspace, permit: Permit, body: Json) -> None:
    """What came to a response URL. Raises ApiError."""
    original = workspace.world.get(Post, f"{permit.channel}/{permit.ts}")
    if body.get("delete_original"):
        if original is None:
            raise ApiError("message_not_found")
        messages.remove(workspace, original)
        return
    if not body.get("replace_original"):
        say(workspace, permit.channel, permit.user, body)
        return
    if original is None or original.user != workspace.meta.bot:
        raise ApiError("cant_update_message")
    messages.change(workspace, original, messages.read_content(workspace, body))


def say(workspace: Workspace, channel: str, user: str, body: Json) -> Post:
    """Show an answer to the one who asked, or with `in_channel` to everybody there.
    Raises ApiError.
    """
    content = messages.read_content(workspace, body)
    thread_ts = str(body.get("thread_ts") or "")
    if body.get("response_type") != "in_channel":
        return messages.show_to_one(
            workspace, channel, user, content, thread_ts=thread_ts
        )
    conversation = workspace.world.need(Conversation, channel)
    return messages.post_as_bot(workspace, conversation, content, thread_ts=thread_ts)
