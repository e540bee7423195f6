"""The one list of features: what each mounts, and who reacts to whose events."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from koshelok.admin import api as admin_api
from koshelok.admin import views as admin_views
from koshelok.archive import views as archive_views
from koshelok.budgets import api as budgets_api
from koshelok.budgets import operations as budgets_operations  # noqa: F401
from koshelok.budgets import views as budgets_views
from koshelok.core.events import subscribe
from koshelok.debtors import api as debtors_api
from koshelok.debtors import views as debtors_views
from koshelok.finance import api as finance_api
from koshelok.finance import operations as finance_operations
from koshelok.finance import views as finance_views
from koshelok.home import views as home_views
from koshelok.identity import api as identity_api
from koshelok.identity import auth as identity_auth
from koshelok.identity import views as identity_views
from koshelok.identity.events import AccountCloses, AccountErased, UserRegistered
from koshelok.infra.settings import current
from koshelok.jobs import api as jobs_api
from koshelok.jobs import views as jobs_views
from koshelok.shop import api as shop_api
from koshelok.shop import operations as shop_operations
from koshelok.shop import views as shop_views
from koshelok.wallet import api as wallet_api
from koshelok.wallet import operations as wallet_operations
from koshelok.wallet import views as wallet_views
from koshelok.web import auth, dev, dev_inbox
from koshelok.web.locale import LANGUAGES
from koshelok.workspaces import api as workspaces_api
from koshelok.workspaces import operations as workspaces_operations
from koshelok.workspaces import queries as workspaces_queries
from koshelok.workspaces import views as workspaces_views
from koshelok.workspaces.events import WorkspaceCreated


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation; `dock` puts it on a phone's bottom bar, `admin` shows it to
    administrators only, `kind` to those with a workspace of that kind. It stands for the pages of
    its blueprint, or of those blueprints and endpoints that `section` names."""

    endpoint: str
    label: str
    icon: str
    dock: bool = False
    admin: bool = False
    section: str = ""
    kind: str = ""
    args: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A job of the clock: a dotted task with a cron line (UTC) or an interval in seconds.

    It is stopped after `timeout` seconds.
    """

    task: str
    cron: str | None = None
    interval: int | None = None
    timeout: int = 180


NAVIGATION = (
    Place("home.dashboard", _l("Home"), "house", dock=True),
    Place("finance.transactions.index", _l("Records"), "list", dock=True),
    Place("finance.summary.show", _l("Summaries"), "chart-pie", args={"period": "monthly"}),
    Place("budgets.index", _l("Budgets"), "gauge"),
    Place(
        "finance.recurring.index", _l("Recurring"), "calendar-check", section="finance.recurring"
    ),
    Place("debtors.counter.index", _l("Debtors"), "notebook-pen", dock=True, section="debtors"),
    Place("wallet.cards.index", _l("Cards"), "credit-card", section="wallet"),
    Place(
        "shop.catalogue.index",
        _l("Shop"),
        "shopping-bag",
        section="shop.catalogue shop.cart shop.checkout shop.reviews.index",
    ),
    Place("shop.orders.index", _l("My orders"), "package"),
    Place(
        "shop.manage.overview",
        _l("My shop"),
        "store",
        section="shop.manage shop.sales shop.products shop.stock shop.images shop.customers "
        "shop.settings shop.reviews.manage",
        kind="shop",
    ),
    Place("finance.categories.index", _l("Categories"), "tags"),
    Place("workspaces.index", _l("Workspaces"), "book"),
    Place("admin.overview", _l("Administration"), "shield", admin=True),
)

# Settings of features, linked from /settings.
SETTINGS = (
    Place("finance.rules.index", _l("Rules"), "sparkles"),
    Place("wallet.settings.show", _l("Cards and records"), "credit-card"),
    Place("archive.index", _l("Your data"), "file-down"),
)

# What people call each kind of long work.
JOB_NAMES: Mapping[str, object] = {
    "transfers_export": _l("Export of transfers"),
    "statement": _l("Statement of a debtor"),
    "debtors_import": _l("Import of debtors"),
    "debtors_import_revert": _l("Import taken back"),
    "finance_import": _l("Import of records"),
    "debtors_export": _l("Export of the debtors' book"),
    "archive_export": _l("Everything as a ZIP"),
    "archive_import": _l("A ZIP brought back"),
    "verification": _l("Verification"),
}

SCHEDULE = (
    Scheduled("koshelok.messaging.tasks.sweep", interval=30),
    Scheduled("koshelok.ledger.tasks.fold", interval=5),
    Scheduled("koshelok.wallet.tasks.expire", cron="5 19 * * *"),
    Scheduled("koshelok.messaging.tasks.forget_old", cron="10 20 * * *"),
    Scheduled("koshelok.debtors.tasks.remind", cron="*/15 4-14 * * *", timeout=840),
    Scheduled("koshelok.finance.tasks.forget_old", cron="0 20 * * *", timeout=1800),
    Scheduled("koshelok.finance.import_tasks.forget_old", cron="15 20 * * *"),
    Scheduled("koshelok.identity.tasks.forget_old", cron="20 20 * * *"),
    Scheduled("koshelok.identity.tasks.erase_closed", cron="0 20 * * *", timeout=1800),
    Scheduled("koshelok.jobs.tasks.sweep", interval=30),
    Scheduled("koshelok.jobs.tasks.forget_old", cron="40 20 * * *"),
    Scheduled("koshelok.shop.tasks.expire", interval=60),
    Scheduled("koshelok.shop.tasks.forget_old", cron="50 20 * * *"),
    Scheduled("koshelok.infra.idempotency.forget_old", cron="30 20 * * *"),
    Scheduled("koshelok.ledger.tasks.seal_due", cron="30 19 * * *", timeout=7200),
    Scheduled("koshelok.verification.verify_all", cron="0 21 * * *", timeout=7200),
)


def mount(app: Flask) -> None:
    """Mount every feature's pages and API, its commands and its navigation."""
    _connect()
    app.register_blueprint(identity_views.bp)
    app.register_api(identity_api.anonymous)  # type: ignore[attr-defined]  # flask_openapi3's app
    app.register_api(identity_api.me)  # type: ignore[attr-defined]  # flask_openapi3's app
    app.register_blueprint(workspaces_views.bp)
    app.register_api(workspaces_api.api)  # type: ignore[attr-defined]  # flask_openapi3's app
    app.register_blueprint(finance_views.bp)
    app.register_api(finance_api.api)  # type: ignore[attr-defined]  # flask_openapi3's app
    app.register_api(budgets_api.api)  # type: ignore[attr-defined]  # flask_openapi3's app
    app.register_blueprint(budgets_views.bp)
    app.register_blueprint(wallet_views.bp)
    app.register_api(wallet_api.api)  # type: ignore[attr-defined]  # flask_openapi3's app
    app.register_blueprint(debtors_views.bp)
    app.register_api(debtors_api.api)  # type: ignore[attr-defined]  # flask_openapi3's app
    app.register_blueprint(shop_views.bp)
    app.register_api(shop_api.api)  # type: ignore[attr-defined]  # flask_openapi3's app
    app.register_blueprint(jobs_views.bp)
    app.register_api(jobs_api.api)  # type: ignore[attr-defined]  # flask_openapi3's app
    app.register_blueprint(admin_views.bp)
    app.register_api(admin_api.api)  # type: ignore[attr-defined]  # flask_openapi3's app
    app.register_blueprint(archive_views.bp)
    app.register_blueprint(home_views.bp)
    app.context_processor(_shell)
    if not current().production:
        app.register_blueprint(dev_inbox.bp)
        app.register_blueprint(dev.bp)


