"""Rounds: their settings, and what leads on from each."""

from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from unfold.decorators import display
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from submissions import intake
from submissions.fields import BuddhistDateField, number_in, show_reasons
from submissions.models import Edition, Round, User
from submissions.questions.committee import (
    closed_accounts,
    coverage,
    judges_for,
    judges_with_offices,
    name_of,
    seat_for,
)
from submissions.questions.editions import namer, names_of
from submissions.questions.participants import QUOTA
from submissions.questions.proofread import Refused, check_settings
from submissions.signals import publications_asked
from submissions.spreadsheets import tables
from submissions.templatetags.wording import office_name

from .copying import CopyRound
from .entering import EnterOffices
from .exporting import ExportedList
from .guard import GuardedAdmin, GuardedForm
from .hearing import PUBLIC, CommitteeStays, HeardRound
from .panel import PanelOfRound
from .preparing import SETTING, PrepareRound, back_to
from .roles import RUNNERS, in_words, short_time
from .ways_on import AGREEMENT, WaysOn

PROPOSED = 5  # of a hundred decisions, to be read a second time in a new round


class RoundForm(CommitteeStays, GuardedForm):
    """The round's own settings, and those its scheme leaves to be set, each with its title."""

    fields: dict[str, Any]
    user: User

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in self._settings():
            self.initial[name] = self.instance.settings.get(name.removeprefix(SETTING), "")
        self.initial["seen"] = self._token()
        if self.instance.pk is None:
            self.initial["second_reading_percent"] = PROPOSED
        if "edition" in self.fields:
            self.fields["edition"].queryset = editions = Edition.objects.in_order_for(self.user)
            self.fields["edition"].label_from_instance = namer(editions)
        if "judges" in self.fields:
            self.fields["judges"].queryset = judges_for(self.user, self.instance)
            self.fields["judges"].label_from_instance = partial(seat_for, self.user)

    def clean_edition(self) -> Edition:
        """Held, so that nobody deletes the scheme while a round of it is made."""
        if not intake.hold_edition(edition := self.cleaned_data["edition"]):
            raise forms.ValidationError(_("This scheme was deleted. Choose another."))
        return edition

    def clean_second_reading_percent(self) -> int:
        return self.cleaned_data["second_reading_percent"] or 0

    def clean_named_by(self) -> str | None:
        return self.cleaned_data["named_by"] or None  # a day that is not set is none, not an empty text

    def _settings(self) -> list[str]:
        return [name for name in self.fields if name.startswith(SETTING)]

    def clean(self):
        """Every setting against the scheme; all faults at once."""
        cleaned = super().clean()
        self.check_committee()
        if names := self._settings():
            texts = {name.removeprefix(SETTING): self.cleaned_data.get(name) or "" for name in names}
            refused = Refused()
            set_now = check_settings(self.instance.scheme, texts, refused)
            show_reasons(self, {SETTING + code: reasons for code, reasons in refused.reasons.items()})
            kept = {code: text for code, text in self.instance.settings.items() if code not in texts}
            self.instance.settings = kept | set_now
        return cleaned

    def clean_day(self) -> str:
        """Set the round's clock to another day, at this time of day."""
        day = self.cleaned_data["day"]
        if day and day != _day_in(self.instance):
            ahead = date.fromisoformat(day) - timezone.localdate()
            if not ahead and self.instance.is_practice:
                raise forms.ValidationError(_("Today is the day of real rounds; a round for practice has another."))
            self.instance.clock_offset = ahead
        return day


def publications_of(ids: list[int]) -> dict[int, dict[str, Any]]:
    """The newest publication of each round that has one, as who published answers. No statement of its own."""
    answers: Any = publications_asked.send(Round, round_ids=ids)
    return {pk: publication for _receiver, found in answers for pk, publication in found.items()}


class RoundList(ChangeList):
    result_list: Any

    def get_results(self, request) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        published = publications_of([round.pk for round in self.result_list])
        names = names_of({round.edition for round in self.result_list})
        for round in self.result_list:
            round.published, round.of_edition = published.get(round.pk), names[round.edition_id]


def _day_in(round: Round) -> str:
    """The day it is in a round for practice; '' in a real one."""
    return timezone.localtime(round.now()).date().isoformat() if round.is_practice else ""


def _opens(round: Round) -> str:
    if round.opens_at is None:
        return str(_("being prepared"))
    sentence = _("opens %(time)s") if round.is_preparing else _("open since %(time)s")
    return sentence % {"time": short_time(round.opens_at)}


