"""What everybody sees, written down for whoever has to find out what went wrong."""

from collections.abc import Iterable

from sandbox.person import Person
from sandbox.seen import Message, Stage

LAST = 15


def transcript(stage: Stage, people: Iterable[Person]) -> str:
    """Each person's channels, direct messages, modals and Home, the newest last."""
    parts = [line for person in people for line in _of_person(person)]
    problems = stage.workspace.record.problems()
    if problems:
        parts.append("What the app did wrong:")
        parts.extend(f"  {problem}" for problem in problems)
    return "\n".join(parts)


def _of_person(person: Person) -> list[str]:
    lines = [f"== {person.name} sees"]
    for channel in person.channels:
        lines.append(f"  #{channel.name}")
        lines.extend(_of_messages(person, person.channel(channel)))
    if person.dm():
        lines.append("  direct messages with the bot")
        lines.extend(_of_messages(person, person.dm()))
    for modal in person.modals:
        lines.append(f"  modal {modal.title!r} errors={modal.errors}")
        lines.extend(_indented(modal.text))
    if person.home:
        lines.append("  Home")
        lines.extend(_indented(person.home.text))
    return lines


def _of_messages(person: Person, seen: list[Message]) -> list[str]:
    lines: list[str] = []
    for message in seen[-LAST:]:
        lines.extend(_of_message(message))
        if message.replies:
            for reply in person.thread(message)[1:]:
                lines.extend(f"  {line}" for line in _of_message(reply))
    return lines


def _of_message(message: Message) -> list[str]:
    only = " (only you)" if message.private else ""
    first, *rest = message.rendered.splitlines() or [""]
    return [f"    {message.author}{only}: {first}", *(f"      {line}" for line in rest)]


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.splitlines()]
