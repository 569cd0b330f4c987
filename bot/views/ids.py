"""Every id of an action, block, form and command, and what a button carries."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from care.referral import Event

COMMAND = "/baton"


class Shortcut(StrEnum):
    """Global shortcuts, as the manifest names them."""

    REFER = "start_referral"
    ASK = "ask_specialist"


class Act(StrEnum):
    """What a button, menu or select does."""

    REFER = "open_refer"
    ASK = "open_ask"
    MY_LIST = "open_my_list"
    ADD_PATIENT = "add_patient"
    OPEN_CASE = "open_case"
    OPEN_THREAD = "open_thread"
    MORE = "more"
    SORT_ANSWER = "sort_answer"
    SORT_QUESTION = "sort_question"
    SORT_INFORMATION = "sort_information"
    SORT_COMMENT = "sort_comment"
    CHOOSE = "choose"
    DUTY = "duty"
    AWAY = "away"
    BACK = "back"
    TAKE_DAYS = "take_days"
    COVER = "cover"
    COVER_CHOOSE = "cover_choose"
    COVER_TAKE = "cover_take"
    COVER_DECLINE = "cover_decline"
    COVER_WITHDRAW = "cover_withdraw"
    COVER_END = "cover_end"
    COVER_NOTHING = "cover_nothing"
    COVER_LINE = "cover_line"
    COVER_ACKNOWLEDGE = "cover_acknowledge"
    COPY = "copy_for_chart"
    CONCERN = "concern"
    CONCERN_RAISE = "concern_raise"
    CONCERN_ACKNOWLEDGE = "concern_acknowledge"
    CONCERN_WITHDRAW = "concern_withdraw"
    EMERGENCY_SHEET = "emergency_sheet"
    EMERGENCY_PAPER = "emergency_paper"
    TAKE_EVALUATION = "take_evaluation"
    SAME_PATIENT = "same_patient"
    BRIDGING = "bridging"
    BRIDGING_ASK = "bridging_ask"
    BRIDGING_ACCEPT = "bridging_accept"
    BRIDGING_COUNTER = "bridging_counter"
    BRIDGING_WITHDRAW = "bridging_withdraw"
    READY_LIST = "ready_list"
    READY_DONE = "ready_done"
    READY_MORE = "ready_more"
    ITEM_DONE = "item_done"
    ITEM_MORE = "item_more"
    ITEM_PAGE = "item_page"
    ITEM_FORM = "item_form"
    ITEM_ALL_BUT = "item_all_but"
    ITEM_DRAWN = "item_drawn"
    ITEM_TAKE_UP = "item_take_up"
    ITEM_UNDO = "item_undo"
    ITEM_TELL_CENTER = "item_tell_center"
    HAND_OFF = "hand_off"
    HANDOFF_SHOW = "handoff_show"
    HANDOFF_READ_BACK = "handoff_read_back"
    HANDOFF_DECLINE = "handoff_decline"
    HANDOFF_WITHDRAW = "handoff_withdraw"
    HANDOFF_PHONE = "handoff_phone"
    HANDOFF_CONFIRM = "handoff_confirm"
    HANDOFF_CONFIRM_RETURN = "handoff_confirm_return"
    HANDOFF_DISPUTE = "handoff_dispute"
    HANDOFF_CORRECT = "handoff_correct"
    HANDOFF_TAKE_OVER = "handoff_take_over"
    HANDOFF_BACK = "handoff_back"
    MOVE_PRACTICE = "to_another_practice"
    ACTION_TAKE = "action_take"
    ACTION_DONE = "action_done"
    ACTION_UNDONE = "action_undone"
    ACTION_GIVE = "action_give"
    ACTION_MINE = "action_mine"
    ACTION_DROP = "action_drop"
    JOURNEY = "journey"
    RECORD = "record_milestone"
    RECORD_OTHER = "record_other_milestone"
    CORRECT = "correct_milestone"
    CHOOSE_STEP = "choose_step"
    AWAIT = "await_course"
    TIMELINE = "timeline"
    TICK_TASK = "tick_task"
    SETTINGS = "settings"
    PATIENTS = "patients"
    BOARD_SITE = "board_site"
    BOARD_PRODUCT = "board_product"
    BOARD_PHASE = "board_phase"
    BOARD_PERSON = "board_person"
    BOARD_EARLIER = "board_earlier"
    BOARD_NEXT = "board_next"
    DUE = "due"
    DUE_SPAN = "due_span"
    DUE_EARLIER = "due_earlier"
    DUE_NEXT = "due_next"
    KNOWLEDGE = "knowledge"
    KNOWLEDGE_TURN = "knowledge_turn"
    KNOWLEDGE_SIGN = "knowledge_sign"
    KNOWLEDGE_SIGN_THESE = "knowledge_sign_these"
    KNOWLEDGE_WITHDRAW = "knowledge_withdraw"
    PROTOCOL = "protocol"
    PROTOCOL_TURN = "protocol_turn"
    PROTOCOL_ROW = "protocol_row"
    PROTOCOL_REACH = "protocol_reach"
    PROTOCOL_DROP = "protocol_drop"
    PROTOCOL_PACKAGED = "protocol_packaged"
    PLAN = "plan"
    PLAN_TABLE = "plan_table"
    PLAN_EARLIER = "plan_earlier"
    PLAN_LATER = "plan_later"
    PLAN_STANDING = "plan_standing"
    PLAN_AT_VISITS = "plan_at_visits"
    PLAN_PRECAUTIONS = "plan_precautions"
    PLAN_PICTURE = "plan_picture"
    PLAN_CONDITIONS = "plan_conditions"
    PLAN_PROTOCOL = "plan_protocol"
    PLAN_LOST = "plan_lost"
    PLAN_OUTSIDE = "plan_outside"
    SETUP = "setup"
    SETUP_SITE = "setup_site"
    SETUP_CHANGE_SITE = "setup_change_site"
    SETUP_CHANGE_DUTY = "setup_change_duty"
    SETUP_CHANGE_JOURNEY = "setup_change_journey"
    SETUP_CHANGE_PERSON = "setup_change_person"
    SETUP_CHANGE_LINK = "setup_change_link"
    SETUP_CHANGE_PRIVACY = "setup_change_privacy"
    SETUP_ADD_SITE = "setup_add_site"
    SETUP_ADD_PERSON = "setup_add_person"
    SETUP_ADD_LINK = "setup_add_link"
    SETUP_REMOVE_SITE = "setup_remove_site"
    SETUP_REMOVE_PERSON = "setup_remove_person"
    SETUP_REMOVE_LINK = "setup_remove_link"


def act_of(event: Event) -> str:
    """Return the action id of a move's button."""
    return f"move_{event.name.lower()}"


