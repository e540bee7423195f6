"""What of long work may be refused."""

from koshelok.core.errors import DomainError


class TooManyJobs(DomainError):
    """One person's work must not fill the queue of all."""

    code = "too_many_jobs"
    message = "Wait until your earlier tasks are done."


class Superseded(Exception):
    """Another worker has this job now: this one was thought dead, and must stop."""
