"""The tray: each mail with its words, our letter, the guest and the event; one click settles it; the desk is told."""

import pytest
from django.urls import reverse

from events.models import Answer, Invitation
from partnership import holds, incoming, intake
from partnership.models import AddressHold, AuditEvent, Email, IncomingMail
from tests import factories, incoming_factories
from tests import mail_samples as samples

pytestmark = pytest.mark.django_db

LIST = "/admin/mail/incoming/"


def page_of(mail):
    return reverse("admin:mail_incoming_one", args=[mail.pk])


@pytest.fixture
def replied(invitation):
    return incoming_factories.reply(incoming_factories.letter(invitation))


def test_a_reply_stands_with_its_words_our_letter_the_guest_and_the_event(login, desk, replied, invitation):
    page = login(desk).get(LIST).content.decode()

    assert "We are pleased to accept." in page
    assert "You are invited." not in page  # what the guest quoted
    assert "ノルウェー大使館" in page
    assert str(invitation.event) in page
    assert reverse("admin:events_invitation_home", args=[invitation.pk]) in page
    assert 'value="record:accept"' in page


def test_markup_of_a_stranger_is_text(login, desk):
    row = intake.take_in(data=samples.reply("<script>alert(1)</script>", subject="<b>x</b>"))

    for url in (LIST, page_of(row)):
        page = login(desk).get(url).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_one_click_records_the_answer_and_says_so(login, desk, replied, invitation):
    client = login(desk)

    response = client.post(page_of(replied), {"act": "record:accept", "next": LIST}, follow=True)

    assert response.redirect_chain == [(LIST, 302)]
    invitation.refresh_from_db()
    assert invitation.reply == Invitation.Reply.ACCEPTED
    assert str(invitation) in response.content.decode()
    done = client.get(LIST + "?tab=replies").content.decode()
    assert str(desk) in done
    assert "record:accept" not in done


def test_the_second_who_clicks_is_told_who_was_first(login, desk, replied):
    login(desk).post(page_of(replied), {"act": "record:accept"})

    page = login(factories.user("desk")).post(page_of(replied), {"act": "record:decline"}, follow=True).content.decode()

    assert "notice bad" in page or 'class="bad"' in page or str(desk) in page
    assert Answer.objects.get().reply == Invitation.Reply.ACCEPTED


def test_a_substitute_without_a_name_is_asked_for_again_and_nothing_typed_is_lost(login, desk, replied):
    client = login(desk)

    response = client.post(page_of(replied), {"act": "record:substitute", "attendee_post": "Counsellor"})

    assert response.status_code == 422
    assert "Counsellor" in response.content.decode()
    client.post(page_of(replied), {"act": "record:substitute", "attendee_name": "Per Hansen"})
    assert Answer.objects.get().attendee_name == "Per Hansen"


def test_an_act_that_there_is_not_is_refused(login, desk, replied):
    assert login(desk).post(page_of(replied), {"act": "burn"}).status_code == 400
    assert login(desk).get(LIST + "?tab=nonsense").status_code == 404
    assert login(desk).get(reverse("admin:mail_incoming_one", args=[999_999])).status_code == 404
    login(desk).post(page_of(replied), {"act": "record:nonsense"})
    assert not Answer.objects.exists()


def test_reading_changes_nothing(login, desk, replied):
    client = login(desk)
    before = AuditEvent.objects.count()

    for tab in incoming.TABS:
        assert client.get(f"{LIST}?tab={tab}").status_code == 200
    client.get(page_of(replied))

    replied.refresh_from_db()
    assert (replied.handled_at, AuditEvent.objects.count()) == (None, before)


def test_the_tray_costs_the_same_for_one_mail_and_for_many(login, desk, assert_fixed_queries):
    client = login(desk)

    def add():
        incoming_factories.reply(incoming_factories.another())

    assert_fixed_queries(lambda: client.get(LIST), add, rows=20)


def test_a_letter_that_came_back_is_told_in_words_with_the_way_to_put_it_right(login, desk, invitation):
    row = incoming_factories.bounce(incoming_factories.letter(invitation))

    page = login(desk).get(page_of(row)).content.decode()

    assert "ambassador@no.example.jp は存在しません" in page or "the address ambassador@no.example.jp does not exist" in page
    assert reverse("admin:partnership_position_change", args=[invitation.position_id]) in page
    assert 'value="lift"' in page or invitation.position.email != "ambassador@no.example.jp"
    assert 'value="send_again"' in page


def test_the_desk_is_told_of_both_and_whoever_may_not_settle_is_not(login, desk, viewer, invitation):
    email = incoming_factories.letter(invitation)
    incoming_factories.bounce(email)
    incoming_factories.reply(email, subject="Re: our dinner")

    page = login(desk).get("/admin/").content.decode()

    assert "Re: our dinner" in page
    assert "ambassador@no.example.jp" in page
    assert LIST in page
    assert "Re: our dinner" not in login(viewer).get("/admin/").content.decode()


