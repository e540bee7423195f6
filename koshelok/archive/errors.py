"""What of archives may be refused."""

from koshelok.core.errors import DomainError, Invalid


class ArchiveInvalid(Invalid):
    """Not a ZIP of ours, or one made to harm."""

    code = "archive_invalid"
    message = "This is not an archive of Koshelok. Choose the ZIP that the export made."
    field = "file"


class ArchiveNewer(Invalid):
    """What a later version means by its tables is not known yet."""

    code = "archive_newer"
    message = "A newer Koshelok made this archive. Bring it there."
    field = "file"


class ArchiveBroken(Invalid):
    """A row that cannot be read, or that contradicts others."""

    code = "archive_broken"
    message = "Row %(row)s of “%(part)s” in data.json cannot be read. Nothing was brought in."
    field = "file"


class ReceiptMissing(Invalid):
    """A record names a file that is not in the archive, or is no receipt."""

    code = "archive_receipt_missing"
    message = "The archive has no %(file)s that can be read. Nothing was brought in."
    field = "file"


class WorkspaceNotEmpty(DomainError):
    """What is here already is not mixed with what another time held."""

    code = "workspace_not_empty"
    message = "This workspace is not empty. Open a new one, switch to it, and bring the archive."
    field = "file"


class ArchiveGone(DomainError):
    """Files that people bring are kept for a week."""

    code = "archive_gone"
    message = "The file was kept for a week and is gone now. Choose it again."
    field = "file"
