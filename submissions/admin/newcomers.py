"""Who has not come yet: a list for central staff, from which they are invited by mail or get a letter on paper."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from submissions.accounts import invitations
from submissions.accounts.events import Thing, record_file
from submissions.documents import invitation_letters
from submissions.fields import whole
from submissions.models import Invitation, Office, User
from submissions.pages.dear import dear
from submissions.pages.printed import taken_away
from submissions.questions import access, ways
from submissions.questions.forbidden import forbid
from submissions.questions.newcomers import (
    CHOICES,
    STATES,
    Choice,
    not_come,
    was_asked_lately,
    with_invitations,
)
from submissions.spreadsheets.people import UserResource

from .exporting import XLSX
from .roles import Part, page_context

A_PAGE = 50
MOST = 2000  # people who are written to at once
MOST_PRINTED = 150  # people on letters of one file
SHOWN = 200  # names in a preview
WAITING = "admin:submissions_user_waiting"
TAGS = {"sent": "wait", "printed": "wait", "waiting": "wait", "failed": "bad", "over": "bad", "none": ""}


class Newcomers(Part):
    """Part of the admin of User."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("waiting/", view(self.waiting_view), name="submissions_user_waiting"),
            path("waiting/invite/", view(self.invite_view), name="submissions_user_invite"),
            path("waiting/print/", view(self.print_view), name="submissions_user_print"),
            path("template.xlsx", view(self.template_view), name="submissions_user_template"),
            *super().get_urls(),
        ]

    def waiting_view(self, request) -> HttpResponse:
        choice = self._choice(request)
        rows = self._people(request, choice).select_related("office__parent")
        page: Any = Paginator(rows.order_by("office__sort_key", "office", "full_name", "pk"), A_PAGE).get_page(
            request.GET.get("page")
        )
        page.object_list = with_invitations(page.object_list)
        for row in page.object_list:
            row.tag, row.state_in_words = TAGS[row.state], STATES[row.state]
        regions = Office.objects.filter(kind=Office.Kind.REGION).order_by("code")
        return self._page(
            request,
            "waiting.html",
            title=_("Who has not come yet"),
            is_without_mail=not ways.has_mail(),
            page=page,
            choice=choice,
            roles=User.Role.choices if request.user.is_superuser else User.Role.choices[:-1],
            states=CHOICES.items(),
            regions=[(office.code, office.name) for office in regions],
        )

    @method_decorator(dear("20/min"))
    def invite_view(self, request) -> HttpResponse:
        """First who would be written to; then exactly those are."""
        choice = self._choice(request)
        chosen = _chosen(request)
        if request.method == "POST" and len(chosen) <= MOST:
            told = invitations.invite(chosen, by=request.user)
            sentence = ngettext("%(count)s person was written to.", "%(count)s people were written to.", len(told))
            messages.success(request, sentence % {"count": len(told)})
            return redirect(_address(choice))
        now = timezone.now()
        rows = self._people(request, choice).select_related("office").order_by("full_name", "pk")
        people = with_invitations(rows[: MOST + 1])
        by_mail = [user for user in people if user.email]
        lately = [user for user in by_mail if was_asked_lately(user.invitation, user.email, now)]
        known = {user.pk for user in lately}
        return self._preview(
            request,
            "invite.html",
            choice,
            [user for user in by_mail if user.pk not in known],
            is_too_many=len(people) > MOST,
            lately=lately,
            without=[user for user in people if not user.email],
            days=Invitation.LIFE.days,
            title=_("Invite these"),
        )

    @method_decorator(dear("6/min"))
    def print_view(self, request) -> HttpResponse:
        """First for whom; then letters with new codes, which work from the moment when they are there."""
        choice = self._choice(request)
        reason: Any = ""
        if request.method == "POST":
            if (letters := self._letters(request)) is not None:
                return letters
            reason = _("Nothing was printed: somebody came or changed meanwhile. Look at who is left.")
        ids = invitations.by_paper(self._people(request, choice)).values_list("pk", flat=True)[: MOST_PRINTED + 1]
        people = invitations.to_print(list(ids), by=request.user)
        return self._preview(
            request,
            "print.html",
            choice,
            people,
            is_too_many=len(people) > MOST_PRINTED,
            ending=[user for user in people if user.invitation],
            letters=len({user.office_id for user in people}),
            of_no_office=sum(user.office_id is None for user in people),
            reason=reason,
            days=Invitation.LIFE.days,
            title=_("Print letters"),
            status=409 if reason else 200,
        )

    def _letters(self, request) -> HttpResponse | None:
        """The letters are made first, then their codes are kept: of two that fail neither ends what people have."""
        chosen = _chosen(request)
        people = invitations.to_print(chosen, by=request.user)
        if not people or len(people) != len(chosen) or len(people) > MOST_PRINTED:
            return None
        at = timezone.localtime()
        codes = {user.pk: invitations.new_code() for user in people}
        links = {pk: invitations.link_of(code) for pk, code in codes.items()}
        shown = {pk: invitations.grouped(code) for pk, code in codes.items()}
        facts = {"at": at, "until": at + Invitation.LIFE, "address": invitations.page_address()}
        content = invitation_letters.write(people, shown, links, facts)
        if not invitations.keep_codes(codes, by=request.user):
            return None
        name = invitation_letters.name_of(at)
        record_file(request, Thing.LIST, "invitations", name)
        return taken_away(content, name, "application/pdf")

    def template_view(self, request) -> HttpResponse:
        self._refuse_strangers(request)
        return taken_away(UserResource.template(), "{}.xlsx".format(_("People")), XLSX)

    # What they share

    @staticmethod
    def _refuse_strangers(request) -> None:
        forbid(access.why_not_administer(request.user))

    def _choice(self, request) -> Choice:
        self._refuse_strangers(request)
        return Choice.of(request.GET)

    @staticmethod
    def _people(request, choice: Choice):
        return choice.narrow(not_come(request.user), timezone.now())

    def _preview(self, request, template: str, choice: Choice, people: list[User], **context: Any) -> HttpResponse:
        context |= {
            "people": people,
            "shown": people[:SHOWN],
            "more": max(0, len(people) - SHOWN),
            "ids": ",".join(str(user.pk) for user in people),
            "back": _address(choice),
            "choice": choice,
            "is_without_mail": not ways.has_mail(),
        }
        return self._page(request, template, **context)

    def _page(self, request, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        context = page_context(self, request, **context)
        return render(request, f"submissions/admin/newcomers/{template}", context, status=status)

    def process_result(self, result, request):
        """After an import: the way to those who were made by it."""
        response = super().process_result(result, request)
        if result.totals["new"]:
            link = format_html('<a class="link" href="{}">{}</a>', reverse(WAITING), _("Who has not come yet"))
            messages.info(request, format_html(str(_("Nobody was written to yet. Invite them here: {}")), link))
        return response


def _address(choice: Choice) -> str:
    query = choice.query()
    return reverse(WAITING) + (f"?{query}" if query else "")


def _chosen(request) -> set[int]:
    """Those whom somebody saw in the preview."""
    return {pk for text in request.POST.get("people", "").split(",") if (pk := whole(text))}
