"""`chat.*`: what the app says."""

from sandbox import messages, payloads
from sandbox.errors import ApiError
from sandbox.messages import TEXT_OF_UPDATE
from sandbox.things import Conversation, Json, Post, User
from sandbox.web_api.call import Call, Method
from sandbox.web_api.conversations import open_im


def _target(call: Call) -> Conversation:
    """Where to post: a conversation, or a person's direct messages by their id."""
    user = call.world.get(User, call.need("channel"))
    found = open_im(call, user) if user else call.conversation()
    if found.archived:
        raise ApiError("is_archived")
    if call.workspace.meta.bot not in found.members:
        raise ApiError("not_in_channel")
    return found


def _thread(call: Call, conversation: Conversation) -> str:
    """The thread to answer in; a reply's own time stamp leads to its root."""
    ts = call.text("thread_ts")
    if not ts:
        return ""
    root = call.world.get(Post, f"{conversation.id}/{ts}")
    if root is None or root.only_for:
        raise ApiError("thread_not_found")
    return root.thread_ts or root.ts


def post_message(call: Call) -> Json:
    """`chat.postMessage`"""
    conversation = _target(call)
    content = messages.read_content(call.workspace, call.arguments)
    post = messages.post_as_bot(
        call.workspace,
        conversation,
        content,
        thread_ts=_thread(call, conversation),
        broadcast=call.flag("reply_broadcast"),
    )
    body = payloads.message(call.workspace, post)
    return {"channel": conversation.id, "ts": post.ts, "message": body}


def update(call: Call) -> Json:
    """`chat.update`"""
    conversation = call.conversation()
    old = call.post(conversation)
    if old.user != call.workspace.meta.bot:
        raise ApiError("cant_update_message")
    content = messages.read_content(call.workspace, call.arguments)
    if len(content.text) > TEXT_OF_UPDATE:
        raise ApiError("msg_too_long")
    new = messages.change(call.workspace, old, content)
    body = payloads.message(call.workspace, new)
    place = {"channel": conversation.id, "ts": new.ts}
    return {**place, "text": new.text, "message": body}


def delete(call: Call) -> Json:
    """`chat.delete`"""
    conversation = call.conversation()
    post = call.post(conversation)
    if post.user != call.workspace.meta.bot:
        raise ApiError("cant_delete_message")
    messages.remove(call.workspace, post)
    return {"channel": conversation.id, "ts": post.ts}


def post_ephemeral(call: Call) -> Json:
    """`chat.postEphemeral`"""
    conversation = _target(call)
    user = call.need("user")
    content = messages.read_content(call.workspace, call.arguments)
    if user not in conversation.members:
        raise ApiError("user_not_in_channel")
    post = messages.show_to_one(
        call.workspace,
        conversation.id,
        user,
        content,
        thread_ts=call.text("thread_ts"),
    )
    return {"message_ts": post.ts}


def get_permalink(call: Call) -> Json:
    """`chat.getPermalink`"""
    conversation = call.conversation()
    post = call.post(conversation, "message_ts")
    link = payloads.permalink(call.workspace, post)
    return {"channel": conversation.id, "permalink": link}


METHODS = (
    Method("chat.postMessage", post_message, ("chat:write",)),
    Method("chat.update", update, ("chat:write",)),
    Method("chat.delete", delete, ("chat:write",)),
    Method("chat.postEphemeral", post_ephemeral, ("chat:write",), tier=4),
    Method("chat.getPermalink", get_permalink, tier=5),
)
