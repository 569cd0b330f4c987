"""What a person does in a window, carried out on the workspace. These wait for the app,
so none of them is for a loop that must not stand still.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sandbox import forms
from sandbox.errors import NotOnScreen, Refused
from sandbox.forms import Field
from sandbox.person import DEACTIVATED, Person
from sandbox.screen.entering import entered
from sandbox.screen.places import DM
from sandbox.seen import Message, Modal, see
from sandbox.things import Json, Post, User, View

Data = Mapping[str, str]
GONE = "This message was deleted"
SINGLE: Json = {"type": "external_select"}


def say(person: Person, place: str, thread: str, words: str) -> None:
    """Send what was typed: a command, a message, a reply. Raises Refused and Failed."""
    if words.startswith("/"):
        if thread:
            name = words.split(maxsplit=1)[0]
            raise Refused(f"{name} is not supported in threads. Sorry!")
        person.command(words, "" if place == DM else place)
    elif thread:
        person.reply(_message(person, f"{_channel(person, place)}/{thread}"), words)
    elif place == DM:
        person.post_dm(words)
    else:
        person.post(place, words)


def rewrite(person: Person, key: str, words: str) -> None:
    """Change one's own message. Raises Refused."""
    person.edit(_message(person, key), words)


def delete(person: Person, key: str) -> None:
    """Take one's own message back. Raises Refused."""
    person.delete(_message(person, key))


def use_shortcut(person: Person, data: Data) -> None:
    """Use a shortcut by its name, on a message where one is named. Raises Refused."""
    key = data.get("key", "")
    person.shortcut(data["name"], _message(person, key) if key else None)


def find_element(blocks: Sequence[Json], data: Data) -> Json:
    """The element that was used, by its block and its action. Raises NotOnScreen."""
    for block in blocks:
        if block.get("block_id") != data.get("block"):
            continue
        inside = [
            block.get("accessory"),
            block.get("element"),
            *block.get("elements", ()),
        ]
        for element in filter(None, inside):
            if element.get("action_id") == data.get("action"):
                found: Json = element
                return found
    raise NotOnScreen("This is not there any more")


def use(person: Person, blocks: Sequence[Json], data: Data) -> None:
    """Press a button or choose from a menu. `blocks` are those that the person saw:
    what was replaced a moment ago can still be used. Raises Refused and Failed.
    """
    element = find_element(blocks, data)
    chosen = {"value": element["value"]} if "value" in element else {}
    if element["type"] == "overflow":
        chosen = {"selected_option": element["options"][int(data["option"])]}
    _act(person, data, element, chosen)


def enter(
    person: Person, blocks: Sequence[Json], data: Data, offered: Sequence[Json] = ()
) -> None:
    """Enter something. The app hears of it where it asked to, but not of each letter.
    Raises Refused and Failed.
    """
    element = find_element(blocks, data)
    value = entered(data, element, person.account, offered)
    if data["surface"] == "message":
        chosen = {forms.STATE[element["type"]][0]: value}
        _act(person, data, element, chosen)
        return
    view = _view(person, data)
    field = find_field(view, data)
    if data.get("quiet"):
        field = replace(field, tells=False)
    person.stage.interactions.enter(_awake(person), view, field, value)


def suggest(person: Person, data: Data) -> list[Json]:
    """What the app offers for what was typed. Raises Failed."""
    view = _view(person, data)
    field = find_field(view, data)
    interactions = person.stage.interactions
    return interactions.suggest(_awake(person), view, field, data["value"])


def pick(person: Person, data: Data, offered: Sequence[Json]) -> None:
    """Take one of the options that the app offered. Raises Refused and Failed."""
    view = _view(person, data)
    field = find_field(view, data)
    option = entered({"value": data["option"]}, SINGLE, person.account, offered)
    if field.kind.startswith("multi_"):
        kept = [each for each in field.value_in(view.values) if each != option]
        person.stage.interactions.enter(_awake(person), view, field, [*kept, option])
    else:
        person.stage.interactions.enter(_awake(person), view, field, option)


def unpick(person: Person, data: Data) -> None:
    """Take a chosen option back. Raises Refused and Failed."""
    view = _view(person, data)
    field = find_field(view, data)
    value = field.value_in(view.values)
    entry = None
    if field.kind.startswith("multi_"):
        entry = [each for n, each in enumerate(value) if str(n) != data["option"]]
    person.stage.interactions.enter(_awake(person), view, field, entry)


def find_field(view: View, data: Data) -> Field:
    """The field of a view, by its block and its action. Raises NotOnScreen."""
    for field in forms.fields(view.blocks):
        if (field.block_id, field.action_id) == (data["block"], data["action"]):
            return field
    raise NotOnScreen("This field is not there any more")


def submit(person: Person) -> None:
    """Submit the modal on top. Raises Failed; what is wrong stands in the modal."""
    _top(person).submit()


def close(person: Person, *, all_at_once: bool) -> None:
    """Close the modal on top, or all."""
    if person.modal:
        person.modal.close(all_at_once=all_at_once)


def _top(person: Person) -> Modal:
    if person.modal is None:
        raise NotOnScreen("This modal was closed")
    return person.modal


def _act(person: Person, data: Data, element: Json, chosen: dict[str, Any]) -> None:
    user, interactions = _awake(person), person.stage.interactions
    if data["surface"] == "message":
        _message(person, data["key"])
        post = person.stage.workspace.world.need(Post, data["key"])
        interactions.use_message(user, post, data["block"], element, chosen)
    else:
        interactions.use_view(user, _view(person, data), data["block"], element, chosen)


def _view(person: Person, data: Data) -> View:
    found = person.stage.workspace.world.get(View, data["key"])
    if found is None or found.user != person.id:
        raise NotOnScreen("This modal was closed")
    return found


def _message(person: Person, key: str) -> Message:
    post = person.stage.workspace.world.get(Post, key)
    inside = post and person.id in _members(person, post.channel)
    if post is None or not inside or post.only_for not in ("", person.id):
        raise NotOnScreen(GONE)
    return see(person.stage, person.id, post)


def _members(person: Person, channel: str) -> Sequence[str]:
    listed = person.stage.workspace.world.conversations_of(person.id)
    return next((each.members for each in listed if each.id == channel), ())


def _channel(person: Person, place: str) -> str:
    if place != DM:
        return place
    im = person.stage.workspace.world.im(person.id)
    return im.id if im else ""


def _awake(person: Person) -> User:
    user = person.account
    if user.deleted:
        raise Refused(DEACTIVATED)
    return user
