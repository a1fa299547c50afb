"""Whether this process lives (``/livez``) and whether it can serve (``/readyz``): for load balancers and monitoring, no login."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnership.models import Email

RETRY_AFTER = 10  # seconds
LATE = 300  # seconds that a mail may wait in the outbox before the answer says so
_known: set[str] = set()


@login_not_required
@require_safe
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Database and migrations decide; an outbox that is late is reported, but pages can be served all the same."""
    try:
        report = {"database": "ok", "migrations": _migrations()}
        ready = report["migrations"] == "ok"
        if ready:
            report["outbox"] = _outbox()
    except DatabaseError:
        report, ready = {"database": "down"}, False
    return JsonResponse(report, status=200 if ready else 503, headers={} if ready else {"Retry-After": str(RETRY_AFTER)})


def _migrations() -> str:
    if "ok" not in _known:  # they do not come undone under a running process, so the good answer is kept
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "missing"
        _known.add("ok")
    return "ok"


def _outbox() -> str:
    now = timezone.now()
    oldest = Email.objects.filter(state=Email.State.QUEUED, held=False, next_at__lte=now).order_by("next_at").values_list("next_at").first()
    seconds = int((now - oldest[0]).total_seconds()) if oldest else 0
    return f"late by {seconds} s" if seconds > LATE else "ok"
