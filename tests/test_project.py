"""Facts of the repository as a whole."""

import ast
import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.fields import GenericForeignKey
from django.core.management import call_command
from django.template.loaders.app_directories import get_app_template_dirs

from partnership import routes
from partnership.admin.base import BaseAdmin
from tests.gates.deploy import PRODUCTION, manage

ROOT = Path(__file__).resolve().parent.parent
APPS = ["partnership", "municipalities", "events"]  # from the lowest to the highest

# What anyone may ask for without signing in. A new entry is a decision: say in its view why it is public.
PUBLIC = {
    "front": "three doors, nothing else",
    "livez": "probe",
    "readyz": "probe",
    "rsvp:invitation": "the token in the address is the key",
    "rsvp:calendar": "the token in the address is the key",
    "account_login": "signing in",
    "account_request_login_code": "signing in by e-mail code",
    "account_confirm_login_code": "signing in by e-mail code",
    "account_logout": "signing out once more does no harm",
    "account_inactive": "says that an account is closed",
    "account_signup": "says that accounts are given",
    "account_email": "404",
    "account_email_verification_sent": "404",
    "account_confirm_email": "404",
    "account_reset_password": "a forgotten password",
    "account_reset_password_done": "a forgotten password",
    "account_reset_password_from_key": "a forgotten password",
    "account_reset_password_from_key_done": "a forgotten password",
    "admin:login": "leads to the login page",
    "portal:calls": "calls are published",
    "portal:call": "calls are published",
    "portal:call_form": "the empty form of a call that is published",
    "portal:call_file": "a document of a call that is published",
    "portal:access": "officials who have no account yet ask for one",
    "portal:access_ask": "officials who have no account yet ask for one",
    "portal:access_asked": "says the same to everyone who asked",
    "mailbox": "a demonstration only: stands for the mail programs of its guests",
    "mailbox_letter": "a demonstration only",
    "mailbox_html": "a demonstration only",
    "mailbox_download": "a demonstration only",
    "mailbox_reply": "a demonstration only: writes back as the recipient",
    "mailbox_return": "a demonstration only: reports as the recipient’s server",
}

# Models without a page in the administration, each with its reason.
NOT_IN_ADMIN = {
    "partnership.AuditDetail": "personal values, shown with their audit event only",
    "partnership.AuditSeal": "checked by a machine",
    "partnership.MailAttempt": "shown with its mail",
    "partnership.ApprovalStep": "shown with its approval",
    "partnership.Delegation": "has a page of its own: admin/delegations/",
    "partnership.Recipient": "shown with its mailing",
    "partnership.Approval": "has pages of its own",
    "partnership.Attachment": "shown with what it was sent with",
    "partnership.Tenure": "shown with its account",
    "partnership.MailGate": "shown on the page of the engine",
    "partnership.MailMark": "shown on the page of the engine",
    "partnership.IncomingMail": "has pages of its own",
    "partnership.AddressHold": "has pages of its own",
    "events.NoteVerbale": "printed from the page of its mailing",
    "partnership.RouteStop": "edited with its route",
    "municipalities.NumberSeries": "counts",
    "municipalities.HistoricalMunicipalRequest_attractions": "part of the history of a request",
    "municipalities.MessageDraft": "what somebody is typing; theirs alone",
    "municipalities.RequestMessage": "shown with its request",
    "municipalities.RequestParty": "shown with its request",
    "municipalities.RequestDecision": "shown with its paper",
    "municipalities.Consultation": "shown with its enquiry",
    "events.EventRequest": "a tie; the request and the event have pages",
    "events.EventAttraction": "shown with its event",
    "events.Participant": "on the guest list of its event",
    "events.Answer": "shown with its invitation",
    "events.CallNote": "shown on the call sheet",
    "events.EventHost": "edited with its event",
    "events.EventMailing": "a tie; the mailing and the event have pages",
    "events.GuestNeeds": "protected; shown on the guest list to those who need it",
    "events.LeftOut": "decided on the page that chooses recipients",
    "events.Task": "edited with its event",
}


def own_models():
    """Our models without the tables of their histories."""
    return [model for model in apps.get_models() if model._meta.app_label in APPS and not hasattr(model, "history_object")]


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_no_model_points_to_a_package_above_its_own(model):
    level = APPS.index(model._meta.app_label)

    above = [
        field.name
        for field in [*model._meta.get_fields(include_hidden=True)]
        if field.is_relation
        and not field.auto_created
        and not isinstance(field, GenericForeignKey)
        and field.related_model is not None
        and field.related_model._meta.app_label in APPS[level + 1 :]
    ]

    assert above == []


