from collections.abc import Iterator

import pytest
from django.urls import reverse

from partnership import approvals, mailings
from partnership.admin import paper_desk
from partnership.models import Approval, Email, Mailing
from tests import factories, letters_purpose

HOME = "admin:partnership_mailing_home"


@pytest.fixture(autouse=True)
def _purpose() -> Iterator[None]:
    letters_purpose.reset()
    yield
    letters_purpose.reset()


@pytest.fixture
def guests(db):
    return [
        factories.organisation(
            "association", name_ja=f"協会{n}", name_en=f"Association {n}", email=f"a{n}@mission.example.jp", language=lang
        )
        for n, lang in ((1, "ja"), (2, "en"), (3, "en"))
    ]


@pytest.fixture
def draft(guests, desk):
    return mailings.create(purpose=letters_purpose.KEY, titles=letters_purpose.TITLES, texts=letters_purpose.TEXTS, by=desk)


@pytest.fixture
def ready(draft, desk):
    return mailings.freeze(mailing=draft, by=desk)


@pytest.fixture
def paper(ready, desk, approver):
    return approvals.submit(approval=approvals.draft(thing=ready, by=desk), by=desk)


@pytest.fixture
def sending(ready, paper, desk, approver):
    approvals.agree(approval=paper, by=approver)
    return mailings.send(mailing=ready, by=desk)


def home(mailing):
    return reverse(HOME, args=[mailing.pk])


def state(thing):
    return type(thing).objects.get(pk=thing.pk).state


def words(response):
    return response.content.decode()


def test_the_whole_way_from_draft_to_sending_on_the_pages(draft, login, desk, approver):
    staff, director = login(desk), login(approver)

    staff.post(home(draft), {"act": "freeze"})
    staff.post(home(draft), {"act": "submit", "note": "よろしくお願いいたします。"})
    paper = Approval.objects.get()
    page = words(director.get(reverse("admin:approval", args=[paper.pk])))
    director.post(reverse("admin:approval", args=[paper.pk]), {"act": "agree", "seen": paper.digest})
    confirm = words(staff.get(home(draft)))
    staff.post(home(draft), {"act": "send"})

    assert "よろしくお願いいたします。" in page
    assert "協会1" in page
    assert "団体X" in page
    assert 'value="agree"' in page
    assert 'value="send"' in confirm
    assert state(draft) == "sending"
    assert Email.objects.filter(mailing=draft).count() == 3


def test_a_post_cannot_send_without_approval(ready, login, desk):
    response = login(desk).post(home(ready), {"act": "send"}, follow=True)

    assert response.status_code == 200
    assert 'class="notice bad"' in words(response)
    assert state(ready) == "ready"
    assert not Email.objects.filter(mailing=ready).exists()


def test_the_page_of_a_changed_letter_shows_the_difference_and_offers_no_sending(ready, paper, login, desk, approver):
    approvals.agree(approval=paper, by=approver)
    mailings.edit(mailing=ready, texts={"subject_en": "Invitation: {title}"}, by=desk)

    page = words(login(desk).get(home(ready)))

    assert "<del>Notice</del><ins>Invitation</ins>" in page
    assert 'value="send"' not in page
    assert 'value="submit"' in page


def test_what_has_changed_since_the_submission_cannot_be_agreed_to(ready, paper, login, desk, approver):
    mailings.edit(mailing=ready, texts={"subject_en": "Invitation: {title}"}, by=desk)
    address = reverse("admin:approval", args=[paper.pk])

    page = words(login(approver).get(address))
    login(approver).post(address, {"act": "agree"})

    assert 'value="agree"' not in page
    assert "<ins>Invitation</ins>" in page
    assert state(paper) == "circulating"


