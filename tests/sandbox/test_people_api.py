"""`auth.test`, `users.*`, `bots.info`, `team.info`, and the door before them all."""

import http.client
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox import Sandbox
from tests.sandbox.conftest import MANIFEST, Stage

HTTP_OK = 200


def test_the_token_tells_who_the_bot_is(slack: Sandbox, client: WebClient) -> None:
    answer = client.auth_test()

    assert answer["team_id"] == slack.host.id
    assert answer["team"] == "Center"
    assert answer["user_id"] == slack.bot_user_id
    assert answer["bot_id"].startswith("B")


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-made-up", "invalid_auth")],
)
def test_without_the_right_token_nothing_is_answered(
    slack: Sandbox, token: str, error: str
) -> None:
    client = WebClient(token=token, base_url=slack.api_url, retry_handlers=[])

    with pytest.raises(SlackApiError) as caught:
        client.users_list()

    assert caught.value.response["error"] == error


def test_each_method_takes_its_own_sort_of_token(slack: Sandbox) -> None:
    swapped = WebClient(token=slack.app_token, base_url=slack.api_url)

    with pytest.raises(SlackApiError) as by_app:
        swapped.users_list()
    with pytest.raises(SlackApiError) as by_bot:
        swapped.apps_connections_open(app_token=slack.bot_token)

    assert by_app.value.response["error"] == "not_allowed_token_type"
    assert by_bot.value.response["error"] == "not_allowed_token_type"


def test_a_method_that_slack_does_not_have_is_unknown(client: WebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.api_call("chat.sing")

    assert caught.value.response["error"] == "unknown_method"


def test_arguments_may_come_as_json(client: WebClient, stage: Stage) -> None:
    answer = client.api_call(
        "chat.postMessage", json={"channel": stage.inner.id, "text": "As JSON"}
    )

    assert answer["message"]["text"] == "As JSON"


def test_the_token_may_come_in_the_body(slack: Sandbox) -> None:
    connection = http.client.HTTPConnection(urlsplit(slack.url).netloc)

    connection.request("POST", "/api/auth.test", f"token={slack.bot_token}")
    answer = connection.getresponse()

    assert answer.status == HTTP_OK
    assert b'"ok":true' in answer.read()
    connection.close()


def scopes_without(*missing: str) -> dict[str, Any]:
    """A manifest whose app was not granted some scopes."""
    manifest: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    granted = manifest["oauth_config"]["scopes"]["bot"]
    manifest["oauth_config"]["scopes"]["bot"] = [
        each for each in granted if each not in missing
    ]
    return manifest


@pytest.mark.parametrize(
    ("scope", "method", "arguments"),
    [
        ("chat:write", "chat.postMessage", {"channel": "open", "text": "a"}),
        ("im:write", "conversations.open", {"users": "ada"}),
        ("channels:read", "conversations.info", {"channel": "open"}),
        ("groups:read", "conversations.info", {"channel": "closed"}),
        ("groups:read", "conversations.members", {"channel": "closed"}),
        ("groups:read", "conversations.list", {"types": "private_channel"}),
        ("channels:history", "conversations.history", {"channel": "open"}),
        ("groups:history", "conversations.history", {"channel": "closed"}),
        ("channels:join", "conversations.join", {"channel": "open"}),
        ("users:read", "users.info", {"user": "ada"}),
        ("users:read", "users.list", {}),
        ("users:read", "bots.info", {}),
        ("pins:write", "pins.add", {"channel": "open", "timestamp": "1"}),
        ("pins:read", "pins.list", {"channel": "open"}),
        ("reactions:write", "reactions.add", {"channel": "open"}),
        ("files:write", "files.getUploadURLExternal", {"filename": "a"}),
        ("team:read", "team.info", {}),
    ],
)
def test_each_method_demands_its_scope(
    scope: str, method: str, arguments: dict[str, str]
) -> None:
    with Sandbox(scopes_without(scope)) as slack:
        ada = slack.person("Ada")
        names = {
            "open": slack.channel("open").id,
            "closed": slack.channel("closed", private=True).id,
            "ada": ada.id,
        }
        client = WebClient(slack.bot_token, slack.api_url)
        sent = {key: names.get(value, value) for key, value in arguments.items()}

        with pytest.raises(SlackApiError) as caught:
            client.api_call(method, params=sent)

        answer = caught.value.response
        assert answer["error"] == "missing_scope"
        assert answer["needed"] == scope
        assert scope not in answer["provided"].split(",")


def test_a_person_is_described_with_their_zone_and_names(
    client: WebClient, stage: Stage
) -> None:
    user = client.users_info(user=stage.ada.id)["user"]

    assert user["real_name"] == "Ada Stone"
    assert user["profile"]["display_name"] == "Dr Stone"
    assert user["tz"] == "America/Chicago"
    assert user["tz_offset"] in (-18_000, -21_600)
    assert user["deleted"] is False


def test_somebody_of_another_team_is_described_if_they_share_a_channel(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    far = slack.person("Far Away", team=slack.team("Lakeside"))

    assert client.users_info(user=stage.cleo.id)["user"]["team_id"] == stage.cleo.team
    with pytest.raises(SlackApiError) as caught:
        client.users_info(user=far.id)
    assert caught.value.response["error"] == "user_not_found"


def test_the_list_of_people_is_the_host_teams_and_comes_in_pages(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    slack.deactivate(stage.ben)

    pages = [page["members"] for page in client.users_list(limit=2)]

    people = {each["id"]: each for page in pages for each in page}
    assert people.keys() == {slack.bot_user_id, stage.ada.id, stage.ben.id}
    assert people[stage.ben.id]["deleted"] is True
    assert [len(page) for page in pages] == [2, 1]


def test_an_address_is_told_only_with_its_own_scope(slack: Sandbox) -> None:
    dora = slack.person("Dora", email="dora@example.org")
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)

    assert "email" not in client.users_info(user=dora.id)["user"]["profile"]


def test_the_bot_describes_itself_and_no_other(
    slack: Sandbox, client: WebClient
) -> None:
    bot = client.bots_info()["bot"]

    assert bot["user_id"] == slack.bot_user_id
    assert bot["app_id"] == slack.app_id
    with pytest.raises(SlackApiError) as caught:
        client.bots_info(bot="B0OTHER0000")
    assert caught.value.response["error"] == "bot_not_found"


def test_a_team_is_described_by_its_id_or_is_the_host(
    slack: Sandbox, client: WebClient, stage: Stage
) -> None:
    assert client.team_info()["team"]["name"] == "Center"
    assert client.team_info(team=stage.cleo.team)["team"]["name"] == "Lakeside"
    with pytest.raises(SlackApiError) as caught:
        client.team_info(team="T0NOWHERE00")
    assert caught.value.response["error"] == "team_not_found"