def test_an_unplaced_mail_is_placed_by_searching(login, desk):
    email = incoming_factories.letter()
    row = intake.take_in(data=samples.reply("We accept.", answers=""))
    client = login(desk)

    found = client.get(page_of(row), {"q": "ノルウェー"}).content.decode()
    assert f'name="email" value="{email.pk}"' in found
    client.post(page_of(row), {"act": "attach", "email": email.pk})

    row.refresh_from_db()
    assert (row.email, row.matched_by) == (email, "staff")
    assert client.post(page_of(row), {"act": "attach", "email": "x"}, follow=True).status_code == 200


def test_holds_are_shown_with_their_users_and_lifted_with_a_trace(login, desk, embassy):
    seat = factories.head(embassy)
    holds.put(address=seat.secretariat_email, diagnostic="550 5.1.1 unknown")
    client = login(desk)

    page = client.get("/admin/mail/holds/").content.decode()
    assert reverse("admin:partnership_position_change", args=[seat.pk]) in page
    assert "550 5.1.1 unknown" in page
    client.post("/admin/mail/holds/", {"act": "lift", "hold": AddressHold.objects.get().pk})

    assert not holds.is_on_hold(seat.secretariat_email)
    assert AuditEvent.objects.filter(act="addresshold.lift", actor=desk).exists()
    assert str(desk) in client.get("/admin/mail/holds/").content.decode()
    assert client.post("/admin/mail/holds/", {"act": "lift", "hold": "x"}, follow=True).status_code == 200


def test_holds_cost_the_same_for_one_and_for_many(login, desk, assert_fixed_queries):
    client = login(desk)

    def add():
        holds.put(
            address=factories.head(factories.embassy(secretariat_email=f"s{AddressHold.objects.count()}@x.example.jp")).secretariat_email
        )

    assert_fixed_queries(lambda: client.get("/admin/mail/holds/"), add)


def test_correcting_the_address_of_a_post_leads_to_the_letters_that_came_back(login, desk, invitation):
    seat = invitation.position
    seat.email = "ambassador@no.example.jp"
    seat.save()
    row = incoming_factories.bounce(incoming_factories.letter(invitation))
    client = login(desk)
    url = reverse("admin:partnership_position_change", args=[seat.pk])
    form = client.get(url).context["adminform"].form
    values = {name: form[name].value() or "" for name in form.fields}
    inlines = {"appointments-TOTAL_FORMS": 0, "appointments-INITIAL_FORMS": 0}

    page = client.post(url, {**values, **inlines, "email": "right@no.example.jp"}, follow=True).content.decode()

    seat.refresh_from_db()
    assert seat.email == "right@no.example.jp"
    assert page_of(row) in page


def test_the_mailbox_of_a_demonstration_can_answer_and_give_back(client, login, desk, invitation, settings, tmp_path):
    from partnership import inbox, mailer  # the product’s own way there and back

    settings.DATA_DIR, settings.EMAIL_URL, settings.INBOX_URL = tmp_path, "mailbox:", f"maildir:{tmp_path / 'inbox'}"
    email = factories.email(about=invitation, purpose="confirmation", to_address="ambassador@no.example.jp")
    mailer.run()
    email.refresh_from_db()
    assert email.state == Email.State.SENT

    ways = ["unknown", "full", "carrier", "delayed", "delivered", "absent"]
    for way in ways:
        assert client.post("/mailbox/1/return/", {"way": way}).status_code == 302
    assert client.post("/mailbox/1/reply/", {"text": "We accept. 出席します。"}).status_code == 302
    assert inbox.read() == inbox.Tally(new=len(ways) + 1)

    rows = list(IncomingMail.objects.order_by("pk"))
    assert {row.email for row in rows} == {email}
    assert sorted(row.kind for row in rows) == sorted(["bounce", "bounce", "bounce", "delay", "delivered", "automatic", "reply"])
    assert holds.is_on_hold("ambassador@no.example.jp")
    assert rows[-1].text.startswith("We accept. 出席します。")


def test_the_mailbox_says_what_is_missing(client, settings, tmp_path):
    from partnership import mailer

    settings.DATA_DIR, settings.EMAIL_URL = tmp_path, "mailbox:"
    factories.email(to_address="ambassador@no.example.jp")
    mailer.run()

    assert client.post("/mailbox/1/reply/", {"text": " "}).status_code == 422
    assert client.post("/mailbox/1/return/", {"way": "burnt"}).status_code == 422
    assert client.post("/mailbox/2/reply/", {"text": "x"}).status_code == 404
    settings.DEMO = False
    assert client.post("/mailbox/1/reply/", {"text": "x"}).status_code == 404
