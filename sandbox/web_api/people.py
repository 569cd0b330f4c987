"""`auth.*`, `apps.*`, `users.*`, `bots.*`, `team.*`: who is who."""

from sandbox import payloads
from sandbox.errors import ApiError
from sandbox.things import Json, Team, User
from sandbox.web_api.call import Call, Method, page


def auth_test(call: Call) -> Json:
    """`auth.test`"""
    host, bot = call.workspace.host, call.workspace.bot
    return {
        "url": f"{call.workspace.url}/{host.domain}/",
        "team": host.name,
        "user": bot.handle,
        "team_id": host.id,
        "user_id": bot.id,
        "bot_id": bot.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(call: Call) -> Json:
    """`apps.connections.open`"""
    return {"url": call.workspace.open_socket_url()}


def users_info(call: Call) -> Json:
    """`users.info`"""
    return {"user": payloads.user(call.workspace, call.user())}


def users_list(call: Call) -> Json:
    """`users.list`: the host team's own people, deactivated ones too."""
    seen = [
        payloads.user(call.workspace, each)
        for each in call.world.all(User)
        if call.workspace.is_member(each)
    ]
    listed, cursor = page(call, seen, default=1000)
    return {
        "members": listed,
        "cache_ts": int(call.workspace.settings.clock()),
        "response_metadata": {"next_cursor": cursor},
    }


def bots_info(call: Call) -> Json:
    """`bots.info`"""
    bot = call.workspace.bot
    if call.text("bot") not in ("", bot.bot_id):
        raise ApiError("bot_not_found")
    profile = payloads.bot_profile(call.workspace)
    del profile["team_id"]
    return {"bot": {**profile, "user_id": bot.id}}


def team_info(call: Call) -> Json:
    """`team.info`: the host, or a team that shares a channel with it."""
    found = call.world.get(Team, call.text("team") or call.workspace.meta.host)
    if found is None:
        raise ApiError("team_not_found")
    return {"team": payloads.team(call.workspace, found)}


METHODS = (
    Method("apps.connections.open", connections_open, tier=1, token="app"),  # noqa: S106 - a sort of token
    Method("auth.test", auth_test, tier=5, token="any"),  # noqa: S106 - a sort of token
    Method("users.info", users_info, ("users:read",), tier=4),
    Method("users.list", users_list, ("users:read",), tier=2),
    Method("bots.info", bots_info, ("users:read",)),
    Method("team.info", team_info, ("team:read",)),
)
