"""Writing messages: by the app, by people, and in answer to what people did."""

import html
import re
import secrets
from dataclasses import dataclass, replace

from sandbox import events, pictures
from sandbox.block_kit import problems
from sandbox.errors import ApiError, invalid
from sandbox.things import Conversation, Json, Pin, Post, User
from sandbox.workspace import Workspace

TEXT_KEPT = 40_000
TEXT_OF_UPDATE = 4_000
METADATA_SIZE = 65_536
MENTION = re.compile(r"(<@\w+>)")
POINTER = re.compile(r"^(/[^:]*|): (.*)$", re.DOTALL)


@dataclass(frozen=True)
class Content:
    """What a message says."""

    text: str = ""
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    metadata: Json | None = None


def read_content(workspace: Workspace, arguments: Json) -> Content:
    """The content in a call's arguments. Raises ApiError as Slack would."""
    blocks = arguments.get("blocks")
    attachments = arguments.get("attachments")
    text = arguments.get("text") or ""
    if not (text or blocks or attachments):
        raise ApiError("no_text")
    if blocks:
        check_blocks(blocks)
        pictures.check(workspace, blocks, root="/blocks", error="invalid_blocks")
    metadata = arguments.get("metadata")
    check_metadata(metadata)
    return Content(str(text), complete(blocks or []) or None, attachments, metadata)


def check_blocks(blocks: object) -> None:
    """Raises ApiError (`invalid_blocks`) with what is wrong where."""
    if not isinstance(blocks, list):
        raise invalid("invalid_blocks_format", "blocks must be a list")
    found = problems(blocks, surface="message")
    if found:
        raise invalid("invalid_blocks", *(located(each, "/blocks") for each in found))


def located(problem: str, root: str) -> str:
    """A problem as Slack words it: the sentence first, then the pointer."""
    match = POINTER.match(problem)
    if match is None:
        return problem
    return f"{match[2]} [json-pointer:{root}{match[1]}]"


def check_metadata(metadata: object) -> None:
    """Raises ApiError unless it is absent, empty, or an event type with a payload."""
    if not metadata:
        return
    if not isinstance(metadata, dict):
        raise ApiError("invalid_metadata_format")
    payload = metadata.get("event_payload")
    if not isinstance(metadata.get("event_type"), str) or not isinstance(payload, dict):
        raise ApiError("invalid_metadata_schema")
    if len(str(metadata)) > METADATA_SIZE:
        raise ApiError("metadata_too_large")


def complete(blocks: list[Json]) -> list[Json]:
    """The blocks as Slack keeps them: each with a block id, each action with an id,
    each text with its defaults.
    """
    return [
        _complete_ids(block) | {"block_id": block.get("block_id") or new_block_id()}
        for block in blocks
    ]


def new_block_id() -> str:
    """An id for a block or an action that came without one."""
    return secrets.token_urlsafe(4)[:5]


INTERACTIVE = re.compile(
    r"^(button|overflow|.*select|radio_buttons|checkboxes|.*picker|.*_input)$"
)


def _complete_ids(part: Json) -> Json:
    done = {name: _complete_any(value) for name, value in part.items()}
    kind = str(part.get("type"))
    if kind == "plain_text":
        done.setdefault("emoji", True)
    elif kind == "mrkdwn":
        done.setdefault("verbatim", False)
    elif INTERACTIVE.match(kind) and "label" not in part:
        done.setdefault("action_id", new_block_id())
    return done


def _complete_any(value: object) -> object:
    if isinstance(value, dict):
        return _complete_ids(value)
    if isinstance(value, list):
        return [_complete_any(each) for each in value]
    return value


def post_as_bot(
    workspace: Workspace,
    conversation: Conversation,
    content: Content,
    *,
    thread_ts: str = "",
    broadcast: bool = False,
) -> Post:
    """Post a message of the app's, and tell of it."""
    bot = workspace.bot
    return publish(
        workspace,
        Post(
            channel=conversation.id,
            ts="",
            user=bot.id,
            team=bot.team,
            bot_id=bot.bot_id,
            text=content.text[:TEXT_KEPT],
            blocks=content.blocks,
            attachments=content.attachments,
            metadata=content.metadata or None,
            thread_ts=thread_ts,
            subtype="thread_broadcast" if thread_ts and broadcast else "",
        ),
    )


