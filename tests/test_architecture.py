"""The house plan, proved: who may import whom, where business stands, what listens."""

from __future__ import annotations

import ast
import inspect
import json
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from itertools import chain
from pathlib import Path
from types import FunctionType
from typing import Any, cast

import pytest
from importlinter.cli import lint_imports
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.listener import CustomListener
from slack_sdk import WebClient

import bot.actions
from bot.desk import Desk
from bot.knowledge import TOPICS
from bot.listeners import failures, register
from bot.views import knowledge, protocol
from bot.views.ids import COMMAND, MOVES, Act, Form, FormOf, Shortcut
from bot.views.items import form_id
from storage.unit import Store

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "care", "sandbox", "scheduler", "storage")
LISTENERS = sorted((ROOT / "bot" / "listeners").glob("*.py"))
LONGEST_LISTENER = 30
LONGEST_MODULE = 500

User = {"id": "U1", "team_id": "T1"}


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Yield every function of a module, inner ones too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))


def own_lines(one: ast.FunctionDef) -> int:
    """Count the lines of a function, without those of the functions inside it."""
    inner = [node for node in one.body if isinstance(node, ast.FunctionDef)]
    return _span(one) - sum(_span(node) for node in inner)


def modules() -> list[Path]:
    """Return the modules of all rooms, but the migrations, which are generated."""
    found = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return sorted(path for path in found if "versions" not in path.parts)


def actions() -> Iterator[FunctionType]:
    """Yield every public function of bot.actions that takes a unit of work."""
    for info in pkgutil.iter_modules(bot.actions.__path__):
        module = import_module(f"bot.actions.{info.name}")
        for name, one in inspect.getmembers(module, inspect.isfunction):
            mine = one.__module__ == module.__name__ and not name.startswith("_")
            if mine and "uow" in inspect.signature(one).parameters:
                yield one


def _span(one: ast.FunctionDef) -> int:
    return (one.end_lineno or one.lineno) - one.lineno + 1


@pytest.fixture(scope="module")
def app() -> App:
    """Return a Bolt app with all of Baton's listeners; none of them is run."""
    granted = AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1")
    built = App(
        client=WebClient(base_url="http://127.0.0.1:1/", retry_handlers=[]),
        authorize=lambda: granted,
        process_before_response=True,
    )
    register(built, Desk(cast("Store", None)))
    return built


def listener_of(app: App, payload: dict[str, Any]) -> CustomListener:
    """Return the first listener that takes a payload, as Bolt chooses it."""
    request = BoltRequest(body=payload, mode="socket_mode")
    for one in app._listeners:
        if one.matches(req=request, resp=BoltResponse(status=404)):
            assert isinstance(one, CustomListener)
            return one
    raise AssertionError("nothing listens")


def is_answered(app: App, payload: dict[str, Any]) -> bool:
    """Tell whether something other than the catch-all listens."""
    return listener_of(app, payload).ack_function.__module__ != failures.__name__


def click(action_id: str) -> dict[str, Any]:
    action = {"type": "button", "action_id": action_id, "block_id": "b"}
    return {"type": "block_actions", "user": User, "actions": [action]}


def submission(callback_id: str) -> dict[str, Any]:
    view = {"type": "modal", "callback_id": callback_id}
    return {"type": "view_submission", "user": User, "view": view}


def test_imports_run_one_way(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)

    exit_code = lint_imports(config_filename="pyproject.toml", no_cache=True)

    assert exit_code == 0, capsys.readouterr().out


@pytest.mark.parametrize("path", LISTENERS, ids=lambda path: path.stem)
def test_no_listener_is_long(path: Path) -> None:
    lengths = {one.name: own_lines(one) for one in functions(path)}

    long = {name: count for name, count in lengths.items() if count > LONGEST_LISTENER}

    assert not long


def test_no_module_is_over_its_length() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in modules()
    }

    assert {name for name, n in lengths.items() if n > LONGEST_MODULE} == set()