@admin.register(Round)
class RoundAdmin(EnterOffices, CopyRound, PrepareRound, PanelOfRound, HeardRound, WaysOn, ExportedList, GuardedAdmin):
    columns = staticmethod(tables.rounds)
    viewers = adders = changers = RUNNERS
    to_round = "pk"
    form = RoundForm
    list_display = ["name_in_language", "edition_named", "entries_count", "judges_count", "state", "to_prepare"]
    list_select_related = ["edition", "organiser"]
    search_fields = ["name_th", "name_en"]
    readonly_fields = ["edition_link", "run_by", "opens", "clock", "stage_title", "preceding_link", "nominees_link"]
    readonly_fields += ["seats", "gone", "heard", "more"]
    actions_detail = [
        "prepare",
        "criteria",
        "board",
        "publications",
        {
            "title": _("More"),
            "icon": "more_horiz",
            "items": ["panel", *AGREEMENT, "enter_offices", "copy", "take_out", "discard"],
        },
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request).defer("edition__text")
        if request.resolver_match and request.resolver_match.url_name.endswith("list"):  # to look at, or to take away
            rows = rows.annotate(
                Count("judges", distinct=True),
                entries__count=Count("entries", filter=Q(entries__taken_out=False), distinct=True),
            )
        return rows

    def get_fieldsets(self, request, obj=None):
        names = ["name_th", "name_en"]
        run_by = ["run_by"] if obj and obj.organiser_id else []
        if obj is None:
            demands = ["needs_confirmation", "reviews_values", "appeal_days", "needs_two_persons"]
            demands += ["judges_need_second_factor", "second_reading_percent"]
            return [(None, {"fields": [*names, "edition", "rank_visibility", *demands, "day", "judges"]})]
        settings = [SETTING + code for code in obj.scheme.settings]
        left_open = [(_("What the scheme leaves to be set"), {"fields": settings})] if settings else []
        clock = ["clock", "day"] if obj.is_practice else ["clock"]
        shown = ["rank_visibility"]
        shown += [] if obj.only_selects else ["shows_sureness", "needs_confirmation", "reviews_values"]
        gone = ["gone"] if closed_accounts(obj) else []
        judging = ["is_blind", "asks_notes"] if obj.is_judged else []
        return [
            (None, {"fields": [*names, *run_by, "edition_link", "opens", "is_closed", *shown, *clock]}),
            *left_open,
            (_("Who takes part"), {"fields": [*self._stage_fields(obj), "ranking", "nominees_link"]}),
            *([] if obj.only_selects else [(_("Results"), {"fields": self.hearing_fields(obj)})]),
            (_("Contact"), {"fields": ["contact"]}),
            (
                _("Committee"),
                {
                    "fields": [
                        "judges",
                        *gone,
                        "seats",
                        *judging,
                        "judges_need_second_factor",
                        "second_reading_percent",
                    ]
                },
            ),
        ]

    def render_change_form(self, request, context, **kwargs):
        """One button saves: a round is made rarely, and whoever saves it stays with it or goes back to the list."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, **kwargs)

    def get_changeform_initial_data(self, request) -> dict:
        """An address may say of which edition; it is none that this person is not offered."""
        pk = number_in(request.GET, "edition")
        chosen = {"edition": pk} if Edition.objects.offered_to(request.user).filter(pk=pk).exists() else {}
        return super().get_changeform_initial_data(request) | chosen

    def save_model(self, request, obj, form, change) -> None:
        """A new round is prepared first: nobody else sees it before it is opened. An organiser's is their office's."""
        if not change:
            obj.opens_at = None
            obj.organiser = request.user.office if request.user.organises else None
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        """On to what comes next: nobody takes part yet, and days may have to be set."""
        sentence = _("The round “%(name)s” was made. Nobody else sees it until it is opened.")
        messages.success(request, sentence % {"name": obj})
        return back_to(obj)

    def response_change(self, request, obj):
        """While it is prepared, back to what it still needs."""
        answer = super().response_change(request, obj)
        return back_to(obj) if obj.is_preparing else answer

    @staticmethod
    def _stage_fields(round: Round) -> list[str]:
        """Places and days belong to rounds in which somebody is named or chosen."""
        stage = ["stage_title"] if round.stage else []
        before = ["preceding_link"] if round.preceding_id else []
        return [*stage, *before, "places_per", "places", "named_by"] if round.has_nominees else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        """With a field for each setting of the scheme, and one for the clock where it may be set."""
        fields: dict[str, Any] = {"user": request.user}
        if obj is None or obj.is_practice:
            fields["day"] = BuddhistDateField(
                label=_("day in this round"),
                required=obj is not None,
                initial=_day_in(obj) if obj else "",
                help_text="" if obj else _("Only of a round for practice. Leave it empty for a real one."),
                widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "31/12/2566", "autocomplete": "off"}),
            )
        if obj is not None:
            for code, setting in obj.scheme.settings.items():
                fields[SETTING + code] = BuddhistDateField(
                    label=in_words(setting.title),
                    required=False,
                    help_text=escape(" ".join(in_words(doubt.text) for doubt in setting.doubts)),
                    widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "31/12/2566", "autocomplete": "off"}),
                )
        kwargs |= {"form": type("RoundForm", (RoundForm,), fields), "help_texts": QUOTA | PUBLIC}
        return super().get_form(request, obj, change, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "judges":
            kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
            kwargs["help_text"] = ""
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @display(description=_("name"))
    def name_in_language(self, round: Round) -> str:
        return round.name

    @display(description=_("organiser"))
    def run_by(self, round: Round) -> str:
        return office_name(round.organiser)

    @display(description=_("preparation"))
    def to_prepare(self, round: Round) -> str:
        if round.is_closed or not round.is_preparing:
            return "–"
        url = reverse("admin:submissions_round_prepare", args=[round.pk])
        return format_html('<a class="link" href="{}">{}</a>', url, pgettext("preparation", "Go on"))

    @display(description=_("entries"))
    def entries_count(self, round: Round) -> int:
        return round.entries__count

    @display(description=_("committee"))
    def judges_count(self, round: Round) -> int:
        return round.judges__count

    def get_changelist(self, request, **kwargs):
        return RoundList

    @display(
        description=_("state"),
        label={"open": "success", "closed": "danger", "preparing": "warning", "published": "info"},
    )
    def state(self, round: Round):
        if round.published:
            text = _("Closed, published (%(number)s)") if round.is_closed else _("Published (%(number)s)")
            return "published", text % {"number": round.published["number"]}
        if round.is_closed:
            return "closed", _("Closed")
        if not round.is_preparing:
            return "open", _("Open")
        return "preparing", _opens(round)

    @display(description=_("opening"))
    def opens(self, round: Round) -> str:
        url = reverse("admin:submissions_round_prepare", args=[round.pk])
        return format_html('{} · <a class="link" href="{}">{}</a>', _opens(round), url, _("change"))

    @display(description=_("edition"))
    def edition_link(self, round: Round) -> str:
        """A round keeps its edition: another text moves everybody's points."""
        url = reverse("admin:submissions_edition_change", args=[round.edition_id])
        return format_html('<a class="link" href="{}">{}</a>', url, self.edition_named(round))

    @display(description=_("edition"))
    def edition_named(self, round: Round) -> str:
        return getattr(round, "of_edition", "") or namer([round.edition])(round.edition)

    @display(description=_("time in this round"))
    def clock(self, round: Round) -> str:
        now = short_time(round.now())
        return (
            format_html("{} · {}", now, _("a round for practice, with a clock of its own"))
            if round.is_practice
            else now
        )

    @display(description=_("stage"))
    def stage_title(self, round: Round) -> str:
        return in_words(round.current_stage.title) if round.current_stage else round.stage

    @display(description=_("opened from"))
    def preceding_link(self, round: Round) -> str:
        url = reverse("admin:submissions_round_change", args=[round.preceding_id])
        return format_html('<a class="link" href="{}">{}</a>', url, round.preceding)

    @display(description=_("entries"))
    def nominees_link(self, round: Round) -> str:
        url = reverse("nominees", args=[round.pk])
        return format_html('<a class="link" href="{}">{}</a>', url, _("Open the list"))

    @display(description=_("account closed"))
    def gone(self, round: Round) -> str:
        return _(
            "%(names)s can't judge any more, but the round still waits for their sheets. To wait no longer, untick the "
            "name above and save. Final sheets that they gave still count."
        ) % {"names": closed_accounts(round)}

    @display(description=_("who judges where"))
    def seats(self, round: Round) -> str:
        """Each inspection region with its judges; those without any stand out."""
        entries = round.entries.exclude(state="withdrawn").select_related("office__parent__parent__parent")
        covered = coverage(entries, judges_with_offices().filter(judged_rounds=round))
        alike: dict[str, list[str]] = {}
        for region, judges in covered:
            alike.setdefault(", ".join(map(name_of, judges)) or str(_("nobody yet")), []).append(str(region))
        if len(alike) == 1 and len(covered) > 1:
            return format_html("{}: {}", _("All inspection regions"), next(iter(alike)))
        lines = format_html_join("", "<li>{}: {}</li>", ((", ".join(of), names) for names, of in alike.items()))
        return format_html('<ul class="plain">{}</ul>', lines) if alike else "–"
