"""Images in messages and views: files that Slack holds, and addresses of others."""

from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox import Picture, Sandbox, Settings
from sandbox.things import File
from tests.sandbox.acting import button
from tests.sandbox.conftest import MANIFEST, Stage
from tests.sandbox.contract import departures, sample
from tests.sandbox.errand import Errands, text
from tests.sandbox.files import PNG, Json, image, send, upload

DOT = Picture(alt="A dot", title="Dot", content=PNG)
FRESH = "invalid slack file [json-pointer:{}]"


def post(client: WebClient, stage: Stage, *blocks: Json) -> Any:
    """Post blocks in the inner channel."""
    return client.chat_postMessage(
        channel=stage.inner.id, text="Picture", blocks=list(blocks)
    )


def refusal(call: Callable[[], object]) -> Any:
    """What Slack answers to a call that it refuses."""
    with pytest.raises(SlackApiError) as caught:
        call()
    return caught.value.response


def test_an_upload_to_nobody_is_seen_by_nobody(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    file = upload(client)

    assert stage.ada.channel(stage.inner) == []
    assert stage.ada.channel(stage.shared) == []
    assert (file["channels"], file["groups"], file["ims"]) == ([], [], [])
    assert slack.world.need(File, file["id"]).shared_in == ()


@pytest.mark.parametrize("named", ["id", "url_private", "permalink"])
def test_a_message_shows_a_file_by_its_id_or_its_address(
    client: WebClient, stage: Stage, named: str
) -> None:
    file = upload(client)
    slack_file = {"id" if named == "id" else "url": file[named]}

    post(client, stage, image(slack_file))

    [message] = stage.ben.channel(stage.inner)
    assert message.pictures == (DOT,)
    assert "A dot" in message.rendered


def test_pictures_are_seen_wherever_they_stand(client: WebClient, stage: Stage) -> None:
    named = {"id": upload(client)["id"]}
    small = {"type": "image", "slack_file": named, "alt_text": "Small"}
    far = {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "Far"}

    post(
        client,
        stage,
        {"type": "section", "text": text("Beside"), "accessory": small},
        {"type": "context", "elements": [far]},
        image(named),
    )

    [message] = stage.ada.channel(stage.inner)
    beside, elsewhere, below = message.pictures
    assert (beside.alt, beside.content) == ("Small", PNG)
    assert (elsewhere.url, elsewhere.content) == ("https://example.org/a.png", b"")
    assert below == DOT


def test_a_modal_and_the_home_tab_show_files(
    client: WebClient, stage: Stage, app: Errands
) -> None:
    block = image({"id": upload(client)["id"]})

    def answer(ack: Any, body: Json, client: WebClient) -> None:
        view = {"type": "modal", "title": text("Way"), "blocks": [block]}
        client.views_open(trigger_id=body["trigger_id"], view=view)
        ack()

    app.behave["command"] = answer
    reply = stage.ada.command("/errand", stage.inner)
    client.views_publish(user_id=stage.ada.id, view={"type": "home", "blocks": [block]})

    assert reply.modal
    assert reply.modal.pictures == (DOT,)
    assert stage.ada.home
    assert stage.ada.home.pictures == (DOT,)


def _begun(client: WebClient) -> str:
    return str(client.files_getUploadURLExternal(filename="a.png", length=9)["file_id"])


def _sent(client: WebClient) -> str:
    begun = client.files_getUploadURLExternal(filename="a.png", length=len(PNG))
    send(str(begun["upload_url"]), PNG)
    return str(begun["file_id"])


UNKNOWN: dict[str, Callable[[WebClient], str]] = {
    "unknown": lambda _: "F0NOWHERE",
    "without its bytes": _begun,
    "not completed": _sent,
    "no image": lambda client: str(upload(client, b"Milk", "a.txt")["id"]),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_cannot_be_shown_is_refused_as_slack_refuses_it(
    client: WebClient, stage: Stage, case: str
) -> None:
    block = image({"id": UNKNOWN[case](client)})
    told = FRESH.format("/blocks/1/slack_file")

    answer = refusal(lambda: post(client, stage, {"type": "divider"}, block))

    assert answer.data == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [told],
        "response_metadata": {"messages": [f"[ERROR] {told}"]},
    }
    assert stage.ada.channel(stage.inner) == []


def test_a_view_with_an_unknown_file_is_refused(
    client: WebClient, stage: Stage
) -> None:
    view = {"type": "home", "blocks": [image({"id": "F0NOWHERE"})]}

    answer = refusal(lambda: client.views_publish(user_id=stage.ada.id, view=view))

    assert answer["error"] == "invalid_arguments"
    assert answer["errors"] == [FRESH.format("/view/blocks/0/slack_file")]
    assert stage.ada.home is None


@pytest.mark.parametrize("wrong", ["f0lower123", "F1", "https://a.b/c.png"])
def test_an_id_has_the_form_of_one(client: WebClient, stage: Stage, wrong: str) -> None:
    answer = refusal(lambda: post(client, stage, image({"id": wrong})))

    [told] = answer["response_metadata"]["messages"]
    assert "input must match regex pattern: ^[F][A-Z0-9]{8,}$" in told


def test_a_new_file_cannot_be_shown_for_a_moment(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    block = image({"id": upload(client)["id"]})
    unready = slack.faults.unready(times=1)

    answer = refusal(lambda: post(client, stage, block))
    post(client, stage, block)

    assert answer["error"] == "invalid_blocks"
    assert unready.hits == 1
    [message] = stage.ada.channel(stage.inner)
    assert message.pictures == (DOT,)


def test_a_changed_message_shows_another_file(client: WebClient, stage: Stage) -> None:
    first = post(client, stage, image({"id": upload(client)["id"]}))
    other = upload(client, PNG + b"!")

    client.chat_update(
        channel=stage.inner.id,
        ts=first["ts"],
        text="Changed",
        blocks=[image({"id": other["id"]})],
    )

    [message] = stage.ada.channel(stage.inner)
    assert [one.content for one in message.pictures] == [PNG + b"!"]


def test_the_three_steps_answer_in_slacks_shapes(client: WebClient) -> None:
    begun = client.files_getUploadURLExternal(filename="a.png", length=len(PNG))
    told = send(str(begun["upload_url"]), PNG)
    ended = client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])

    for method, answer in (
        ("files.getUploadURLExternal", begun),
        ("files.completeUploadExternal", ended),
    ):
        assert departures(answer.data, sample(f"api/{method}")) == []
    assert told == f"OK - {len(PNG)}"


