"""The app of municipalities."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MunicipalitiesConfig(AppConfig):
    """municipalities."""

    name = "municipalities"
    verbose_name = _("local governments")
