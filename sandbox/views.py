"""Modals and Home tabs: opening, pushing, updating, closing."""

import secrets
from dataclasses import replace

from sandbox import forms, pictures
from sandbox.block_kit import view_problems
from sandbox.errors import ApiError, invalid
from sandbox.messages import complete, located
from sandbox.things import Json, Screen, User, View
from sandbox.workspace import Workspace

VIEW_BYTES = 250_000
MODALS = 3
OWN_KEYS = ("id", "hash", "state", "team_id", "app_id", "bot_id")


def check_body(workspace: Workspace, body: object, kind: str) -> Json:
    """A view as the app sent it. Raises ApiError as Slack would."""
    if not isinstance(body, dict):
        raise invalid("invalid_arguments", "view must be an object")
    if len(str(body)) > VIEW_BYTES:
        raise ApiError("view_too_large")
    found = view_problems(body)
    if body.get("type") != kind:
        found = [*found, f"/type: must be {kind}"]
    if found:
        sentences = (located(each, "/view") for each in found)
        raise invalid("invalid_arguments", *sentences)
    root = "/view/blocks"
    pictures.check(workspace, body["blocks"], root=root, error="invalid_arguments")
    blocks = complete(body["blocks"])
    return {**_complete_texts(body), "blocks": blocks}


def _complete_texts(body: Json) -> Json:
    return {
        name: {"emoji": True, **value} if isinstance(value, dict) else value
        for name, value in body.items()
        if name not in OWN_KEYS
    }


def open_modal(workspace: Workspace, user: User, body: object) -> View:
    """Open a modal on a person's screen, in place of what was open."""
    with workspace.world.lock:
        for view in workspace.world.modals(user.id):
            workspace.world.drop(view)
        new = _new(workspace, user, check_body(workspace, body, "modal"))
        _show(workspace, user.id, (new.id,), new)
    return new


def push_modal(workspace: Workspace, user: User, body: object) -> View:
    """Put a modal on top of the open ones. Raises ApiError."""
    with workspace.world.lock:
        stack = workspace.world.modals(user.id)
        if len(stack) >= MODALS:
            raise ApiError("push_limit_reached")
        below = stack[-1] if stack else None
        new = _new(workspace, user, check_body(workspace, body, "modal"), below)
        _show(workspace, user.id, (*(each.id for each in stack), new.id), new)
    return new


def update(workspace: Workspace, view: View, body: object, *, hash_: str = "") -> View:
    """Replace a view's content. Inputs whose block and action ids stay keep what was
    entered. Raises ApiError (`hash_conflict` when it was changed meanwhile).
    """
    with workspace.world.lock:
        if hash_ and hash_ != view.hash:
            raise ApiError("hash_conflict")
        checked = check_body(workspace, body, view.body["type"])
        _check_external_id(workspace, checked, other_than=view.id)
        new = replace(
            view,
            body=checked,
            hash=_new_hash(workspace),
            values=forms.carry(view, checked["blocks"]),
            errors={},
            trouble="",
        )
        workspace.world.put(new)
    return new


def publish_home(
    workspace: Workspace, user: User, body: object, *, hash_: str = ""
) -> View:
    """Publish a person's Home tab. Raises ApiError."""
    with workspace.world.lock:
        screen = workspace.world.screen(user.id)
        old = workspace.world.get(View, screen.home)
        if old:
            return update(workspace, old, body, hash_=hash_)
        new = _new(workspace, user, check_body(workspace, body, "home"))
        workspace.world.put(new)
        workspace.world.put(replace(screen, home=new.id))
    return new


def close_top(workspace: Workspace, user: str) -> None:
    """Close the modal on top; the one below comes up again."""
    with workspace.world.lock:
        screen = workspace.world.screen(user)
        if screen.modals:
            workspace.world.drop(workspace.world.need(View, screen.modals[-1]))
            workspace.world.put(replace(screen, modals=screen.modals[:-1]))


def close_all(workspace: Workspace, user: str) -> None:
    """Close every modal of a person."""
    with workspace.world.lock:
        while workspace.world.screen(user).modals:
            close_top(workspace, user)


def find(workspace: Workspace, *, view_id: str, external_id: str) -> View:
    """The view with an id of either sort. Raises ApiError (`not_found`)."""
    for view in workspace.world.all(View):
        if view.id == view_id:
            return view
        if external_id and view.body.get("external_id") == external_id:
            return view
    raise ApiError("not_found")


def _new(
    workspace: Workspace, user: User, body: Json, below: View | None = None
) -> View:
    _check_external_id(workspace, body, other_than="")
    view_id = workspace.world.new_id("V")
    return View(
        id=view_id,
        user=user.id,
        team=user.team,
        body=body,
        hash=_new_hash(workspace),
        root=below.root if below else view_id,
        previous=below.id if below else "",
        values=forms.initial_values(body["blocks"]),
    )


def _show(workspace: Workspace, user: str, stack: tuple[str, ...], new: View) -> None:
    workspace.world.put(new)
    workspace.world.put(Screen(user, stack, workspace.world.screen(user).home))


def _check_external_id(workspace: Workspace, body: Json, *, other_than: str) -> None:
    wanted = body.get("external_id")
    taken = (
        view.id != other_than and view.body.get("external_id") == wanted
        for view in workspace.world.all(View)
    )
    if wanted and any(taken):
        raise ApiError("duplicate_external_id")


def _new_hash(workspace: Workspace) -> str:
    return f"{int(workspace.settings.clock())}.{secrets.token_hex(4)}"