@pytest.mark.parametrize("module", ["slack_sdk", "slack_bolt", "bot.views"])
def test_no_action_imports_what_it_must_not_know(module: str) -> None:
    for path in (ROOT / "bot" / "actions").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [one.name for one in getattr(node, "names", [])]
            origin = getattr(node, "module", None) or ""
            if isinstance(node, ast.Import | ast.ImportFrom):
                assert not any(n.startswith(module) for n in [origin, *names]), path


def test_what_changes_things_is_called_with_unit_and_actor_by_name() -> None:
    """An action returns what it did; what a reminder calls returns its outcome."""
    changing = [one for one in actions() if returns(one) in {"Done", "str"}]

    assert changing
    for one in changing:
        given = inspect.signature(one).parameters
        assert {"uow", "by"} <= given.keys(), one.__qualname__
        kinds = {parameter.kind for parameter in given.values()}
        assert kinds == {inspect.Parameter.KEYWORD_ONLY}, one.__qualname__


def test_what_only_helps_an_action_is_used_by_actions_alone() -> None:
    helping = {one.__name__ for one in actions() if returns(one) not in {"Done", "str"}}
    outside = [
        path for path in (ROOT / "bot").rglob("*.py") if path.parent.name != "actions"
    ]

    used = {
        (path.name, name.name)
        for path in outside
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("bot.actions")
        for name in node.names
        if name.name in helping
    }

    assert used == set()


def returns(one: FunctionType) -> str:
    """Return the annotation of what a function returns."""
    return str(one.__annotations__.get("return"))


def test_listeners_never_write_by_themselves() -> None:
    for path in LISTENERS:
        assert ".act(" not in path.read_text(), path


FAMILIES: Mapping[Act, Sequence[str]] = {
    Act.ITEM_FORM: [form_id(one) for one in FormOf],
    Act.KNOWLEDGE_TURN: [f"{knowledge.TURN}{knowledge.page_id(TOPICS[0])}"],
    Act.PROTOCOL_TURN: [f"{protocol.TURN}{knowledge.page_id(TOPICS[0])}"],
}
"""Acts that only begin ids, so that a row may hold several buttons: whole ids."""
BUTTONS = [
    *(one for one in Act if one not in FAMILIES),
    *MOVES,
    *chain(*FAMILIES.values()),
]


@pytest.mark.parametrize("act", BUTTONS, ids=str)
def test_every_button_has_a_listener(app: App, act: str) -> None:
    assert is_answered(app, click(str(act)))


@pytest.mark.parametrize("act", FAMILIES, ids=str)
def test_what_only_begins_an_id_is_no_button(app: App, act: Act) -> None:
    assert all(one.startswith(f"{act}:") for one in FAMILIES[act])
    assert not is_answered(app, click(str(act)))


@pytest.mark.parametrize("form", [one for one in Form if one is not Form.READING])
def test_every_form_has_a_listener(app: App, form: Form) -> None:
    assert is_answered(app, submission(form.value))


@pytest.mark.parametrize("shortcut", list(Shortcut))
def test_every_shortcut_has_a_listener(app: App, shortcut: Shortcut) -> None:
    payload = {"type": "shortcut", "callback_id": shortcut.value, "user": User}

    assert is_answered(app, payload)


def test_the_command_has_a_listener(app: App) -> None:
    payload = {"command": COMMAND, "text": "", "team_id": "T1", "user_id": "U1"}

    assert is_answered(app, payload)


@pytest.mark.parametrize("name", ["message", "app_home_opened"])
def test_every_event_of_the_manifest_has_a_listener(app: App, name: str) -> None:
    payload = {"type": "event_callback", "event": {"type": name, "user": "U1"}}

    assert is_answered(app, payload)


@pytest.mark.parametrize(
    "payload",
    [
        click("gone"),
        submission("gone"),
        {"type": "view_closed", "view": {"type": "modal", "callback_id": "gone"}},
        {"type": "shortcut", "callback_id": "gone", "user": User},
        {"command": "/gone", "text": ""},
        {"type": "event_callback", "event": {"type": "reaction_added"}},
    ],
    ids=json.dumps,
)
def test_what_nothing_else_takes_is_taken_by_the_last_listeners(
    app: App, payload: dict[str, Any]
) -> None:
    assert not is_answered(app, payload)
