"""Filters in the words of the schemes. A code means something within its scheme only: each asks edition by edition."""

from collections import Counter

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from submissions import thai
from submissions.examination import sieve
from submissions.models import Edition, Entry, Evidence, Office, Round
from submissions.models.places import region_of, within

from .roles import Part, in_words


def rounds_of(request) -> list[Round]:
    """The rounds this reader works on here, open ones first; read once per request."""
    if not hasattr(request, "_rounds"):
        rows = Round.objects.at_desk_of(request.user).select_related("edition").defer("edition__text")
        request._rounds = list(rows.order_by("is_closed", "-pk"))
    return request._rounds


def editions_of(request) -> list[Edition]:
    """The editions behind the rounds on view: the chosen round's, or all that the reader sees."""
    chosen = request.GET.get("round")
    rounds = [round for round in rounds_of(request) if str(round.pk) == chosen] or rounds_of(request)
    return list({round.edition_id: round.edition for round in rounds}.values())


def of_editions(request, codes_in, path: str = "entry__round__edition", field: str = "requirement") -> Q:
    """Rows whose code is one of those that `codes_in(scheme)` gives for their own edition."""
    wanted = Q(pk__in=[])
    for edition in editions_of(request):
        if codes := codes_in(edition.scheme):
            wanted |= Q(**{path: edition.pk, f"{field}__in": codes})
    return wanted


def requirements_of(scheme, criteria) -> list[str]:
    """The requirements that these criteria read."""
    return [
        need.code
        for code in criteria
        if code in scheme.criteria
        for need in scheme.criteria[code].inputs
        if need.kind == "requirement"
    ]


class ChoiceFilter(DropdownFilter):
    """A choice from a list; what is not on the list matches nothing."""

    def narrow(self, request, queryset):
        """The rows that the choice, which is on the list, leaves."""
        raise NotImplementedError

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        is_known = self.value() in {code for code, title in self.lookup_choices}
        return self.narrow(request, queryset) if is_known else queryset.none()


class RoundFilter(ChoiceFilter):
    title, parameter_name = _("round"), "round"
    path = "entry__round"

    def lookups(self, request, model_admin):
        return [(str(round.pk), round.name) for round in rounds_of(request)]

    def narrow(self, request, queryset):
        return queryset.filter(**{self.path: self.value()})


class RoundOfEntryFilter(RoundFilter):
    path = "round"


class OfRounds(Part):
    """Part of an admin whose rows are of entries: each row says its round, where more than one is listed."""

    def get_list_display(self, request) -> list[str]:
        names = list(super().get_list_display(request))
        if request.GET.get("round") or len(rounds_of(request)) == 1:
            return names
        at = names.index("entry") + 1
        return [*names[:at], "of_round", *names[at:]]

    @display(description=_("round"))
    def of_round(self, row) -> str:
        return row.entry.round.name


class OfficeFilter(ChoiceFilter):
    title, parameter_name = _("office"), "office"
    path = "entry__office"

    def lookups(self, request, model_admin):
        seen = Entry.objects.visible_to(request.user).filter(round__in=rounds_of(request))
        taking_part = Office.objects.filter(pk__in=seen.values("office"))
        name = "name_en" if thai.language() == "en" else "name_th"
        return [(str(pk), text) for pk, text in taking_part.order_by("sort_key").values_list("pk", name)]

    def narrow(self, request, queryset):
        return queryset.filter(**{self.path: self.value()})


class RegionFilter(ChoiceFilter):
    title, parameter_name = _("inspection region"), "region"
    path = "entry__office"

    def lookups(self, request, model_admin):
        """Those with entries in the rounds on view; of one chosen round, its own."""
        chosen = request.GET.get("round")
        rounds = [round for round in rounds_of(request) if str(round.pk) == chosen] or rounds_of(request)
        entries = Entry.objects.visible_to(request.user).filter(round__in=rounds)
        regions = Office.objects.filter(kind="region", pk__in=entries.values(region=region_of()))
        return [(str(office.pk), office.name) for office in regions.order_by("code")]

    def narrow(self, request, queryset):
        return queryset.filter(within(self.value(), self.path))


