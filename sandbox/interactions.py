"""What happens when a person does something: the app is asked, and its answer shown."""

from dataclasses import replace
from typing import Any

from sandbox import acts, answers, forms, views
from sandbox.delivery import DISPATCH, Answer
from sandbox.errors import ApiError, Failed, Refused
from sandbox.forms import Field, Values
from sandbox.manifest import Shortcut
from sandbox.messages import Content, show_to_one
from sandbox.things import Conversation, Json, Post, User, View
from sandbox.workspace import Workspace

NO_CONNECTION = "We had some trouble connecting. Try again?"
NO_INTERACTION = "This app is not configured to handle interactive responses."


class Interactions:
    """People's acts on one workspace. Its methods wait for the app, so none of them
    is for the server's own loop.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._message_values: dict[tuple[str, str], Values] = {}

    def command(self, user: User, typed: str, where: Conversation) -> Post | None:
        """Run a slash command; the private or public answer, if there is one. Raises
        Refused (not for this person or place) and Failed (the app did not answer).
        """
        name, _, text = typed.strip().partition(" ")
        self._check_command(user, name)
        payload = acts.command(self._workspace, user, where, (name, text.strip()))
        answer = self._workspace.delivery.ask("slash_commands", payload)
        if answer.error:
            raise self._fail_command(user, where, name, answer.error)
        if not answer.payload:
            return None
        try:
            return answers.say(self._workspace, where.id, user.id, answer.payload)
        except ApiError as error:
            self._workspace.record.complain(f"{name} answered badly: {error.details}")
            bad = "invalid_command_response"
            raise self._fail_command(user, where, name, bad) from error

    def shortcut(self, user: User, name: str, post: Post | None = None) -> None:
        """Use a shortcut by its name, on a message or anywhere. Raises Refused."""
        shortcut = self._find_shortcut(name, "message" if post else "global")
        if not self._workspace.is_member(user):
            raise Refused(f"{name} is not available here")
        if post:
            payload = acts.message_shortcut(
                self._workspace, user, post, shortcut.callback_id
            )
        else:
            payload = acts.shortcut(self._workspace, user, shortcut.callback_id)
        self._interact(payload, f"{name} did not work")

    def use_message(
        self, user: User, post: Post, block_id: str, element: Json, chosen: Json
    ) -> None:
        """Use an element of a message. Raises Failed."""
        key = (user.id, post.key)
        values = self._message_values.get(key) or forms.initial_values(
            post.blocks or []
        )
        if element["type"] in forms.STATE:
            state = {"type": element["type"], **chosen}
            block = {**values.get(block_id, {}), element["action_id"]: state}
            values = {**values, block_id: block}
            self._message_values[key] = values
        action = acts.action(self._workspace, block_id, element, chosen)
        payload = acts.message_action(
            self._workspace, user, post, action=action, values=values
        )
        self._interact(payload, "This did not work: the app did not answer")

    def use_view(
        self, user: User, view: View, block_id: str, element: Json, chosen: Json
    ) -> None:
        """Use an element of a modal or a Home tab. Raises Failed."""
        action = acts.action(self._workspace, block_id, element, chosen)
        payload = acts.view_action(self._workspace, user, view, action)
        self._interact(payload, NO_CONNECTION)

    def enter(self, user: User, view: View, field: Field, value: Any) -> View:
        """Enter a value in a form; the app hears of it where it asked to."""
        with self._workspace.world.lock:
            view = self._workspace.world.need(View, view.id)
            view = replace(view, values=forms.enter(view, field, value))
            self._workspace.world.put(view)
        if field.tells:
            chosen = {forms.STATE[field.kind][0]: value}
            self.use_view(user, view, field.block_id, field.element, chosen)
        return view

    def suggest(self, user: User, view: View, field: Field, typed: str) -> list[Json]:
        """The options that the app suggests for what was typed. Raises Failed."""
        place = (field.block_id, field.action_id)
        payload = acts.suggestion(self._workspace, user, view, place, typed)
        return forms.options(self._interact(payload, "No suggestions"))

    def submit(self, user: User, view: View) -> None:
        """Submit a modal. What is wrong with its fields is put beside them; raises
        Failed where the app did not answer, and the modal stays.
        """
        errors = forms.missing(view)
        self._mark(view, errors=errors)
        if errors:
            return
        payload = acts.submission(self._workspace, user, view)
        try:
            answer = self._interact(payload, NO_CONNECTION)
            self._follow(user, view, answer)
        except Failed as failed:
            self._mark(view, trouble=failed.text)
            raise

    def close(self, user: User, *, all_at_once: bool = False) -> None:
        """Close the modal on top, or all; the app hears of it where it asked to."""
        world = self._workspace.world
        stack = world.modals(user.id)
        closed = stack if all_at_once else stack[-1:]
        for view in reversed(closed):
            views.close_top(self._workspace, user.id)
            if view.body.get("notify_on_close"):
                payload = acts.closing(self._workspace, user, view, cleared=all_at_once)
                self._workspace.delivery.ask("interactive", payload)

    def _interact(self, payload: Json, trouble: str) -> Json:
        if not self._workspace.manifest.interactive:
            raise Refused(NO_INTERACTION)
        answer: Answer = self._workspace.delivery.ask("interactive", payload)
        if answer.error:
            raise Failed(f"{trouble} ({answer.error})")
        return answer.payload

    def _follow(self, user: User, view: View, answer: Json) -> None:
        try:
            with self._workspace.world.lock:
                current = self._workspace.world.get(View, view.id)
                if current:
                    self._obey(user, current, answer)
        except ApiError as error:
            said = f"{error.error} {error.details or ''}".strip()
            self._workspace.record.complain(f"bad answer to a submission: {said}")
            raise Failed(NO_CONNECTION) from error

    def _obey(self, user: User, view: View, answer: Json) -> None:
        action = answer.get("response_action")
        if action == "errors":
            self._show_errors(view, answer.get("errors"))
        elif action == "update":
            views.update(self._workspace, view, answer.get("view"))
        elif action == "push":
            views.push_modal(self._workspace, user, answer.get("view"))
        elif action == "clear":
            views.close_all(self._workspace, user.id)
        elif answer:
            raise ApiError(f"unknown response_action {action}")
        else:
            views.close_top(self._workspace, user.id)

    def _show_errors(self, view: View, errors: object) -> None:
        asked = {field.block_id for field in forms.asked(view)}
        if not isinstance(errors, dict) or not errors or not asked >= errors.keys():
            raise ApiError("errors name no input block", errors=errors)
        self._mark(view, errors=errors)

    def _mark(
        self, view: View, *, errors: dict[str, str] | None = None, trouble: str = ""
    ) -> None:
        with self._workspace.world.lock:
            current = self._workspace.world.get(View, view.id)
            if current:
                marked = replace(current, errors=errors or {}, trouble=trouble)
                self._workspace.world.put(marked)

    def _check_command(self, user: User, name: str) -> None:
        if name not in self._workspace.manifest.commands:
            raise Refused(f"{name} is not a valid command.")
        if not self._workspace.is_member(user):
            raise Refused(f"{name} is not available here")

    def _fail_command(
        self, user: User, where: Conversation, name: str, error: str
    ) -> Failed:
        word = DISPATCH if error == DISPATCH else error
        text = f'{name} failed with the error "{word}"'
        show_to_one(self._workspace, where.id, user.id, Content(text), by="USLACKBOT")
        return Failed(text)

    def _find_shortcut(self, name: str, place: str) -> Shortcut:
        listed = self._workspace.manifest.shortcuts
        here = [each for each in listed if each.place == place]
        for each in here:
            if each.name == name:
                return each
        names = ", ".join(each.name for each in here)
        raise Refused(f"There is no shortcut {name!r} here; there are: {names}")
