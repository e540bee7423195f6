"""What workspaces refuse."""

from koshelok.core.errors import DomainError, Invalid


class UnknownContact(Invalid):
    """Nobody is known by this phone number or e-mail."""

    code = "unknown_contact"
    message = "Nobody with this phone or e-mail uses Koshelok yet. Ask them to sign up first."
    field = "contact"


class AlreadyMember(DomainError):
    """The person is in the workspace already."""

    code = "already_member"
    message = "This person is a member already."
    field = "contact"


class LastOwner(DomainError):
    """A workspace always has an owner."""

    code = "last_owner"
    message = "A workspace needs at least one owner. Make somebody else an owner first."
    field = "role"


class PersonalWorkspaceNotShared(DomainError):
    """The first owner of a personal workspace stays its owner."""

    code = "personal_workspace_owner"
    message = "This is a person's own workspace: its owner stays."
    field = "role"


class UnknownTimeZone(Invalid):
    """Not a zone of the IANA database."""

    code = "unknown_time_zone"
    message = "Choose a time zone from the list."
    field = "time_zone"


class MonthStartOutOfRange(Invalid):
    """Every month has that day; its twin is ck_workspaces_month_start."""

    code = "month_start_out_of_range"
    message = "Choose a day from 1 to 28."
    field = "month_start"


class OnlyOwner(DomainError):
    """Those who work in a workspace are not left without an owner."""

    code = "only_owner"
    message = 'You are the only owner of "%(name)s", where others work. Make one of them an owner.'
