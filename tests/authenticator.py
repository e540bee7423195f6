"""An authenticator app, as a person holds one."""

from dataclasses import dataclass, field

import pyotp
from flask import Flask
from sqlalchemy import update

from koshelok.core.clock import now
from koshelok.identity import operations
from koshelok.identity.models import TotpDevice
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from tests.conftest import Person


@dataclass
class Authenticator:
    """Shows codes of a secret; `recovery` are the codes kept on paper."""

    secret: str
    recovery: list[str] = field(default_factory=list)

    def code(self, offset: int = 0) -> str:
        """The code of the present step, or of one so many steps from it."""
        return pyotp.TOTP(self.secret).at(now(), counter_offset=offset)

    def wrong(self) -> str:
        """Six digits that are no code of this minute."""
        right = {self.code(offset) for offset in range(-2, 3)}
        return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555")
                    if code not in right)  # fmt: skip


def turn_on(app: Flask, person: Person) -> Authenticator:
    """Turn the second factor on; the present code works again, as if a minute had passed."""
    with app.app_context():
        with unit_of_work():
            phone = Authenticator(operations.start_totp(actor_id=person.id))
        with unit_of_work():
            phone.recovery = operations.confirm_totp(actor_id=person.id, code=phone.code())
    wait_a_minute(app)
    return phone


def wait_a_minute(app: Flask) -> None:
    """Forget which step was used last."""
    with app.app_context(), unit_of_work():
        session.execute(update(TotpDevice).values(last_step=0))
