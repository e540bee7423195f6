"""The WSGI entry point: `granian --interface wsgi wsgi:app`, `flask --app wsgi ...`."""

from koshelok.app import create_app
from koshelok.cli import register

app = create_app()
register(app)
