"""Where an office asks for more time in a slot, and where those who run the round refuse it."""

from datetime import date

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from submissions import intake
from submissions.fields import BuddhistDateField, posted, show_reasons, status_of
from submissions.models import Entry
from submissions.models.remarks import MOST_MESSAGE
from submissions.questions import more_time
from submissions.questions.forbidden import forbid
from submissions.questions.slots import EvidenceSlot

from .threads import Thread, slot_of


class RefusalForm(forms.Form):
    """What is missing is said by `intake`, all of it at once."""

    text = forms.CharField(
        label=gettext_lazy("Why no more time is given"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": MOST_MESSAGE}),
        help_text=gettext_lazy("The office reads it in the messages of this item."),
    )

    def save(self, entry: Entry, **slot) -> None:
        intake.refuse_more_time(entry, text=self.cleaned_data.get("text", ""), **slot)


class AskingForm(forms.Form):
    """As above."""

    until = BuddhistDateField(
        label=gettext_lazy("Until the end of which day"), required=False, help_text=gettext_lazy("Such as 31/12/2566")
    )
    text = forms.CharField(
        label=gettext_lazy("Why more time is needed"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": MOST_MESSAGE}),
        help_text=gettext_lazy("Those who run the round read it, and the committee too."),
    )

    def save(self, entry: Entry, **slot) -> None:
        until = self.cleaned_data.get("until")  # None where no day could be read, and that is said already
        intake.ask_for_more_time(
            entry, until=date.fromisoformat(until) if until else None, text=self.cleaned_data.get("text", ""), **slot
        )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request, pk: int, requirement: str) -> HttpResponse:
    """To the office the form by which it asks; to those who run the round what was asked, and the form of a refusal."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).with_round(), pk=pk)
    slot = slot_of(entry, request.user, requirement, request.GET.get("period", ""))
    if not isinstance(slot, EvidenceSlot):
        raise Http404
    answers = entry.round.is_run_by(request.user)
    if answers:
        forbid(more_time.why_not_refuse(request.user, entry, slot.request))
    else:
        forbid(more_time.why_not_ask(request.user, entry, slot.requirement))
    form = (RefusalForm if answers else AskingForm)(posted(request))
    thread = Thread(entry, slot, request.user)
    if request.method == "POST" and _save(form, entry, by=request.user, slot=slot):
        said = _("The office is told that no more time is given.")
        messages.success(request, said if answers else _("Sent. You are told as soon as it is answered."))
        return redirect(f"{thread.address}#newest")
    context = {"entry": entry, "round": entry.round, "slot": slot, "thread": thread, "form": form}
    template = "submissions/more_time_refused.html" if answers else "submissions/more_time.html"
    return render(request, template, context, status=status_of(form))


def _save(form: AskingForm | RefusalForm, entry: Entry, *, by, slot: EvidenceSlot) -> bool:
    form.is_valid()
    try:
        form.save(entry, by=by, requirement=slot.requirement.code, period=slot.period_code)
    except intake.Refused as refused:
        show_reasons(form, {where: why for where, why in refused.reasons.items() if where not in form.errors})
        return False
    return True


urls = [path("entries/<int:pk>/more-time/<str:requirement>/", ask, name="more-time")]
