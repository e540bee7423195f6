"""The order in which an app is wired, nothing else."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, g, has_app_context
from flask_openapi3 import Info, OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix

from koshelok import registry
from koshelok.infra import queue
from koshelok.infra.db import Cursor, close_session, db
from koshelok.infra.logs import configure_logs
from koshelok.infra.settings import Settings, use
from koshelok.web import (
    access,
    components,
    docs,
    headers,
    health,
    installed,
    json,
    limits,
    preferences,
    problems,
    tokens,
)
from koshelok.web import session as web_session
from koshelok.web.addresses import IdConverter
from koshelok.web.extensions import babel, compress, csrf, login_manager, migrate
from koshelok.web.locale import DEFAULT, select_locale
from koshelok.web.request import is_api
from koshelok.web.schemas import Problem
from koshelok.web.static import HASHED_NAME, StaticFiles

ROOT = Path(__file__).resolve().parent.parent


class App(OpenAPI):
    """Flask, less what it asks at each step of each request and is always answered no."""

    session_interface = web_session.CookieSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view or step here is a coroutine."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """Make the app; without settings they come from the environment.

    Where no DATABASE_URL or REDIS_URL is given, the embedded services of the DATA folder
    are found or started.
    """
    settings = _with_services(settings or Settings())
    app = App(
        "koshelok",
        info=Info(title="Koshelok API", version="1.0.0", description=docs.DESCRIPTION),
        security_schemes=docs.SECURITY_SCHEMES,
        validation_error_model=Problem,
        validation_error_callback=problems.validation_problem,
        doc_ui=False,
        root_path=str(ROOT / "koshelok"),
        template_folder=str(ROOT / "templates"),
        static_folder=None,
    )
    _configure(app, settings)
    _bind_extensions(app, settings)
    _install_request_steps(app, settings)
    registry.mount(app)
    docs.init_app(app)
    access.check_declared(app)
    return app


def _with_services(settings: Settings) -> Settings:
    if settings.database_url and settings.redis_url:
        return settings
    from koshelok.infra import embedded  # noqa: PLC0415  # production has no embedded services

    endpoints = embedded.attach(
        settings.data, database_url=settings.database_url, redis_url=settings.redis_url
    )
    return settings.model_copy(
        update={
            "database_url": endpoints.database_url,
            "redis_url": endpoints.redis_url,
        }
    )


def _configure(app: Flask, settings: Settings) -> None:
    app.json = json.ExactJSONProvider(app)
    app.url_map.strict_slashes = False
    app.url_map.converters["int"] = IdConverter
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        DEBUG=settings.debug,
        TESTING=settings.env == "test",
        MAX_CONTENT_LENGTH=settings.max_upload_bytes + 64 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        SESSION_COOKIE_NAME="__Host-session" if settings.https else "session",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_absolute_days),
        PREFERRED_URL_SCHEME="https" if settings.https else "http",
        COMPRESS_MIMETYPES=["text/html", "application/json", "application/problem+json"],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_STREAMS=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        BABEL_DEFAULT_LOCALE=DEFAULT,
        BABEL_DEFAULT_TIMEZONE="Asia/Tashkent",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "koshelok" / "translations"),
        **tokens.config(settings),
    )


def _engine_options(settings: Settings) -> dict[str, Any]:
    return {
        "pool_size": settings.db_pool_size,
        "max_overflow": 4,
        "pool_recycle": 1800,
        "hide_parameters": True,  # an error in the log says what was asked, not of whom
        "connect_args": {
            "connect_timeout": 5,
            "options": "-c timezone=UTC",
            "cursor_factory": Cursor,
        },
    }


def _bind_extensions(app: Flask, settings: Settings) -> None:
    configure_logs(
        lambda: {"request_id": g.request_id} if has_app_context() and "request_id" in g else {}
    )
    use(settings)
    queue.configure(settings.redis_url)
    db.init_app(app)
    app.teardown_appcontext(close_session)  # before the extension's own
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    babel.init_app(app, locale_selector=select_locale)
    compress.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    tokens.init_app(app)
    components.init_app(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.wsgi_app = StaticFiles(  # type: ignore[method-assign]  # the documented way to wrap
        app.wsgi_app, root=str(ROOT / "static"), prefix="static/",
        immutable_file_test=HASHED_NAME, max_age=3600,
    )  # fmt: skip


def _install_request_steps(app: Flask, settings: Settings) -> None:
    app.before_request(headers.start_request)
    health.init_app(app)
    limits.init_app(app, settings)
    app.before_request(access.guard)
    app.before_request(_check_csrf)
    app.before_request(lambda: json.check_body(app))
    app.after_request(headers.secure)
    headers.allow_origins(app, settings.cors_origins)
    app.register_blueprint(preferences.bp)
    app.register_blueprint(installed.bp)
    problems.init_app(app)


def _check_csrf() -> None:
    if not is_api():
        csrf.protect(apply_exemptions=True)
