"""A tiny app, written as apps are written, that the sandbox's tests play with.

`/errand` opens a form; what is submitted becomes a message with a button; who clicks
it takes the errand; replies in its thread are counted; the Home tab shows how many.
"""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient

from sandbox import Sandbox

Json = dict[str, Any]
ANY = re.compile(".*")


def text(said: str) -> Json:
    """Plain text, as Slack gives it back."""
    return {"type": "plain_text", "text": said, "emoji": True}


def option(said: str) -> Json:
    """An option whose value is its first word."""
    return {"text": text(said), "value": said.split(maxsplit=1)[0].lower()}


def form(channel: str, **more: Any) -> Json:
    """The form in which an errand is asked for."""
    urgencies = [option("Today"), option("This week")]
    question = {"type": "plain_text_input", "action_id": "q", "max_length": 100}
    return {
        "type": "modal",
        "callback_id": "ask",
        "title": text("Ask"),
        "submit": text("Send"),
        "private_metadata": channel,
        "blocks": [
            {
                "type": "input",
                "block_id": "question",
                "label": text("Your question"),
                "element": question,
            },
            {
                "type": "input",
                "block_id": "urgency",
                "label": text("Urgency"),
                "element": {
                    "type": "static_select",
                    "action_id": "u",
                    "options": urgencies,
                    "initial_option": urgencies[1],
                },
            },
        ],
        **more,
    }


def card(question: str, taker: str = "") -> list[Json]:
    """The message of an errand."""
    buttons = [
        {
            "type": "button",
            "action_id": "take",
            "text": text("Take it"),
            "value": "errand-1",
            "style": "primary",
        },
        {
            "type": "overflow",
            "action_id": "more",
            "options": [option("Decline"), option("Postpone")],
        },
    ]
    line = f"Taken by <@{taker}>" if taker else "Waiting"
    said = {"type": "mrkdwn", "text": f"*{question}*\n{line}"}
    blocks: list[Json] = [{"type": "section", "block_id": "said", "text": said}]
    if not taker:
        blocks.append({"type": "actions", "block_id": "do", "elements": buttons})
    return blocks


