"""What saving pasted messages would do, told before it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from koshelok.core.clock import midnight, now
from koshelok.core.errors import Invalid
from koshelok.finance.bank import Message, Unread, read
from koshelok.finance.bank.balances import Gap, Said, follow
from koshelok.finance.models import Category, Type
from koshelok.finance.queries import Guess, list_categories
from koshelok.finance.queries.bank import find_guesses, find_kept, find_recorded, find_said

TEXT_LIMIT = 100_000
MESSAGES_LIMIT = 500
_REST = "MISCELLANEOUS"
_NOT_BY_HAND = {"TRANSFER_IN", "TRANSFER_OUT", "SALES"}


class TooManyMessages(Invalid):
    """So many are a file, not a paste."""

    code = "too_many_messages"
    message = "At most %(limit)s messages at once. Paste the rest after these."
    field = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """A message, by its place in the text and its order on the card: whether it is recorded
    already, where it likely belongs and why, what is missing between it and the one before it."""

    place: int
    order: int
    message: Message
    at: datetime
    repeat: bool
    category: int | None
    guess: Guess | None
    gap: Gap | None

    @property
    def timed(self) -> bool:
        """Whether the bank said when."""
        return self.message.at is not None


@dataclass(frozen=True, slots=True)
class Preview:
    """Messages by card, in the order they happened, and what could not be read."""

    cards: dict[str | None, list[Row]]
    unread: list[tuple[Unread, bool]]
    categories: dict[str, list[Category]]

    @property
    def rows(self) -> list[Row]:
        """All messages."""
        return [row for rows in self.cards.values() for row in rows]

    @property
    def new(self) -> list[Row]:
        """What saving would record."""
        return [row for row in self.rows if not row.repeat]


def read_text(text: str) -> tuple[list[Message], list[Unread]]:
    """A pasted text as messages and other lines, each in their order; raises TooManyMessages."""
    found = read(text)
    if len(found) > MESSAGES_LIMIT:
        raise TooManyMessages(limit=MESSAGES_LIMIT)
    messages = [each for each in found if isinstance(each, Message)]
    return messages, [each for each in found if isinstance(each, Unread)]


def preview(
    workspace_id: int, zone: str, messages: Sequence[Message], unread: Sequence[Unread]
) -> Preview:
    """What each message is and would become. Five queries, however many they are."""
    recorded = find_recorded(workspace_id, {each.fingerprint for each in messages})
    guesses = find_guesses(workspace_id, {(each.payee, each.type) for each in messages})
    categories = list_categories(workspace_id)
    moment = now()
    followed = _follow(workspace_id, zone, messages, moment)
    kept = find_kept(workspace_id, {each.fingerprint for each in unread})
    cards: dict[str | None, list[Row]] = {}
    for place, message in enumerate(messages):
        guess = guesses.get((message.payee, message.type))
        name = message.fingerprint
        order, gap = followed.get(name, (place, None))
        row = Row(
            place, order, message, instant_of(message, zone, moment), name in recorded,
            guess.category if guess else _default(categories, message.type), guess,
            gap,
        )  # fmt: skip
        followed[name] = order, None  # a repeat of it in the text says no more
        recorded.add(name)
        cards.setdefault(message.card, []).append(row)
    for card, rows in cards.items():
        rows.sort(key=lambda row: row.order if card else row.at)
    return Preview(
        cards,
        [(each, each.fingerprint in kept) for each in unread],
        {
            type_: [each for each in categories if each.type == type_]
            for type_ in (Type.EXPENSE, Type.INCOME)
        },
    )


def instant_of(message: Message, zone: str, otherwise: datetime) -> datetime:
    """When a message was, or what to take for it where it does not say so."""
    return message.at.replace(tzinfo=ZoneInfo(zone)) if message.at else otherwise


def end_of(day: date, zone: str) -> datetime:
    """The last moment of a day, or now while it lasts: when something without a time was."""
    return min(now(), midnight(day + timedelta(days=1), zone) - timedelta(seconds=1))


def in_order(messages: Sequence[Message], zone: str) -> list[int]:
    """The places of messages, each once, card by card as they must have happened there."""
    moment = now()
    cards: dict[str | None, dict[str, int]] = {}
    for place, message in enumerate(messages):
        cards.setdefault(message.card, {}).setdefault(message.fingerprint, place)
    return [
        places[each.fingerprint]
        for places in cards.values()
        for each, _ in follow(_said(messages[place], zone, moment) for place in places.values())
    ]


def _default(categories: Sequence[Category], type_: str) -> int | None:
    """Ours for the rest, or the first that people use themselves."""
    fitting = [each for each in categories if each.type == type_]
    ours = [each for each in fitting if each.code == _REST]
    others = [each for each in fitting if each.code not in _NOT_BY_HAND]
    return next((each.id for each in (*ours, *others, *fitting)), None)


def _follow(
    workspace_id: int, zone: str, messages: Sequence[Message], moment: datetime
) -> dict[str, tuple[int, Gap | None]]:
    """The order of each message among those of its card, and what is missing before it."""
    cards: dict[str, dict[str, Said]] = {}
    for message in messages:
        if message.card:
            said = _said(message, zone, moment)
            cards.setdefault(message.card, {}).setdefault(said.fingerprint, said)
    spans = {
        card: (min(each.at for each in said.values()), max(each.at for each in said.values()))
        for card, said in cards.items()
    }
    followed: dict[str, tuple[int, Gap | None]] = {}
    for card, stored in find_said(workspace_id, spans).items():
        all_of = cards[card] | {each.fingerprint: each for each in stored}
        for order, (each, gap) in enumerate(follow(all_of.values())):
            followed[each.fingerprint] = order, gap
    return followed


def _said(message: Message, zone: str, moment: datetime) -> Said:
    return Said(
        message.fingerprint, instant_of(message, zone, moment),
        message.amount if message.type == Type.INCOME else -message.amount,
        message.balance, message.payee,
    )  # fmt: skip
