"""Where offices hand in evidence, replace it and take it back. What follows is shown by the pages of scoring."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from submissions import intake, thai
from submissions.examination.remarks import tell_office
from submissions.fields import whole
from submissions.files import room
from submissions.models import Entry, Evidence
from submissions.questions import access
from submissions.questions.forbidden import forbid
from submissions.questions.hand_in import HandIn
from submissions.questions.slots import EvidenceSlot, place_of, slots_of, title_of

from .evidence_files import evidence_or_404
from .forms import EvidenceForm
from .history import latest


@login_required
@require_POST
def add_evidence(request, pk: int) -> HttpResponse:
    entry = get_object_or_404(Entry.objects.visible_to(request.user).with_round(), pk=pk)
    return _hand_in(request, entry, request.POST.get("requirement", ""), request.POST.get("period", ""))


@login_required
@require_POST
def replace_evidence(request, pk: int) -> HttpResponse:
    evidence = evidence_or_404(request, pk)
    return _hand_in(request, evidence.entry, evidence.requirement, evidence.period, replaces=evidence)


def _hand_in(request, entry: Entry, requirement: str, period: str, replaces: Evidence | None = None) -> HttpResponse:
    slot = _slot_or_404(request, entry, requirement, period)
    forbid(slot.why_closed)
    form = EvidenceForm(slot, request.POST.get("criterion", ""), request.POST, request.FILES, replaces=replaces)
    if not form.is_valid():
        return _show_slot(request, entry, slot, form=form, replaces=replaces, status=422)
    if not replaces and len(request.FILES.getlist("upload")) > 1:
        return _hand_in_each(request, entry, slot, form)
    content = {name: form.cleaned_data[name] for name in ("upload", "url") if name in form.cleaned_data}
    hand_in = _hand_in_of(slot, form.cleaned_data, replaces)
    try:
        evidence = intake.attach_evidence(entry, hand_in, by=request.user, at=slot.at, **content)
    except intake.Refused as refused:
        form.refuse(refused.reasons)
        return _show_slot(request, entry, slot, form=form, replaces=replaces, status=422)
    except intake.Conflict:
        return _show_slot(request, entry, slot, form=form, conflict=True, status=409)
    except OSError as error:
        form.refuse({"upload": [_why_no_room(error)]})
        return _show_slot(request, entry, slot, form=form, replaces=replaces, status=507)
    if evidence.submitted_at != slot.at:
        return _done(request, entry, slot, _known(evidence, evidence.title))
    return _done(request, entry, slot, _("“%s” is handed in and waits for review.") % evidence.title)


def _hand_in_each(request, entry: Entry, slot: EvidenceSlot, form: EvidenceForm) -> HttpResponse:
    """Several files of one form: each that can be taken is; of each other it is said what is wrong."""
    result = _Several(slot)
    url, hand_in = form.cleaned_data.get("url", ""), _hand_in_of(slot, form.cleaned_data)
    for file in request.FILES.getlist("upload"):
        try:
            evidence = intake.attach_evidence(entry, hand_in, by=request.user, at=slot.at, upload=file, url=url)
        except intake.Refused as refused:
            result.refuse(file, refused.reasons)
        except OSError as error:
            result.find_no_room(file, _why_no_room(error))
        else:
            result.take(file, evidence)
    if not result.reasons:
        return _done(request, entry, slot, result.text())
    form.refuse(result.reasons)
    now = _slot_or_404(request, entry, slot.requirement.code, slot.period_code)
    response = _show_slot(request, entry, now, form=form, notice=result.text(), status=result.status)
    return say_facts_changed(response) if result.fresh else response


class _Several:
    """What became of several files that were sent together for one slot."""

    def __init__(self, slot: EvidenceSlot) -> None:
        self.slot = slot
        self.fresh: dict[int, str] = {}
        self.known: list[str] = []
        self.reasons: dict[str, list[str]] = {}
        self.status = 422

    def take(self, file, evidence: Evidence) -> None:
        if evidence.pk in self.fresh or evidence.submitted_at != self.slot.at:
            self.known.append(_known(evidence, file.name))
        else:
            self.fresh[evidence.pk] = evidence.title

    def refuse(self, file, reasons: dict[str, list[str]]) -> None:
        for field, texts in reasons.items():
            named = [f"{file.name}: {text}" if field == "upload" else text for text in texts]
            there = self.reasons.setdefault(field, [])
            there += [text for text in named if text not in there]

    def find_no_room(self, file, why: str) -> None:
        self.reasons.setdefault("upload", []).append(f"{file.name}: {why}")
        self.status = 507

    def text(self) -> str:
        """What is handed in, and what was before."""
        handed_in = ngettext(
            "%(count)s file is handed in and waits for review: %(names)s",
            "%(count)s files are handed in and wait for review: %(names)s",
            len(self.fresh),
        ) % {"count": len(self.fresh), "names": ", ".join(self.fresh.values())}
        sentences = [handed_in, *self.known] if self.fresh else self.known
        return format_html_join(" · ", "{}", ((sentence,) for sentence in sentences))


def _hand_in_of(slot: EvidenceSlot, cleaned: dict, replaces: Evidence | None = None) -> HandIn:
    return HandIn(
        slot.requirement.code,
        slot.period_code,
        channels=cleaned.get("channels", ()),
        note=cleaned.get("note", ""),
        replaces=replaces,
        revision=cleaned["revision"] if replaces else None,
    )


def _why_no_room(error: OSError) -> str:
    """Raises the error when it is another one."""
    if not room.is_full(error):
        raise error
    return _("The portal's disk is full; nothing was saved. Try again later, and tell central staff.")


def _known(evidence: Evidence, name: str) -> str:
    """That it was handed in before, with the way to its receipt."""
    sentence = _("“%s” was handed in before; it is not kept twice.") % name
    receipt = _("Receipt %(number)s") % {"number": evidence.receipt}
    return format_html('{} <a href="{}">{}</a>', sentence, reverse("receipt", args=[evidence.pk]), receipt)


@login_required
@require_GET
def show_slot(request, pk: int) -> HttpResponse:
    """One slot as it is now, for the page that has just sent a file to it; or one of its forms, once it is opened."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).with_round(), pk=pk)
    slot = _slot_or_404(request, entry, request.GET.get("requirement", ""), request.GET.get("period", ""))
    if request.htmx and "form" in request.GET:
        return _show_form(request, entry, slot)
    return say_facts_changed(_show_slot(request, entry, slot))


