"""What those who run a round fill in of its papers: project, number and day, who signs, pictures. `intake` decides."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from submissions import intake
from submissions.fields import BuddhistDateField
from submissions.files import pictures, recognise
from submissions.intake.letterheads import PICTURES
from submissions.models import Letterhead
from submissions.models.letterheads import MOST_PAPER_NUMBER, MOST_POST, MOST_PROJECT, MOST_SIGNER, MOST_SIGNERS

SIGNERS = range(1, MOST_SIGNERS + 1)
_NAMES = (_("First signer"), _("Second signer"))
_POSTS = (_("Post of the first signer"), _("Post of the second signer"))


class LetterheadForm(forms.Form):
    """A template as it is typed. Empty fields are no faults here: `intake` names all of them at once."""

    project_th = forms.CharField(label=_("Name of the project"), required=False)
    number_th = forms.CharField(
        label=_("Document number"),
        required=False,
        help_text=_("As it is printed after the word “No.”: the office’s letters, its code and the number."),
    )
    dated = BuddhistDateField(label=_("Date of the document"), required=False)
    emblem = forms.FileField(label=_("Emblem"), required=False, allow_empty_file=True)
    background = forms.FileField(label=_("Background of certificates"), required=False, allow_empty_file=True)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    fields: dict[str, Any]

    def __init__(self, letterhead: Letterhead | None, project: str, data: Any = None, files: Any = None) -> None:
        """`project`: what papers call it where nothing is set."""
        super().__init__(data, files, initial=_initial(letterhead))
        self.letterhead = letterhead
        for name, most in (("project_th", MOST_PROJECT), ("number_th", MOST_PAPER_NUMBER)):
            self.fields[name].widget.attrs["maxlength"] = most
        self.fields["project_th"].help_text = _("Without one: %(project)s") % {"project": project}
        self.fields["dated"].help_text = _("Without one: the day on which it is published.")
        for number in SIGNERS:
            self._add_signer(number)
        for name in PICTURES:
            self._add_picture(name)

    def _add_signer(self, number: int) -> None:
        self.fields[f"name_{number}"] = forms.CharField(
            label=_NAMES[number - 1], required=False, widget=forms.TextInput(attrs={"maxlength": MOST_SIGNER})
        )
        self.fields[f"post_{number}"] = forms.CharField(
            label=_POSTS[number - 1],
            required=False,
            widget=forms.Textarea(attrs={"rows": 2, "maxlength": MOST_POST}),
        )

    def _add_picture(self, name: str) -> None:
        use = PICTURES[name]
        self.fields[name].widget = forms.FileInput(attrs={"accept": pictures.accepted_types()})
        said = {"most": recognise.size_shown(pictures.MOST_BYTES), "least": f"{use.least:,}"}
        limits = _("PNG, JPEG or WebP, %(most)s at most, each side %(least)s pixels at least.")
        self.fields[name].help_text = limits % said
        if getattr(self.letterhead, name, None):
            self.fields[f"without_{name}"] = forms.BooleanField(label=_REMOVED[name], required=False)

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        signers = [self[f"{what}_{number}"] for number in SIGNERS for what in ("name", "post")]
        names = [one for name in PICTURES for one in (name, f"without_{name}") if one in self.fields]
        return [
            (_("The paper"), [self["project_th"], self["number_th"], self["dated"]]),
            (_("Who signs"), signers),
            (_("Pictures"), [self[name] for name in names]),
        ]

    def printed(self) -> intake.Printed:
        """What `intake` keeps. A signer of whom nothing is typed is none."""
        sent = self.cleaned_data
        signers = [(sent[f"name_{number}"], sent[f"post_{number}"]) for number in SIGNERS]
        last = max((place for place, one in enumerate(signers, 1) if any(map(str.strip, one))), default=0)
        day = sent.get("dated")
        return intake.Printed(
            project_th=sent["project_th"],
            number_th=sent["number_th"],
            dated=date.fromisoformat(day) if day else None,
            signers=tuple(signers[:last]),
        )

    def uploads(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in PICTURES if self.cleaned_data.get(name)}

    def without(self) -> list[str]:
        return [name for name in PICTURES if self.cleaned_data.get(f"without_{name}")]


_REMOVED = {"emblem": _("Take the emblem out"), "background": _("Take the background out")}


def _initial(letterhead: Letterhead | None) -> dict[str, Any]:
    if letterhead is None:
        return {"revision": 0}
    shown: dict[str, Any] = {
        name: getattr(letterhead, name) for name in ("project_th", "number_th", "dated", "revision")
    }
    for number, signer in enumerate(letterhead.signers, 1):
        shown |= {f"{what}_{number}": signer[what] for what in ("name", "post")}
    return shown
