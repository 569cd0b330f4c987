"""`views.*`: modals and Home tabs."""

from sandbox import payloads, views
from sandbox.errors import ApiError
from sandbox.things import Json, User, View
from sandbox.web_api.call import Call, Method


def _answer(call: Call, view: View) -> Json:
    return {"view": payloads.view(call.workspace, view)}


def open_(call: Call) -> Json:
    """`views.open`"""
    trigger = call.workspace.triggers.spend(call.need("trigger_id"))
    user = call.world.need(User, trigger.user)
    view = views.open_modal(call.workspace, user, call.arguments.get("view"))
    return _answer(call, view)


def push(call: Call) -> Json:
    """`views.push`"""
    trigger = call.workspace.triggers.spend(call.need("trigger_id"))
    if not call.world.get(View, trigger.view):
        raise ApiError("not_found")
    user = call.world.need(User, trigger.user)
    view = views.push_modal(call.workspace, user, call.arguments.get("view"))
    return _answer(call, view)


def update(call: Call) -> Json:
    """`views.update`"""
    found = views.find(
        call.workspace,
        view_id=call.text("view_id"),
        external_id=call.text("external_id"),
    )
    body = call.arguments.get("view")
    changed = views.update(call.workspace, found, body, hash_=call.text("hash"))
    return _answer(call, changed)


def publish(call: Call) -> Json:
    """`views.publish`"""
    if not call.workspace.manifest.home:
        raise ApiError("not_enabled")
    user = call.world.get(User, call.need("user_id"))
    if user is None or not call.workspace.is_member(user):
        raise ApiError("user_not_found")
    body = call.arguments.get("view")
    home = views.publish_home(call.workspace, user, body, hash_=call.text("hash"))
    return _answer(call, home)


METHODS = (
    Method("views.open", open_, tier=4),
    Method("views.push", push, tier=4),
    Method("views.update", update, tier=4),
    Method("views.publish", publish, tier=4),
)
