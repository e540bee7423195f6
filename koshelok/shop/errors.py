"""What the shop refuses."""

from koshelok.core.errors import DomainError, Invalid, NotFound
from koshelok.ledger.errors import Refused


class ProductNotFound(NotFound):
    """No such product, or no longer on the shelf."""

    code = "product_not_found"
    message = "There is no such product."
    field = "product"


class OrderNotFound(NotFound):
    """No such order of this buyer or shop."""

    code = "order_not_found"
    message = "There is no such order."


class CartItemNotFound(NotFound):
    """No such line in this cart."""

    code = "cart_item_not_found"
    message = "This is not in the cart."


class ImageNotFound(NotFound):
    """No such picture of this product."""

    code = "image_not_found"
    message = "There is no such picture."


class ReviewNotFound(NotFound):
    """No such review."""

    code = "review_not_found"
    message = "There is no such review."


class CustomerNotFound(NotFound):
    """No such person, or not one who has anything to do with this shop."""

    code = "customer_not_found"
    message = "There is no such customer."
    field = "user_id"


class NumberUnknown(Invalid):
    """Nobody here has this phone number."""

    code = "number_unknown"
    message = "Nobody in Koshelok has this number yet."
    field = "phone_number"


class NotAShop(DomainError):
    """Only a workspace of kind shop sells."""

    code = "not_a_shop"
    message = "Only a shop sells. Open a workspace of the kind shop first."


class SkuTaken(DomainError):
    """One code is one product of a shop."""

    code = "sku_taken"
    message = "Another product has this code: %(name)s."
    field = "sku"


class BelowReserved(DomainError):
    """What is promised to buyers stays on the shelf."""

    code = "stock_is_promised"
    message = "Buyers have ordered %(reserved)s of these. Fewer cannot be left."
    field = "stock"


class TooMuchStock(Invalid):
    """More pieces than a shelf holds."""

    code = "too_much_stock"
    message = "At most %(limit)s pieces."
    field = "stock"


class TooManyImages(DomainError):
    """A product has up to eight pictures."""

    code = "too_many_images"
    message = "A product has at most %(limit)s pictures."
    field = "photo"


class PictureInvalid(Invalid):
    """Not a picture that can be read."""

    code = "picture_invalid"
    message = "Choose a JPEG, PNG or WebP picture."
    field = "photo"


class PictureTooLarge(Invalid):
    """More bytes than are taken."""

    code = "picture_too_large"
    message = "A picture may have at most %(limit)s MB."
    field = "photo"


class OutOfStock(DomainError):
    """Fewer are left than asked for; `lines` tells of each product how many."""

    code = "out_of_stock"
    message = "%(title)s: %(available)s left."
    field = "quantity"


class PriceChanged(DomainError):
    """A price is not the one that the buyer has seen; `lines` tells old and new."""

    code = "price_changed"
    message = "A price has changed. Look at the cart once more."


class CartEmpty(DomainError):
    """There is nothing to order."""

    code = "cart_empty"
    message = "The cart is empty."


class TooManyItems(DomainError):
    """A cart holds only so many different products."""

    code = "too_many_items"
    message = "A cart holds at most %(limit)s different products."


class CardsNotTaken(DomainError):
    """The shop has no card on which it could be paid."""

    code = "cards_not_taken"
    message = "%(shop)s cannot be paid by card yet."
    field = "payment"


class CashNotTaken(DomainError):
    """The shop does not take cash on delivery."""

    code = "cash_not_taken"
    message = "%(shop)s does not take cash."
    field = "payment"


class CreditNotAllowed(DomainError):
    """The shop has not let this buyer take on credit."""

    code = "credit_not_allowed"
    message = "%(shop)s has not allowed you to buy on credit yet."
    field = "payment"


class CreditLimitReached(DomainError):
    """The order would pass what the shop lets this buyer owe."""

    code = "credit_limit_exceeded"
    message = "%(shop)s: at most %(room)s more on credit."
    field = "payment"


class PhoneNeeded(DomainError):
    """On credit only with a number: a shop's book knows people by theirs."""

    code = "phone_needed"
    message = "To buy on credit, give your phone number first: the shop's book knows you by it."
    field = "payment"


class CardNeeded(Invalid):
    """By card means with one of one's own cards."""

    code = "card_needed"
    message = "Choose the card to pay with."
    field = "card"


class CardRefused(DomainError):
    """The ledger refused a payment of a checkout; `code` is its own. Unlike its refusal, this
    keeps nothing: the orders go with it."""

    field = "card"

    @classmethod
    def of(cls, refusal: Refused) -> "CardRefused":
        """The same refusal, said of the card."""
        made = cls(**refusal.params)
        made.code, made.message = refusal.code, refusal.message  # type: ignore[misc]  # of this one
        return made


class IllegalTransition(DomainError):
    """An order does not go this way."""

    code = "illegal_transition"
    message = "An order that is %(status)s cannot become %(wanted)s."
    field = "status"


class SellerShortOfFunds(DomainError):
    """The payout card has not got what was paid."""

    code = "seller_short_of_funds"
    message = "The payout card has not enough money to give back %(amount)s."


class NoPayoutCard(DomainError):
    """Nowhere to send what a delivered order earned."""

    code = "no_payout_card"
    message = "The shop has no active card to be paid on. Choose one in its settings."


class NotDelivered(DomainError):
    """Only those to whom it was delivered review a product."""

    code = "not_delivered"
    message = "You can review what was delivered to you."


class ReviewedAlready(DomainError):
    """One review a buyer and product."""

    code = "reviewed_already"
    message = "You have reviewed this already."


class OwnProduct(DomainError):
    """Nobody praises their own goods."""

    code = "own_product"
    message = "These are your own goods."


class CustomerWithoutPhone(DomainError):
    """The shop's book knows people by their numbers."""

    code = "customer_without_phone"
    message = "This person has given no phone number yet, so the book cannot know them."


class OrdersOpen(DomainError):
    """Somebody waits for goods or for money."""

    code = "orders_open"
    message = "Some of your orders are still under way. Finish or cancel them first."
