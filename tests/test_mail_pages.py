"""The pages of mail: what is uncertain, the log laid beside it, the engine, one mail of the outbox, and their index."""

import io
import json
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from partnership import gates, ledger, reasons, restores
from partnership.models import AuditEvent, Email, Mailing, MailMark
from tests import engine
from tests.evidence_factories import json_line, sent, uncertain

pytestmark = pytest.mark.django_db
State = Email.State
UNCERTAIN, LOG, ENGINE, INDEX = "/admin/mail/uncertain/", "/admin/mail/uncertain/log/", "/admin/mail/engine/", "/admin/mail/"


def _fresh(email):
    return Email.objects.get(pk=email.pk)


def _page(client, address, language="en"):
    return client.get(f"{address}?lang={language}").content.decode()


def _restored(settings):
    """A database that was just found restored."""
    ledger.claim("me", 1)
    MailMark.objects.update(claims=0)
    identity = str(MailMark.objects.get().identity)
    Path(settings.MAIL_MARK).write_text(json.dumps({"identity": identity, "claims": 7}))
    assert not restores.check()


# ── who may ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("address", "acts"), [(UNCERTAIN, True), (LOG, True), (ENGINE, False)])
def test_the_desk_sees_these_pages_and_others_do_not(login, desk, viewer, protocol, clerk, address, acts):
    assert login(desk).get(address).status_code == 200
    assert (login(desk).post(address, {"act": "release"}).status_code == 403) is not acts
    assert {login(who).get(address).status_code for who in (viewer, protocol, clerk)} == {403}


def test_index_shows_each_person_what_they_may_open(login, desk, viewer, superuser, protocol):
    pages = {who: _page(login(who), INDEX) for who in (desk, viewer, superuser)}

    assert UNCERTAIN in pages[desk]
    assert "/admin/partnership/email/" not in pages[desk]
    assert UNCERTAIN not in pages[viewer]
    assert "/admin/partnership/email/" in pages[superuser]
    assert login(protocol).get(INDEX).status_code == 403


# ── uncertain mails ──────────────────────────────────────────────────────────


def test_uncertain_mail_is_explained(login, desk):
    mailing = engine.sending()
    email = uncertain(mailing=mailing, recipient_key="no", labels=("駐日ノルウェー大使館", "Embassy of Norway"))

    english, japanese = _page(login(desk), UNCERTAIN), _page(login(desk), UNCERTAIN, "ja")

    for words in (
        "Embassy of Norway",
        email.to_address,
        str(mailing.title_en),
        "Nothing: it waits for you.",
        str(reasons.sentence("no_answer")),
    ):
        assert words in english or words in japanese
    assert "駐日ノルウェー大使館" in japanese


@pytest.mark.parametrize("with_mailing", [True, False])
def test_one_click_takes_it_as_arrived_with_the_name_of_whoever_decided(login, desk, with_mailing):
    email = uncertain(mailing=engine.sending() if with_mailing else None)

    login(desk).post(UNCERTAIN, {"act": f"arrived:{email.pk}", "note": "called the embassy"})

    assert (_fresh(email).state, _fresh(email).evidence) == (State.SENT, "staff")
    event = AuditEvent.objects.get(act="email.accepted")
    assert (event.actor, event.detail.personal) == (desk, {"note": "called the embassy"})


def test_one_click_sends_it_again_in_a_new_row(login, desk):
    email = uncertain()

    login(desk).post(UNCERTAIN, {"act": f"again:{email.pk}"})

    new = Email.objects.get(resend_of=email)
    assert (new.state, new.seq, new.created_by) == (State.QUEUED, 1, desk)
    assert _fresh(email).state == State.UNCERTAIN


def test_marked_ones_are_settled_together_and_the_rest_stays(login, desk):
    mails = [uncertain() for _ in range(3)]

    page = login(desk).post(UNCERTAIN, {"act": "arrived", "email": [mails[0].pk, mails[1].pk]}, follow=True)

    assert [_fresh(one).state for one in mails] == [State.SENT, State.SENT, State.UNCERTAIN]
    assert page.status_code == 200


def test_letter_of_a_mailing_is_not_sent_again_while_a_restore_holds_it(login, desk, settings):
    email = uncertain(mailing=engine.sending())
    _restored(settings)

    login(desk).post(UNCERTAIN, {"act": f"again:{email.pk}"})

    assert not Email.objects.filter(resend_of=email).exists()


def test_second_of_two_people_is_told_that_it_is_settled(login, desk):
    email = uncertain()
    client = login(desk)
    client.post(UNCERTAIN, {"act": f"arrived:{email.pk}"})

    page = client.post(UNCERTAIN + "?lang=en", {"act": f"again:{email.pk}"}, follow=True).content.decode()

    assert 'class="notice bad"' in page
    assert not Email.objects.filter(resend_of=email).exists()


