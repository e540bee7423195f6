"""What people call the actions, statuses, types and roles that the database names."""

from flask_babel import lazy_gettext as _l

ROLES: dict[str, str] = {
    "USER": _l("User"),
    "PREMIUM": _l("Premium"),
    "ADMIN": _l("Administrator"),
}
CARD_STATUSES: dict[str, str] = {
    "ACTIVE": _l("Active"),
    "FROZEN": _l("Frozen"),
    "EXPIRED": _l("Expired"),
    "CLOSED": _l("Closed"),
}
OUTCOMES: dict[str, str] = {"success": _l("Went through"), "failed": _l("Failed")}
TYPES: dict[str, str] = {
    "transfer": _l("Transfer"),
    "deposit": _l("Deposit"),
    "purchase": _l("Purchase"),
    "refund": _l("Refund"),
    "debt_payment": _l("Debt payment"),
    "reversal": _l("Reversal"),
}
ACTIONS: dict[str, str] = {
    "money.deposited": _l("Deposited money"),
    "transfer.reversed": _l("Reversed a transfer"),
    "user.role_changed": _l("Changed a role"),
    "card.status_changed": _l("Changed a card's status"),
    "verification.started": _l("Started a verification"),
    "card.opened": _l("Opened a card"),
    "user.registered": _l("Signed up"),
    "session.started": _l("Signed in"),
    "session.ended": _l("Signed out"),
    "session.replaced": _l("Renewed a session"),
    "session.refresh_reused": _l("Used a spent token"),
    "sign_in.failed": _l("Failed to sign in"),
    "password.changed": _l("Changed the password"),
    "password.set": _l("Set a password"),
    "password.reset": _l("Reset the password"),
    "totp.turned_on": _l("Turned two-step sign-in on"),
    "totp.turned_off": _l("Turned two-step sign-in off"),
    "totp.recovery_code_used": _l("Used a recovery code"),
    "totp.recovery_codes_made": _l("Made new recovery codes"),
    "totp.taken_away": _l("Support turned two-step sign-in off"),
    "transfers.exported": _l("Exported transfers"),
    "workspace.opened": _l("Opened a workspace"),
    "member.added": _l("Added a member"),
    "member.removed": _l("Removed a member"),
    "member.role_changed": _l("Changed a member's role"),
    "debt.voided": _l("Voided a debt"),
    "debt.written_off": _l("Wrote a debt off"),
    "debt.write_off_undone": _l("Took a write-off back"),
    "debt.limit_overridden": _l("Let a debt pass the limit"),
    "payment.voided": _l("Voided a payment"),
    "debtors.imported": _l("Imported debtors"),
    "debtors.import_reverted": _l("Took an import of debtors back"),
    "debtors.exported": _l("Exported the debtors' book"),
    "statement.exported": _l("Gave a statement out"),
    "debt_book.changed": _l("Changed how the book is run"),
    "link.opened": _l("Opened a link for a debtor"),
    "link.sent": _l("Sent a debtor a link"),
    "link.revoked": _l("Shut a debtor's link"),
    "dispute.resolved": _l("Settled what a debtor marked as wrong"),
}
CHECKS: dict[str, str] = {
    "finance.totals": _l("Totals of records"),
    "debtors.debts": _l("What is left of debts"),
    "debtors.payments": _l("What is left of payments"),
    "debtors.people": _l("What debtors owe"),
    "debtors.dues": _l("When debts are due"),
    "ledger.balances": _l("Balances of accounts"),
    "ledger.transfers": _l("Transfers and their postings"),
    "ledger.days": _l("Figures of past days"),
    "ledger.seals": _l("Seals of past days"),
}
FAILURES: dict[str, str] = {
    "insufficient_funds": _l("Not enough money"),
    "card_frozen": _l("The sender's card was frozen"),
    "card_expired": _l("The sender's card had expired"),
    "card_closed": _l("The sender's card was closed"),
    "receiver_inactive": _l("The receiver's card took no money"),
    "transfer_limit_exceeded": _l("Over the limit"),
    "already_reversed": _l("Reversed already"),
}
