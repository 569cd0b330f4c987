"""Slack in: each listener resolves the actor, calls one action, and answers."""

from __future__ import annotations

from slack_bolt import App

from bot.desk import Desk
from bot.listeners import (
    adding,
    boards,
    bridging,
    buttons,
    commands,
    concerns,
    cover,
    duty,
    events,
    failures,
    forms,
    giving_on,
    handoff_forms,
    handoffs,
    incoming,
    items,
    journey,
    knowledge,
    matching,
    plan,
    protocol,
    ready,
    settings,
    setup,
    transferring,
)


def register(app: App, desk: Desk) -> None:
    """Register every listener. The last ones answer what nothing else does."""
    incoming.register(app)
    commands.register(app, desk)
    forms.register(app, desk)
    buttons.register(app, desk)
    handoffs.register(app, desk)
    handoff_forms.register(app, desk)
    transferring.register(app, desk)
    giving_on.register(app, desk)
    duty.register(app, desk)
    matching.register(app, desk)
    ready.register(app, desk)
    items.register(app, desk)
    bridging.register(app, desk)
    cover.register(app, desk)
    concerns.register(app, desk)
    journey.register(app, desk)
    knowledge.register(app, desk)
    protocol.register(app, desk)
    boards.register(app, desk)
    plan.register(app, desk)
    settings.register(app, desk)
    setup.register(app, desk)
    adding.register(app, desk)
    events.register(app, desk)
    failures.register(app)