MOVES: Mapping[str, Event] = {act_of(event): event for event in Event}
"""Which move each action id makes."""


class Form(StrEnum):
    """Forms, by callback id."""

    REFERRAL = "referral"
    ADD_PATIENT = "add_patient"
    MOVE = "move"
    AWAY = "away"
    TAKE_DAYS = "take_days"
    HANDOFF_OFFER = "handoff_offer"
    HANDOFF_READ_BACK = "handoff_read_back"
    HANDOFF_MOVE = "handoff_move"
    HANDOFF_TAKE_OVER = "handoff_take_over"
    MOVE_PRACTICE = "to_another_practice"
    ACTION_GIVE = "action_give"
    COVER = "cover"
    COVER_LINE = "cover_line"
    MILESTONE = "milestone"
    CORRECTION = "correction"
    AWAIT = "await_course"
    READING = "reading"
    PLAN_CONDITIONS = "plan_conditions"
    PLAN_PROTOCOL = "plan_protocol"
    PLAN_LOST = "plan_lost"
    PLAN_OUTSIDE = "plan_outside"
    BRIDGING = "bridging"
    BRIDGING_COUNTER = "bridging_counter"
    ITEM = "item"
    READY_BARRIER = "ready_barrier"
    READY_NOT_NEEDED = "ready_not_needed"
    SAME_PATIENT = "same_patient"
    DIGEST = "digest"
    PROTOCOL_ROW = "protocol_row"
    PROTOCOL_REACH = "protocol_reach"
    SETUP_SITE = "setup_site"
    SETUP_DUTY = "setup_duty"
    SETUP_JOURNEY = "setup_journey"
    SETUP_PERSON = "setup_person"
    SETUP_LINK = "setup_link"
    SETUP_PRIVACY = "setup_privacy"


