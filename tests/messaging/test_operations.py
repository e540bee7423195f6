"""The outbox: nothing leaves before the commit, nothing is lost, nothing is kept too long."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from koshelok.core.clock import now
from koshelok.infra.db import session
from koshelok.infra.queue import queue
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.messaging import operations, queries, tasks
from koshelok.messaging.gateways.console import ConsoleGateway
from koshelok.messaging.models import DeliveryAttempt, Message
from tests.messaging.conftest import FakeEskiz, FakeMail


def send(**changes: Any) -> Message:
    fields: dict[str, Any] = {
        "to": "+998901234567",
        "channel": "sms",
        "kind": "code",
        "language": "en",
        "purpose": "register",
        "code": "123456",
        "minutes": 5,
    }
    with unit_of_work():
        operations.send(**{**fields, **changes})
    return session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()


def log() -> list[tuple[str, str]]:
    rows = session.scalars(select(DeliveryAttempt).order_by(DeliveryAttempt.id))
    return [(row.outcome, row.detail) for row in rows]


def make_due(message: Message) -> None:
    with unit_of_work():
        message.next_attempt_at = now()


@pytest.fixture
def eskiz(setting: Any, fake_eskiz: FakeEskiz) -> FakeEskiz:
    setting(
        sms_gateway="eskiz",
        eskiz_url=fake_eskiz.url,
        eskiz_email=fake_eskiz.email,
        eskiz_password=fake_eskiz.password,
    )
    return fake_eskiz


def test_a_rolled_back_message_never_leaves(context: Flask) -> None:
    def fail() -> None:
        with unit_of_work():
            operations.send(
                to="+998901234567", channel="sms", kind="code", language="uz",
                purpose="register", code="1", minutes=5,
            )  # fmt: skip
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert queue().job_ids == []
    assert session.scalars(select(Message)).all() == []


def test_a_job_is_queued_after_the_commit_and_holds_no_text(context: Flask) -> None:
    message = send()
    (job,) = queue().jobs
    assert job.func_name == "koshelok.messaging.tasks.deliver"
    assert job.args == (message.id,)


def test_a_dead_redis_delays_a_message_and_loses_none(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(*_: Any) -> None:
        raise ConnectionError("no redis")

    with monkeypatch.context() as patch:
        patch.setattr(operations, "enqueue", dead)
        message = send()
    assert queue().job_ids == []
    assert tasks.sweep() == 1
    tasks.deliver(message.id)
    assert message.status == "sent"


def test_a_withheld_message_takes_the_same_path_and_keeps_no_text(context: Flask) -> None:
    message = send(withheld=True)
    assert (message.status, message.text) == ("withheld", "")
    assert len(queue().job_ids) == 1
    tasks.deliver(message.id)
    assert (message.status, message.attempts) == ("withheld", 0)


def test_the_console_keeps_the_text_for_the_inbox(context: Flask) -> None:
    message = send()
    tasks.deliver(message.id)
    assert (message.status, message.gateway, message.attempts) == ("sent", "console", 1)
    assert message.sent_at is not None
    assert [m.id for m in queries.list_inbox()] == [message.id]
    assert "123456" in message.text


def test_a_delivered_code_is_blanked(eskiz: FakeEskiz) -> None:
    message = send()
    tasks.deliver(message.id)
    assert (message.status, message.gateway, message.text) == ("sent", "eskiz", "")
    assert log() == [("sent", "sms-1")]
    assert "123456" in eskiz.sent[0]["message"]


def test_a_message_is_delivered_once(eskiz: FakeEskiz) -> None:
    message = send()
    tasks.deliver(message.id)
    tasks.deliver(message.id)
    assert len(eskiz.sent) == 1


def test_an_unknown_message_is_nobodys_business(context: Flask) -> None:
    tasks.deliver(404)
    assert log() == []


def test_is_tried_again_with_growing_waits_and_then_given_up(eskiz: FakeEskiz) -> None:
    message = send()
    waits = []
    for _ in range(operations.MAX_ATTEMPTS):
        eskiz.answers = [(503, {})]
        started = now()
        tasks.deliver(message.id)
        waits.append(round((message.next_attempt_at - started).total_seconds()))
        make_due(message)
    assert tuple(waits[:-1]) == operations.BACKOFF_SECONDS
    assert (message.status, message.attempts, message.text) == ("failed", 7, "")
    assert [outcome for outcome, _ in log()] == ["retry"] * 6 + ["failed"]
    assert message.error == "answered 503"


def test_is_not_tried_before_its_time(eskiz: FakeEskiz) -> None:
    message = send()
    eskiz.answers = [(503, {})]
    tasks.deliver(message.id)
    tasks.deliver(message.id)
    assert message.attempts == 1
    assert tasks.sweep() == 0
    make_due(message)
    assert tasks.sweep() == 1
    tasks.deliver(message.id)
    assert (message.status, message.error) == ("sent", None)


def test_a_refused_message_is_given_up_at_once(eskiz: FakeEskiz) -> None:
    message = send()
    eskiz.answers = [(422, {})]
    tasks.deliver(message.id)
    assert (message.status, message.attempts) == ("failed", 1)


def test_a_code_that_ran_out_is_not_sent(eskiz: FakeEskiz) -> None:
    message = send(valid_until=now() - timedelta(seconds=1))
    tasks.deliver(message.id)
    assert (message.status, message.error, message.text) == ("failed", "too late to be of use", "")
    assert eskiz.sent == []


def test_a_code_that_still_works_is_sent(eskiz: FakeEskiz) -> None:
    message = send(valid_until=now() + timedelta(minutes=5))
    tasks.deliver(message.id)
    assert message.status == "sent"


def test_an_e_mail_goes_through_smtp(setting: Any, fake_mail: FakeMail) -> None:
    setting(email_gateway="smtp", smtp_port=fake_mail.port)
    message = send(to="ali@example.uz", channel="email")
    assert message.subject == "Your Koshelok code"
    tasks.deliver(message.id)
    assert message.status == "sent"
    assert "123456" in fake_mail.mails[0].get_content()


def test_old_messages_and_their_log_are_forgotten(eskiz: FakeEskiz) -> None:
    tasks.deliver(send().id)
    kept = send()
    with unit_of_work():
        session.execute(
            update(Message)
            .where(Message.id != kept.id)
            .values(created_at=now() - timedelta(days=91))
        )
    assert tasks.forget_old() == 1
    assert session.scalars(select(Message.id)).all() == [kept.id]
    assert log() == []


@pytest.mark.parametrize(
    "values", [{"channel": "fax"}, {"status": "lost"}, {"status": "sent", "sent_at": None}]
)
def test_the_database_refuses(context: Flask, values: dict[str, Any]) -> None:
    message = send()
    with pytest.raises(IntegrityError), unit_of_work():
        session.execute(update(Message).where(Message.id == message.id).values(**values))


def test_the_database_refuses_an_unknown_outcome(context: Flask) -> None:
    tasks.deliver(send().id)
    with pytest.raises(IntegrityError), unit_of_work():
        session.execute(update(DeliveryAttempt).values(outcome="maybe"))


def test_a_gateway_that_breaks_is_a_failed_try(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = send()
    monkeypatch.setattr(ConsoleGateway, "send", lambda *_: 1 // 0)
    tasks.deliver(message.id)
    assert (message.status, message.attempts) == ("queued", 1)
    assert log() == [("retry", "ZeroDivisionError")]
