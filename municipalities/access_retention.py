"""Who asked for access and did not get it is forgotten, with what they had drafted."""

import datetime as dt

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import AccessRequest, MunicipalRequest
from partnership import attachments, audit, retention
from partnership.models import AuditDetail, Tenure, User

ACCESS_DAYS = 30  # after the refusal or the end; the page on which they asked says 60 days from the asking
FORGOTTEN = "removed.invalid"
ENDED = (AccessRequest.State.REFUSED, AccessRequest.State.EXPIRED)


def purge_access() -> int:
    """Forget names and addresses of accesses that ended unconfirmed ``ACCESS_DAYS`` ago. Says how many."""
    last = timezone.now() - dt.timedelta(days=ACCESS_DAYS)
    over = AccessRequest.objects.filter(state__in=ENDED, decided_at__lte=last).exclude(email__endswith=f"@{FORGOTTEN}")
    return sum(_forget(pk) for pk in over.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _forget(pk: int) -> bool:
    asked = AccessRequest.objects.select_for_update().get(pk=pk)
    if asked.email.endswith(f"@{FORGOTTEN}"):  # the other run was first
        return False
    asked.email, asked.name, asked.post, asked.phone, asked.note = f"access-{pk}@{FORGOTTEN}", "–", "–", "", ""
    asked.save(update_fields=["email", "name", "post", "phone", "note"])
    AuditDetail.objects.filter(event__in=audit.about(asked).values("pk")).delete()
    user = User.objects.select_for_update(of=("self",)).get(pk=asked.user_id)
    if not user.is_active and user.organisation_id is None:  # not one that asked again, and was let in
        _forget_account(user)
    audit.record("accessrequest.purge", asked, by=None, count=1, days=ACCESS_DAYS)
    return True


def _forget_account(user: User) -> None:
    for draft in MunicipalRequest.objects.filter(state=MunicipalRequest.State.DRAFT, created_by=user):
        audit.record("municipalrequest.discard", draft, by=None)
        attachments.forget(things=[draft])
        pk = draft.pk
        draft.delete()
        MunicipalRequest.history.filter(id=pk).delete()
    user.email, user.name, user.post = f"account-{user.pk}@{FORGOTTEN}", "–", ""
    user.skip_history_when_saving = True  # type: ignore[attr-defined]
    user.save(update_fields=["email", "name", "post"])
    user.history.all().delete()
    EmailAddress.objects.filter(user=user).delete()
    Tenure.objects.filter(user=user).delete()


ACCESS = retention.register(retention.Kept("refused_access", _("accesses that were not confirmed"), ACCESS_DAYS, purge_access))