def post_as_person(
    workspace: Workspace,
    conversation: Conversation,
    user: User,
    text: str,
    *,
    thread_ts: str = "",
    broadcast: bool = False,
) -> Post:
    """Post what a person typed, and tell of it; in `text`, `<@U...>` mentions."""
    return publish(
        workspace,
        Post(
            channel=conversation.id,
            ts="",
            user=user.id,
            team=user.team,
            text=as_typed(text),
            blocks=as_rich_text(text),
            client_msg_id=secrets.token_hex(16),
            thread_ts=thread_ts,
            subtype="thread_broadcast" if thread_ts and broadcast else "",
        ),
    )


def as_typed(text: str) -> str:
    """What a person typed, as Slack sends it: its three signs of markup are escaped,
    mentions are not.
    """
    parts = MENTION.split(text)
    return "".join(
        part if MENTION.fullmatch(part) else html.escape(part, quote=False)
        for part in parts
    )


def as_rich_text(text: str) -> list[Json]:
    """What a person typed, as Slack's composer sends it."""
    elements = [_inline(part) for part in MENTION.split(text) if part]
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": new_block_id(), "elements": [section]}]


def _inline(part: str) -> Json:
    if MENTION.fullmatch(part):
        return {"type": "user", "user_id": part[2:-1]}
    return {"type": "text", "text": part}


def publish(workspace: Workspace, post: Post) -> Post:
    """Give a new message its time stamp, keep it, and tell of it; a private one is
    told to nobody. Stamps and messages come in one order, whoever posts at once.
    """
    with workspace.world.lock:
        stamped = replace(post, ts=workspace.world.new_ts())
        workspace.world.put(stamped)
        if not stamped.only_for:
            events.posted(workspace, stamped)
    return stamped


def show_to_one(
    workspace: Workspace,
    channel: str,
    user: str,
    content: Content,
    *,
    thread_ts: str = "",
    by: str = "",
) -> Post:
    """Show a message that one person sees and nobody can read back."""
    author = workspace.bot
    return publish(
        workspace,
        Post(
            channel=channel,
            ts="",
            user=by or author.id,
            team=author.team,
            bot_id="" if by else author.bot_id,
            text=content.text[:TEXT_KEPT],
            blocks=content.blocks,
            attachments=content.attachments,
            thread_ts=thread_ts,
            only_for=user,
        ),
    )


def change(workspace: Workspace, old: Post, content: Content) -> Post:
    """Put new content in a message of the app's. Metadata stay unless given anew."""
    kept = old.metadata if content.metadata is None else content.metadata
    with workspace.world.lock:
        now = workspace.world.new_ts()
        new = replace(
            old,
            text=content.text,
            blocks=content.blocks,
            attachments=content.attachments,
            metadata=kept or None,
            edited_by=old.user,
            edited_ts=now,
        )
        workspace.world.put(new)
        if not new.only_for:
            events.changed(workspace, new, old)
    return new


def rewrite(workspace: Workspace, old: Post, text: str) -> Post:
    """Edit what a person typed before."""
    return change(
        workspace, old, Content(text=as_typed(text), blocks=as_rich_text(text))
    )


def remove(workspace: Workspace, post: Post) -> None:
    """Delete a message with its pin. A thread's root leaves a tombstone behind."""
    world = workspace.world
    with world.lock:
        pinned = world.get(Pin, post.key)
        if pinned:
            world.drop(pinned)
        if len(world.thread(post.channel, post.ts)) > 1 and not post.is_reply:
            world.put(_tombstone(post))
        else:
            world.drop(post)
        if not post.only_for:
            events.deleted(workspace, post)


def _tombstone(post: Post) -> Post:
    return Post(
        channel=post.channel,
        ts=post.ts,
        user="USLACKBOT",
        text="This message was deleted.",
        subtype="tombstone",
    )