def _show_form(request, entry: Entry, slot: EvidenceSlot) -> HttpResponse:
    """The one for new evidence (`new`), or for what replaces a piece that lies there."""
    forbid(slot.why_closed)
    replaced = next((piece for piece in slot.evidence if str(piece.pk) == request.GET["form"]), None)
    if replaced is None and request.GET["form"] != "new":
        raise Http404
    criterion = entry.round.scheme.criteria[_criterion_of(request, entry, slot)]
    context = {"entry": entry, "slot": slot, "criterion": criterion, "replaced": replaced}
    return render(request, "submissions/slot_form.html", context)


@login_required
@require_POST
def withdraw_evidence(request, pk: int) -> HttpResponse:
    evidence = evidence_or_404(request, pk)
    forbid(access.why_not_withdraw(request.user, evidence))
    slot = _slot_or_404(request, evidence.entry, evidence.requirement, evidence.period)
    revision = whole(request.POST.get("revision", ""))
    try:
        intake.withdraw_evidence(evidence, by=request.user, revision=revision)
    except intake.Refused as refused:
        raise PermissionDenied(str(refused)) from refused
    except intake.Conflict:
        return _show_slot(request, evidence.entry, slot, conflict=True, status=409)
    return _done(request, evidence.entry, slot, _("“%s” was withdrawn.") % evidence.title)


def _slot_or_404(request, entry: Entry, requirement: str, period: str) -> EvidenceSlot:
    if requirement not in entry.round.scheme.requirements:
        raise Http404
    closed = access.why_closed(request.user, entry)
    for slot in slots_of(entry, [requirement], at=entry.round.now(), why_closed=closed):
        if slot.period_code == period:
            return slot
    raise Http404


def _criterion_of(request, entry: Entry, slot: EvidenceSlot) -> str:
    """The criterion whose page people came from; of those that read the requirement."""
    codes = [criterion.code for criterion in entry.round.scheme.criteria_of("requirement", slot.requirement.code)]
    wanted = request.POST.get("criterion") or request.GET.get("criterion", "")
    return wanted if wanted in codes else codes[0]


def _done(request, entry: Entry, slot: EvidenceSlot, text: str) -> HttpResponse:
    if request.htmx:
        fresh = _slot_or_404(request, entry, slot.requirement.code, slot.period_code)
        return say_facts_changed(_show_slot(request, entry, fresh, notice=text))
    messages.success(request, text)
    return redirect(place_of(entry.round, entry.pk, _criterion_of(request, entry, slot)) + f"#{slot.anchor}")


def say_facts_changed(response: HttpResponse) -> HttpResponse:
    """Tell the page that facts changed, so that its score follows."""
    response["HX-Trigger"] = "facts-changed"
    return response


def _show_slot(request, entry, slot: EvidenceSlot, *, form=None, replaces=None, conflict=False, notice="", status=200):
    if conflict:
        # What is there now, beside what was typed.
        slot = _slot_or_404(request, entry, slot.requirement.code, slot.period_code)
    tell_office(slot.evidence, entry.round.scheme, Evidence.objects.visible_to(request.user))
    title = title_of(entry.round.scheme, *slot.key, thai.language())
    context = {
        "entry": entry,
        "round": entry.round,
        "slot": slot,
        "place": place_of(entry.round, entry.pk, _criterion_of(request, entry, slot)),
        "criterion": entry.round.scheme.criteria[_criterion_of(request, entry, slot)],
        "form": form,
        "replaces": replaces,
        "notice": notice,
        "is_conflict": conflict,
        "deeds": latest(entry, about=title) if conflict else (),
    }
    template = "submissions/slot.html" if request.htmx else "submissions/slot_page.html"
    return render(request, template, context, status=status)


urls = [
    path("entries/<int:pk>/evidence/", add_evidence, name="evidence-add"),
    path("entries/<int:pk>/slot/", show_slot, name="slot"),
    path("evidence/<int:pk>/replace/", replace_evidence, name="evidence-replace"),
    path("evidence/<int:pk>/withdraw/", withdraw_evidence, name="evidence-withdraw"),
]
