"""The `baton` command."""

from __future__ import annotations

import getpass
import signal
import threading
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot.plan_preview import PreviewRefused
from bot.protocol_file import ProtocolRefused
from bot.refusals import Refusal, SetupRefused
from bot.settings import (
    BadSettings,
    LogStyle,
    StorageSettings,
    read_settings,
    read_storage_settings,
)
from storage.actors import Operator
from storage.database import Database
from storage.errors import StorageError
from storage.sealing import BadKeys, new_key
from storage.unit import Store

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they can show what a variable holds
    help="Carries a referral from a community oncologist to a CAR T center and back.",
)
keys_app = typer.Typer(no_args_is_help=True, help="The keys that seal case text.")
audit_app = typer.Typer(no_args_is_help=True, help="The audit chain.")
plan_app = typer.Typer(no_args_is_help=True, help="The plan after an infusion.")
protocol_app = typer.Typer(no_args_is_help=True, help="A center's own protocol.")
move_app = typer.Typer(no_args_is_help=True, help="From one database to another.")
app.add_typer(keys_app, name="keys")
app.add_typer(move_app, name="move")
app.add_typer(audit_app, name="audit")
app.add_typer(plan_app, name="plan")
app.add_typer(protocol_app, name="protocol")

OURS = (
    BadSettings,
    BadKeys,
    PreviewRefused,
    ProtocolRefused,
    Refusal,
    StorageError,
)
"""What is wrong with the surroundings or with what was typed, and says so itself."""


def main() -> None:
    """Run the command; what is wrong with the surroundings is one clear line."""
    from bot.app import CannotRun

    try:
        app()
    except (*OURS, CannotRun) as error:
        typer.echo(f"baton: {error}", err=True)
        raise SystemExit(2) from error
    except SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        typer.echo(f"baton: the database refuses: {reason}", err=True)
        raise SystemExit(2) from error


@app.command()
def run() -> None:
    """Run Baton on a real workspace, over Socket Mode, until it is told to stop."""
    from bot.app import build
    from bot.logs import set_up_logs

    settings = read_settings()
    set_up_logs(settings.baton_log)
    baton = build(settings)
    baton.start()
    typer.echo("Baton is running. Ctrl-C ends it.")
    _wait_for_signal()
    baton.stop()