def test_what_strangers_may_ask_for_is_a_literal_list():
    assert {route.name for route in routes.every() if route.is_public} == set(PUBLIC)


def test_every_model_has_a_page_in_the_administration_or_a_reason_why_not():
    without = {model._meta.label for model in own_models() if model not in admin.site._registry}

    assert without == set(NOT_IN_ADMIN)


def test_every_page_of_the_administration_derives_from_the_mended_base():
    stock = [type(page).__name__ for page in admin.site._registry.values() if not isinstance(page, BaseAdmin)]
    stock += [
        inline.__name__ for page in admin.site._registry.values() for inline in page.inlines if not getattr(inline, "is_mended", False)
    ]

    assert stock == []


def test_every_template_is_used():
    ours = ROOT / "templates"
    sources = [*ROOT.glob("*/**/*.py"), *ours.rglob("*.*")]
    text = "\n".join(path.read_text() for path in sources if ".venv" not in path.parts and path.suffix in {".py", ".html", ".txt", ".svg"})
    overridden = [Path(folder) for folder in get_app_template_dirs("templates")]

    # Django looks for these by the name of the model
    by_model = {f"admin/{model._meta.app_label}/{model._meta.model_name}" for model in own_models()}

    unused = []
    for path in sorted(ours.rglob("*.*")):
        name = path.relative_to(ours).as_posix()
        letter = re.sub(r"_(subject|message)\.(txt|html)$", "", name)  # allauth names a letter's parts by its beginning
        if path.parent.relative_to(ours).as_posix() in by_model:
            continue
        if name not in text and f'"{letter}"' not in text and not any((folder / name).exists() for folder in overridden):
            unused.append(name)

    assert unused == []


@pytest.mark.parametrize("name", ["SECRET_KEY", "RSVP_KEY", "EMAIL_URL", "SITE_URL"])
def test_production_does_not_start_without_its_settings(name, tmp_path):
    environment = {key: value for key, value in PRODUCTION.items() if key != name}

    result = manage("check", environment=environment, data_dir=str(tmp_path))

    assert result.returncode != 0
    assert f"  - {name}" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("SITE_URL", "http://partnership.example.jp"), ("EMAIL_URL", "mailbox:"), ("SECRET_KEY", "short"), ("RSVP_KEY", "short")],
)
def test_production_does_not_start_with_unsafe_settings(name, value, tmp_path):
    result = manage("check", environment={**PRODUCTION, name: value}, data_dir=str(tmp_path))

    assert result.returncode != 0
    assert f"  - {name}" in result.stderr


def test_production_starts_with_its_settings(tmp_path):
    assert manage("check", environment=PRODUCTION, data_dir=str(tmp_path)).returncode == 0


@pytest.mark.django_db
@pytest.mark.sqlite
def test_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_routes_are_listed_with_the_roles_that_get_past_their_door():
    out = StringIO()

    call_command("routes", format="json", stdout=out)

    rows = {row["name"]: row for row in json.loads(out.getvalue())}
    assert rows["livez"] == {"pattern": "livez", "name": "livez", "roles": ["anonymous"]}
    assert "anonymous" not in rows["admin:index"]["roles"]
    assert "municipal_member" not in rows["admin:index"]["roles"]
    assert "viewer" not in rows["admin:events_event_add"]["roles"]
    assert "desk" in rows["admin:events_event_add"]["roles"]


def test_files_stay_readable():
    long = {
        str(path.relative_to(ROOT)): lines
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts and (lines := path.read_text().count("\n")) > 400
    }

    assert long == {}


def test_nothing_is_imported_inside_a_function():
    found = []
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for function in ast.walk(ast.parse(path.read_text())):
                if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                    found += [
                        f"{path.relative_to(ROOT)}:{node.lineno}"
                        for node in ast.walk(function)
                        if isinstance(node, ast.Import | ast.ImportFrom)
                    ]

    assert sorted(set(found)) == []


def test_blocks_to_translate_are_trimmed():
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        for tag in re.findall(r"{% blocktranslate(?:[^%]|%(?!}))*%}", path.read_text())
        if "trimmed" not in tag
    ]

    assert found == []
