import pytest
from django.urls import reverse

from partnership import emails, mailer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_mailbox(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.EMAIL_URL = "mailbox:"


def _send(**changes):
    letter = {
        "purpose": "message",
        "to_address": "embassy@example.jp",
        "language": "en",
        "subject": "Invitation 招待",
        "text": "Dear guest,\nhttps://example.jp/rsvp/abc/\n.\n",
        "html": '<p style="color:red">Dear <b>guest</b></p><script>alert(1)</script>',
    }
    emails.queue(**letter | changes)
    return mailer.run()


def test_mailbox_keeps_each_mail_as_a_file_that_nobody_overwrites(tmp_path):
    _send()
    _send(subject="second")

    assert sorted(path.name for path in (tmp_path / "mailbox").iterdir()) == ["1.eml", "2.eml"]


def test_mailbox_lists_letters_newest_first_without_login(client):
    _send()
    _send(subject="The second letter")

    page = client.get("/mailbox/").content.decode()

    assert page.index("The second letter") < page.index("Invitation 招待")


def test_empty_mailbox_says_what_to_do(client):
    assert client.get("/mailbox/").status_code == 200


def test_mailbox_shows_text_with_a_link_that_can_be_followed(client):
    _send()

    page = client.get(reverse("mailbox_letter", args=[1])).content.decode()

    assert 'href="https://example.jp/rsvp/abc/"' in page
    assert "embassy@example.jp" in page
    assert "alert(1)" not in page
    assert reverse("mailbox_html", args=[1]) in page


def test_html_of_a_letter_has_its_own_policy_and_may_do_nothing(client):
    _send()

    answer = client.get(reverse("mailbox_html", args=[1]))

    policy = answer["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "color:red" in answer.content.decode()


def test_letter_without_html_has_no_html_page(client):
    _send(html="")

    assert client.get(reverse("mailbox_html", args=[1])).status_code == 404
    assert "iframe" not in client.get(reverse("mailbox_letter", args=[1])).content.decode()


def test_letter_can_be_downloaded_as_it_came(client):
    _send()

    answer = client.get("/mailbox/1.eml")

    assert answer["Content-Type"] == "message/rfc822"
    assert b"\r\n\r\n" in answer.content


@pytest.mark.parametrize("address", ["/mailbox/7/", "/mailbox/7/html/", "/mailbox/7.eml", f"/mailbox/{10**400}.eml", "/mailbox/１/"])
def test_unknown_letter_is_not_found(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/mailbox/", "/mailbox/1/", "/mailbox/1/html/", "/mailbox/1.eml"])
def test_mailbox_exists_only_in_a_demonstration(client, settings, address):
    _send()
    settings.DEMO = False

    assert client.get(address).status_code == 404


def test_mailbox_only_reads(client):
    assert client.post("/mailbox/", {"act": "delete"}).status_code == 405


def test_mailbox_finds_letters_by_addressee_and_subject(client):
    _send()
    _send(to_address="norway@embassy.example.jp", subject="ご案内")

    by_address, by_subject, none = (client.get("/mailbox/", {"q": sought}).content.decode() for sought in ("NORWAY", "招待", "nobody"))

    assert ("ご案内" in by_address, "Invitation 招待" in by_address) == (True, False)
    assert ("ご案内" in by_subject, "Invitation 招待" in by_subject) == (False, True)
    assert "<table" not in none
