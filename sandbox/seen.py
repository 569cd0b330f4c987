"""What is on a person's screen: messages, modals, the Home tab."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from sandbox import choosing, forms, pictures
from sandbox.choosing import Control
from sandbox.errors import NotOnScreen
from sandbox.forms import Field
from sandbox.interactions import Interactions
from sandbox.reading import Reader
from sandbox.things import Json, Pin, Post, User, View
from sandbox.workspace import Workspace


@dataclass(frozen=True)
class Stage:
    """The workspace that people act on, and the acts themselves."""

    workspace: Workspace
    interactions: Interactions

    def reader(self, user: str) -> Reader:
        """Somebody's eyes."""
        world = self.workspace.world
        address = partial(pictures.address, self.workspace)
        return Reader(world, world.need(User, user), address)


@dataclass(frozen=True)
class Picture:
    """An image that somebody saw. `content` is empty where it is not Slack's file."""

    alt: str
    title: str
    content: bytes
    url: str = ""


def pictures_in(stage: Stage, blocks: list[Json]) -> tuple[Picture, ...]:
    """The images of blocks, from top to bottom."""
    return tuple(_picture(stage, image) for _, image in pictures.images(blocks))


def _picture(stage: Stage, image: Json) -> Picture:
    file = pictures.find(stage.workspace, image.get("slack_file") or {})
    return Picture(
        alt=image["alt_text"],
        title=(image.get("title") or {}).get("text", ""),
        content=file.bytes if file else b"",
        url=image.get("image_url", ""),
    )


@dataclass(frozen=True)
class Message:
    """A message as one person saw it at one moment. `rendered` is what they read;
    `author` is a name; `private` says that nobody else sees it.
    """

    channel: str
    ts: str
    thread_ts: str
    author: str
    by_bot: bool
    text: str
    blocks: list[Json]
    rendered: str
    buttons: tuple[str, ...]
    private: bool
    edited: bool
    pinned: bool
    replies: int
    reactions: dict[str, list[str]]
    subtype: str
    pictures: tuple[Picture, ...] = ()

    @property
    def key(self) -> str:
        """The channel and the time stamp."""
        return f"{self.channel}/{self.ts}"


def see(stage: Stage, user: str, post: Post) -> Message:
    """A message through somebody's eyes."""
    world, reader = stage.workspace.world, stage.reader(user)
    blocks = post.blocks or []
    thread = world.thread(post.channel, post.ts)
    return Message(
        channel=post.channel,
        ts=post.ts,
        thread_ts=post.thread_ts,
        author=reader.name(post.user),
        by_bot=bool(post.bot_id),
        text=post.text,
        blocks=blocks,
        rendered=reader.blocks(blocks) if blocks else reader.text(post.text),
        buttons=tuple(each.label for each in choosing.controls(reader, blocks)),
        private=bool(post.only_for),
        edited=bool(post.edited_ts),
        pinned=world.get(Pin, post.key) is not None,
        replies=sum(each.is_reply and not each.only_for for each in thread),
        reactions=post.reactions,
        subtype=post.subtype,
        pictures=pictures_in(stage, blocks),
    )


@dataclass(frozen=True)
class Reply:
    """What a command brought: its answer, and the modal that it opened, if any."""

    message: Message | None
    modal: "Modal | None"

    @property
    def text(self) -> str:
        """The answer's text, or empty."""
        return self.message.text if self.message else ""

    @property
    def blocks(self) -> list[Json]:
        """The answer's blocks."""
        return self.message.blocks if self.message else []

    @property
    def rendered(self) -> str:
        """What the person reads, or empty."""
        return self.message.rendered if self.message else ""