def test_a_file_is_fetched_where_it_says(client: WebClient) -> None:
    file = upload(client, name="way so far.png")

    with urlopen(file["url_private"]) as answer:  # noqa: S310 - the sandbox's own
        assert answer.read() == PNG
        assert answer.headers["content-type"] == "image/png"


@pytest.mark.parametrize("path", ["files-pri/T1-F0NOWHERE/a.png", "upload/F0NOWHERE"])
def test_what_is_not_there_is_not_found(slack: Sandbox, path: str) -> None:
    url = slack.api_url.removesuffix("api/") + path
    data = b"x" if path.startswith("upload") else None

    with pytest.raises(HTTPError) as caught:
        urlopen(url, data)  # noqa: S310 - the sandbox's own

    assert caught.value.code == 404
    caught.value.close()


def test_an_upload_is_completed_once(client: WebClient) -> None:
    """What was completed does not change any more."""
    begun = client.files_getUploadURLExternal(filename="a.png", length=len(PNG))
    url = str(begun["upload_url"])
    send(url, PNG)
    client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])

    with pytest.raises(HTTPError) as caught:
        send(url, b"something else")

    caught.value.close()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"length": 0}, "missing_argument"),
        ({"length": 3, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
    ],
)
def test_an_upload_that_slack_would_not_begin(
    client: WebClient, words: Json, error: str
) -> None:
    answer = refusal(
        lambda: client.files_getUploadURLExternal(filename="a.png", **words)
    )

    assert answer["error"] == error


@pytest.mark.parametrize("effect", ["fail", "cut", "limit"])
def test_the_arrival_of_bytes_can_go_wrong(
    slack: Sandbox, client: WebClient, effect: str
) -> None:
    begun = client.files_getUploadURLExternal(filename="a.png", length=len(PNG))
    getattr(slack.faults, effect)("upload")

    with pytest.raises(OSError):  # noqa: PT011 - each sort of failure has its own words
        send(str(begun["upload_url"]), PNG)

    assert slack.world.need(File, begun["file_id"]).content is None
    assert send(str(begun["upload_url"]), PNG).startswith("OK")


def test_files_are_still_shown_after_a_restart(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Their addresses follow the sandbox to its new port."""
    store = tmp_path_factory.mktemp("sandbox") / "world.db"
    with Sandbox(MANIFEST, store=store, settings=Settings(rate_limits=False)) as slack:
        ada = slack.person("Ada Stone")
        channel = slack.channel("inner", members=[ada])
        client = WebClient(token=slack.bot_token, base_url=slack.api_url)
        block = image({"id": upload(client)["id"]})
        client.chat_postMessage(channel=channel.id, text="Picture", blocks=[block])

    with Sandbox(MANIFEST, store=store) as slack:
        [ada] = slack.people
        [channel] = ada.channels
        [message] = ada.channel(channel)

        assert message.pictures == (DOT,)


def test_buttons_beside_a_picture_still_work(
    client: WebClient, stage: Stage, app: Errands
) -> None:
    row = {"type": "actions", "elements": [button("Further", "further")]}
    post(client, stage, image({"id": upload(client)["id"]}), row)

    stage.ada.click("Further", stage.ada.channel(stage.inner)[0])

    [body] = app.bodies("block_actions")
    assert body["message"]["blocks"][0]["slack_file"]
