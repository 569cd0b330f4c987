"""Keys, menus, questions asked back, phones, and what must never happen."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

import sandbox.screen
from sandbox import Sandbox
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands, text
from tests.sandbox.screen import gallery
from tests.sandbox.screen.conftest import PHONE, Open

pytestmark = pytest.mark.browser

LOOK = Path(sandbox.screen.__file__).with_name("look.css")

ATTACK = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'


def post_gallery(app: Errands, stage: Stage) -> None:
    """Post one of everything in the shared channel."""
    blocks = gallery.message(stage.ben.id, stage.inner.id)
    app.client.chat_postMessage(channel=stage.shared.id, text="Card", blocks=blocks)


def acted(app: Errands) -> list[dict[str, Any]]:
    """What was used on messages and views, oldest first."""
    return [each["actions"][0] for each in app.bodies("block_actions")]


def test_enter_sends_and_shift_with_enter_makes_a_line(
    stage: Stage, open_as: Open
) -> None:
    desk = open_as(stage.ada, stage.shared.id)

    desk.composer.press_sequentially("one")
    desk.composer.press("Shift+Enter")
    desk.composer.press_sequentially("two")
    desk.composer.press("Enter")

    expect(desk.message("one")).to_contain_text("two")
    expect(desk.composer).to_have_value("")
    assert stage.ada.channel(stage.shared)[-1].text == "one\ntwo"


def test_the_button_sends_too(stage: Stage, open_as: Open) -> None:
    desk = open_as(stage.ada, stage.shared.id)

    desk.composer.fill("by hand")
    desk.place.get_by_role("button", name="Send").click()

    expect(desk.message("by hand")).to_be_visible()


def test_a_draft_waits_where_it_was_typed(stage: Stage, open_as: Open) -> None:
    desk = open_as(stage.ada, stage.shared.id)

    desk.composer.fill("not yet")
    desk.side.get_by_role("button", name="inner").click()
    expect(desk.composer).to_have_value("")
    desk.side.get_by_role("button", name="lakeside-center").click()

    expect(desk.composer).to_have_value("not yet")


def test_words_being_typed_survive_what_others_do(stage: Stage, open_as: Open) -> None:
    desk = open_as(stage.ada, stage.shared.id)

    desk.composer.press_sequentially("half a ")
    stage.ben.post(stage.shared, "meanwhile")
    expect(desk.message("meanwhile")).to_be_visible()
    desk.composer.press_sequentially("word")

    expect(desk.composer).to_have_value("half a word")


def test_an_option_of_the_menu_behind_the_dots_is_chosen_by_its_words(
    slack: Sandbox, stage: Stage, app: Errands, open_as: Open
) -> None:
    post_gallery(app, stage)
    desk = open_as(stage.cleo, stage.shared.id)

    desk.message("MM-7K3Q9").get_by_label("More options").first.click()
    desk.page.get_by_role("menuitem", name="Labels").click()

    [chosen] = slack.until(lambda: acted(app))
    assert chosen["selected_option"]["value"] == "labels"
    expect(desk.page.get_by_role("menuitem", name="Labels")).to_be_hidden()


def test_a_menu_closes_at_escape_and_at_a_click_elsewhere(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    post_gallery(app, stage)
    desk = open_as(stage.ada, stage.shared.id)
    dots = desk.message("MM-7K3Q9").get_by_label("More options").first
    item = desk.page.get_by_role("menuitem", name="Labels")

    dots.click()
    expect(item).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(item).to_be_hidden()
    dots.click()
    desk.place.get_by_role("heading", level=1).click()

    expect(item).to_be_hidden()


def test_a_select_and_a_date_on_a_message_act_at_once(
    slack: Sandbox, stage: Stage, app: Errands, open_as: Open
) -> None:
    post_gallery(app, stage)
    desk = open_as(stage.ada, stage.shared.id)

    desk.message("MM-7K3Q9").get_by_label("Urgency").select_option("Urgent")
    desk.message("MM-7K3Q9").locator("input[type=date]").fill("2026-12-24")

    slack.until(lambda: len(acted(app)) == 2)
    first, last = acted(app)
    assert first["selected_option"]["value"] == "urgent"
    assert last["selected_date"] == "2026-12-24"


def test_what_an_app_asks_back_is_asked_and_no_means_no(
    slack: Sandbox, stage: Stage, app: Errands, open_as: Open
) -> None:
    post_gallery(app, stage)
    desk = open_as(stage.ada, stage.shared.id)
    decline = desk.message("MM-7K3Q9").get_by_role("button", name="Decline")

    decline.click()
    expect(desk.modal).to_contain_text("The other side is told at once.")
    desk.modal.get_by_role("button", name="Keep it").click()
    expect(desk.modal).to_have_count(0)
    assert acted(app) == []

    decline.click()
    desk.modal.get_by_role("button", name="Decline it").click()
    [told] = slack.until(lambda: acted(app))
    assert told["action_id"] == "decline"
    expect(desk.modal).to_have_count(0)


def test_escape_means_no_when_an_app_asks_back(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    post_gallery(app, stage)
    desk = open_as(stage.ada, stage.shared.id)

    desk.message("MM-7K3Q9").get_by_role("button", name="Decline").click()
    expect(desk.modal).to_be_visible()
    desk.page.keyboard.press("Escape")

    expect(desk.modal).to_have_count(0)
    assert acted(app) == []


def test_a_link_button_leads_beside_the_page_and_tells_the_app(
    slack: Sandbox, stage: Stage, app: Errands, open_as: Open
) -> None:
    post_gallery(app, stage)
    desk = open_as(stage.ada, stage.shared.id)
    link = desk.message("MM-7K3Q9").get_by_role("link", name="Open the page")
    expect(link).to_have_attribute("target", "_blank")

    desk.page.context.route("https://example.org/**", lambda route: route.abort())
    link.click()

    [told] = slack.until(lambda: acted(app))
    assert told["action_id"] == "open_the_page"


def test_a_shortcut_is_used_behind_the_bolt(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    desk = open_as(stage.ada, stage.shared.id)

    desk.place.get_by_label("Shortcuts", exact=True).first.click()
    desk.page.get_by_role("menuitem", name="Ask for something").first.click()

    expect(desk.modal.get_by_role("heading", name="Ask")).to_be_visible()
    expect(desk.modal.get_by_role("button", name="No")).to_be_visible()


def test_a_command_behind_the_bolt_is_typed_for_the_person(
    stage: Stage, open_as: Open
) -> None:
    desk = open_as(stage.ada, stage.shared.id)

    desk.place.get_by_label("Shortcuts", exact=True).first.click()
    desk.page.get_by_role("menuitem", name="/errand").click()

    expect(desk.composer).to_have_value("/errand ")
    expect(desk.composer).to_be_focused()


def test_a_shortcut_on_a_message_takes_the_message_along(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    stage.ben.post(stage.shared, "We need milk")
    desk = open_as(stage.ada, stage.shared.id)

    desk.message("We need milk").hover()
    desk.message("We need milk").get_by_label("Shortcuts on this message").first.click()
    desk.page.get_by_role("menuitem", name="Turn into an errand").click()

    field = desk.modal.get_by_label("Your question")
    expect(field).to_have_value("We need milk")


def test_the_focus_stays_at_the_message_when_its_button_goes(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    desk = open_as(stage.ada, stage.shared.id)
    desk.say("/errand now")
    desk.modal.get_by_label("Your question").fill("Bring milk")
    desk.modal.get_by_role("button", name="Send").click()

    desk.message("Bring milk").get_by_role("button", name="Take it").press("Enter")

    expect(desk.message("Taken by")).to_be_focused()


def test_nothing_that_people_or_apps_write_is_run(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    stage.ben.post(stage.shared, ATTACK)
    stage.ben.post(stage.shared, "[x](javascript:window.hit=1)")
    stage.ada.reply(stage.ada.channel(stage.shared)[0], ATTACK)
    button = {**gallery.button("x"), "text": text(ATTACK[:70]), "value": ATTACK}
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": text(ATTACK)},
        {
            "type": "section",
            "text": gallery.mrkdwn(f"{ATTACK} <javascript:hit|x> *{ATTACK}*"),
        },
        {
            "type": "section",
            "text": gallery.mrkdwn(f"```{ATTACK}``` `{ATTACK}`\n> {ATTACK}"),
        },
        {"type": "image", "image_url": "https://x.invalid/a.png", "alt_text": ATTACK},
        {"type": "actions", "elements": [button]},
    ]
    channel = stage.shared.id
    app.client.chat_postMessage(channel=channel, text=ATTACK, blocks=blocks)
    desk = open_as(stage.ada, channel)

    desk.place.get_by_role("button", name="1 reply").click()
    expect(desk.thread.get_by_role("article")).to_have_count(2)
    desk.page.wait_for_timeout(300)

    assert desk.page.evaluate("window.hit") is None
    assert desk.page.locator(".sandbox script, .sandbox img[src=x]").count() == 0
    assert desk.page.locator("a[href^='javascript:']").count() == 0
    expect(desk.message("window.hit=1").first).to_contain_text(ATTACK)


def test_on_a_phone_the_list_the_channel_and_the_thread_are_pages(
    stage: Stage, open_as: Open
) -> None:
    root = stage.ben.post(stage.shared, "the root")
    stage.cleo.reply(root, "the reply")
    phone = open_as(stage.ada, size=PHONE)
    expect(phone.side).to_be_visible()
    expect(phone.place).to_be_hidden()
    row = phone.side.get_by_role("button", name="lakeside-center")
    expect(row).to_contain_text("1 unread")

    row.click()
    expect(phone.side).to_be_hidden()
    phone.place.get_by_role("button", name="1 reply").click()
    expect(phone.place).to_be_hidden()
    expect(phone.thread.get_by_text("the reply")).to_be_visible()

    phone.thread.get_by_role("button", name="Back").click()
    expect(phone.message("the root")).to_be_visible()
    phone.place.get_by_role("button", name="Back").click()
    expect(phone.side).to_be_visible()
    expect(row).not_to_contain_text("unread")


def test_on_a_phone_nothing_is_wider_than_the_screen(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    post_gallery(app, stage)
    phone = open_as(stage.ada, stage.shared.id, size=PHONE)
    expect(phone.message("MM-7K3Q9")).to_be_visible()

    widest = phone.page.evaluate(
        "Math.max(...[...document.querySelectorAll('.place *')]"
        ".map(each => each.getBoundingClientRect().right))"
    )

    assert widest <= PHONE["width"]


def test_on_a_phone_a_form_fills_the_screen_and_can_be_sent(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    phone = open_as(stage.ada, stage.shared.id, size=PHONE)

    phone.say("/errand now")
    phone.modal.get_by_label("Your question").fill("Bring milk")
    box = phone.modal.bounding_box()
    phone.modal.get_by_role("button", name="Send").click()

    expect(phone.message("Bring milk")).to_be_visible()
    assert box
    assert (box["width"], box["height"]) == (PHONE["width"], PHONE["height"])


def test_everything_that_can_be_used_has_a_name_that_can_be_read_out(
    stage: Stage, app: Errands, open_as: Open
) -> None:
    post_gallery(app, stage)
    desk = open_as(stage.ada, stage.shared.id)
    expect(desk.message("MM-7K3Q9")).to_be_visible()

    nameless = desk.page.evaluate(
        """[...document.querySelectorAll(
            '.sandbox :is(button, a, input, select, textarea, summary)')]
          .filter(each => !(each.textContent.trim() || each.getAttribute('aria-label')
            || each.title || (each.labels && each.labels.length)))
          .map(each => each.outerHTML)"""
    )

    assert nameless == []
    assert desk.page.locator("h1").count() == 1


def test_two_people_who_click_at_once_are_both_heard(
    slack: Sandbox, stage: Stage, app: Errands, open_as: Open
) -> None:
    post_gallery(app, stage)
    ada, cleo = open_as(stage.ada, stage.shared.id), open_as(stage.cleo)

    for desk in (ada, cleo):
        desk.message("MM-7K3Q9").get_by_role("button", name="Take it").click()

    slack.until(lambda: len(acted(app)) == 2)
    who = {each["user"]["id"] for each in app.bodies("block_actions")}
    assert who == {stage.ada.id, stage.cleo.id}


def test_the_browser_understands_every_rule_of_the_look(
    stage: Stage, open_as: Open
) -> None:
    look = LOOK.read_text(encoding="utf-8")
    depth, rules = 0, 0
    for sign in look:
        rules += sign == "{" and depth == 0
        depth += {"{": 1, "}": -1}.get(sign, 0)
    desk = open_as(stage.ada)

    understood = desk.page.evaluate(
        """(look) => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(look);
          return [...sheet.cssRules].length;
        }""",
        look,
    )

    assert depth == 0
    assert understood == rules
