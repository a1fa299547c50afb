"""The kernel's app: it owns the registries and lets every app fill them."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PartnershipConfig(AppConfig):
    """The kernel."""

    name = "partnership"
    verbose_name = _("people, organisations and mail")

    def ready(self) -> None:
        """Load what the apps register."""
        autodiscover_modules("purposes", "subjects", "desk", "menu", "demo")
