"""A Slack workspace on one's own machine: Web API, Socket Mode, and people who act.

    with Sandbox(manifest=Path("manifest.yml")) as slack:
        chen = slack.person("Mei Chen", display="Dr Chen")

It knows nothing of the app that it is driven by.
"""

from sandbox.channel import Channel
from sandbox.errors import Failed, NotOnScreen, Refused
from sandbox.person import Person
from sandbox.sandbox import Sandbox
from sandbox.seen import HomeTab, Message, Modal, Picture, Reply
from sandbox.workspace import Settings

__all__ = [
    "Channel",
    "Failed",
    "HomeTab",
    "Message",
    "Modal",
    "NotOnScreen",
    "Person",
    "Picture",
    "Refused",
    "Reply",
    "Sandbox",
    "Settings",
]
