"""Texts of messages."""

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from koshelok.messaging.models import Channel
from koshelok.messaging.rendering import compose

CODE = {"purpose": "register", "code": "012345", "minutes": 5}


def test_refuses_a_kind_that_has_no_template() -> None:
    with pytest.raises(TemplateNotFound):
        compose(Channel.SMS, "unknown", "uz", {})


def test_refuses_a_missing_parameter() -> None:
    with pytest.raises(UndefinedError):
        compose(Channel.SMS, "code", "uz", {"purpose": "register"})


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize("purpose", ["register", "reset"])
def test_an_sms_is_one_short_line_with_the_code(language: str, purpose: str) -> None:
    subject, text = compose(Channel.SMS, "code", language, {**CODE, "purpose": purpose})
    assert subject == ""
    assert "012345" in text
    assert "\n" not in text
    assert len(text) <= 160


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize("purpose", ["register", "reset"])
def test_an_e_mail_has_a_subject_without_the_code(language: str, purpose: str) -> None:
    subject, text = compose(Channel.EMAIL, "code", language, {**CODE, "purpose": purpose})
    assert subject
    assert "012345" not in subject
    assert "012345" in text


def test_markup_is_left_alone() -> None:
    _, text = compose(Channel.SMS, "code", "en", {**CODE, "code": "<b>&"})
    assert "<b>&" in text
