"""The kernel's app: it owns the registries and lets every app fill them."""

from django.apps import AppConfig, apps
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules, import_string
from django.utils.translation import gettext_lazy as _


class PartnershipConfig(AppConfig):
    """The kernel."""

    default = True
    name = "partnership"
    verbose_name = _("people, organisations and mail")

    def ready(self) -> None:
        """Load what the apps register, and keep the roles as the code says them."""
        autodiscover_modules(
            "purposes",
            "subjects",
            "approvals",
            "mailings",
            "desk",
            "menu",
            "acts",
            "search",
            "demo",
            "checks",
            "roles",
            "retention",
            "incoming_retention",
            "attachments",
            "account_mails",
            "sign_in_trail",
            "outcomes",
            "panels",
            "home_panels",
        )
        # auth stands below our apps in INSTALLED_APPS: by its turn, Django has written all our rights
        for hook in ("partnership.roles.sync_after_migrate", "partnership.approval_routes.sync_after_migrate"):
            post_migrate.connect(import_string(hook), sender=apps.get_app_config("auth"))


class PartnershipAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site as ``django.contrib.admin.site``."""

    default = False
    default_site = "partnership.site.PartnershipAdminSite"
