"""The whole way of one errand, as its people live it."""

from sandbox import Sandbox
from tests.sandbox.conftest import Stage
from tests.sandbox.errand import Errands


def test_an_errand_goes_from_command_to_form_to_message_to_click_to_reply_to_home(
    slack: Sandbox, stage: Stage, app: Errands
) -> None:
    reply = stage.ada.command("/errand now", stage.shared)

    assert reply.modal is not None
    assert reply.modal.title == "Ask"
    assert reply.modal.labels == ["Your question", "Urgency"]

    reply.modal.fill({"Your question": "a secret", "Urgency": "Today"})
    refused = reply.modal.submit()

    assert refused is not None
    assert refused.errors == {"Your question": "Keep secrets to yourself"}

    refused.fill({"Your question": "Bring milk"})
    assert refused.submit() is None

    [card] = stage.cleo.channel(stage.shared)
    assert card.rendered == "Bring milk\nWaiting\n[Take it]  [...: Decline, Postpone]"
    assert card.buttons == ("Take it", "Decline", "Postpone")

    stage.cleo.click("Take it", card)

    [card] = stage.ada.channel(stage.shared)
    assert card.rendered == "an errand\nTaken by @Cleo Marsh"
    assert card.edited

    stage.cleo.reply(card, "On my way, @Errand")
    slack.until(lambda: app.bodies("app_mention"))
    assert [each.rendered for each in stage.ben.thread(card)][1:] == [
        "On my way, @Errand"
    ]

    stage.ben.open_home()
    home = slack.until(lambda: stage.ben.home)
    assert "2 errands asked" in home.text
