"""For the signed-in: the second factor of signing in."""

from flask import Response

from koshelok.identity import auth, operations, queries
from koshelok.identity.api.me import api
from koshelok.identity.authenticator import address
from koshelok.identity.schemas import NothingIn, RecoveryCodesOut, TotpCodeIn, TotpOut
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.api import answers, no_content, ok
from koshelok.web.auth import current_actor
from koshelok.web.qr import qr_image

_ERRORS = (400, 401, 409, 415, 422)


@api.post("/auth/totp", summary="Begin to turn the second factor on",
          responses=answers({200: TotpOut}, errors=_ERRORS))  # fmt: skip
@access.signed_in
def start_totp(body: NothingIn) -> Response:
    """A secret for an authenticator app; nothing changes until its first code confirms it."""
    user = queries.get_user(current_actor().id)
    account = user.contact
    with unit_of_work():
        secret = operations.start_totp(actor_id=user.id)
    uri = address(secret, account)
    return ok(TotpOut(secret=secret, uri=uri, qr=qr_image(uri)))


@api.post("/auth/totp/confirm", summary="Turn the second factor on",
          responses=answers({200: RecoveryCodesOut}, errors=_ERRORS))  # fmt: skip
@access.signed_in
def confirm_totp(body: TotpCodeIn) -> Response:
    """The recovery codes are told here and never again."""
    actor_id = current_actor().id
    auth.limit_second_factor(actor_id)
    with unit_of_work():
        codes = operations.confirm_totp(actor_id=actor_id, code=body.code)
    return ok(RecoveryCodesOut(recovery_codes=codes))


@api.post("/auth/totp/recovery-codes", summary="Make new recovery codes",
          responses=answers({200: RecoveryCodesOut}, errors=_ERRORS))  # fmt: skip
@access.signed_in
def renew_recovery_codes(body: TotpCodeIn) -> Response:
    """The former ones stop working."""
    actor_id = current_actor().id
    auth.limit_second_factor(actor_id)
    with unit_of_work():
        codes = operations.renew_recovery_codes(actor_id=actor_id, code=body.code)
    return ok(RecoveryCodesOut(recovery_codes=codes))


@api.delete("/auth/totp", summary="Turn the second factor off",
            responses=answers({204: None}, errors=_ERRORS))  # fmt: skip
@access.signed_in
def turn_off_totp(body: TotpCodeIn) -> Response:
    """By a code of the app or a recovery code."""
    actor_id = current_actor().id
    auth.limit_second_factor(actor_id)
    with unit_of_work():
        operations.turn_off_totp(actor_id=actor_id, code=body.code)
    return no_content()