@app.command()
def demo(
    fresh: Annotated[bool, typer.Option(help="Start anew.")] = False,
    port: Annotated[int, typer.Option(help="Of the address to open.")] = 8765,
    folder: Annotated[
        Path, typer.Option(help="Where the demo keeps its state.")
    ] = Path(".baton/demo"),
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Try Baton beside a sandbox of Slack: no account, no token, no internet."""
    from bot.demo import start_demo
    from bot.logs import set_up_logs

    set_up_logs(LogStyle.CONSOLE, quiet=True)
    running = start_demo(folder, port=port, fresh=fresh)
    typer.echo(f"\n  Baton is here:  {running.address}\n\n  Ctrl-C ends it.")
    if browser:
        typer.launch(running.address)
    _wait_for_signal()
    running.stop()


@app.command()
def setup(
    file: Annotated[
        Path | None, typer.Argument(help="The setup file; see --example.")
    ] = None,
    example: Annotated[
        bool, typer.Option("--example", help="Print a file to start from.")
    ] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Print the setup that is in effect.")
    ] = False,
) -> None:
    """Name sites, links, people and duty. Run it again after a change."""
    from bot.app import (
        check_installation,
        new_client,
        open_store,
        use_pinned_zones,
    )
    from bot.installing import install
    from bot.setup_file import EXAMPLE, read_setup

    if example:
        typer.echo(EXAMPLE, nl=False)
        return
    if show:
        typer.echo(_kept_setup(), nl=False)
        return
    if file is None:
        raise SetupRefused("name a file, or print one with `baton setup --example`")
    use_pinned_zones()
    told = read_setup(file)
    settings = read_settings()
    installed = check_installation(settings)
    keys = settings.baton_keys.get_secret_value()
    done = install(
        store=open_store(settings.baton_database_url, keys),
        client=new_client(settings, timeout=10),
        workspace=installed.workspace,
        setup=told,
        account=getpass.getuser(),
    )
    typer.echo(
        f"{done.what}: {len(told.sites)} sites, {len(told.links)} links,"
        f" {sum(len(site.people) for site in told.sites)} people;"
        f" patient time: {told.privacy.mode}"
    )


@app.command()
def doctor(
    probe: Annotated[
        bool,
        typer.Option("--probe", help="Write, find and delete a message in each link."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="For machines, when all is looked at.")
    ] = False,
) -> None:
    """Look at everything that Baton stands on, a line each, and say what to do."""
    from bot.app import survey_surroundings
    from bot.doctor import as_json as in_json
    from bot.doctor import as_line, examine, is_healthy

    around = survey_surroundings(read_settings())
    findings = []
    for one in examine(around, by=Operator(getpass.getuser()), probe=probe):
        findings.append(one)
        if not as_json:
            typer.echo(as_line(one))
    if as_json:
        typer.echo(in_json(findings))
    around.store.database.close()
    raise typer.Exit(0 if is_healthy(findings) else 1)


@app.command("import")
def import_patients(
    *,
    file: Annotated[
        Path | None, typer.Argument(help="A CSV file; see --example.")
    ] = None,
    link: Annotated[str, typer.Option(help="PRACTICE/CENTER, by their keys.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen; keep nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    counted_from: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="The day from which the file counts back; today if left out.",
        ),
    ] = None,
    example: Annotated[
        bool, typer.Option("--example", help="Print a file to start from.")
    ] = False,
) -> None:
    """Add patients who had CAR T before Baton. The same file again goes on."""
    from bot.app import use_pinned_zones
    from bot.import_command import ask_first, run_import, show
    from bot.import_file import EXAMPLE, ImportRefused

    if example:
        typer.echo(EXAMPLE, nl=False)
        return
    if file is None:
        raise ImportRefused("name a file, or print one with `baton import --example`")
    use_pinned_zones()
    store = _open(read_storage_settings())
    day = counted_from.date() if counted_from else None
    prepared = show(store, file, link, counted_from=day)
    if ask_first(prepared, dry_run=dry_run, yes=yes):
        run_import(store, Operator(getpass.getuser()), prepared, file)


@app.command()
def notices() -> None:
    """Show what could not be delivered, or is not known to have been."""
    store = _open(read_storage_settings())
    with store.read() as reading:
        troubled = reading.notices.troubled()
    for one in troubled:
        typer.echo(f"{one.state}\t{one.view}\t{one.conversation}\t{one.reason}")
    if not troubled:
        typer.echo("Nothing failed, nothing is unknown.")


@keys_app.command("new")
def keys_new(
    name: Annotated[str, typer.Argument(help="A name for the key.")] = "k1",
) -> None:
    """Print a fresh key for BATON_KEYS."""
    typer.echo(new_key(name))


@keys_app.command("rotate")
def keys_rotate() -> None:
    """Wrap every data key by the first of BATON_KEYS; older ones may go then."""
    store = _open(read_storage_settings())
    with store.act(Operator(getpass.getuser())) as uow:
        changed = uow.vault.rewrap()
        for workspace in uow.people.workspaces():
            codes = {"changed": str(changed), "to": store.keyring.current}
            uow.audit(workspace.id, "keys rotated", workspace.id, codes)
    typer.echo(f"{changed} data keys are wrapped by '{store.keyring.current}' now")


@audit_app.command("verify")
def audit_verify() -> None:
    """Check that no entry of any audit chain was changed or removed."""
    from storage.audit import verify

    store = _open(read_storage_settings())
    with store.read() as reading:
        for workspace in reading.people.workspaces():
            count = verify(reading.connection, workspace.id)
            typer.echo(f"{workspace.name}: {count} entries, intact")


@move_app.command("sqlite-to-postgres")
def move_to_postgres(
    file: Annotated[Path, typer.Argument(help="The SQLite file to move from.")],
) -> None:
    """Carry all to the PostgreSQL of BATON_DATABASE_URL, and look at each row."""
    from storage.moving import Carried, carry

    def say(one: Carried) -> None:
        if one.rows:
            typer.echo(f"copied {one.rows} of {one.table}", err=True)

    to = Database(read_storage_settings().baton_database_url)
    try:
        done = carry(file, to, progress=say)
    finally:
        to.close()
    rows = sum(one.rows for one in done)
    typer.echo(f"{rows} rows in {len(done)} tables, each the same in both")
    typer.echo(f"{file} takes nothing any more: keep it as a backup, or remove it")


@plan_app.command("preview")
def plan_preview(
    *,
    product: Annotated[str, typer.Option(help="carvykti, abecma, trial or other.")],
    day0: Annotated[str, typer.Option(help="The date of infusion: 2026-03-01.")],
    zone: Annotated[str, typer.Option(help="Of the center: America/Chicago.")],
    holidays: Annotated[
        str | None, typer.Option(help="Whose public holidays: US, or US-IL.")
    ] = None,
    condition: Annotated[
        list[str] | None,
        typer.Option(help="What is confirmed: hbv, steroid, …; more than once."),
    ] = None,
    choose: Annotated[
        list[str] | None,
        typer.Option(help="The row to take where sources disagree; more than once."),
    ] = None,
    until: Annotated[str, typer.Option(help="How far after Day 0.")] = "2 years",
    protocol: Annotated[
        Path | None, typer.Option(help="A center's file, not the packaged rows.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Print the plan that would be made, with its sources. Keeps nothing."""
    from bot.app import use_pinned_zones
    from bot.plan_preview import preview, read_asked
    from bot.plan_preview_text import as_json as in_json
    from bot.plan_preview_text import as_text
    from bot.protocol_file import read_protocol
    from care.knowledge.protocols import newest_version, packaged_rows

    use_pinned_zones()
    asked = read_asked(
        product=product,
        day0=day0,
        zone=zone,
        holidays_of=holidays,
        conditions=condition or (),
        chosen=choose or (),
        until=until,
    )
    rows = read_protocol(protocol) if protocol else packaged_rows(newest_version())
    named = protocol.name if protocol else newest_version()
    shown = preview(asked, rows, protocol=named)
    typer.echo(in_json(shown) if as_json else "\n".join(as_text(shown)))


@protocol_app.command("check")
def protocol_check(
    file: Annotated[Path, typer.Argument(help="Rows as docs/protocols.md says.")],
) -> None:
    """Say what is wrong with a center's file, or what it has otherwise than ours."""
    from bot.protocol_file import check_lines, read_protocol

    for line in check_lines(read_protocol(file), file.name):
        typer.echo(line)


@protocol_app.command("use")
def protocol_use(
    file: Annotated[Path, typer.Argument(help="Rows as docs/protocols.md says.")],
    center: Annotated[str, typer.Option(help="The center's key in the setup.")],
) -> None:
    """Make a file a center's protocol: its next number, unsigned where it changed."""
    from uuid import uuid4

    from bot.app import use_pinned_zones
    from bot.protocol_command import use_file
    from bot.protocol_file import read_protocol

    use_pinned_zones()
    rows = read_protocol(file)
    store, by = _open(read_storage_settings()), Operator(getpass.getuser())
    for line in use_file(store, by, rows, center, key=f"protocol:{uuid4().hex}"):
        typer.echo(line)


def _kept_setup() -> str:
    from bot.setup_reading import NOTHING_YET, kept_setup, write_setup

    with _open(read_storage_settings()).read() as reading:
        workspaces = reading.people.workspaces()
        if not workspaces:
            raise SetupRefused(NOTHING_YET)
        kept = [kept_setup(reading, one.id) for one in workspaces]
    return "---\n".join(write_setup(one) for one in kept)


def _open(settings: StorageSettings) -> Store:
    from bot.app import open_store

    keys = settings.baton_keys.get_secret_value()
    return open_store(settings.baton_database_url, keys)


def _wait_for_signal() -> None:
    told = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: told.set())
    told.wait()