def test_the_paper_marks_in_both_letters_what_is_new(ready, paper, login, desk, approver):
    approvals.agree(approval=paper, by=approver)
    letters_purpose.state["when"] = ("1月15日", "15 January")
    second = approvals.submit(approval=approvals.draft(thing=ready, by=desk), by=desk)

    page = words(login(approver).get(reverse("admin:approval", args=[second.pk])))

    assert "1月<del>14</del><ins>15</ins>日" in page
    assert "<del>14</del><ins>15</ins> January" in page
    assert "<del>1月14日</del>" in page


@pytest.mark.parametrize("act", ["return", "reject"])
def test_turning_down_needs_an_opinion_and_loses_nothing(act, paper, login, approver):
    address = reverse("admin:approval", args=[paper.pk])

    refused = login(approver).post(address, {"act": act, "opinion": " "}, follow=True)
    first = state(paper)
    login(approver).post(address, {"act": act, "opinion": "件名を直してください。"})

    assert 'class="notice bad"' in words(refused)
    assert first == "circulating"
    assert state(paper) == {"return": "returned", "reject": "rejected"}[act]


def test_the_author_recalls_submits_again_and_drops_on_the_page(paper, login, desk):
    address, staff = reverse("admin:approval", args=[paper.pk]), login(desk)

    states = []
    for act in ("recall", "submit", "recall", "drop"):
        staff.post(address, {"act": act})
        states.append(state(paper))

    assert states == ["recalled", "circulating", "recalled", "dropped"]


def test_the_author_is_offered_no_decision_even_with_the_role(paper, login, desk, approver):
    desk.groups.add(*approver.groups.all())
    address = reverse("admin:approval", args=[paper.pk])

    page = words(login(desk).get(address))
    login(desk).post(address, {"act": "agree"})

    assert 'value="agree"' not in page
    assert state(paper) == "circulating"


def test_pausing_going_on_and_cancelling_on_the_page(sending, login, desk):
    staff = login(desk)

    states = []
    for act in ("pause", "resume", "pause", "cancel"):
        staff.post(home(sending), {"act": act})
        states.append(state(sending))

    assert states == ["paused", "sending", "paused", "cancelled"]


def test_an_uncertain_mail_is_shown_in_words_and_settled_by_a_person(sending, login, desk):
    first, second, _third = Email.objects.filter(mailing=sending).order_by("id")
    Email.objects.filter(pk__in=[first.pk, second.pk]).update(state="uncertain", reason="interrupted")
    staff = login(desk)

    page = words(staff.get(home(sending)))
    staff.post(home(sending), {"act": "confirm", "email": first.pk})
    staff.post(home(sending), {"act": "retry", "email": second.pk})

    assert f'name="email" value="{first.pk}"' in page
    assert state(first) == "sent"
    assert state(second) == "uncertain"
    assert Email.objects.get(mailing=sending, seq=1).to_address == second.to_address
    assert 'id="uncertain"' not in words(staff.get(home(sending)))


def test_a_mail_of_another_mailing_is_not_settled_here(sending, login, desk):
    other = factories.email(state="uncertain")

    response = login(desk).post(home(sending), {"act": "confirm", "email": other.pk})

    assert response.status_code == 404
    assert state(other) == "uncertain"


def test_the_progress_is_a_fragment_that_asks_again_until_it_is_over(sending, login, desk):
    staff, address = login(desk), reverse("admin:partnership_mailing_progress", args=[sending.pk])
    row = Email.objects.filter(mailing=sending).first()
    Email.objects.filter(pk=row.pk).update(state="sent", accepted_at=row.created_at)

    by_hand = staff.get(address)
    running = staff.get(address, headers={"HX-Request": "true"})
    Mailing.objects.filter(pk=sending.pk).update(state="finished")
    over = staff.get(address, headers={"HX-Request": "true"})

    assert by_hand["Location"] == home(sending)
    assert 'value="1"' in words(running)
    assert "hx-trigger" in words(running)
    assert "HX-Refresh" not in running
    assert over["HX-Refresh"] == "true"
    assert "hx-trigger" not in words(over)