class Field(StrEnum):
    """Input blocks of forms; each holds one element with the action id `value`."""

    LINK = "link"
    CASE = "case"
    KIND = "kind"
    URGENCY = "urgency"
    QUESTION = "question"
    AGE_BAND = "age_band"
    LINES = "lines"
    REFRACTORY = "lenalidomide_refractory"
    ECOG = "ecog"
    NAMED = "named"
    RESPONSIBLE = "responsible"
    TEXT = "text"
    INSTEAD = "instead"
    OUTCOME = "outcome"
    PATIENT_TOLD = "patient_told"
    MATCHED = "matched"
    PERSON = "person"
    REGIMEN = "regimen"
    AVOID = "avoid"
    LABS = "labs"
    CALL = "call"
    LAST_DAY = "last_day"
    LAST_DAY_AHEAD = "last_day_ahead"
    COUNTER = "counter"
    ASK_AGAIN_IN = "ask_again_in"
    STEP = "step"
    RESULT = "result"
    """The beginning of a block's id: each step has a choice of its own."""
    DAY = "day"
    DAYS_AGO = "days_ago"
    DAYS_AHEAD = "days_ahead"
    UNTIL = "until"
    UNTIL_AHEAD = "until_ahead"
    CONDITION = "condition"
    """The beginning of a block's id: each condition has a box of its own."""
    REASON = "reason"
    PLACE = "place"
    CONTACT = "contact"
    FIRST_CALL = "first call"
    PRODUCT = "product"
    INFUSED = "infused"
    INFUSED_AGO = "infused_ago"
    RETURNED = "returned"
    RETURNED_AGO = "returned_ago"
    THERAPY = "therapy"
    MEANWHILE = "meanwhile"
    NOTE = "note"
    WHAT_HAPPENED = "what happened"
    WHAT_CHANGED = "what changed"
    WHO_DOES = "who does what"
    SAME_PATIENT = "same patient"
    WHY = "why"
    PARTY = "party"
    AGAIN_IN = "again_in"
    STARTS = "starts"
    ENDS = "ends"
    COVER = "cover"
    COVERED = "covered"
    COVER_STARTS = "cover_starts"
    COVER_STARTS_AT = "cover_starts_at"
    COVER_ENDS = "cover_ends"
    COVER_ENDS_AT = "cover_ends_at"
    LINE = "line"
    WANTED = "wanted"
    AT = "at"
    ITEMS = "items"
    ITEM_VALUE = "item_value"
    ITEM_UNTIL = "item_until"
    ITEM_UNTIL_AHEAD = "item_until_ahead"
    ITEM_PARTS = "item_parts"
    ITEM_MONTHS = "item_months"
    ITEM_WHOLE_ROW = "item_whole_row"
    ROW_NAME = "row_name"
    ROW_STATEMENT = "row_statement"
    ROW_THRESHOLDS = "row_thresholds"
    ROW_TOPIC = "row_topic"
    ROW_KIND = "row_kind"
    ROW_EARLIEST = "row_earliest"
    ROW_TARGET = "row_target"
    ROW_LATEST = "row_latest"
    ROW_AGAIN = "row_again"
    ROW_ENDS = "row_ends"
    ROW_PARTS = "row_parts"
    ROW_SEAT = "row_seat"
    ROW_PRODUCTS = "row_products"
    ROW_APPLIES_WHEN = "row_applies_when"
    ROW_ORDERS = "row_orders"
    ROW_DRAWS = "row_draws"
    ROW_REVIEWS = "row_reviews"
    ROW_ACTS = "row_acts"
    ROW_RESPONSIBLE = "row_responsible"
    ROW_LEADS = "row_leads"
    SITE_KIND = "site_kind"
    SITE_NAME = "site_name"
    PHONE = "phone"
    ZONE = "zone"
    OPENS = "opens"
    CLOSES = "closes"
    WEEKDAYS = "weekdays"
    COUNTRY = "country"
    REGION = "region"
    RESPONSIBLE_ROLES = "responsible_roles"
    DUTY = "duty"
    ROTA_STARTS = "rota_starts"
    ROTA_ORDER = "rota_order"
    URGENT_HOURS = "urgent_hours"
    ADVICE_DAYS = "advice_days"
    EVALUATION_DAYS = "evaluation_days"
    CONCERNS = "concerns"
    STALE_AFTER = "stale_after"
    SIGNS = "signs"
    JOURNEY_DAYS = "journey_days"
    """The beginning of a block's id: each phase has a field of its own."""
    PERSON_NAME = "person_name"
    ROLE = "role"
    ACCOUNT = "account"
    PRACTICE = "practice"
    CENTER = "center"
    CHANNEL = "channel"
    PHI_MODE = "phi_mode"
    AGREED_BY = "agreed_by"
    AGREED_ON = "agreed_on"


