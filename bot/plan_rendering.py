"""Notices about the plan after CAR T, from what is kept at sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.actions.conditions import VIEW as CONDITIONS
from bot.actions.plan_life import LINE
from bot.views import messages, plan_changes
from bot.views.kit import Block
from storage.records import Notice
from storage.unit import Reading

Render = Callable[[Reading, Notice, messages.Occasion], list[Block]]


def _conditions(
    reading: Reading, notice: Notice, about: messages.Occasion
) -> list[Block]:
    plan = reading.plans.plan(notice.payload["plan"])
    confirmed = plan.confirmed_at is not None or plan.ended_at is not None
    return plan_changes.conditions_asked(about.sheet, plan.id, confirmed=confirmed)


def _line(_reading: Reading, notice: Notice, about: messages.Occasion) -> list[Block]:
    counts = {name: int(told) for name, told in notice.payload.items() if name != "by"}
    who = about.by.name if about.by else "Baton"
    return plan_changes.changed_line(who, counts)


OF_PLANS: Mapping[str, Render] = {CONDITIONS: _conditions, LINE: _line}
"""The view of each notice about a plan."""