@dataclass(frozen=True)
class Surface:
    """A view that is open: always as it is now, not as it was."""

    stage: Stage
    user: str
    view_id: str

    @property
    def view(self) -> View:
        """The view itself. Raises NotOnScreen when it was closed."""
        found = self.stage.workspace.world.get(View, self.view_id)
        if found is None:
            raise NotOnScreen("This modal was closed")
        return found

    @property
    def text(self) -> str:
        """All that is read in it, from top to bottom."""
        return self.stage.reader(self.user).blocks(self.view.blocks)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The images in it."""
        return pictures_in(self.stage, self.view.blocks)

    @property
    def controls(self) -> list[Control]:
        """Everything to click."""
        return choosing.controls(self.stage.reader(self.user), self.view.blocks)

    @property
    def buttons(self) -> list[str]:
        """The words of everything to click."""
        return [each.label for each in self.controls]

    @property
    def fields(self) -> list[Field]:
        """Everything that can be filled in."""
        return forms.fields(self.view.blocks)

    @property
    def labels(self) -> list[str]:
        """The labels of the fields."""
        return [field.label for field in self.fields]

    def value(self, label: str) -> Any:
        """What is entered in a field: text, a date, the texts of chosen options.
        Raises NotOnScreen.
        """
        value = choosing.find_field(self.fields, label).value_in(self.view.values)
        if isinstance(value, dict) and "text" in value:
            return value["text"]["text"]
        if isinstance(value, list):
            return [_option_text(each) for each in value]
        return value

    def fill(self, values: dict[str, Any]) -> None:
        """Enter values by the fields' labels, as many as are given; None empties.
        Raises NotOnScreen for a label or an option that is not there.
        """
        world = self.stage.workspace.world
        for label, wanted in values.items():
            field = choosing.find_field(self.fields, label)
            value = self._suggested(field, wanted)
            value = choosing.value_for(world, field, value)
            self.stage.interactions.enter(self._actor, self.view, field, value)

    def click(self, label: str, *, near: str = "", confirm: bool = True) -> None:
        """Click a button or an option. Raises NotOnScreen and Failed."""
        control = choosing.find_control(self.controls, label, near=near)
        if "confirm" in control.element and not confirm:
            return
        self.stage.interactions.use_view(
            self._actor, self.view, control.block_id, control.element, control.chosen
        )

    def suggestions(self, label: str, typed: str) -> list[str]:
        """What the app offers for what was typed in a select of its own options."""
        field = choosing.find_field(self.fields, label)
        return [each["text"]["text"] for each in self._suggest(field, typed)]

    @property
    def _actor(self) -> User:
        return self.stage.workspace.world.need(User, self.user)

    def _suggest(self, field: Field, typed: str) -> list[Json]:
        interactions = self.stage.interactions
        return interactions.suggest(self._actor, self.view, field, typed)

    def _suggested(self, field: Field, wanted: Any) -> Any:
        if not field.kind.endswith("external_select") or wanted is None:
            return wanted
        texts = [wanted] if isinstance(wanted, str) else list(wanted)
        found = [self._exactly(field, text) for text in texts]
        return found if field.kind.startswith("multi") else found[0]

    def _exactly(self, field: Field, text: str) -> Json:
        offered = self._suggest(field, text)
        for option in offered:
            if option["text"]["text"] == text:
                return option
        seen = ", ".join(repr(option["text"]["text"]) for option in offered)
        raise NotOnScreen(f"{field.label!r} does not offer {text!r}; it offers: {seen}")


@dataclass(frozen=True)
class Modal(Surface):
    """A modal on a person's screen."""

    @property
    def title(self) -> str:
        """The title."""
        return str(self.view.body["title"]["text"])

    @property
    def submit_label(self) -> str:
        """The words of the button that submits, or empty when there is none."""
        return str((self.view.body.get("submit") or {}).get("text", ""))

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong, by the fields' labels; under "" what is wrong with it all."""
        view = self.view
        labels = {field.block_id: field.label for field in forms.asked(view)}
        found = {labels[block]: said for block, said in view.errors.items()}
        return found | ({"": view.trouble} if view.trouble else {})

    def submit(self) -> "Modal | None":
        """Submit, and return the modal that is on top then. What is wrong with the
        fields stands in `errors`; raises Failed where the app did not answer.
        """
        if not self.submit_label:
            raise NotOnScreen(f"{self.title!r} has nothing to submit")
        self.stage.interactions.submit(self._actor, self.view)
        return top_modal(self.stage, self.user)

    def close(self, *, all_at_once: bool = False) -> None:
        """Close this modal; `all_at_once` those below too."""
        if self.view_id in self.stage.workspace.world.screen(self.user).modals:
            self.stage.interactions.close(self._actor, all_at_once=all_at_once)


@dataclass(frozen=True)
class HomeTab(Surface):
    """The app's Home tab, as published for one person."""


def top_modal(stage: Stage, user: str) -> Modal | None:
    """The modal on top of somebody's screen."""
    modals = stage.workspace.world.screen(user).modals
    return Modal(stage, user, modals[-1]) if modals else None


def home_tab(stage: Stage, user: str) -> HomeTab | None:
    """Somebody's Home tab, once it was published."""
    home = stage.workspace.world.screen(user).home
    return HomeTab(stage, user, home) if home else None


def _option_text(option: Any) -> Any:
    return option["text"]["text"] if isinstance(option, dict) else option