@pytest.mark.parametrize("act", ["", "arrived:x", "arrived:99999999999999999999", "burn:1", "again:-1"])
def test_act_that_the_page_does_not_have_is_refused(login, desk, act):
    assert login(desk).post(UNCERTAIN, {"act": act}).status_code == 400


def test_note_that_cannot_be_kept_loses_nothing(login, desk):
    email = uncertain()

    page = login(desk).post(UNCERTAIN, {"act": "arrived", "email": email.pk, "note": "x" * 400})

    assert page.status_code == 422
    assert "x" * 400 in page.content.decode()
    assert re.search(rf'value="{email.pk}" checked', page.content.decode())


def test_list_costs_the_same_whatever_its_length(login, desk, assert_fixed_queries):
    client, mailing = login(desk), engine.sending()
    made = iter(range(1000))

    assert_fixed_queries(lambda: client.get(UNCERTAIN), lambda: uncertain(mailing=mailing, recipient_key=str(next(made))))


def test_work_desk_leads_to_the_page(login, desk):
    uncertain(mailing=engine.sending())
    uncertain()

    assert login(desk).get("/admin/").content.decode().count(UNCERTAIN) >= 2


# ── the log, on a page ───────────────────────────────────────────────────────


def _upload(client, text, **fields):
    return client.post(LOG, {"log": SimpleUploadedFile("mail.log", text.encode()), **fields})


def test_log_is_shown_before_it_is_applied(login, desk):
    arrived, lost = uncertain(), uncertain()
    client = login(desk)

    page = _upload(client, json_line(arrived)).content.decode()

    assert _fresh(arrived).state == State.UNCERTAIN
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    client.post(LOG, {"seen": seen})
    assert (_fresh(arrived).state, _fresh(lost).state) == (State.SENT, State.QUEUED)
    assert AuditEvent.objects.get(act="email.accepted").actor == desk


def test_what_somebody_settled_meanwhile_is_not_touched(login, desk):
    lost, client = uncertain(), login(desk)
    other = uncertain()
    seen = re.search(r'name="seen" value="([^"]+)"', _upload(client, json_line(other)).content.decode())[1]
    client.post(UNCERTAIN, {"act": f"arrived:{lost.pk}"})

    client.post(LOG, {"seen": seen})

    assert (_fresh(lost).state, _fresh(lost).evidence) == (State.SENT, "staff")


@pytest.mark.parametrize("seen", ["", "forged", "a:b:c"])
def test_what_was_not_shown_is_not_applied(login, desk, seen):
    email = uncertain()

    assert login(desk).post(LOG, {"seen": seen}).status_code == 302

    assert _fresh(email).state == State.UNCERTAIN


def test_form_without_a_log_is_refused(login, desk):
    assert login(desk).post(LOG, {}).status_code == 422


@pytest.mark.parametrize("text", ["\x00\x01\x02", "nonsense", "{", "\x1f\x8b broken"])
def test_file_that_is_no_log_is_answered_with_words(login, desk, text):
    uncertain()

    page = _upload(login(desk), text)

    assert page.status_code == 200


def test_letters_that_the_data_has_forgotten_are_named(login, desk):
    stranger = engine.letter("forgotten@mission.example.jp")
    line = json_line(stranger)
    Email.objects.filter(pk=stranger.pk).delete()

    assert "forgotten@mission.example.jp" in _upload(login(desk), line).content.decode()


# ── the engine ───────────────────────────────────────────────────────────────


def test_engine_says_what_waits(login, desk):
    engine.sending(3)
    engine.letter(purpose=engine.SECRET.key)

    page = _page(login(desk), ENGINE)

    assert "Yes. Letters are leaving" in page or "はい" in page or "送信されています" in page
    assert page.count('<tr><th scope="row"') == 2


def test_stopped_engine_is_said_and_a_superuser_lets_it_go_on(login, desk, superuser):
    gates.stop(reasons.AUTHENTICATION, "535")

    assert 'class="notice bad"' in _page(login(desk), ENGINE)
    assert login(desk).post(ENGINE, {"act": "resume"}).status_code == 403
    login(superuser).post(ENGINE, {"act": "resume"})
    assert 'class="notice bad"' not in _page(login(desk), ENGINE)


def test_blind_release_asks_for_the_number(login, superuser, settings):
    engine.sending(3)
    _restored(settings)
    client = login(superuser)

    for count in ("", "2", "drei"):
        assert client.post(ENGINE, {"act": "release", "count": count}).status_code == 422
    assert restores.held().count() == 3
    client.post(ENGINE, {"act": "release", "count": "3", "note": "by hand"})

    assert restores.held().count() == 0
    assert not restores.is_held()