class Errands:
    """The app's own state, and its listeners."""

    def __init__(self, slack: Sandbox) -> None:
        self.client = WebClient(
            token=slack.bot_token, base_url=slack.api_url, retry_handlers=[]
        )
        self.app = App(client=self.client, process_before_response=True)
        self.heard: list[Json] = []
        self.lock = threading.Lock()
        self.behave: dict[str, Callable[..., Any]] = {}
        self._listen()

    def note(self, body: Json) -> None:
        """Keep what was heard, for the tests to look at."""
        with self.lock:
            self.heard.append(body)

    def bodies(self, kind: str) -> list[Json]:
        """What was heard of one type: an event's, or an interaction's."""
        with self.lock:
            return [each for each in self.heard if kind == _kind(each)]

    def _listen(self) -> None:
        listen = self.app
        listen.command("/errand")(self.on_command)
        listen.shortcut("ask_shortcut")(self.on_shortcut)
        listen.shortcut("turn_shortcut")(self.on_message_shortcut)
        listen.view("ask")(self.on_submit)
        listen.view_closed("ask")(self.on_anything)
        listen.action("take")(self.on_take)
        listen.action({"block_id": "suggest"})(self.on_anything)
        listen.options("suggest")(self.on_suggest)
        listen.event("app_home_opened")(self.on_home)
        for kind in ("message", "app_mention", "reaction_added", "pin_added"):
            listen.event(kind)(self.on_anything)
        for kind in ("member_joined_channel", "member_left_channel", "user_change"):
            listen.event(kind)(self.on_anything)
        listen.event("channel_archive")(self.on_anything)
        listen.action({"type": "block_actions", "action_id": ANY})(self.on_other)

    def on_command(self, ack: Any, body: Json, client: WebClient) -> None:
        self.note(body)
        if "command" in self.behave:
            self.behave["command"](ack, body, client)
        elif body["text"] == "help":
            ack("Type /errand to ask for something")
        else:
            client.views_open(
                trigger_id=body["trigger_id"], view=form(body["channel_id"])
            )
            ack()

    def on_shortcut(self, ack: Any, body: Json, client: WebClient) -> None:
        self.note(body)
        client.views_open(
            trigger_id=body["trigger_id"], view=form("", close=text("No"))
        )
        ack()

    def on_message_shortcut(self, ack: Any, body: Json, client: WebClient) -> None:
        self.note(body)
        view = form(body["channel"]["id"])
        view["blocks"][0]["element"]["initial_value"] = body["message"]["text"]
        client.views_open(trigger_id=body["trigger_id"], view=view)
        ack()

    def on_submit(self, ack: Any, body: Json, client: WebClient) -> None:
        self.note(body)
        if "submit" in self.behave:
            self.behave["submit"](ack, body, client)
            return
        question = body["view"]["state"]["values"]["question"]["q"]["value"]
        if "secret" in question:
            errors = {"question": "Keep secrets to yourself"}
            ack(response_action="errors", errors=errors)
            return
        channel = body["view"]["private_metadata"]
        client.chat_postMessage(channel=channel, text="Errand", blocks=card(question))
        ack()

    def on_take(self, ack: Any, body: Json, client: WebClient) -> None:
        self.note(body)
        if "take" in self.behave:
            self.behave["take"](ack, body, client)
            return
        place = body["channel"]["id"]
        blocks = card("an errand", body["user"]["id"])
        ts = body["message"]["ts"]
        client.chat_update(channel=place, ts=ts, text="Taken", blocks=blocks)
        ack()

    def on_other(self, ack: Any, body: Json, client: WebClient) -> None:
        self.note(body)
        if "other" in self.behave:
            self.behave["other"](ack, body, client)
        else:
            ack()

    def on_suggest(self, ack: Any, body: Json) -> None:
        self.note(body)
        if "suggest" in self.behave:
            self.behave["suggest"](ack, body, self.client)
            return
        ack(options=[option(f"{body['value']} one"), option(f"{body['value']} two")])

    def on_anything(self, ack: Any, body: Json) -> None:
        self.note(body)
        if "event" in self.behave:
            self.behave["event"](ack, body, self.client)
        ack()

    def on_home(self, ack: Any, body: Json, client: WebClient) -> None:
        self.note(body)
        line = f"{len(self.bodies('view_submission'))} errands asked"
        blocks: list[Json] = [{"type": "section", "text": text(line)}]
        element = {"type": "button", "action_id": "refresh", "text": text("Refresh")}
        blocks.append({"type": "actions", "elements": [element]})
        view = {"type": "home", "blocks": blocks}
        client.views_publish(user_id=body["event"]["user"], view=view)
        ack()


def _kind(body: Json) -> str:
    return str(body.get("event", body).get("type") or body.get("command"))


@contextmanager
def running(slack: Sandbox, connections: int = 1) -> Iterator[Errands]:
    """The app, connected over Socket Mode until the end of the block."""
    errands = Errands(slack)
    handlers = [
        SocketModeHandler(errands.app, slack.app_token, ping_interval=1)
        for _ in range(connections)
    ]
    for handler in handlers:
        handler.client.connect()
    slack.wait_for_app(connections)
    try:
        yield errands
    finally:
        stop(slack, [handler.client for handler in handlers])


def stop(slack: Sandbox, clients: Sequence[SocketModeClient]) -> None:
    """Close clients fast: each of their threads waits for something to come, for
    seconds if nothing does, so a close frame and an empty message are sent to them.
    """
    for client in clients:
        client.auto_reconnect_enabled = False
        client.closed = True
        client.message_queue.put(None)
    slack.drop_sockets(politely=True)
    slack.until(lambda: not any(client.is_connected() for client in clients))
    for client in clients:
        client.close()
