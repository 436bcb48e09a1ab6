"""Reasons for returning evidence, kept for each scheme: reviewers choose them by their number."""

import re

from django import forms
from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from submissions.models import Edition, ReasonTemplate
from submissions.questions.reasons import PLACEHOLDERS

from .guard import GuardedAdmin, GuardedForm
from .roles import STAFF, in_words

IN_BRACES = re.compile(r"\{[^{}]*\}")


class ReasonForm(GuardedForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        schemes = {one.scheme_code: in_words(one.scheme.title) for one in Edition.objects.offered().defer("text")}
        if self.instance.pk:
            schemes.setdefault(self.instance.scheme_code, self.instance.scheme_code)
        choices = [(code, f"{title} ({code})") for code, title in sorted(schemes.items())]
        self.fields["scheme_code"] = forms.ChoiceField(
            label=_("scheme"), choices=choices, widget=UnfoldAdminSelectWidget()
        )
        signs = format_html("{}: <code>{}</code>", _("Filled in for each piece"), " ".join(PLACEHOLDERS))
        for name in ("text_th", "text_en"):
            self.fields[name].help_text = signs

    def clean(self):
        cleaned = super().clean()
        for name in ("text_th", "text_en"):
            unknown = set(IN_BRACES.findall(self.cleaned_data.get(name) or "")) - set(PLACEHOLDERS)
            if unknown:
                told = {"unknown": " ".join(sorted(unknown)), "known": " ".join(PLACEHOLDERS)}
                self.add_error(name, _("%(unknown)s is filled in with nothing. Known: %(known)s") % told)
        return cleaned


@admin.register(ReasonTemplate)
class ReasonTemplateAdmin(GuardedAdmin):
    form = ReasonForm
    viewers = adders = changers = deleters = (STAFF,)
    list_display = ["shown", "place", "scheme_code"]
    list_filter = ["scheme_code"]
    fields = ["scheme_code", "place", "text_th", "text_en"]
    when_empty = _("Reviewers choose among the usual reasons. Those of a scheme take their place.")

    @display(description=_("reason"))
    def shown(self, reason: ReasonTemplate) -> str:
        return reason.text
