"""The whole way of one errand, in browser windows."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from sandbox import Sandbox
from tests.sandbox.acting import SLOW
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands
from tests.sandbox.screen.conftest import Desk, Host, Open

pytestmark = pytest.mark.browser


def test_an_errand_goes_from_command_to_form_to_click_to_reply_to_home(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    ada, cleo = open_as(stage.ada, stage.shared.id), open_as(stage.cleo)

    ada.say("/errand now")
    expect(ada.modal.get_by_role("heading", name="Ask")).to_be_visible()
    ada.modal.get_by_label("Your question").fill("a secret")
    ada.modal.get_by_label("Urgency").select_option("Today")
    ada.modal.get_by_role("button", name="Send").click()

    field = ada.modal.get_by_label("Your question")
    expect(ada.modal.get_by_text("Keep secrets to yourself")).to_be_visible()
    expect(field).to_have_accessible_description("Keep secrets to yourself")
    expect(field).to_be_focused()
    expect(field).to_have_value("a secret")

    field.fill("Bring milk")
    ada.modal.get_by_role("button", name="Send").click()
    expect(ada.modal).to_have_count(0)

    card = cleo.message("Bring milk")
    card.get_by_role("button", name="Take it").click()
    expect(cleo.message("Taken by @Cleo Marsh")).to_contain_text("(edited)")
    expect(ada.message("Taken by @Cleo Marsh")).to_be_visible()

    cleo.message("Taken by").hover()
    cleo.message("Taken by").get_by_role("button", name="Reply in thread").click()
    reply = cleo.thread.get_by_label("Reply...")
    reply.fill("On my way")
    reply.press("Enter")
    expect(cleo.thread.get_by_text("On my way")).to_be_visible()
    ada.place.get_by_role("button", name="1 reply").click()
    expect(ada.thread.get_by_role("article")).to_have_count(2)

    ada.side.get_by_role("button", name="Errand Home").click()
    expect(ada.place.get_by_text("2 errands asked")).to_be_visible()
    submitted = app.bodies("view_submission")[-1]["view"]["state"]["values"]
    assert submitted["urgency"]["u"]["selected_option"]["value"] == "today"


def test_one_click_makes_the_window_another_person(stage: Stage, open_as: Open) -> None:
    ada = open_as(stage.ada)
    expect(ada.side).to_contain_text("inner")

    ada.page.get_by_role("link", name="Cleo Marsh").click()

    expect(ada.page.locator(".chip[aria-current]")).to_contain_text("Cleo Marsh")
    expect(ada.page.locator(".chip[aria-current]")).to_contain_text("guest")
    expect(ada.side).to_contain_text("lakeside-center")
    expect(ada.side).not_to_contain_text("inner")


def test_a_guest_is_refused_the_command_and_keeps_what_they_typed(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    cleo = open_as(stage.cleo, stage.shared.id)

    cleo.say("/errand now")

    note = cleo.place.get_by_role("alert")
    expect(note).to_contain_text("/errand is not available here")
    expect(note).to_contain_text("Only visible to you")
    expect(cleo.composer).to_have_value("/errand now")
    note.get_by_role("button", name="Dismiss").click()
    expect(note).to_have_count(0)
    assert app.bodies("/errand") == []


def test_a_guest_sees_neither_shortcuts_nor_the_home_tab(
    stage: Stage, open_as: Open
) -> None:
    stage.ada.post(stage.shared, "hello")

    cleo = open_as(stage.cleo, stage.shared.id)

    expect(cleo.message("hello")).to_be_visible()
    expect(cleo.page.locator("details.menu")).to_have_count(0)
    expect(cleo.side.get_by_role("button", name="Errand Home")).to_have_count(0)


def test_another_window_sees_a_message_within_a_second(
    stage: Stage, open_as: Open
) -> None:
    ada, cleo = open_as(stage.ada, stage.shared.id), open_as(stage.cleo)

    ada.say("Is anybody there?")

    expect(cleo.message("Is anybody there?")).to_be_visible(timeout=1000)


def test_what_a_bot_changes_is_seen_within_a_second(
    stage: Stage, open_as: Open
) -> None:
    message = stage.ben.post(stage.shared, "before")
    ada = open_as(stage.ada, stage.shared.id)
    expect(ada.message("before")).to_be_visible()

    stage.ben.edit(message, "after")

    expect(ada.message("after")).to_be_visible(timeout=1000)
    expect(ada.message("before")).to_have_count(0)


def test_a_deleted_message_is_gone_from_every_window(
    stage: Stage, open_as: Open
) -> None:
    message = stage.ben.post(stage.shared, "too much said")
    ada = open_as(stage.ada, stage.shared.id)
    expect(ada.message("too much said")).to_be_visible()

    stage.ben.delete(message)

    expect(ada.message("too much said")).to_have_count(0)


def test_unread_channels_are_bold_until_they_are_read(
    stage: Stage, open_as: Open
) -> None:
    ada = open_as(stage.ada, stage.shared.id)

    stage.ben.post(stage.inner, "one")
    stage.ben.post(stage.inner, "two")

    row = ada.side.get_by_role("button", name="inner")
    expect(row).to_contain_text("2 unread")
    row.click()
    expect(row).not_to_contain_text("unread")
    assert stage.ada.unread(stage.inner) == 0


def test_a_person_who_is_not_shown_has_their_unread_messages_counted(
    stage: Stage, open_as: Open
) -> None:
    ada = open_as(stage.ada, stage.shared.id)

    ada.say("for everybody")

    chip = ada.page.get_by_role("link", name="Ben Ito")
    expect(chip).to_contain_text("1 unread")


def test_an_answer_to_a_command_is_marked_as_private(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    ada, ben = open_as(stage.ada, stage.shared.id), open_as(stage.ben, stage.shared.id)

    ada.say("/errand help")

    answer = ada.message("Type /errand to ask for something")
    expect(answer).to_contain_text("Only visible to you")
    expect(ben.message("Type /errand")).to_have_count(0)


def test_a_command_that_the_app_does_not_answer_says_so_once(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    app.behave["command"] = lambda *_: time.sleep(SLOW)
    ada = open_as(stage.ada, stage.shared.id)

    ada.say("/errand now")

    expect(ada.message('/errand failed with the error "')).to_have_count(1)
    expect(ada.place.get_by_role("alert")).to_have_count(0)


def test_a_click_that_the_app_does_not_answer_is_told_beside_the_messages(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    ada = open_as(stage.ada, stage.shared.id)
    ada.say("/errand now")
    ada.modal.get_by_label("Your question").fill("Bring milk")
    ada.modal.get_by_role("button", name="Send").click()
    app.behave["take"] = lambda *_: time.sleep(SLOW)

    ada.message("Bring milk").get_by_role("button", name="Take it").click()

    expect(ada.place.get_by_role("alert")).to_contain_text("This did not work")
    expect(ada.page.locator("[aria-busy]")).to_have_count(0)


def test_what_is_under_way_is_shown_and_other_windows_go_on(
    slack: Sandbox, stage: Stage, app: Errands, open_as: Open
) -> None:
    app.behave["command"] = lambda *_: time.sleep(SLOW)
    ada, ben = open_as(stage.ada, stage.shared.id), open_as(stage.ben, stage.shared.id)

    ada.say("/errand now")
    expect(ada.page.locator("html[data-busy]")).to_have_count(1)
    ben.say("meanwhile")

    expect(ada.message("meanwhile")).to_be_visible(timeout=1000)
    expect(ada.page.locator("html[data-busy]")).to_have_count(0)


def test_the_messages_with_the_app_are_a_conversation_like_others(
    stage: Stage, app: Errands, slack: Sandbox, open_as: Open
) -> None:
    ada = open_as(stage.ada)

    ada.side.get_by_role("button", name="Errand", exact=True).click()
    ada.say("Are you there?")

    expect(ada.message("Are you there?")).to_be_visible()
    slack.until(lambda: app.bodies("message"))
    app.client.chat_postMessage(channel=stage.ada.id, text="I am")
    expect(ada.message("I am")).to_be_visible()


@pytest.mark.parametrize(
    "close",
    [lambda s: s.shared.archive(), lambda s: s.shared.remove(s.ada)],
    ids=["archived", "put out"],
)
def test_nobody_can_type_where_they_cannot_post(
    stage: Stage, open_as: Open, close: Callable[[Stage], None]
) -> None:
    ada = open_as(stage.ada, stage.shared.id)
    expect(ada.composer).to_have_attribute("placeholder", "Message #lakeside-center")

    close(stage)

    expect(ada.place.get_by_label("Message #lakeside-center")).to_have_count(0)


def test_the_hosts_buttons_act_and_say_what_they_did(
    stage: Stage, host: Host, open_as: Open
) -> None:
    ada = open_as(stage.ada)

    ada.page.get_by_role("button", name="+1 hour").click()
    expect(ada.page.get_by_role("status")).to_contain_text("It is an hour later")
    ada.page.get_by_role("button", name="Rest").click()
    expect(ada.page.locator("html[data-busy]")).to_have_count(0)

    assert host.done == ["travel", "rest"]


def test_a_reload_finds_the_window_where_it_was(stage: Stage, open_as: Open) -> None:
    message = stage.ben.post(stage.inner, "the root")
    stage.ada.reply(message, "the reply")
    ada = open_as(stage.ada)

    ada.side.get_by_role("button", name="inner").click()
    ada.place.get_by_role("button", name="1 reply").click()
    expect(ada.page).to_have_url(re.compile(f"at={stage.inner.id}&thread={message.ts}"))
    ada.page.reload()

    expect(ada.thread.get_by_text("the reply")).to_be_visible()
    expect(ada.place.get_by_role("heading", level=1)).to_contain_text("inner")


def test_earlier_messages_are_shown_when_asked_for(stage: Stage, open_as: Open) -> None:
    for number in range(85):
        stage.ben.post(stage.inner, f"line {number:03}")
    ada = open_as(stage.ada, stage.inner.id)
    expect(ada.message("line 084")).to_be_in_viewport()
    expect(ada.message("line 001")).to_have_count(0)

    ada.place.get_by_role("button", name="Show earlier messages (5)").click()

    expect(ada.message("line 000")).to_have_count(1)


def test_pinned_messages_are_listed_on_top(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    channel = stage.shared.id
    posted = app.client.chat_postMessage(channel=channel, text="How to begin")
    ada = open_as(stage.ada, channel)
    expect(ada.place.get_by_text("1 pinned")).to_have_count(0)

    app.client.pins_add(channel=channel, timestamp=str(posted["ts"]))

    ada.place.get_by_text("1 pinned").click()
    expect(ada.place.get_by_role("listitem")).to_contain_text("How to begin")


def test_a_page_asks_no_other_machine_for_anything(
    stage: Stage, address: str, open_as: Open
) -> None:
    asked: list[str] = []
    desk: Desk = open_as(stage.ada)
    desk.page.on("request", lambda request: asked.append(request.url))

    desk.page.reload()
    expect(desk.composer).to_be_visible()

    origin = address.rsplit("/", 1)[0]
    assert asked
    assert [each for each in asked if not each.startswith((origin, "data:"))] == []
