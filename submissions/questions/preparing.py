"""What a round still needs before it opens, a line for each thing: done, missing, or so that scores would be wrong."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from scoring import engine
from submissions import thai
from submissions.models import ConflictOfInterest, Entry, Holiday, Office, Round, User
from submissions.models.entries import EntryQuerySet
from submissions.questions import ways

from .committee import closed_accounts, coverage, judges_with_offices
from .proofread import setting_faults
from .proposals import runners

DONE, MISSING, WRONG = "done", "missing", "wrong"
TITLES = {
    "scheme": gettext_lazy("Scheme"),
    "settings": gettext_lazy("Days that the scheme leaves to be set"),
    "entrants": gettext_lazy("Who takes part"),
    "accounts": gettext_lazy("Who can log in"),
    "committee": gettext_lazy("Committee"),
    "holidays": gettext_lazy("Public holidays"),
    "notices": gettext_lazy("How notices reach people"),
    "ranks": gettext_lazy("Who sees ranks"),
    "hearing": gettext_lazy("Appeals, and two persons"),
}


class Line(NamedTuple):
    """One thing to be prepared. `names`: those of whom it says how many they are."""

    code: str
    state: str
    said: list[str]
    names: list[str] = []

    @property
    def title(self) -> str | Promise:
        return TITLES[self.code]


def lines(round: Round) -> list[Line]:
    """All that a round needs, in the order in which it is prepared. As many statements for one office as for many."""
    entries = list(_standing(round).select_related("office__parent__parent__parent"))
    people = _officers(entries)
    return [
        _scheme(round),
        _settings(round),
        _entrants(round, [entry.office for entry in entries]),
        _accounts(round, entries, people),
        _committee(round, entries),
        _holidays(round),
        _notices(entries, people),
        _ranks(round),
        *([] if round.only_selects else [_hearing(round)]),
    ]


def why_scores_would_be_wrong(round: Round) -> list[str]:
    """What forbids opening it. Three statements."""
    offices = [entry.office for entry in _standing(round).select_related("office")]
    found = [_settings(round), _entrants(round, offices), _holidays(round)]
    return [f"{line.title}: {' '.join(line.said)}" for line in found if line.state == WRONG]


def _standing(round: Round) -> EntryQuerySet:
    return round.entries.filter(taken_out=False).exclude(state=Entry.State.WITHDRAWN)


def _day(day: date) -> str:
    return thai.format_date(day, thai.language(), short=True)


def _scheme(round: Round) -> Line:
    scheme = round.scheme
    said = [_("%(title)s, until %(day)s") % {"title": scheme.title.to(thai.language()), "day": _day(scheme.close)}]
    if engine.day_of(round.now()) > scheme.close:
        return Line("scheme", MISSING, [*said, _("Its last day is over. Is it the scheme of the right year?")])
    return Line("scheme", DONE, said)


def _settings(round: Round) -> Line:
    language, said, state = thai.language(), [], DONE
    faults = setting_faults(round.scheme, round.settings)
    for code, setting in round.scheme.settings.items():
        if code in faults:
            state, shown = WRONG, faults[code]
        elif code in round.settings:
            shown = _day(date.fromisoformat(round.settings[code]))
        else:
            state, shown = (state if state == WRONG else MISSING), _("not set: what hangs on it earns nothing yet")
        said.append(f"{setting.title.to(language)}: {shown}")
    if round.has_nominees and round.named_by is None:
        state = state if state == WRONG else MISSING
        said.append(_("The day until which somebody is named or chosen: not set"))
    return Line("settings", state, said or [_("There are none.")])


def _entrants(round: Round, offices: list[Office]) -> Line:
    if not offices:
        return Line("entrants", MISSING, [_("Nobody takes part yet.")])
    sizes = {size.code for size in round.scheme.sizes}
    if without := [str(office) for office in offices if sizes and office.size not in sizes]:
        sentence = ngettext(
            "Points hang on the size group, and %(count)s office has none.",
            "Points hang on the size group, and %(count)s offices have none.",
            len(without),
        )
        return Line("entrants", WRONG, [sentence % {"count": len(without)}], without)
    said = ngettext("%(count)s office takes part.", "%(count)s offices take part.", len(offices))
    return Line("entrants", DONE, [said % {"count": len(offices)}])


def _officers(entries: Iterable[Entry]) -> dict[int, list[User]]:
    """Those who can log in and do an entry's work, by its id: of its office, or of those above it below the region."""
    chains = {entry.pk: list(_chain(entry.office)) for entry in entries}
    offices = {office for chain in chains.values() for office in chain}
    found = User.objects.filter(role=User.Role.OFFICER, is_active=True, is_superuser=False, office__in=offices)
    people: dict[int | None, list[User]] = {}
    for user in found.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exclude(password=""):
        people.setdefault(user.office_id, []).append(user)
    return {pk: [user for office in chain for user in people.get(office, [])] for pk, chain in chains.items()}


def _chain(office: Office | None) -> Iterator[int]:
    while office is not None and office.kind != Office.Kind.REGION:
        yield office.pk
        office = office.parent


