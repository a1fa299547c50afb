"""stub"""

CONFIRMED = "confirmed"
RESENT = "resent"
BY_STAFF = "by_staff"
MAILING_CANCELLED = "mailing_cancelled"