def _connect() -> None:
    """Who reacts to whose events, in the same transaction."""
    subscribe(UserRegistered, workspaces_operations.open_personal_workspace)
    subscribe(WorkspaceCreated, finance_operations.add_default_categories)
    subscribe(AccountCloses, wallet_operations.keep_money)
    subscribe(AccountCloses, shop_operations.keep_open_orders)
    subscribe(AccountCloses, workspaces_operations.keep_shared)
    subscribe(AccountErased, wallet_operations.forget_person)
    subscribe(AccountErased, shop_operations.forget_person)
    subscribe(AccountErased, workspaces_operations.forget_person)
    jobs_views.names.update(JOB_NAMES)
    auth.directory.find_principal = identity_auth.find_principal
    auth.directory.find_caller = identity_auth.find_caller
    auth.directory.remember_language = identity_auth.remember_language
    auth.directory.list_memberships = _memberships


def _memberships(user_id: int) -> list[auth.Membership]:
    places = workspaces_queries.list_places(user_id)
    return [
        auth.Membership(auth.Tenant(id_, name, kind, zone, first), role)
        for id_, name, kind, zone, first, role in places
    ]


def _shell() -> dict[str, object]:
    """What every page's frame shows: navigation, and the workspaces to switch between."""
    actor = auth.find_actor()
    kinds = {"", *(place.workspace.kind for place in auth.memberships())}
    shell: dict[str, object] = {
        "navigation": [
            place
            for place in NAVIGATION
            if place.kind in kinds and (not place.admin or (actor and actor.role == "ADMIN"))
        ],
        "settings_places": SETTINGS,
        "locale": get_locale(),
        "languages": list(LANGUAGES.items()),
        "workspaces": [],
        "workspace": None,
    }
    if actor is not None:
        membership = auth.current_membership()
        shell["workspaces"] = [m.workspace for m in auth.memberships()]
        shell["workspace"] = membership.workspace
        shell["can_write"] = membership.role != "viewer"
        shell["is_owner"] = membership.role == "owner"
    return shell
