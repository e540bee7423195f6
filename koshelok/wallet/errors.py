"""What the wallet refuses; the ledger's own refusals are in ledger.errors."""

from koshelok.core.errors import DomainError, Invalid, NotFound


class CardLimitReached(DomainError):
    """A role has so many cards that are not closed."""

    code = "card_limit_reached"
    message = "You have as many cards as you can have (%(limit)s). Close one first."


class CardNotFound(NotFound):
    """No card has this number, or it is not the caller's."""

    code = "card_not_found"
    message = "There is no such card."
    field = "to_card"


class NoCardToPay(DomainError):
    """The card that paid is closed, and its owner has no other to be paid on."""

    code = "no_card_to_pay"
    message = "The buyer has closed the card that paid and has no other for the money."


class InvalidCardNumber(Invalid):
    """Not sixteen digits of ours, or mistyped: the last digit proves the others (Luhn)."""

    code = "invalid_card_number"
    message = "Check the card number: it has 16 digits and begins with 7777."
    field = "to_card"


class SameCard(Invalid):
    """From a card to itself."""

    code = "same_card"
    message = "Choose another card: this is the one you send from."
    field = "to_card"


class BelowMinimum(Invalid):
    """Less than the least that is sent."""

    code = "amount_below_minimum"
    message = "The amount must be at least %(minimum)s so'm."
    field = "amount"


class StepUpRequired(DomainError):
    """A large first transfer to a new recipient: say again who you are."""

    code = "step_up_required"
    message = "A first large transfer to this card: confirm it with your password or a code."
    field = "password"


class FrozenByAdmin(DomainError):
    """What an admin froze, its owner does not unfreeze."""

    code = "frozen_by_admin"
    message = "This card was frozen by the administration. Write to support."


class StatusNotChanged(DomainError):
    """From this status there is no way to that one."""

    code = "illegal_status"
    message = "The card's status does not allow this."


class AlreadySaved(Invalid):
    """A card is saved once."""

    code = "card_already_saved"
    message = "This card is saved already."
    field = "card_number"


class OwnCard(Invalid):
    """One's own cards are offered without being saved."""

    code = "own_card"
    message = "This is your own card: it is offered to you anyway."
    field = "card_number"


class UnknownFormat(Invalid):
    """Neither of the two that an export knows."""

    code = "unknown_format"
    message = "Choose CSV or XLSX."
    field = "format"


class CardsHoldMoney(DomainError):
    """Money is not erased with the name of whose it is."""

    code = "cards_hold_money"
    message = "There is money on your cards. Send it on first."
