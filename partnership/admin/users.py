"""Accounts. Nobody gives or takes a right they do not hold, nobody sets a password, and nothing is deleted."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnership import account_mails, accounts, confirmations, holders, roles
from partnership.admin.base import BaseAdmin
from partnership.admin.hand_over import hand_over
from partnership.fields import AddressField
from partnership.forms import VersionedModelForm
from partnership.models import User
from partnership.transitions import Refused


class AccountForm(VersionedModelForm):
    """An account; address, roles and closing are acts of their own (partnership/accounts.py)."""

    address = AddressField(label=_("e-mail"), max_length=254, help_text=_("The account signs in with it. It counts as verified."))
    roles = forms.MultipleChoiceField(
        label=_("roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only roles whose rights you hold yourself can be given."),
    )
    active = forms.BooleanField(
        label=_("active"), required=False, initial=True, help_text=_("Take the tick away to close the account. Its history stays.")
    )

    by: User  # who edits; set by the admin class for each request

    class Meta(VersionedModelForm.Meta):
        model = User
        fields = ("name", "post", "organisation", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("address", self.instance.email)
            self.initial.setdefault("roles", accounts.roles_of(self.instance))
            self.initial.setdefault("active", self.instance.is_active)
        if "roles" in self.fields:
            self.fields["roles"].choices = [(name, roles.label(name)) for name in roles.LABELS if accounts.may_grant(self.by, name)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        """Ask the rules before anything is written, so that their answer stands beside its field."""
        cleaned = super().clean()
        data = self.cleaned_data
        if "address" in data:
            self._ask("address", lambda: accounts.check_address(data["address"], self.instance if self.instance.pk else None))
        if "roles" in data and "organisation" in self.fields:
            self._ask("roles", lambda: accounts.check_bodies(data["roles"], data.get("organisation")))
        return cleaned

    def _ask(self, field: str, question: Any) -> None:
        try:
            question()
        except Refused as refusal:
            self.add_error(field, str(refusal))


class ConfirmedFilter(admin.SimpleListFilter):
    """Accounts of local governments whose holders have not confirmed them since 1 April."""

    title = _("yearly confirmation")
    parameter_name = "confirmed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """One question."""
        return [("no", _("not confirmed this fiscal year"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[User]) -> models.QuerySet[User]:
        """The rows; an unknown answer is the reader's mistake."""
        if self.value() is None:
            return queryset
        if self.value() != "no":
            raise ValueError(self.value())
        return queryset.filter(pk__in=confirmations.missing(timezone.localdate()).order_by().values("pk"))


@admin.register(User)
class UserAdmin(BaseAdmin):
    """Accounts as far as one's own rights reach."""

    form = AccountForm
    list_display = ("email", "name", "post", "organisation", "roles_in_words", "is_active", "last_login")
    list_filter = ("groups", "is_active", ConfirmedFilter, "language", "is_demo")
    list_select_related = ("organisation",)
    search_fields = ("email", "name", "organisation__search_key")
    autocomplete_fields = ("organisation",)
    fields = ("address", "name", "post", "organisation", "language", "roles", "active")
    export_fields = ("email", "name", "post", "organisation", "roles_in_words", "is_active", "last_login")
    change_form_template = "admin/partnership/user/change_form.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        """Superusers are shown to superusers only."""
        queryset = super().get_queryset(request).prefetch_related("groups")
        return queryset if request.user.is_superuser else queryset.filter(is_superuser=False)

    @admin.display(description=_("roles"))
    def roles_in_words(self, user: User) -> str:
        """What the account is for."""
        if user.is_superuser:
            return gettext("every right")
        return gettext(", ").join(roles.label(group.name) for group in user.groups.all())

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not where the account holds more than the person who looks at it."""
        return super().has_change_permission(request, obj) and (obj is None or accounts.may_manage(request.user, obj))  # type: ignore[arg-type]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account is closed, never deleted: its acts keep its name."""
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """One's own roles and one's own closing are for others to decide; a new account is open."""
        fields = list(self.fields)
        if obj is None:
            return [name for name in fields if name != "active"]
        if not self.has_change_permission(request, obj):
            return ["email", "name", "post", "organisation", "language", "roles_in_words", "is_active"]
        return [name for name in fields if name not in {"roles", "active"}] if obj.pk == request.user.pk else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """For those who may only look."""
        if obj is not None and not self.has_change_permission(request, obj):
            return ("email", "roles_in_words", "is_active")
        return ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 Django's signature
        """The form, told who edits."""
        form = super().get_form(request, obj, change, **kwargs)
        form.by = request.user
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 Django's signature
        """Call the verbs."""
        by, data = request.user, form.cleaned_data
        if not change:
            facts = {name: data[name] for name in ("name", "post", "organisation", "language", "roles")}
            made = accounts.create(email=data["address"], welcome=True, by=by, **facts)  # type: ignore[arg-type]
            obj.__dict__.update(made.__dict__)
            return
        super().save_model(request, obj, form, change)
        if "name" in form.changed_data:
            holders.rename(user=obj)
        if "address" in form.changed_data:
            accounts.change_address(user=obj, email=data["address"], by=by)  # type: ignore[arg-type]
        if "roles" in form.changed_data:
            accounts.set_roles(user=obj, roles=data["roles"], by=by)  # type: ignore[arg-type]
        if "active" in form.changed_data:
            accounts.set_active(user=obj, active=data["active"], by=by)  # type: ignore[arg-type]

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:  # noqa: FBT001, FBT002 Django's signature
        """The verbs write down what they do themselves."""
        facts = super().construct_change_message(request, form, formsets, add)
        return {"fields": [name for name in facts.get("fields", []) if name not in {"address", "roles", "active"}]}

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """Written down by accounts.create."""

    def get_urls(self) -> list[URLPattern]:
        """With the button that sends the link to set a password, and the page that hands the account over."""
        wrap = self.admin_site.admin_view
        link = path("<path:object_id>/password-link/", wrap(self.password_link), name="partnership_user_password_link")
        over = path("<path:object_id>/hand-over/", wrap(self.hand_over), name="partnership_user_hand_over")
        return [link, over, *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        """With those who have held the account."""
        user = self.get_object(request, unquote(object_id))
        extra = {"tenures": holders.of(user) if user else [], **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra)

    def hand_over(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Give the account to whoever fills the post now."""
        user = self.get_object(request, unquote(object_id))
        if user is None:
            raise Http404(object_id)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        return hand_over(request, user)

    def password_link(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Send the owner the link with which they set a password; nobody else ever knows it."""
        user = self.get_object(request, unquote(object_id))
        if user is None or request.method != "POST":
            raise Http404(object_id)
        if not self.has_change_permission(request, user) or not user.is_active:
            raise PermissionDenied
        account_mails.send_password_link(user, by=request.user)  # type: ignore[arg-type]
        self.message_user(
            request, _("The link to set a password is on its way to %(address)s.") % {"address": user.email}, messages.SUCCESS
        )
        return redirect("admin:partnership_user_change", user.pk)