def test_the_letter_as_html_stands_in_a_frame_that_may_do_nothing(ready, login, viewer):
    response = login(viewer).get(reverse("admin:partnership_mailing_letter", args=[ready.pk]), {"n": 2, "language": "en"})

    assert "sandbox" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "Association 2" in words(response)
    assert "href" not in words(response)


def test_a_test_mail_goes_to_me(draft, login, desk):
    login(desk).post(home(draft), {"act": "test", "n": "2"})

    mails = Email.objects.filter(purpose="test_letter")
    assert [mail.to_address for mail in mails] == [desk.email, desk.email]
    assert any("Association 2" in mail.text for mail in mails)


@pytest.mark.parametrize("role", ["viewer", "approver"])
@pytest.mark.parametrize("act", ["test", "freeze", "thaw", "submit", "send", "pause", "resume", "cancel", "retry", "confirm"])
def test_who_only_reads_sees_the_page_and_may_do_nothing(role, act, ready, login):
    reader = login(factories.user(role))

    page = words(reader.get(home(ready)))
    response = reader.post(home(ready), {"act": act})

    assert 'name="act"' not in page
    assert response.status_code == 403
    assert state(ready) == "ready"


@pytest.mark.parametrize("role", ["door", "personnel", "municipal_member"])
def test_others_do_not_see_letters_at_all(role, ready, login, paper):
    reader = login(factories.user(role))

    assert reader.get(home(ready)).status_code == 403
    assert reader.get(reverse("admin:approval", args=[paper.pk])).status_code == 403
    assert reader.get(reverse("admin:approvals")).status_code == 403


@pytest.mark.parametrize("act", ["", "explode", "sénd", "AGREE"])
def test_an_unknown_act_is_a_clear_error(act, ready, paper, login, desk):
    assert login(desk).post(home(ready), {"act": act}).status_code == 400
    assert login(desk).post(reverse("admin:approval", args=[paper.pk]), {"act": act}).status_code == 400


@pytest.mark.parametrize("query", ["n=0", "n=99999999999999999999", "n=x", "n=-1", "page=x", "page=99", "state=nonsense", "n=²"])
def test_nonsense_in_the_query_is_answered_with_the_page(query, ready, paper, login, desk):
    staff = login(desk)

    assert staff.get(f"{home(ready)}?{query}").status_code == 200
    assert staff.get(f"{reverse('admin:approval', args=[paper.pk])}?{query}").status_code == 200
    assert staff.get(f"{reverse('admin:approvals')}?{query}").status_code == 200
    assert staff.get(f"{reverse('admin:partnership_mailing_changelist')}?{query}").status_code == 200


def test_a_letter_about_nothing_is_not_found(db, login, desk):
    orphan = factories.mailing(by=desk, purpose="invitation")
    stranger = factories.mailing(by=desk, purpose="of_another_product")

    for mailing in (orphan, stranger):
        assert login(desk).get(home(mailing)).status_code == 404
        assert login(desk).get(reverse("admin:partnership_mailing_change", args=[mailing.pk])).status_code == 404
        assert login(desk).get(reverse("admin:approval", args=[factories.approval(mailing, by=desk).pk])).status_code == 404


def test_unknown_numbers_are_not_found(db, login, desk):
    staff = login(desk)

    for name in (HOME, "admin:partnership_mailing_change", "admin:partnership_mailing_progress", "admin:approval"):
        assert staff.get(reverse(name, args=[10**9])).status_code == 404
        assert staff.get(reverse(name, args=[10**30])).status_code == 404


def test_reading_changes_nothing(ready, paper, login, desk):
    before = (Mailing.objects.values().get(), list(Approval.objects.values()), Email.objects.count())

    staff = login(desk)
    for address in (home(ready), reverse("admin:approval", args=[paper.pk]), reverse("admin:approvals")):
        staff.get(address + "?act=cancel")
        staff.head(address)

    assert (Mailing.objects.values().get(), list(Approval.objects.values()), Email.objects.count()) == before


