"""What all tests stand on: no way out of this machine, and databases of their own."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from storage.actors import Operator
from storage.audit import verify
from storage.database import Database
from storage.unit import Store
from tests.conftest import T0, NetworkRefused
from tests.world import World


def test_a_connection_to_another_machine_is_refused() -> None:
    with socket.socket() as out, pytest.raises(NetworkRefused, match="this machine"):
        out.connect(("192.0.2.1", 443))


def test_a_packet_to_another_machine_is_refused() -> None:
    kind = socket.SOCK_DGRAM
    with socket.socket(type=kind) as out, pytest.raises(NetworkRefused):
        out.sendto(b"anybody there?", ("192.0.2.1", 53))


@pytest.mark.parametrize("host", ["slack.com", b"slack.com", "192.0.2.1"])
def test_a_name_of_another_machine_is_not_looked_up(host: str | bytes) -> None:
    with pytest.raises(NetworkRefused):
        socket.getaddrinfo(host, 443)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", b"localhost"])
def test_this_machine_can_be_reached(host: str | bytes) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        [(*_, address)] = socket.getaddrinfo(
            host, port, socket.AF_INET, socket.SOCK_STREAM
        )
        with socket.socket() as client:
            client.connect(address)
            assert client.getpeername() == server.getsockname()


def test_each_database_is_another(new_database: Callable[..., str]) -> None:
    one, other = new_database(), new_database()

    assert one != other


def test_the_world_is_set_up_through_the_door_at_t0(store: Store, world: World) -> None:
    with store.read() as reading:
        assert verify(reading.connection, world.workspace_id) == 1
        assert reading.now == T0
        staff = reading.people.staff(world.practice_id)
        staff += reading.people.staff(world.center_id)
    assert {one.id for one in staff} == {one.clinician_id for one in world.people}


def test_a_store_without_a_world_is_empty(store: Store) -> None:
    with store.act(Operator("tests")) as unit:
        assert unit.people.workspaces() == []


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_a_test_can_ask_for_one_kind_of_database(database: Database) -> None:
    assert database.is_sqlite
