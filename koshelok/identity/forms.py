"""Forms of the identity pages."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, PasswordField, SelectField

from koshelok.identity.models import CONTACT_LIMIT, NAME_LIMIT
from koshelok.web.forms import Form, TextField, at_most, required
from koshelok.web.locale import LANGUAGES


class ContactForm(Form):
    """Where to send a code."""

    contact = TextField(_l("Phone or e-mail"), [required(), at_most(CONTACT_LIMIT)])
    next = HiddenField()


class UsernameForm(Form):
    """A new user without a contact."""

    username = TextField(_l("User name"), [required()])
    full_name = TextField(_l("First and last name"), [at_most(2 * NAME_LIMIT)])
    password = PasswordField(_l("Password"), [required()])
    next = HiddenField()


class CodeForm(Form):
    """The code that arrived."""

    code = TextField(_l("Code"), [required()])


class RecoveryForm(Form):
    """A recovery code in place of the app's."""

    code = TextField(_l("Recovery code"), [required()])


class NewCodesForm(Form):
    """A code that allows new recovery codes; it stands on one page with TurnOffForm."""

    code = TextField(_l("Code"), [required()], id="codes-code")


class TurnOffForm(Form):
    """A code that allows to turn the second factor off."""

    code = TextField(_l("Code"), [required()], id="off-code")


class CloseForm(Form):
    """A proof that closes the account."""

    password = PasswordField(_l("Password"))
    code = TextField(_l("Code"))


class LoginForm(Form):
    """A login and its password."""

    login = TextField(_l("Phone, e-mail or user name"), [required()])
    password = PasswordField(_l("Password"), [required()])
    next = HiddenField()


class ResetForm(Form):
    """The code that arrived, and the next password."""

    code = TextField(_l("Code"), [required()])
    password = PasswordField(_l("New password"), [required()])


class PasswordForm(Form):
    """A first password."""

    password = PasswordField(_l("Password"), [required()])


class ChangePasswordForm(Form):
    """The present password and the next."""

    old_password = PasswordField(_l("Present password"), [required()])
    new_password = PasswordField(_l("New password"), [required()])


class ProfileForm(Form):
    """What people say about themselves."""

    first_name = TextField(_l("First name"), [at_most(NAME_LIMIT)])
    last_name = TextField(_l("Last name"), [at_most(NAME_LIMIT)])
    username = TextField(_l("User name"))


class PhotoUploadForm(Form):
    """A photo."""

    photo = FileField(_l("Photo"), [required()])


class LanguageForm(Form):
    """The language of pages and messages."""

    language = SelectField(_l("Language"), choices=dict(LANGUAGES))
