"""What a buyer says of an order besides pressing a button: why it is taken back."""

from flask_babel import lazy_gettext as _l

from koshelok.shop.models import NOTE_LIMIT
from koshelok.web.forms import Form, TextField, at_most


class CancelForm(Form):
    """Why, in words, if any."""

    note = TextField(_l("Why"), [at_most(NOTE_LIMIT)])
