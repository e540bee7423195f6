"""Demo data: a person with a year of records, and a shop, so that every page has something to show."""

import random
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from koshelok.core.clock import today
from koshelok.finance import operations as finance
from koshelok.finance.queries import list_categories
from koshelok.identity import operations as identity
from koshelok.identity.queries import count_users
from koshelok.infra.db import session
from koshelok.workspaces import operations as workspaces
from koshelok.workspaces.queries import list_memberships

DEMO_LOGINS = (
    ("malika", "koshelok-demo-1", "a person with a year of records and a shop"),
    ("aziz", "koshelok-demo-2", "helps in Malika's shop"),
)
