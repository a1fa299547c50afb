"""Accounts: an e-mail address, a name, the body it belongs to, and groups that grant rights."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from partnership.models.base import Versioned
from partnership.models.organisation import Organisation
from partnership.normalise import identifier


class UserManager(BaseUserManager["User"]):
    """Makes accounts; there is no sign-up."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An account without rights."""
        user = self.model(email=identifier(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An account with every right, for the first start."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Addresses are compared without case."""
        return self.get(email__iexact=username)


class User(Versioned, AbstractBaseUser, PermissionsMixin):
    """Someone who signs in: division staff, a municipal official, a partnership officer."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    post = models.CharField(
        pgettext_lazy("account", "post"),
        max_length=100,
        blank=True,
        help_text=_("As shown to others, such as “Director” or “International Affairs Section”."),
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("organisation"), related_name="users", null=True, blank=True
    )
    language = models.CharField(_("language"), max_length=2, choices=[("ja", _("Japanese")), ("en", _("English"))], default="ja")
    confirmed_on = models.DateField(
        _("confirmed on"), null=True, blank=True, editable=False,
        help_text=_("When its holder last said that the post and its people are as shown; asked each April and May."),
    )  # fmt: skip
    is_staff = models.BooleanField(_("may enter the administration"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)
    date_joined = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["email"]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_address")]

    def __str__(self) -> str:
        return f"{self.post} {self.name}".strip()

    def get_full_name(self) -> str:
        """The name, for libraries that ask."""
        return self.name