VALUE = "value"
"""The action id of an input's element, but where choosing changes the form."""


@dataclass(frozen=True)
class Carried:
    """What a button or a menu's entry carries: opaque ids and a move's code."""

    referral: str = ""
    event: str = ""
    reply: str = ""
    subject: str = ""
    """The id of something of the setup; a course, task, handoff, cover or concern."""
    milestone: str = ""
    """The id of a milestone to correct."""
    item: str = ""
    """Which item of a ready list."""
    result: str = ""
    """How a step stands, where a button says it."""
    version: str = ""
    """Of what a message or page showed, where an answer is to that alone."""
    page: str = ""
    """Which page an entry of a menu opens, or the number of a list's page."""

    def dump(self) -> str:
        """Return it as a value for Slack to keep."""
        return _dump(self)

    @classmethod
    def load(cls, value: str) -> Carried:
        """Read it back. Raises ValueError for anything else."""
        return cls(**_load(value, cls.__annotations__.keys()))


class FormOf(StrEnum):
    """What a form about items is for; its name stands in what a button carries."""

    DO = "done"
    HOLD = "hold"
    WAIVE = "not needed"
    ELSEWHERE = "done elsewhere"
    PUT_OFF = "remind me later"
    REOPEN = "open again"
    GIVE = "give it to somebody"
    END = "it ends"
    GOES_ON = "it goes on"
    AFTER_ALL = "let it go on after all"
    ALL_BUT = "all but"


@dataclass(frozen=True)
class Shown:
    """Which items a line or form shows: what is pressed there is about these alone."""

    items: tuple[str, ...]
    event: str = ""
    """What is to happen with them, where the button does not say it."""

    def dump(self) -> str:
        """Return it as a value for Slack to keep."""
        told: dict[str, object] = {"items": list(self.items)}
        told |= {"event": self.event} if self.event else {}
        return json.dumps(told, separators=(",", ":"))

    @classmethod
    def load(cls, value: str) -> Shown:
        """Read it back. Raises ValueError for anything else."""
        try:
            told = json.loads(value)
            return cls(tuple(map(str, told["items"])), str(told.get("event", "")))
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError("this was not written by Baton") from error


@dataclass(frozen=True)
class FormData:
    """What a form carries in its private metadata: opaque ids and a move's code."""

    intent: str
    referral: str = ""
    event: str = ""
    link: str = ""
    subject: str = ""
    """The id of something of the setup, of a course, task, handoff or cover."""
    milestone: str = ""
    """The id of a milestone to correct."""
    version: str = ""
    """Of the setup, or of what else the form or page was made from."""
    item: str = ""
    """Which item of a ready list."""
    items: tuple[str, ...] = ()
    """Which items of a plan."""

    def dump(self) -> str:
        """Return it as private metadata."""
        return _dump(self)

    @classmethod
    def load(cls, value: str) -> FormData:
        """Read it back. Raises ValueError for anything else."""
        told = _load(value, cls.__annotations__.keys())
        if "intent" not in told:
            raise ValueError("a form needs an intent")
        return cls(**told)


def _dump(carried: Carried | FormData) -> str:
    told = {name: value for name, value in asdict(carried).items() if value}
    return json.dumps(told, separators=(",", ":"))


def _load(value: str, names: Collection[str]) -> dict[str, Any]:
    told = json.loads(value or "{}")
    if not isinstance(told, dict) or not told.keys() <= set(names):
        raise ValueError("this was not written by Baton")
    return {
        name: tuple(map(str, one)) if isinstance(one, list) else str(one)
        for name, one in told.items()
    }
