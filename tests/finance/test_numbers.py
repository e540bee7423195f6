"""Every number of the dashboard and of the summaries opens the list that sums to it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from koshelok.core.clock import today
from tests.conftest import Api, Page, Person

ZERO = Decimal(0)
STAT = re.compile(r'class="stat-link" href="([^"]+)">([^<]+)</a></p>\s*<p>(.*?)</p>', re.S)
ROW = re.compile(
    r'<tr><th scope="row">(?:<span[^>]*></span>)?<a class="link-quiet" href="([^"]+)">[^<]*</a>'
    r'</th>((?:<td class="num" data-value="[^"]+">[^<]*</td>)+)</tr>'
)


@dataclass(frozen=True)
class Number:
    """What a page says, and where it leads: a number, or income and expense."""

    url: str
    said: tuple[Decimal, ...]


def _amount(html: str) -> Decimal:
    text = re.sub(r"<[^>]+>|so'm|\s|\u202f|\xa0", "", unescape(html))
    return Decimal(text.replace("\u2212", "-").replace("+", ""))


def _numbers(html: str) -> Iterator[Number]:
    for url, _, amount in STAT.findall(html):
        said = _amount(amount)
        yield Number(unescape(url), (abs(said) if "type=" in url else said,))
    for url, cells in ROW.findall(html):
        values = tuple(Decimal(value) for value in re.findall(r'data-value="([^"]+)"', cells))
        yield Number(unescape(url), values)


def _sums(api: Api, url: str) -> tuple[Decimal, Decimal]:
    """Income and expense of all records of a list."""
    query, cursor = urlsplit(url).query, ""
    sums = {"income": ZERO, "expense": ZERO}
    while cursor is not None:
        page = api.get(f"/finance/transactions?limit=50&{query}{cursor and '&cursor=' + cursor}")
        assert page.status_code == 200, url
        for item in page.get_json()["items"]:
            sums[item["type"]] += Decimal(item["amount"])
        cursor = page.get_json()["next_cursor"]
    return sums["income"], sums["expense"]


def _is_what_it_opens(number: Number, mine: Page, api: Api) -> bool:
    if "/summary/" in number.url:  # a month of the dashboard: its summary says the same
        shown = {n.url: n.said[0] for n in _numbers(mine.get(number.url).get_data(as_text=True))}
        by_type = {
            parse_qs(urlsplit(url).query).get("type", [""])[0]: v for url, v in shown.items()
        }
        return number.said == (by_type.get("income", ZERO), by_type.get("expense", ZERO))
    income, expense = _sums(api, number.url)
    if len(number.said) == 2:
        return number.said == (income, expense)
    one_type = ZERO in {income, expense} and number.said[0] >= 0
    return number.said[0] == (income + expense if one_type else income - expense)


@pytest.fixture
def kept(api: Api, person: Person) -> None:
    """Two years of records, of every category, some of them deleted."""
    items = api.get("/finance/categories").get_json()["items"]
    categories = [item["id"] for item in items if item["type"] != "saving"]
    now = today()
    for place in range(60):
        day = now - timedelta(days=place * place // 5)
        body = {
            "category": categories[place % len(categories)],
            "amount": f"{1000 + place * 37}.{place:02d}",
            "date": day.isoformat(),
        }
        made = api.post("/finance/transactions", body).get_json()
        if place % 7 == 0:
            api.delete(f"/finance/transactions/{made['id']}")


@pytest.mark.parametrize("first_day", [1, 25])
def test_every_number_opens_the_list_that_sums_to_it(
    browse: Callable[[Person], Page], person: Person, api: Api, kept: None, first_day: int
) -> None:
    assert (
        api.patch(f"/workspaces/{person.workspace_id}", {"month_start": first_day}).status_code
        == 200
    )
    mine = browse(person)
    seen = 0
    start, end = today() - timedelta(days=400), today() - timedelta(days=3)
    for path in (
        "/dashboard",
        "/summary/daily",
        "/summary/weekly",
        "/summary/monthly",
        "/summary/yearly",
        f"/summary/monthly?start_date={start}&end_date={end}",
    ):
        for number in _numbers(mine.get(path).get_data(as_text=True)):
            assert _is_what_it_opens(number, mine, api), (path, number)
            seen += 1
    assert seen > 60


def test_a_month_begins_where_it_was_said(
    browse: Callable[[Person], Page], person: Person, api: Api
) -> None:
    url = f"/workspaces/{person.workspace_id}"
    for wrong in (0, 29, -1):
        answer = api.patch(url, {"month_start": wrong})
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["month_start"])
    mine = browse(person)
    assert mine.post(url, {"name": "Uy", "month_start": "29"}).status_code == 422
    assert mine.post(url, {"name": "Uy", "month_start": "25"}).status_code == 303
    assert api.get(url).get_json()["month_start"] == 25
    said = api.get("/finance/summary/monthly").get_json()
    assert (said["start_date"][-2:], said["end_date"][-2:]) == ("25", "24")
    assert said["start_date"] <= today().isoformat() <= said["end_date"]
