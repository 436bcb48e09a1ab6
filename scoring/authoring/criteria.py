"""The draft of a round's next criteria: what is wrong with it, what it would change, the trial that it leads to."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from scoring import shipped
from submissions import intake
from submissions.fields import whole
from submissions.models import SchemeDraft
from submissions.questions.proofread import why_not_of
from submissions.questions.schemes import why_not_call

from .changed import changed_texts
from .scalars import code_scalar
from .texts import Quoted, faults_of, quoted_at
from .trials import begin_trial


class CriteriaPages:
    """Beside the other pages of a draft (`SchemeDraftAdmin`): those on which one of a round takes another way."""

    _page: Any

    def _look_at_criteria(
        self, request: HttpRequest, draft: SchemeDraft, faults: Sequence[Any] = (), *, status: int = 200
    ) -> HttpResponse:
        """Everything that would change, and the button of the trial. Nothing is adopted here."""
        if request.method == "POST" and not faults:
            return self._try(request, draft)
        round = draft.round
        assert round is not None
        context = {
            "title": _("Look, then try the criteria"),
            "draft": draft,
            "faults": faults,
            "is_outrun": draft.source_id != round.edition_id,
            **changed_texts(round.edition, draft.text, draft),
        }
        response: HttpResponse = self._page(request, "look_at_criteria.html", status=status, **context)
        return response

    def _try(self, request: HttpRequest, draft: SchemeDraft) -> HttpResponse:
        if whole(request.POST.get("revision", "")) != draft.revision:
            changed = _("Somebody changed this draft since you looked at it. Look at it again.")
            return self._look_at_criteria(request, draft, [changed], status=409)
        try:
            begun = begin_trial(draft.round, draft.text, request.user)  # type: ignore[arg-type]  # one that has a round
        except intake.Refused as refused:
            words = [word for reasons in refused.reasons.values() for word in reasons]
            return self._look_at_criteria(request, draft, words, status=422)
        return redirect("admin:scoring_trial_change", begun.pk)


def all_faults(draft: SchemeDraft) -> list[Quoted]:
    """What is wrong with a draft's text, its code among it: a new scheme has one of its own, a round keeps its own."""
    if faults := faults_of(draft.text):
        return faults
    code = code_scalar(draft.text)
    if code is None:
        return []
    name = code.value.strip()
    reason = why_not_of(draft.round, name) if draft.round else why_not_call(name, shipped.schemes().keys())
    return [quoted_at(draft.text.splitlines(), code.line, reason)] if reason else []


def home_of(draft: SchemeDraft) -> str:
    """Where somebody goes who puts a draft aside, or ends it."""
    if draft.round_id:
        return reverse("admin:scoring_trial_text", args=[draft.round_id])
    return reverse("admin:submissions_schemedraft_changelist")