class SchemeFilter(ChoiceFilter):
    """A choice among things of the schemes on view."""

    def parts(self, scheme):
        """(code, title) of what may be chosen in a scheme."""
        raise NotImplementedError

    def condition(self, request) -> Q:
        raise NotImplementedError

    def lookups(self, request, model_admin):
        return list(
            {code: title for edition in editions_of(request) for code, title in self.parts(edition.scheme)}.items()
        )

    def narrow(self, request, queryset):
        return queryset.filter(self.condition(request))


class NoticedFilter(ChoiceFilter):
    """By what the machine noticed, as the page of each piece tells it."""

    title, parameter_name = _("what the machine noticed"), "noticed"

    def lookups(self, request, model_admin):
        return [
            ("remarked", _("With remarks of the machine")),
            ("alike", _("The same or nearly the same elsewhere")),
            ("shut", _("Shut by the virus scanner")),
            ("held", _("Being checked for viruses")),
        ]

    def narrow(self, request, queryset):
        if self.value() == "remarked":
            return sieve.remarked(queryset, editions_of(request))
        if self.value() == "alike":
            user = request.user
            sees_all = user.is_central or user.is_judge  # who is told too of what they may not open
            return sieve.alike(queryset, Evidence.objects.all() if sees_all else Evidence.objects.visible_to(user))
        return {"shut": sieve.shut, "held": sieve.held}[self.value()](queryset)


class DimensionFilter(SchemeFilter):
    title, parameter_name = _("dimension"), "dimension"

    def parts(self, scheme):
        return [(dimension.code, f"{dimension.code}. {in_words(dimension.title)}") for dimension in scheme.dimensions]

    def condition(self, request) -> Q:
        return of_editions(
            request,
            lambda scheme: requirements_of(
                scheme,
                [
                    code
                    for dimension in scheme.dimensions
                    if dimension.code == self.value()
                    for code in dimension.criteria
                ],
            ),
        )


class CriterionFilter(SchemeFilter):
    title, parameter_name = _("criterion"), "criterion"

    def parts(self, scheme):
        return [
            (criterion.code, f"{criterion.code} {in_words(criterion.title)}")
            for criterion in scheme.criteria.values()
            if requirements_of(scheme, [criterion.code])
        ]

    def condition(self, request) -> Q:
        return of_editions(request, lambda scheme: requirements_of(scheme, [self.value()]))


class PeriodFilter(SchemeFilter):
    title, parameter_name = _("period"), "period"

    def parts(self, scheme):
        used = {period.code for requirement in scheme.requirements.values() for period in requirement.periods}
        return [(code, in_words(period.title)) for code, period in scheme.periods.items() if code in used]

    def condition(self, request) -> Q:
        return Q(period=self.value())


class PeriodOfValueFilter(PeriodFilter):
    def parts(self, scheme):
        used = {period.code for value in scheme.values.values() for period in value.periods}
        return [(code, in_words(period.title)) for code, period in scheme.periods.items() if code in used]


class ValueFilter(SchemeFilter):
    title, parameter_name = _("value"), "value"

    def parts(self, scheme):
        return [(value.code, f"{value.code} {in_words(value.title)}") for value in scheme.values.values()]

    def condition(self, request) -> Q:
        return Q(code=self.value())


def slot_title(scheme, requirement: str, period: str) -> tuple[str, str]:
    """The names of a requirement and of its period; the codes, where the scheme does not (any more) know them."""
    known = scheme.requirements.get(requirement)
    return (in_words(known.title) if known else requirement), period_title(known.periods if known else (), period)


def period_title(periods, code: str) -> str:
    found = next((in_words(period.title) for period in periods if period.code == code), code)
    return found or ""


def slot_choices(scheme) -> list[tuple[str, str]]:
    """Every slot of a scheme, as "requirement|period" and its names; with the code where two have the same names."""
    slots = [
        (requirement.code, period.code if period else "")
        for requirement in scheme.requirements.values()
        for period in requirement.periods or (None,)
    ]
    names = {slot: " · ".join(filter(None, slot_title(scheme, *slot))) for slot in slots}
    times = Counter(names.values())
    return [
        (f"{code}|{period}", f"{name} · {code}" if times[name] > 1 else name) for (code, period), name in names.items()
    ]
