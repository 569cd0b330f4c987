"""`files.*`: uploads in Slack's three steps."""

from dataclasses import replace

from sandbox import messages, payloads
from sandbox.errors import ApiError
from sandbox.things import Conversation, File, Json, Post
from sandbox.web_api.call import Call, Method

ALT_MOST = 1000


def get_upload_url(call: Call) -> Json:
    """`files.getUploadURLExternal`"""
    size = call.number("length", 0)
    if not size:
        raise ApiError("missing_argument")
    if len(call.text("alt_txt")) > ALT_MOST:
        raise ApiError("alt_txt_too_large")
    file = File(
        id=call.world.new_id("F"),
        name=call.need("filename"),
        user=call.workspace.meta.bot,
        size=size,
        alt=call.text("alt_txt"),
        created=int(call.workspace.settings.clock()),
    )
    call.world.put(file)
    url = f"{call.workspace.url}/upload/{file.id}"
    return {"upload_url": url, "file_id": file.id}


def complete_upload(call: Call) -> Json:
    """`files.completeUploadExternal`: shares the files where a channel is named."""
    listed = call.arguments.get("files") or []
    files = [_uploaded(call, each) for each in listed]
    if call.text("channel_id"):
        conversation = call.conversation("channel_id")
        if call.workspace.meta.bot not in conversation.members:
            raise ApiError("not_in_channel")
        files = [_share(call, each, conversation) for each in files]
        _post(call, conversation, files)
    return {"files": [payloads.file(call.workspace, each) for each in files]}


def _uploaded(call: Call, listed: Json) -> File:
    file = call.world.get(File, str(listed.get("id")))
    if file is None or file.content is None:
        raise ApiError("file_not_found")
    titled = replace(file, title=listed.get("title") or file.name)
    call.world.put(titled)
    return titled


def _share(call: Call, file: File, conversation: Conversation) -> File:
    shared = replace(file, shared_in=(*file.shared_in, conversation.id))
    call.world.put(shared)
    return shared


def _post(call: Call, conversation: Conversation, files: list[File]) -> Post:
    bot = call.workspace.bot
    return messages.publish(
        call.workspace,
        Post(
            channel=conversation.id,
            ts="",
            user=bot.id,
            team=bot.team,
            bot_id=bot.bot_id,
            text=call.text("initial_comment"),
            files=tuple(each.id for each in files),
            thread_ts=call.text("thread_ts"),
        ),
    )


METHODS = (
    Method("files.getUploadURLExternal", get_upload_url, ("files:write",), tier=4),
    Method("files.completeUploadExternal", complete_upload, ("files:write",), tier=4),
)
