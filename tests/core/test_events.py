"""Handlers run in order, once each, in the publisher's call."""

from dataclasses import dataclass

from koshelok.core.events import publish, subscribe


@dataclass(frozen=True)
class Happened:
    what: str


def test_calls_each_handler_once_in_order() -> None:
    seen: list[str] = []

    def first(event: Happened) -> None:
        seen.append(f"first {event.what}")

    def second(event: Happened) -> None:
        seen.append(f"second {event.what}")

    for handler in (first, second, first):
        subscribe(Happened, handler)
    publish(Happened("it"))
    assert seen == ["first it", "second it"]


def test_an_event_nobody_hears_is_fine() -> None:
    @dataclass
    class Unheard:
        pass

    publish(Unheard())
