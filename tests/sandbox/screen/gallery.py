"""One of everything that an app may put on a screen."""

from typing import Any

Json = dict[str, Any]


def text(said: str) -> Json:
    """Plain text."""
    return {"type": "plain_text", "text": said}


def mrkdwn(said: str) -> Json:
    """Text with Slack's markup."""
    return {"type": "mrkdwn", "text": said}


def options(*words: str) -> list[Json]:
    """Options whose values are their words in small letters."""
    return [{"text": text(word), "value": word.lower()} for word in words]


def button(words: str, **more: Any) -> Json:
    """A button whose action id and value are its words in small letters."""
    name = words.lower().replace(" ", "_")
    return {
        "type": "button",
        "action_id": name,
        "text": text(words),
        "value": name,
        **more,
    }


CONFIRM = {
    "title": text("Decline this?"),
    "text": text("The other side is told at once."),
    "confirm": text("Decline it"),
    "deny": text("Keep it"),
    "style": "danger",
}


def message(user: str, channel: str) -> list[Json]:
    """A message with each block that Slack draws in messages."""
    said = (
        f"*Bold*, _italic_, ~struck~, `code` & <@{user}> in <#{channel}>, "
        "<https://example.org/a?b=1|a link>, "
        "<!date^1793793600^{date_short} {time}|then>"
        "\n> a quoted line\nafter it\n```\nx < y\n```"
    )
    listed = [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": word}]}
        for word in ("first of the list", "second of the list")
    ]
    return [
        {"type": "header", "text": text("MM-7K3Q9 · evaluation · routine")},
        {
            "type": "section",
            "block_id": "words",
            "text": mrkdwn(said),
            "accessory": {
                "type": "overflow",
                "action_id": "more",
                "options": options("Case", "Labels", "Timeline"),
            },
        },
        {
            "type": "section",
            "fields": [
                mrkdwn("*On duty*\nDr Rivera"),
                mrkdwn("*Responsible now*\nDr Chen"),
            ],
        },
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_list", "style": "bullet", "elements": listed}
            ],
        },
        {"type": "divider"},
        {
            "type": "actions",
            "block_id": "row",
            "elements": [
                button("Take it", style="primary"),
                button("Ask for information"),
                button("Decline", style="danger", confirm=CONFIRM),
                button("Open the page", url="https://example.org/page"),
                {
                    "type": "static_select",
                    "action_id": "urgency",
                    "placeholder": text("Urgency"),
                    "options": options("Routine", "Urgent"),
                },
                {
                    "type": "datepicker",
                    "action_id": "day",
                    "initial_date": "2026-11-24",
                },
            ],
        },
        {
            "type": "image",
            "image_url": "https://example.org/curve.png",
            "alt_text": "A curve that falls",
        },
        {
            "type": "context",
            "elements": [mrkdwn("Would help: *FISH*, hepatitis B (+2)")],
        },
    ]


def input_block(label: str, kind: str, **element: Any) -> Json:
    """An input block; its ids are its type."""
    body = {"type": kind, "action_id": "a", **element}
    return {"type": "input", "block_id": kind, "label": text(label), "element": body}


def form(**more: Any) -> Json:
    """A modal with each input that the sandbox knows."""
    listed = options("One", "Two", "Three")
    blocks = [
        input_block("Words", "plain_text_input", placeholder=text("A few words")),
        input_block("Story", "rich_text_input"),
        input_block("Number", "number_input", is_decimal_allowed=False, min_value="1"),
        input_block("Mail", "email_text_input"),
        input_block("Page", "url_text_input"),
        input_block("One of", "static_select", options=listed),
        input_block("Some of", "multi_static_select", options=listed),
        input_block("Radio", "radio_buttons", options=listed),
        input_block("Boxes", "checkboxes", options=listed, initial_options=listed[:1]),
        input_block("Day", "datepicker"),
        input_block("Time", "timepicker"),
        input_block("Moment", "datetimepicker"),
        input_block("Person", "users_select"),
        input_block("People", "multi_users_select"),
        input_block("Channel", "conversations_select"),
        input_block("Found", "external_select", min_query_length=1),
    ]
    for block in blocks:
        block["optional"] = True
    blocks[0]["hint"] = text("No names, dates or record numbers")
    return {
        "type": "modal",
        "callback_id": "ask",
        "title": text("One of everything"),
        "submit": text("Send it"),
        "close": text("Not now"),
        "blocks": blocks,
        **more,
    }
