"""What those who run a round fill in to write a circular: to whom, the words, files. `intake` decides."""

from itertools import product
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from submissions import intake
from submissions.fields import FilesField, FilesInput
from submissions.files import recognise
from submissions.models import Circular, Office, Round, User
from submissions.models.circulars import MOST_ATTACHMENTS
from submissions.questions import access
from submissions.templatetags.wording import office_name

Audience = Circular.Audience


class OfficesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Office) -> str:
        return office_name(obj)


class CircularForm(forms.Form):
    """A draft as its writer sees it. Empty fields are no faults here: `intake` names all of them at once."""

    audience = forms.ChoiceField(label=_("to whom"), widget=forms.RadioSelect)
    round = forms.ModelChoiceField(
        Round.objects.none(), label=_("round"), required=False, empty_label=_("Choose the round")
    )
    regions = OfficesField(
        Office.objects.filter(kind=Office.Kind.REGION).order_by("code"),
        label=_("inspection regions"),
        required=False,
        widget=UnfoldAdminSelect2MultipleWidget,
        help_text=_("Any of these regions and provinces, and of these sizes. Nothing chosen: any."),
    )
    provinces = OfficesField(
        Office.objects.filter(kind=Office.Kind.PROVINCE).order_by("sort_key"),
        label=_("provinces"),
        required=False,
        widget=UnfoldAdminSelect2MultipleWidget,
    )
    sizes = forms.MultipleChoiceField(
        label=_("size groups"), choices=Office.Size.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    subject_th = forms.CharField(label=_("subject"), required=False)
    text_th = forms.CharField(
        label=_("text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Addresses of the web become links."),
    )
    subject_en = forms.CharField(label=_("subject in English"), required=False)
    text_en = forms.CharField(label=_("text in English"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    uploads = FilesField(label=_("attachments"), required=False)
    without = forms.MultipleChoiceField(label=_("take out"), required=False, widget=forms.CheckboxSelectMultiple)
    corrects = forms.ModelChoiceField(
        Circular.objects.none(),
        label=_("corrects another circular"),
        required=False,
        empty_label=_("none"),
        help_text=_("One that was sent before. It stays as it is, and says where it is corrected."),
    )
    fields: dict[str, Any]

    def __init__(self, reader: User, draft: Circular | None, data: Any = None, files: Any = None) -> None:
        self.draft = draft
        super().__init__(data, files, initial=_initial(draft) if draft else {"audience": Audience.OFFICES})
        self.fields["audience"].choices = _audiences(reader, draft)
        self.fields["round"].queryset = Round.objects.run_by(reader)
        self.fields["corrects"].queryset = Circular.objects.visible_to(reader).sent()
        if not reader.is_central:
            self._narrow(reader)
        self.fields["uploads"].widget = FilesInput(attrs={"accept": recognise.accepted_types()})
        self.fields["uploads"].help_text = _limits()
        kept = [(str(one.pk), str(one)) for one in draft.attachments.all()] if draft else []
        if kept:
            self.fields["without"].choices = kept
        else:
            del self.fields["without"]

    def _narrow(self, organiser: User) -> None:
        """To what is an organiser's own: the offices below, and the circulars of their rounds."""
        own = self.fields["corrects"].queryset.filter(round__in=Round.objects.run_by(organiser))
        self.fields["corrects"].queryset = own
        below = Office.objects.filter(parent=organiser.office_id).exclude(kind=Office.Kind.SUBDISTRICT)
        self.fields["provinces"].queryset = below.order_by("sort_key")
        self.fields["provinces"].label = _("offices below yours")
        del self.fields["regions"]
        if not below:
            del self.fields["provinces"]

    def whom(self) -> list[forms.BoundField]:
        return [self["audience"], self["round"]]

    def where(self) -> list[forms.BoundField]:
        """What narrows whom it goes to."""
        return [self[name] for name in ("regions", "provinces", "sizes") if name in self.fields]

    def what(self) -> list[forms.BoundField]:
        before = [*self.whom(), *self.where()]
        return [field for field in self if field not in before]

    def writing(self) -> intake.Writing:
        sent = self.cleaned_data
        names = ("round", "audience", "subject_th", "text_th", "subject_en", "text_en", "corrects")
        if sent["audience"] == Audience.EVERYBODY:
            sent = sent | {"round": None}
        kept = self.draft.filters if self.draft and sent["audience"] == Audience.CHOSEN else ""
        return intake.Writing(**{name: sent[name] for name in names}, places=self._places(), filters=kept)

    def _places(self) -> list[tuple[Office | None, str]]:
        """Each chosen office with each chosen size; none chosen of one sort: any."""
        if self.cleaned_data["audience"] != Audience.PLACES:
            return []
        offices = [one for name in ("regions", "provinces") for one in self.cleaned_data.get(name, ())]
        sizes = self.cleaned_data["sizes"]
        return list(product(offices or [None], sizes or [""])) if offices or sizes else []

    def new_files(self) -> list[Any]:
        return self.cleaned_data["uploads"]

    def taken_out(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data.get("without", ())]


def _audiences(reader: User, draft: Circular | None) -> list[tuple[str, Any]]:
    """To whom this person may write; those whom a board showed are kept, and are chosen there alone."""
    closed = {Audience.CHOSEN}
    if access.why_not_write_circulars(reader, None):
        closed.add(Audience.EVERYBODY)
    known: list[tuple[str, Any]] = [(code, title) for code, title in Audience.choices if code not in closed]
    if draft and draft.audience == Audience.CHOSEN:
        count = draft.places.count()
        title = ngettext(
            "the %(count)s office that a board showed", "the %(count)s offices that a board showed", count
        ) % {"count": count}
        known.insert(0, (Audience.CHOSEN, title))
    return known


def _initial(draft: Circular) -> dict[str, Any]:
    names = ("audience", "round", "subject_th", "text_th", "subject_en", "text_en", "corrects")
    initial = {name: getattr(draft, name) for name in names}
    if draft.audience == Audience.PLACES:
        places = list(draft.places.select_related("office"))
        offices = {place.office for place in places if place.office}
        initial["regions"] = [one.pk for one in offices if one.kind == Office.Kind.REGION]
        initial["provinces"] = [one.pk for one in offices if one.kind != Office.Kind.REGION]
        initial["sizes"] = sorted({place.size for place in places if place.size})
    return initial


def _limits() -> str:
    kinds = ", ".join(kind.label for kind in recognise.KINDS)
    most, video = recognise.size_shown(settings.EVIDENCE_MAX_BYTES), recognise.size_shown(settings.VIDEO_MAX_BYTES)
    said = {"count": MOST_ATTACHMENTS, "kinds": kinds, "most": most, "video": video}
    return _("%(count)s at most. %(kinds)s; %(most)s each at most, a video %(video)s.") % said
