"""The flask commands: worker, cron, seed, admin, verify, backup, restore."""

import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from koshelok import worker
from koshelok.cli import backup
from koshelok.cli.seed import DEMO_LOGINS, seed_demo
from koshelok.core.errors import DomainError
from koshelok.identity import operations as identity
from koshelok.infra.db import db, session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger.queries import get_totals
from koshelok.verification import verify_all


def register(app: Flask) -> None:
    """Give the app its commands."""
    for command in (
        run_worker,
        run_cron,
        seed,
        make_admin,
        take_totp_away,
        verify,
        make_backup,
        restore_backup,
    ):
        app.cli.add_command(command)


@click.command("worker")
@click.option("--burst", is_flag=True, help="End when the queue is empty.")
@with_appcontext
def run_worker(burst: bool) -> None:
    """Drain the job queue."""
    worker.run_worker(current_app._get_current_object(), burst=burst)  # type: ignore[attr-defined]  # noqa: SLF001


@click.command("cron")
@with_appcontext
def run_cron() -> None:
    """Enqueue what is due by the clock."""
    worker.run_cron(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001


@click.command("seed")
@with_appcontext
def seed() -> None:
    """Fill an empty database with demo data and print the demo logins."""
    with unit_of_work():
        made = seed_demo()
    click.echo("Demo data is in." if made else "There is data already: nothing was added.")
    for login, password, who in DEMO_LOGINS:
        click.echo(f"  {login} / {password}  {who}")


@click.command("admin")
@click.option("--login", envvar="LOGIN", required=True)
@click.option("--password", envvar="PASSWORD", required=True)
@with_appcontext
def make_admin(login: str, password: str) -> None:
    """Make an administrator, or make one of a known user."""
    with unit_of_work():
        identity.make_admin(login=login, password=password)
    click.echo(f"{login} is an administrator.")


@click.command("totp-off")
@click.option("--login", required=True)
@with_appcontext
def take_totp_away(login: str) -> None:
    """Turn off two-step sign-in for somebody who lost the app and the recovery codes."""
    try:
        with unit_of_work():
            identity.take_totp_away(login=login)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{login} signs in without a second factor now, and is told so.")


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@with_appcontext
def make_backup(target: Path) -> None:
    """Write the database and the uploads to TARGET (.tar.gz)."""
    backup.backup(current_app.config["SETTINGS"], target)
    click.echo(f"Written: {target}")


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.confirmation_option(prompt="What is stored now will be replaced. Go on?")
@with_appcontext
def restore_backup(source: Path) -> None:
    """Put back what SOURCE holds, in place of what is stored now."""
    session.remove()
    db.engine.dispose()
    backup.restore(current_app.config["SETTINGS"], source)
    click.echo(f"Restored: {source}")


@click.command("verify")
@with_appcontext
def verify() -> None:
    """Recompute every kept figure and compare; exits 1 when any differs."""
    found = verify_all(_show_progress if sys.stderr.isatty() else None)
    for line in found:
        click.echo(line)
    totals = get_totals()
    counts = {
        "accounts": totals.accounts,
        "postings": totals.postings,
        "days sealed": totals.days_sealed,
    }
    read = ", ".join(f"{count:_} {of}".replace("_", " ") for of, count in counts.items())
    click.echo(f"{read}: {f'{len(found)} differ' if found else 'all agree'}.")
    if found:
        raise SystemExit(1)


def _show_progress(done: int, total: int) -> None:
    click.echo(f"\r{100 * done // max(total, 1)} % of {total} rows", nl=done == total, err=True)
