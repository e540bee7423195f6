"""What can be done to people: refusals first, then what holds."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from koshelok.audit.models import AuditEvent
from koshelok.core.clock import now
from koshelok.core.errors import DomainError, NotFound, TooManyRequests
from koshelok.core.text import TextTooLong
from koshelok.identity import errors, operations, queries
from koshelok.identity.models import AuthSession, FailureCount, OneTimeCode, Purpose, User
from koshelok.identity.operations import Device, SignIn
from koshelok.identity.operations.failures import FREE, LONGEST_WAIT_SECONDS
from koshelok.identity.passwords import verify_password
from koshelok.identity.tasks import forget_old
from koshelok.infra import origin
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.workspaces.queries import list_memberships
from tests.inbox import code_for

PHONE = "+998901234567"
GOOD, BETTER = "uchta-olma-va-choy", "besh-nok-va-kofe"
LAPTOP, CLIENT = Device("web", "Firefox"), Device("api", "curl/8")


def do(operation: Callable[..., Any], **arguments: Any) -> Any:
    """Run one operation in a unit of work of its own, as the edge does."""
    with unit_of_work():
        return operation(**arguments)


def register(username: str = "malika", **extra: Any) -> User:
    return do(operations.register_with_password, username=username, password=GOOD, **extra)


def send(purpose: Purpose = Purpose.REGISTER, contact: str = PHONE) -> OneTimeCode:
    return do(operations.send_code, purpose=purpose, contact=contact, language="en")


def verify(sent: OneTimeCode, code: str) -> tuple[SignIn, bool]:
    return do(
        operations.verify_code, verification_id=sent.id, code=code, device=CLIENT, language="ru"
    )


def sign_in(login: str = "malika", password: str = GOOD, device: Device = LAPTOP) -> SignIn:
    return do(operations.sign_in, login=login, password=password, device=device)


def fail_to_sign_in(times: int, login: str = "malika") -> None:
    for _ in range(times):
        with pytest.raises(errors.InvalidCredentials):
            sign_in(login, "wrong")


def actions() -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


@pytest.fixture(autouse=True)
def _somewhere(context: Flask) -> Iterator[None]:
    token = origin.address.set("203.0.113.1")
    yield
    origin.address.reset(token)


def come_from(address: str) -> None:
    origin.address.set(address)


# Registering


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"username": "x"}, errors.InvalidUsername),
        ({"username": "9lives"}, errors.InvalidUsername),
        ({"username": "a@b.uz"}, errors.InvalidUsername),
        ({"password": "short"}, errors.PasswordTooShort),
        ({"password": "malika_x"}, errors.PasswordTooCommon),
        ({"full_name": "x" * 81}, TextTooLong),
        ({"full_name": "x " + "y" * 81}, TextTooLong),
        ({"full_name": "x" * 10_000}, TextTooLong),
    ],
)
def test_refuses_to_register(changes: dict[str, str], error: type[DomainError]) -> None:
    with pytest.raises(error):
        do(
            operations.register_with_password,
            **{"username": "malika_x", "password": GOOD, **changes},
        )
    assert session.scalars(select(User)).all() == []


def test_refuses_a_taken_user_name_in_any_case() -> None:
    register()
    with pytest.raises(errors.UsernameTaken):
        register("Malika")
    assert queries.count_users() == 1


def test_a_registration_opens_the_personal_workspace() -> None:
    user = register(full_name="  Malika Karimova qizi ", language="ru")
    assert (user.first_name, user.last_name) == ("Malika", "Karimova qizi")
    (membership,) = list_memberships(user.id)
    assert (membership.role, membership.workspace.kind) == ("owner", "personal")
    assert "user.registered" in actions()


@pytest.mark.parametrize(
    "name", ["😀 👩‍👩‍👧", "علي حسن", "<b>Ali</b> O'Neil", "Robert'); DROP TABLE"]
)
def test_keeps_names_as_they_are_written(name: str) -> None:
    assert register(full_name=name).full_name == name


# Codes


@pytest.mark.parametrize("contact", ["", "malika", "12", "a@b"])
def test_refuses_to_send_a_code_to(contact: str) -> None:
    with pytest.raises(errors.InvalidContact):
        send(contact=contact)


def test_a_code_makes_a_user_of_a_new_contact(app: Flask) -> None:
    signed_in, is_new = verify(send(), code_for(app, PHONE))
    user = signed_in.user
    assert is_new
    assert (user.phone_number, user.language, user.password_hash) == (PHONE, "ru", None)
    assert len(list_memberships(user.id)) == 1


def test_a_code_signs_in_a_known_contact(app: Flask) -> None:
    first, _ = verify(send(), code_for(app, PHONE))
    second, is_new = verify(send(contact="90 123 45 67"), code_for(app, PHONE))
    assert not is_new
    assert second.user.id == first.user.id
    assert second.session_id != first.session_id


def test_an_e_mail_works_like_a_phone(app: Flask) -> None:
    sent = send(contact="Ali@Example.uz")
    assert sent.channel == "email"
    signed_in, is_new = verify(sent, code_for(app, "ali@example.uz"))
    assert is_new
    assert signed_in.user.email == "ali@example.uz"


def test_a_code_may_be_typed_with_spaces(app: Flask) -> None:
    sent, code = send(), code_for(app, PHONE)
    assert verify(sent, f" {code[:3]} {code[3:]} ")[1]


def test_two_codes_proved_at_the_same_moment_make_one_user(app: Flask) -> None:
    tries = []
    for _ in range(2):
        sent = send()
        tries.append((sent.id, code_for(app, PHONE)))
    session.remove()
    start, found = Barrier(2), []

    def prove(verification_id: UUID, code: str) -> None:
        with app.app_context():
            start.wait()
            with unit_of_work():
                signed_in, _ = operations.verify_code(
                    verification_id=verification_id, code=code, device=CLIENT, language="uz"
                )
                found.append(signed_in.user.id)

    threads = [Thread(target=prove, args=one) for one in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1
    assert queries.count_users() == 1


def test_a_contact_that_became_a_user_meanwhile_signs_in(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = verify(send(), code_for(app, PHONE))
    sent = send()
    answers = iter([None, first.user])
    monkeypatch.setattr(
        "koshelok.identity.operations.accounts.find_user", lambda _: next(answers, None)
    )
    second, _ = verify(sent, code_for(app, PHONE))
    assert second.user.id == first.user.id
    another = send()
    with pytest.raises(IntegrityError):
        verify(another, code_for(app, PHONE))


def test_resending_refuses_what_nobody_asked_for() -> None:
    with pytest.raises(NotFound):
        do(operations.resend_code, verification_id=UUID(int=1), language="uz")
    with pytest.raises(NotFound):
        queries.get_code(UUID(int=1))


def test_resending_refuses_before_its_time() -> None:
    sent = send()
    with pytest.raises(TooManyRequests) as refusal:
        do(operations.resend_code, verification_id=sent.id, language="uz")
    assert 50 <= refusal.value.retry_after <= 61


@pytest.mark.parametrize("change", [{"used_at": now()}, {"created_at": now() - timedelta(hours=2)}])
def test_resending_refuses_a_used_or_forgotten_one(change: dict[str, Any]) -> None:
    sent = send()
    do(session.execute, statement=update(OneTimeCode).values(resend_after=now(), **change))
    with pytest.raises(NotFound):
        do(operations.resend_code, verification_id=sent.id, language="uz")


def test_a_resent_code_works_in_place_of_the_former(app: Flask) -> None:
    sent, former = send(), code_for(app, PHONE)
    do(session.execute, statement=update(OneTimeCode).values(resend_after=now(), attempts=5))
    again = do(operations.resend_code, verification_id=sent.id, language="en")
    assert again.id == sent.id
    code = code_for(app, PHONE)
    if former != code:
        with pytest.raises(errors.InvalidCode):
            verify(sent, former)
    assert verify(sent, code)[1]


# Signing in


@pytest.mark.parametrize("login", ["nobody", "+998991112233", "no@body.uz", "", "\0", "😀" * 500])
def test_refuses_an_unknown_login(login: str) -> None:
    with pytest.raises(errors.InvalidCredentials):
        sign_in(login)


def test_refuses_a_wrong_password_and_writes_it_down() -> None:
    register()
    fail_to_sign_in(1)
    assert actions()[-1] == "sign_in.failed"


def test_refuses_a_password_where_there_is_none(app: Flask) -> None:
    verify(send(), code_for(app, PHONE))
    with pytest.raises(errors.InvalidCredentials):
        sign_in(PHONE, "")


@pytest.mark.parametrize("login", ["malika", "MALIKA", PHONE, "90 123 45 67", "Malika@Example.uz"])
def test_signs_in_by_any_of_the_three(login: str) -> None:
    user = register()
    with unit_of_work():
        user.phone_number, user.email = PHONE, "malika@example.uz"
    assert sign_in(login).user.id == user.id


def test_a_weaker_hash_is_renewed_at_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    user = register()
    former = user.password_hash
    monkeypatch.setattr("koshelok.identity.operations.accounts.needs_rehash", lambda _: True)
    sign_in()
    assert user.password_hash != former
    assert verify_password(user.password_hash, GOOD)


# Failures


def test_after_ten_failures_everyone_waits_longer_and_longer() -> None:
    register()
    fail_to_sign_in(FREE)
    waits = []
    for _ in range(7):
        with pytest.raises(TooManyRequests) as refusal:
            sign_in()
        waits.append(refusal.value.retry_after)
        do(session.execute, statement=update(FailureCount).values(blocked_until=None))
        fail_to_sign_in(1)
    assert waits == sorted(waits)
    assert 25 <= waits[0] <= 31
    assert LONGEST_WAIT_SECONDS - 5 <= waits[-1] <= LONGEST_WAIT_SECONDS + 1


def test_a_try_during_the_wait_does_not_lengthen_it() -> None:
    register()
    fail_to_sign_in(FREE)
    for _ in range(5):
        with pytest.raises(TooManyRequests):
            sign_in(password="wrong")
    assert session.scalars(select(FailureCount.failures)).all() == [FREE, FREE]


def test_a_wait_for_an_unknown_login_looks_the_same() -> None:
    fail_to_sign_in(FREE, "nobody")
    with pytest.raises(TooManyRequests):
        sign_in("nobody")


def test_a_stranger_elsewhere_does_not_make_the_owner_wait() -> None:
    register()
    sign_in()
    come_from("198.51.100.9")
    fail_to_sign_in(FREE)
    with pytest.raises(TooManyRequests):
        sign_in()
    come_from("203.0.113.1")
    assert sign_in().user.username == "malika"


def test_signing_in_ends_the_count() -> None:
    register()
    fail_to_sign_in(FREE - 1)
    sign_in()
    fail_to_sign_in(FREE - 1)
    sign_in()


def test_failures_of_yesterday_do_not_count() -> None:
    register()
    fail_to_sign_in(FREE - 1)
    day = timedelta(hours=25)
    do(session.execute, statement=update(FailureCount).values(last_at=now() - day))
    fail_to_sign_in(1)
    assert set(session.scalars(select(FailureCount.failures))) == {1}


def test_guessing_codes_of_one_contact_meets_the_wait_too(app: Flask) -> None:
    for _ in range(2):
        sent = send()
        for _ in range(5):
            with pytest.raises(errors.InvalidCode):
                verify(sent, "x")
    fresh = send()
    with pytest.raises(TooManyRequests):
        verify(fresh, code_for(app, PHONE))
    do(session.execute, statement=update(FailureCount).values(blocked_until=None))
    assert verify(fresh, code_for(app, PHONE))[1]


# Passwords


def test_a_first_password_is_set_once(app: Flask) -> None:
    user = verify(send(), code_for(app, PHONE))[0].user
    with pytest.raises(errors.PasswordTooCommon):
        do(operations.set_password, actor_id=user.id, password=PHONE)
    do(operations.set_password, actor_id=user.id, password=GOOD)
    assert sign_in(PHONE).user.id == user.id
    with pytest.raises(errors.PasswordAlreadySet):
        do(operations.set_password, actor_id=user.id, password=BETTER)


def change(user: User, kept: SignIn, old: str, new: str) -> None:
    do(
        operations.change_password,
        actor_id=user.id,
        session_id=kept.session_id,
        old_password=old,
        new_password=new,
    )


def test_changing_refuses_a_wrong_old_password_and_counts_it() -> None:
    user, kept = register(), sign_in()
    for _ in range(FREE):
        with pytest.raises(errors.WrongOldPassword):
            change(user, kept, "wrong", BETTER)
    with pytest.raises(TooManyRequests):
        change(user, kept, GOOD, BETTER)


def test_changing_refuses_a_weak_new_password_at_its_field() -> None:
    user, kept = register(), sign_in()
    with pytest.raises(errors.PasswordTooShort) as refusal:
        change(user, kept, GOOD, "x")
    assert refusal.value.field == "new_password"


def test_changing_ends_every_other_session() -> None:
    user, kept, other = register(), sign_in(), sign_in(device=CLIENT)
    change(user, kept, GOOD, BETTER)
    assert queries.find_principal(kept.session_id) is not None
    assert queries.find_principal(other.session_id) is None
    assert sign_in(password=BETTER).user.id == user.id
    assert "password.changed" in actions()


def reset(sent: OneTimeCode, code: str, password: str = BETTER) -> User:
    return do(operations.reset_password, verification_id=sent.id, code=code, password=password)


def test_resetting_refuses_a_weak_password_without_spending_the_code(app: Flask) -> None:
    user = verify(send(), code_for(app, PHONE))[0].user
    sent = send(Purpose.RESET)
    code = code_for(app, PHONE)
    for weak in ("short", PHONE):
        with pytest.raises((errors.PasswordTooShort, errors.PasswordTooCommon)):
            reset(sent, code, weak)
    session.expire_all()
    assert session.get_one(OneTimeCode, sent.id).attempts == 0
    assert reset(sent, code).id == user.id


def test_resetting_for_an_unknown_contact_never_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda _: 123456)
    sent = send(Purpose.RESET)
    with pytest.raises(errors.InvalidCode):
        reset(sent, "123456")


def test_resetting_ends_every_session_and_the_wait(app: Flask) -> None:
    user = verify(send(), code_for(app, PHONE))[0].user
    do(operations.set_password, actor_id=user.id, password=GOOD)
    device = sign_in(PHONE)
    come_from("198.51.100.9")
    fail_to_sign_in(FREE, PHONE)
    sent = send(Purpose.RESET)
    reset(sent, code_for(app, PHONE))
    assert queries.find_principal(device.session_id) is None
    do(session.execute, statement=update(AuthSession).values(ip=None))
    assert queries.find_user_by_login(PHONE) is not None
    come_from("203.0.113.77")
    assert sign_in(PHONE, BETTER).user.id == user.id


# Sessions


def test_refreshing_refuses_a_session_that_is_not_there() -> None:
    with pytest.raises(errors.SessionEnded):
        do(operations.refresh_session, session_id=UUID(int=1), refresh_id="x")
    with pytest.raises(errors.SessionEnded):
        do(operations.end_session, session_id=UUID(int=1))
    with pytest.raises(errors.SessionEnded):
        do(operations.replace_session, session_id=UUID(int=1), device=LAPTOP)


def test_of_two_refreshes_at_the_same_moment_one_ends_the_session(app: Flask) -> None:
    register()
    signed_in = sign_in(device=CLIENT)
    session.remove()
    start, results = Barrier(2), []

    def refresh() -> None:
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    operations.refresh_session(
                        session_id=signed_in.session_id, refresh_id=signed_in.refresh_id
                    )
                    results.append("fresh")
            except errors.RefreshReused:
                results.append("reused")

    threads = [Thread(target=refresh) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["fresh", "reused"]
    assert queries.find_principal(signed_in.session_id) is None


def test_nobody_ends_anothers_session() -> None:
    register()
    mine, stranger = sign_in(), register("aziz")
    for session_id in (mine.session_id, UUID(int=1)):
        with pytest.raises(NotFound):
            do(operations.end_own_session, actor_id=stranger.id, session_id=session_id)
    assert queries.find_principal(mine.session_id) is not None


def test_a_long_user_agent_is_cut() -> None:
    register()
    sign_in(device=Device("web", "x\n" * 1000))
    assert len(session.scalars(select(AuthSession.user_agent)).one()) <= 300


# Administrators


def test_refuses_an_administrator_with_a_weak_password() -> None:
    with pytest.raises(errors.PasswordTooShort):
        do(operations.make_admin, login="boss", password="x")
    assert queries.count_users() == 0


@pytest.mark.parametrize("login", ["boss", PHONE, "boss@example.uz"])
def test_makes_an_administrator(login: str) -> None:
    user = do(operations.make_admin, login=login, password=GOOD)
    assert user.role == "ADMIN"
    assert sign_in(login).user.id == user.id
    assert "user.role_changed" in actions()


def test_promotes_a_known_user() -> None:
    user = register(full_name="Malika Karimova")
    promoted = do(operations.make_admin, login="malika", password=BETTER)
    assert (promoted.id, promoted.role, promoted.full_name) == (user.id, "ADMIN", "Malika Karimova")
    assert sign_in(password=BETTER).user.id == user.id


# Profile


def test_refuses_anothers_user_name_and_keeps_the_rest_unchanged() -> None:
    register("aziz")
    user = register()
    with pytest.raises(errors.UsernameTaken):
        do(operations.edit_profile, actor_id=user.id, first_name="New", username="AZIZ")
    session.expire_all()
    assert (user.username, user.first_name) == ("malika", "")


def test_changes_only_what_is_given() -> None:
    user = register(full_name="Malika Karimova")
    do(operations.edit_profile, actor_id=user.id, last_name="Yusupova", language="en")
    assert (user.full_name, user.language, user.username) == ("Malika Yusupova", "en", "malika")
    do(operations.edit_profile, actor_id=user.id, username="Malika")
    assert user.username == "Malika"


def test_knows_nobody_by_an_unknown_id() -> None:
    with pytest.raises(NotFound):
        queries.get_user(404)


# The clock


def test_forgets_what_is_long_over(app: Flask) -> None:
    register()
    kept = sign_in()
    old = sign_in()
    send()
    fail_to_sign_in(1)
    long_ago = now() - timedelta(days=31)
    with unit_of_work():
        session.execute(update(OneTimeCode).values(created_at=long_ago))
        session.execute(update(FailureCount).values(last_at=long_ago))
        session.execute(
            update(AuthSession).where(AuthSession.id == old.session_id).values(ended_at=long_ago)
        )
    assert forget_old() == 1 + 2 + 1
    assert forget_old() == 0
    assert session.scalars(select(AuthSession.id)).all() == [kept.session_id]
