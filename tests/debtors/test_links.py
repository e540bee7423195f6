"""A link opens one statement to whoever has it, and to nobody else; no trace of it is left."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.core.clock import now
from koshelok.core.phones import masked_phone
from koshelok.core.sms import parts
from koshelok.debtors import operations, queries, tokens
from koshelok.debtors.errors import LinkNotFound, LinkSentToday
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.messaging.queries import preview_sms
from tests.conftest import Page, Person
from tests.debtors.books import open_shop
from tests.debtors.links import Apart, Counter, open_counter_apart
from tests.inbox import messages_to

Make = Callable[..., Person]
PHONE = "+998901234567"


@pytest.fixture
def counter(app: Flask, person: Person) -> Counter:
    """A debtor who owes 1 500 in two debts."""
    return open_counter_apart(app, person, "1000", "500", phone_number=PHONE)


def set_link(counter: Counter, **values: object) -> None:
    def act() -> None:
        with unit_of_work():
            for name, value in values.items():
                query = text(f"UPDATE debtor_links SET {name} = :value WHERE id = :id")  # noqa: S608  # our own names
                session.execute(query, {"value": value, "id": counter.link})

    counter.shop.inside(act)


def revoked(counter: Counter) -> int:
    """How often the journal says that a link was shut."""
    query = text("SELECT count(*) FROM audit_events WHERE action = 'link.revoked'")
    return int(counter.shop.inside(lambda: session.scalar(query)))


def token_of(counter: Counter, link: int) -> str:
    found: str = counter.shop.inside(tokens.sign, link)
    return found


def to(counter: Counter) -> dict[str, object]:
    """Whom a link is sent to, and at what address."""
    return {
        "debtor_id": counter.debtor,
        "address": lambda token: f"https://koshelok.uz/s/{token}",
    }


def closed(page: Page, path: str) -> str:
    """The text of the page that a wrong address is answered with, its path left out."""
    answer = page.get(path)
    assert answer.status_code == 404
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    return re.sub(r'value="[^"]*"|X-CSRFToken[^}]*', "", answer.get_data(as_text=True))


@pytest.mark.parametrize(
    "token",
    ["", "1", "1-", "-x", "1-" + "A" * 20, "zz-" + "A" * 20, "1" * 4000, "١-x", "%00-x", "1_0-x"],
)  # fmt: skip
def test_a_forged_token_is_no_id(context: Flask, token: str) -> None:
    assert tokens.read(token) is None


def test_a_token_is_of_one_id_and_of_one_secret(
    context: Flask, another_app: Callable[..., Flask]
) -> None:
    token = tokens.sign(35)
    assert tokens.read(token) == 35
    assert re.fullmatch(r"z-[A-Za-z0-9_-]{20}", token)  # 120 bits
    assert tokens.read(token.replace("z-", "y-")) is None
    assert tokens.read(token.upper()) is None
    assert tokens.read(f"0{token}") is None
    assert tokens.read(token + "A") is None
    another_app(secret_key="another-secret-" + "x" * 40)
    assert tokens.read(token) is None


def test_every_closed_door_looks_the_same(counter: Counter, page: Page, person: Person) -> None:
    unknown = closed(page, f"/s/{token_of(counter, 999_999)}")
    assert closed(page, "/s/1-AAAAAAAAAAAAAAAAAAAA") == unknown
    assert closed(page, "/s/x") == unknown
    set_link(counter, expires_at=now() - timedelta(seconds=1))
    assert closed(page, counter.path) == unknown
    set_link(counter, expires_at=now() + timedelta(days=1), revoked_at=now())
    assert closed(page, counter.path) == unknown
    assert closed(page, f"{counter.path}/debts/1/wrong") == unknown


def test_the_door_of_who_was_put_away_is_shut(app: Flask, person: Person, page: Page) -> None:
    empty = open_counter_apart(app, person)
    assert page.get(empty.path).status_code == 200
    empty.shop.do(operations.remove_debtor, debtor_id=empty.debtor)
    assert page.get(empty.path).status_code == 404
    empty.shop.do(operations.restore_debtor, debtor_id=empty.debtor)
    assert page.get(empty.path).status_code == 404
    assert revoked(empty) == 1


def test_a_link_dies_with_the_number_it_was_sent_to(counter: Counter, page: Page) -> None:
    def edit(**changes: object) -> None:
        counter.shop.do(operations.edit_debtor, debtor_id=counter.debtor, **changes)

    counter.shop.person("Aziz", phone_number="+998907654321")
    for number in ("+998907654321", "12"):
        assert counter.shop.refused(
            operations.edit_debtor, debtor_id=counter.debtor, phone_number=number
        )
    edit(full_name="Sherzod", note="Qo'shni", phone_number="90 123 45 67")
    assert page.get(counter.path).status_code == 200
    assert revoked(counter) == 0
    edit(phone_number="+998901234568")
    assert page.get(counter.path).status_code == 404
    assert revoked(counter) == 1
    edit(phone_number=PHONE)
    assert page.get(counter.path).status_code == 404
    assert revoked(counter) == 1


def test_a_link_is_another_books_no_more_than_its_debtor(
    app: Flask, counter: Counter, make_person: Make, browse: Callable[[Person], Page]
) -> None:
    stranger = make_person()
    page = browse(stranger)
    assert page.get(f"/debtors/{counter.debtor}/link").status_code == 404
    for path in ("", "/send", "/revoke"):
        assert page.post(f"/debtors/{counter.debtor}/link{path}").status_code == 404
    other = Apart(app, open_shop(stranger))
    for operation in (operations.open_link, operations.revoke_link):
        assert other.refused(operation, debtor_id=counter.debtor).code == "debtor_not_found"


def test_a_viewer_touches_no_link_and_a_cashier_shuts_it(
    counter: Counter, person: Person, make_person: Make, browse: Callable[[Person], Page],
    call: Callable[..., object],
) -> None:  # fmt: skip
    def join(role: str, contact: str) -> Page:
        made = make_person(contact=contact)
        call(person).post(  # type: ignore[attr-defined]  # an Api
            f"/workspaces/{person.workspace_id}/members", {"contact": contact, "role": role}
        )
        page = browse(made)
        page.post("/workspaces/switch", {"workspace_id": str(person.workspace_id)})
        return page

    path = f"/debtors/{counter.debtor}/link"
    viewer = join("viewer", "+998907654321")
    for act in ("", "/send", "/revoke"):
        assert viewer.post(f"{path}{act}").status_code == 403
    assert f"{path}/revoke" not in viewer.get(path).get_data(as_text=True)
    assert viewer.get(counter.path).status_code == 200
    cashier = join("editor", "+998907654322")
    assert cashier.post(path).status_code == 303
    assert f"{path}/revoke" in cashier.get(path).get_data(as_text=True)
    assert cashier.post(f"{path}/revoke").status_code == 303
    assert cashier.get(counter.path).status_code == 404


def test_an_address_asks_so_often_and_no_more(
    counter: Counter, page: Page, another_app: Callable[..., Flask], limits: None
) -> None:
    few = Page(another_app(limit_links="5 per minute"))
    assert [few.get(f"/s/{n}-x").status_code for n in range(6)] == [404] * 5 + [429]
    assert few.get(counter.path).status_code == 429


def test_an_open_link_stays_the_same_and_lasts_thirty_days(counter: Counter) -> None:
    set_link(counter, expires_at=now() + timedelta(days=3))
    again = counter.shop.do(operations.open_link, debtor_id=counter.debtor)
    assert again.id == counter.link
    assert timedelta(days=29) < again.expires_at - now() <= timedelta(days=30)
    shorter = counter.shop.do(operations.open_link, debtor_id=counter.debtor, days=1)
    assert shorter.expires_at == again.expires_at


def test_a_link_that_was_shut_never_opens_again(counter: Counter, page: Page) -> None:
    counter.shop.do(operations.revoke_link, debtor_id=counter.debtor)
    counter.shop.do(operations.revoke_link, debtor_id=counter.debtor)
    fresh = counter.shop.do(operations.open_link, debtor_id=counter.debtor)
    assert fresh.id != counter.link
    assert page.get(counter.path).status_code == 404
    assert page.get(f"/s/{token_of(counter, fresh.id)}").status_code == 200
    with pytest.raises(LinkNotFound):
        counter.shop.inside(queries.get_link, counter.link)


def test_the_page_shows_the_book_and_hides_the_person(counter: Counter, page: Page) -> None:
    counter.shop.debt(counter.debtor, "250", description="Non va sut")
    voided = counter.shop.debt(counter.debtor, "77", description="Xato yozuv")
    counter.shop.void_debt(voided.id)
    counter.shop.pay(counter.debtor, "1100")
    answer = page.get(counter.path)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert all(said in html for said in ("Sherzod", "650", "Non va sut", "Xato yozuv"))
    assert "G'ofurov" not in html
    assert "G&#39;ofurov" not in html
    assert "90 123 45" not in html
    assert PHONE not in html
    assert "+998 •• ••• •• 67" in html
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers.getlist("Referrer-Policy") == ["same-origin"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="noindex, nofollow">' in html


def test_a_long_history_goes_on(counter: Counter, page: Page) -> None:
    for number in range(40):
        counter.shop.debt(counter.debtor, "10", description=f"Yozuv {number}.")
    first = page.get(counter.path).get_data(as_text=True)
    more = re.search(r'hx-get="([^"]*cursor=[^"]*)"', first)
    assert more
    assert "Yozuv 39." in first
    assert 'id="debt-1"' not in first
    rest = page.htmx("GET", more.group(1)).get_data(as_text=True)
    assert "<html" not in rest
    assert "Yozuv 0." in rest


def test_a_page_asks_ten_queries_at_most(counter: Counter, page: Page, queries: object) -> None:
    page.get(counter.path)
    queries.statements.clear()  # type: ignore[attr-defined]  # a QueryCounter
    page.get(counter.path)
    reads = [one for one in queries.statements if one.lstrip().startswith(("SELECT", "WITH"))]  # type: ignore[attr-defined]
    assert len(reads) <= 10, reads


def test_language_is_switched_and_leads_back(counter: Counter, page: Page) -> None:
    page.get(counter.path)
    answer = page.post("/language", {"language": "ru", "next": counter.path})
    assert answer.location == counter.path
    assert 'lang="ru"' in page.get(counter.path).get_data(as_text=True)


def test_when_the_debtor_looked_is_seen_and_the_shops_own_look_is_not(
    counter: Counter, person: Person, page: Page, browse: Callable[[Person], Page]
) -> None:
    def opened() -> object:
        place = counter.shop.workspace_id
        return counter.shop.inside(queries.find_link, place, counter.debtor).opened_at

    browse(person).get(counter.path)
    assert opened() is None
    page.get(counter.path)
    assert opened() is not None


def test_a_link_goes_by_sms_once_a_day(app: Flask, counter: Counter) -> None:
    def send() -> None:
        counter.shop.do(
            operations.send_link, debtor_id=counter.debtor,
            address=lambda token: f"https://koshelok.uz/s/{token}",
        )  # fmt: skip

    send()
    [message] = messages_to(app, PHONE)
    assert message.text.endswith(f"https://koshelok.uz{counter.path}")
    with pytest.raises(LinkSentToday):
        send()
    counter.shop.do(operations.revoke_link, debtor_id=counter.debtor)
    with pytest.raises(LinkSentToday):
        send()
    set_link(counter, sent_at=now() - timedelta(days=1))
    send()
    assert len(messages_to(app, PHONE)) == 2


@pytest.mark.parametrize("shop", ["Oʻktam bozori", "Ўктам савдо", "B" * 80, "“Baraka” doʻkoni"])
def test_an_sms_in_uzbek_is_one_part(app: Flask, counter: Counter, shop: str) -> None:
    def rename() -> None:
        query = text("UPDATE workspaces SET name = :name, personal_of_id = NULL")
        with unit_of_work():
            session.execute(query, {"name": shop})

    counter.shop.inside(rename)
    counter.shop.do(
        operations.send_link, debtor_id=counter.debtor,
        address=lambda token: f"https://koshelok.uz/s/{token}",
    )  # fmt: skip
    assert parts(messages_to(app, PHONE)[0].text) == 1


def test_the_template_is_known_in_each_language(context: Flask) -> None:
    for language in ("uz", "ru", "en"):
        said = preview_sms("debt_link", language, name="", shop="Baraka", url="https://k.uz/s/1-x")
        assert "Baraka" in said
        assert "https://k.uz/s/1-x" in said


def test_the_shop_opens_sends_and_shuts(
    app: Flask, person: Person, browse: Callable[[Person], Page]
) -> None:
    shop = Apart(app, open_shop(person))
    debtor = shop.person("Aziz", phone_number=PHONE)
    page, path = browse(person), f"/debtors/{debtor}/link"
    assert "data:image/svg" not in page.get(path).get_data(as_text=True)
    assert page.post(path).location == path
    found = shop.inside(queries.find_link, shop.workspace_id, debtor)
    html = page.get(path).get_data(as_text=True)
    url = "http://localhost/s/" + shop.inside(tokens.sign, found.id)
    assert url in html
    assert "data:image/svg" in html
    assert page.post(f"{path}/send").status_code == 303
    assert url in messages_to(app, PHONE)[0].text
    again = page.post(f"{path}/send")
    assert again.status_code == 409
    assert page.post(f"{path}/revoke").status_code == 303
    assert page.client.get(url.removeprefix("http://localhost")).status_code == 404


def test_a_forged_host_is_in_no_link(
    app: Flask, person: Person, another_app: Callable[..., Flask]
) -> None:
    shop = Apart(app, open_shop(person))
    debtor = shop.person("Aziz", phone_number=PHONE)
    page = Page(another_app(public_url="https://koshelok.example")).login(person)
    page.client.environ_base["HTTP_HOST"] = "evil.example"
    path = f"/debtors/{debtor}/link"
    assert page.post(path).status_code == 303
    link = shop.inside(queries.find_link, shop.workspace_id, debtor).id
    url = f"https://koshelok.example/s/{shop.inside(tokens.sign, link)}"
    html = page.get(path).get_data(as_text=True)
    assert url in html
    assert "evil.example" not in html
    assert page.post(f"{path}/send").status_code == 303
    assert url in messages_to(app, PHONE)[0].text


def test_no_token_is_logged(
    app: Flask, counter: Counter, page: Page, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    signature = counter.path.partition("-")[2]
    page.get(counter.path)
    page.get(f"{counter.path}/pay")
    page.post(f"{counter.path}/debts/999999/wrong", {"note": "x"})
    counter.shop.do(
        operations.send_link,
        debtor_id=counter.debtor,
        address=lambda token: f"https://k.uz/s/{token}",
    )
    assert signature not in caplog.text
    assert signature not in page.client.get("/metrics").get_data(as_text=True)
    query = text("SELECT cast(details AS text) FROM audit_events")
    stored = counter.shop.inside(lambda: session.scalars(query).all())
    assert not any(signature in line for line in stored)


def test_no_link_goes_to_who_wants_no_sms(app: Flask, counter: Counter) -> None:
    counter.shop.do(operations.edit_debtor, debtor_id=counter.debtor, reminders=False)
    assert counter.shop.refused(operations.send_link, **to(counter)).code == "reminders_off"
    assert messages_to(app, PHONE) == []


def test_a_link_is_one_of_the_months_sms(
    app: Flask, counter: Counter, person: Person, another_app: Callable[..., Flask]
) -> None:
    few = Apart(another_app(debtor_sms_a_month=1), open_shop(person))
    few.do(operations.send_link, **to(counter))
    other = few.person("Aziz")
    refusal = few.refused(operations.send_link, **{**to(counter), "debtor_id": other})
    assert refusal.code == "sms_quota_spent"
    assert few.refused(operations.remind_debtor, debtor_id=counter.debtor, moment=now()).code == (
        "sms_quota_spent"
    )
    assert few.inside(queries.find_link, few.workspace_id, other) is None
    assert len(messages_to(app, PHONE)) == 1


def test_a_link_is_told_of_without_its_address_and_is_no_reminder(
    app: Flask, counter: Counter, person: Person, browse: Callable[[Person], Page]
) -> None:
    counter.shop.do(operations.send_link, **to(counter))
    page = counter.shop.inside(
        queries.list_told, counter.shop.workspace_id, counter.debtor, limit=5
    )
    [told] = page.items
    [message] = messages_to(app, PHONE)
    assert (told.occasion, told.created_by, told.is_reminder) == ("link", person.id, False)
    assert told.text == message.text.replace(f"https://koshelok.uz{counter.path}", "…")
    assert counter.path.partition("-")[2] not in told.text
    counter.shop.do(operations.remind_debtor, debtor_id=counter.debtor, moment=now())
    html = browse(person).get(f"/debtors/{counter.debtor}/reminders").get_data(as_text=True)
    assert '.svg#link"' in html
    assert counter.path not in html


def test_a_masked_number_keeps_its_shape() -> None:
    assert masked_phone("+998901234567") == "+998 •• ••• •• 67"
    assert masked_phone("+79161234567") == "+7 ••• •••-••-67"
