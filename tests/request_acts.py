"""What tests of requests share."""

from municipalities.models import MunicipalRequest
from partnership import audit

State = MunicipalRequest.State


def acts(request):
    return list(audit.about(request).order_by("id").values_list("act", flat=True))