def test_pages_are_complete_in_english_too(sending, paper, login):
    reader = login(factories.user("desk", language="en"))

    for address in (home(sending), reverse("admin:approval", args=[paper.pk]), reverse("admin:approvals")):
        assert '<html lang="en">' in words(reader.get(address, headers={"Accept-Language": "en"}))


def add_recipient(mailing):
    def add():
        row = factories.recipient(mailing, values={"ja": {"guest": "客"}, "en": {"guest": "Guest"}})
        if mailing.started_at:
            factories.email(mailing=mailing, recipient_key=row.key, purpose=letters_purpose.KEY, state="uncertain")

    return add


def test_the_home_costs_the_same_for_any_list(ready, login, desk, assert_fixed_queries):
    staff = login(desk)

    assert assert_fixed_queries(lambda: staff.get(home(ready)), add_recipient(ready)) < 40


def test_the_home_of_a_running_mailing_costs_the_same_for_any_list(sending, login, desk, assert_fixed_queries):
    staff = login(desk)

    assert assert_fixed_queries(lambda: staff.get(home(sending)), add_recipient(sending)) < 40


def test_the_paper_costs_the_same_for_any_list(ready, paper, login, approver, assert_fixed_queries):
    reader = login(approver)

    assert assert_fixed_queries(lambda: reader.get(reverse("admin:approval", args=[paper.pk])), add_recipient(ready)) < 40


def test_the_lists_cost_the_same_for_any_number(login, desk, approver, assert_fixed_queries):
    def add():
        mailing = factories.mailing(by=desk, purpose=letters_purpose.KEY)
        factories.email(mailing=mailing, state="uncertain")
        approval = factories.approval(mailing, by=desk, state="circulating")
        approval.steps.create(order=1, group=approver.groups.get())
        factories.approval(mailing, by=desk, state="approved")

    reader = login(approver)

    assert_fixed_queries(lambda: reader.get(reverse("admin:partnership_mailing_changelist")), add)
    assert_fixed_queries(lambda: reader.get(reverse("admin:approvals")), add)
    assert_fixed_queries(lambda: reader.get(reverse("admin:index")), add)


def test_the_desk_says_what_waits(ready, paper, login, desk, approver):
    waiting = words(login(approver).get(reverse("admin:index")))
    approvals.send_back(approval=paper, by=approver, opinion="件名を直してください。")
    returned = words(login(desk).get(reverse("admin:index")))

    assert reverse("admin:approval", args=[paper.pk]) in waiting
    assert reverse("admin:approval", args=[paper.pk]) in returned
    assert home(ready) in returned


def test_a_letter_is_neither_added_nor_deleted_in_the_stock_admin(ready, login, superuser):
    admin = login(superuser)

    assert admin.get(reverse("admin:partnership_mailing_add")).status_code == 403
    assert admin.post(reverse("admin:partnership_mailing_delete", args=[ready.pk]), {"post": "yes"}).status_code == 403
    assert admin.get(reverse("admin:partnership_mailing_history", args=[ready.pk])).status_code == 200


def test_the_opinion_with_which_a_letter_came_back_meets_its_author_everywhere(ready, paper, login, desk, approver):
    approvals.send_back(approval=paper, by=approver, opinion="服装を入れてください。")
    staff = login(desk)

    pages = [
        words(staff.get(home(ready))),
        words(staff.get(reverse("admin:partnership_mailing_change", args=[ready.pk]))),
        words(staff.get(reverse("admin:approval", args=[paper.pk]))),
    ]
    turn = next(turn for turn in paper_desk.papers(desk))

    assert all("服装を入れてください。" in page.partition('id="turned-down"')[2].partition("</section>")[0] for page in pages)
    assert turn.whom == str(approver)


def test_the_opinion_leaves_the_letter_once_it_is_submitted_again(ready, paper, login, desk, approver):
    approvals.send_back(approval=paper, by=approver, opinion="服装を入れてください。")
    approvals.submit(approval=paper, by=desk)

    assert "turned-down" not in words(login(desk).get(home(ready)))