def test_release_after_the_log_is_one_button(login, superuser, settings):
    engine.sending(2)
    left = sent()
    _restored(settings)
    client = login(superuser)
    page = _upload(client, json_line(left)).content.decode()
    client.post(LOG, {"seen": re.search(r'name="seen" value="([^"]+)"', page)[1]})

    assert 'name="count"' not in _page(client, ENGINE)
    client.post(ENGINE, {"act": "release"})

    assert not restores.is_held()


def test_hold_is_on_the_work_desk(login, desk, settings):
    engine.sending(2)
    _restored(settings)

    assert ENGINE in login(desk).get("/admin/").content.decode()


def test_command_releases_in_the_name_of_a_superuser(superuser, desk, settings):
    engine.sending(2)
    _restored(settings)

    for arguments in (["--by", desk.email], ["--by", superuser.email]):
        with pytest.raises(CommandError):
            call_command("mail_release", *arguments)
    call_command("mail_release", "--by", superuser.email, "--unreconciled", stdout=io.StringIO())

    assert AuditEvent.objects.get(act="mailmark.release").actor == superuser


def test_page_of_the_engine_shows_no_password(login, desk, settings):
    settings.EMAIL_URL = "smtp+tls://user:geheim@relay.example.jp:587"

    page = _page(login(desk), ENGINE)

    assert "relay.example.jp:587" in page
    assert "geheim" not in page


# ── one mail of the outbox ───────────────────────────────────────────────────


def _letter(email):
    return f"/admin/partnership/email/{email.pk}/change/"


def test_superuser_reads_a_mail_with_its_attempts(login, superuser):
    email = uncertain()
    ledger.conclude(email, ledger.Outcome("reply", State.UNCERTAIN, "no_answer"), worker="me", started_at=timezone.now())

    page = _page(login(superuser), _letter(email))

    assert email.message_id.strip("<>") in page
    assert "\ue000" not in page
    assert page.count('<time datetime="') >= 2


def test_secret_is_shown_to_nobody(login, superuser):
    email = engine.letter(purpose=engine.SECRET.key, text="code 123456", html="<p>123456</p>")

    client = login(superuser)

    assert "123456" not in _page(client, _letter(email))
    assert "123456" not in client.get(f"/admin/partnership/email/{email.pk}/html/").content.decode()


def test_html_is_shown_in_a_frame_that_may_do_nothing(login, superuser, desk):
    email = engine.letter(html="<p>Dear guest</p><script>alert(1)</script>")

    response = login(superuser).get(f"/admin/partnership/email/{email.pk}/html/")

    assert "sandbox" in response["Content-Security-Policy"]
    assert login(desk).get(f"/admin/partnership/email/{email.pk}/html/").status_code == 403


def test_acts_of_one_mail(login, superuser, desk):
    waiting, lost = engine.letter(), engine.letter()
    Email.objects.filter(pk=lost.pk).update(state=State.FAILED)
    client = login(superuser)

    assert login(desk).post(_letter(waiting), {"act": "cancel"}).status_code == 403
    client.post(_letter(waiting), {"act": "cancel"})
    client.post(_letter(lost), {"act": "resend"})
    client.post(_letter(lost), {"act": "resend"})

    assert _fresh(waiting).state == State.CANCELLED
    assert Email.objects.filter(resend_of=lost).count() == 1
    assert client.post(_letter(lost), {"act": "burn"}).status_code == 400


def test_outbox_is_filtered_by_what_followed(login, superuser):
    back = sent(to="back@mission.example.jp")
    Email.objects.filter(pk=back.pk).update(bounced_at=timezone.now())
    sent(to="fine@mission.example.jp")

    page = login(superuser).get("/admin/partnership/email/?followed=back").content.decode()

    assert "back@mission.example.jp" in page
    assert "fine@mission.example.jp" not in page
    assert login(superuser).get("/admin/partnership/email/?purpose=engine_letter&held__exact=0").status_code == 200


def test_audit_of_all_mails_says_everything_but_the_text(capsys, desk):
    email = uncertain(mailing=engine.sending(), recipient_key="no")
    Email.objects.filter(pk=email.pk).update(held=True, evidence="log", bounced_at=timezone.now())

    call_command("mail_audit")

    line = json.loads(capsys.readouterr().out)
    assert line["campaign"] == line["mailing"] == Mailing.objects.get().pk
    assert (line["held"], line["evidence"], line["resend_of"], line["seq"]) == (True, "log", None, 0)
    assert line["bounced_at"]
    assert line["data_started_at"]
    assert "text" not in line