def _without(entries: Iterable[Entry], people: dict[int, list[User]], what: str) -> list[str]:
    """The offices where people can log in, but none of them has this."""
    return [str(e.office) for e in entries if people[e.pk] and not any(getattr(user, what) for user in people[e.pk])]


def _accounts(round: Round, entries: list[Entry], people: dict[int, list[User]]) -> Line:
    without = [str(entry.office) for entry in entries if not people[entry.pk]]
    said = []
    if without:
        sentence = ngettext(
            "Nobody of %(count)s office can log in yet.", "Nobody of %(count)s offices can log in yet.", len(without)
        )
        said.append(sentence % {"count": len(without)})
    headless = _without(entries, people, "is_head") if round.asks_confirmation else []
    if headless:
        sentence = ngettext(
            "Heads confirm here, and %(count)s office has no head who can log in.",
            "Heads confirm here, and %(count)s offices have no head who can log in.",
            len(headless),
        )
        said.append(sentence % {"count": len(headless)})
    if said or not entries:
        return Line("accounts", MISSING, said or [_("Known once somebody takes part.")], without or headless)
    return Line("accounts", DONE, [_("Each office has somebody who can log in.")])


def _committee(round: Round, entries: list[Entry]) -> Line:
    if not round.is_judged:
        return Line("committee", DONE, [_("Nothing is judged by points in this round.")])
    judges = list(judges_with_offices().filter(judged_rounds=round))
    if not judges:
        return Line("committee", MISSING, [_("Nobody is on the committee yet.")])
    said = [ngettext("%(count)s judge.", "%(count)s judges.", len(judges)) % {"count": len(judges)}]
    bare = [str(region) for region, of_region in coverage(entries, judges) if not of_region]
    if bare:
        sentence = ngettext(
            "Nobody judges in %(count)s inspection region.", "Nobody judges in %(count)s inspection regions.", len(bare)
        )
        said.append(sentence % {"count": len(bare)})
    said += _shared_out(round)
    if gone := closed_accounts(round):
        said.append(_("These can't log in any more: %(names)s") % {"names": gone})
    return Line("committee", MISSING if bare or gone else DONE, said, bare)


def _shared_out(round: Round) -> list[str]:
    """Who judges what, and how many entries nobody judges yet."""
    said = [str(round.get_assignment_display())]
    if round.assignment != Round.Assignment.EVERYBODY:
        taking_part = _standing(round).taking_part().with_committee()
        bare = sum(not entry.expected_sheets for entry in taking_part)
        text = ngettext("%(count)s entry has no judge.", "%(count)s entries have no judge.", bare)
        said += [text % {"count": bare}] if bare else []
    if aside := ConflictOfInterest.objects.standing().filter(entry__round=round).count():
        text = ngettext("A judge stands aside in %(count)s case.", "Judges stand aside in %(count)s cases.", aside)
        said.append(text % {"count": aside})
    return said


def _holidays(round: Round) -> Line:
    """Business days are counted without them: in a year that has none on the list, late would be later than it is."""
    counted = round.scheme.business_days_after()
    if not counted:
        return Line("holidays", DONE, [_("No points hang on business days in this scheme.")])
    faults, close = setting_faults(round.scheme, round.settings), round.scheme.close
    sound = {code: day for code, day in round.settings.items() if code in round.scheme.settings and code not in faults}
    known = {code: date.fromisoformat(day) for code, day in sound.items()}
    first = min(known.get(day, close) if isinstance(day, str) else day for day in counted)
    years = range(min(first, close).year, close.year + 1)
    there = {day.year for day in Holiday.objects.filter(date__year__in=years).values_list("date", flat=True)}
    if not (shown := [str(year + thai.ERA) for year in years if year not in there]):
        return Line("holidays", DONE, [_("Those of all years concerned are on the list.")])
    sentence = _("Points hang on business days, and no holiday is on the list of %(years)s.")
    return Line("holidays", WRONG, [sentence % {"years": ", ".join(shown)}])


def _notices(entries: list[Entry], people: dict[int, list[User]]) -> Line:
    said = []
    if not ways.has_mail():
        said.append(_("The portal has no mail server: notices are read in the portal alone."))
    without = _without(entries, people, "email")
    if without:
        sentence = ngettext(
            "%(count)s office has no e-mail address.", "%(count)s offices have no e-mail address.", len(without)
        )
        said.append(sentence % {"count": len(without)})
    return Line("notices", MISSING, said, without) if said else Line("notices", DONE, [_("By e-mail.")])


def _ranks(round: Round) -> Line:
    ranked = Round.Ranking(round.ranked).label
    return Line("ranks", DONE, [str(round.get_rank_visibility_display()), str(ranked)])


def _hearing(round: Round) -> Line:
    days = ngettext(
        "Results are provisional first: %(count)s business day for appeals.",
        "Results are provisional first: %(count)s business days for appeals.",
        round.appeal_days,
    )
    said = [days % {"count": round.appeal_days}] if round.appeal_days else [_("Results hold as soon as published.")]
    if not round.needs_two_persons:
        return Line("hearing", DONE, [*said, _("One person publishes.")])
    if runners(round).count() > 1:
        return Line("hearing", DONE, [*said, _("A second person confirms what can't be taken back.")])
    return Line("hearing", MISSING, [*said, _("A second person is to confirm, and there is nobody else.")])
