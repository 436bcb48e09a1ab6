"""What a notice says to its reader, in the language of the page or of the letter, and where each thing is."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from submissions import thai
from submissions.models import Ending, Entry, Notice, Proposal, User
from submissions.questions.access import unseen_points
from submissions.questions.slots import page_of, page_of_value, thread_of, title_of
from submissions.templatetags.accounts import factor_name
from submissions.templatetags.wording import entry_name

from .answered import answered
from .titles import ICONS, OF_ACCOUNTS, OF_CIRCULARS, OF_HEARING, OF_PROPOSALS, OF_SHUT, TITLES

# Of what is no slot: its title, its page, and whether that is the entry's or its round's.
PLACES = {
    "confirmation": (gettext_lazy("Confirmation by the head"), "confirmation", "pk"),
    "sheet": (gettext_lazy("Scoring sheet"), "admin:submissions_sheet_of_entry", "pk"),
    "scheme": (gettext_lazy("The criteria in words"), "scheme", "round_id"),
    "naming": (gettext_lazy("Name who takes part"), "nominees", "round_id"),
}


@dataclass(frozen=True)
class NoticeLine:
    """One of the things that a notice tells of."""

    title: str
    path: str
    text: str = ""


@dataclass(frozen=True)
class NoticeInWords:
    """A notice in words. `lines` may be fewer than `count`."""

    notice: Notice
    title: str
    where: str
    path: str  # where the whole of it is dealt with
    count: int
    lines: list[NoticeLine] = field(default_factory=list)
    is_answered: bool = False  # it tells of returns, and nothing of them waits for the office any more

    @property
    def icon(self) -> str:
        return ICONS[self.notice.code]

    @property
    def at(self) -> datetime:
        """When it was, by the clock of its round."""
        round = self.notice.round
        return self.notice.latest_at + (round.clock_offset if round else timedelta(0))

    @property
    def is_new(self) -> bool:
        return self.notice.read_at is None and not self.is_answered

    @property
    def left(self) -> int:
        return self.count - len(self.lines)


def say(notices: Iterable[Notice], reader: User) -> list[NoticeInWords]:
    """Each notice in words; of what its reader sees no longer nothing is said. Four statements, however many.

    The notices come with their rounds (`select_related("round__edition")`).
    """
    notices = list(notices)
    named = {item["entry"] for notice in notices for item in notice.data["items"]}
    named |= {notice.entry_id for notice in notices if notice.entry_id}
    entries = Entry.objects.visible_to(reader).with_round().select_related("office__parent").in_bulk(named)
    ways = Ways(reader, entries)
    done = answered(notices)
    return [replace(_say(notice, entries, ways), is_answered=notice.pk in done) for notice in notices]


class Ways:
    """Where one reader deals with what is told of these entries: no page is named that they may not see."""

    def __init__(self, reader: User, entries: dict[int, Entry]) -> None:
        self.is_judge = reader.is_judge
        self.unseen = unseen_points(reader, entries.values())

    def home_of(self, entry: Entry | None) -> str:
        if entry is None:
            return reverse("home")
        if self.is_judge and entry.pk in self.unseen:
            return reverse("admin:submissions_entry_change", args=[entry.pk])
        return reverse("scorecard", args=[entry.pk])  # of a stage that only selects it says who is named

    def criterion_of(self, entry: Entry, path: str) -> str:
        """A place on the page of a criterion, which shows points; "" where the edition asks for it no more."""
        return path if path and entry.pk not in self.unseen else self.home_of(entry)

    def slot_of(self, entry: Entry, requirement: str, period: str) -> str:
        if self.is_judge and entry.pk in self.unseen and requirement in entry.round.scheme.requirements:
            return thread_of(entry, requirement, period)
        return self.criterion_of(entry, page_of(entry, requirement, period))

    def thread_of(self, entry: Entry, requirement: str, period: str) -> str:
        if requirement not in {*entry.round.scheme.requirements, *entry.round.reviewed_values}:  # asked for no more
            return self.home_of(entry)
        return thread_of(entry, requirement, period) + "#newest"


def _say(notice: Notice, entries: dict[int, Entry], ways: Ways) -> NoticeInWords:
    if notice.code in OF_ACCOUNTS:
        return _say_of_account(notice)
    if notice.code in OF_CIRCULARS:
        return _say_of_circular(notice)
    if notice.code in (*OF_HEARING, *OF_PROPOSALS):
        return _say_of_hearing(notice, ways.is_judge)
    lines = _lines(notice, entries, ways)
    hidden = len(notice.data["items"]) - len(lines)
    count = notice.data["count"] - hidden
    entry = entries.get(notice.entry_id or 0)
    paths = {line.path for line in lines}  # the messages of one thread lead to one place
    path = notice.data.get("path") or (paths.pop() if len(paths) == 1 else ways.home_of(entry))
    title = _title(notice, lines, count)
    shown = lines if count > 1 or _says_more(lines) else []
    return NoticeInWords(notice, title, _where(notice, entry), path, count, shown)


def _lines(notice: Notice, entries: dict[int, Entry], ways: Ways) -> list[NoticeLine]:
    """What the notice tells of the entries that its reader still sees."""
    items = [item for item in notice.data["items"] if item["entry"] in entries]
    several = len({item["entry"] for item in items}) > 1
    return [_line(notice, item, entries[item["entry"]], several, ways) for item in items]


def _where(notice: Notice, entry: Entry | None) -> str:
    return (entry_name(entry) if entry else "") or (notice.round.name if notice.round else "")


def _say_of_account(notice: Notice) -> NoticeInWords:
    data = notice.data
    match notice.code:
        case Notice.Code.TRIES:
            title = ngettext(
                "%(count)s wrong password was typed for your account in one day",
                "%(count)s wrong passwords were typed for your account in one day",
                data["count"],
            ) % {"count": data["count"]}
            text = _from(data) + _(
                "Nobody got in with them. If it was not you: choose a password that you use nowhere else, and tell "
                "central staff if it goes on."
            )
        case Notice.Code.CODES:
            title = _("Somebody may know your password: %(count)s wrong codes of the second step in one day") % {
                "count": data["count"]
            }
            text = _from(data) + _(
                "Nobody got in with them, but whoever types a code has typed your password before. If it was not you: "
                "choose another password now."
            )
        case Notice.Code.FACTOR:
            title = _("A second step of your account was taken away: %(kind)s") % {"kind": factor_name(data["kind"])}
            text = _("If it was neither you nor asked for by you, tell central staff at once.")
        case _other:
            title = _("%(by)s set a new password for your account") % {"by": data["by"]}
            text = _(
                "When you log in with it you choose one of your own. If you did not ask for it, tell central staff."
            )
    return NoticeInWords(notice, title, "", data["path"], 1, [NoticeLine(title, data["path"], text)])


def _from(data: dict) -> str:
    """From where tries came. A notice of a former release does not say from how many addresses."""
    if data.get("addresses", 1) > 1:
        return _("From %(addresses)s addresses, the last one %(address)s.") % data + " "
    return _("From the address %(address)s.") % data + " "


def _say_of_circular(notice: Notice) -> NoticeInWords:
    data = notice.data
    if shut := OF_SHUT.get(Notice.Code(notice.code)):
        title, text = str(shut) % {"what": data["title"]}, data["text"]
    else:
        language = thai.language()
        what = {"number": data["number"], "subject": data["subject"][language]}
        title, text = _("Circular no. %(number)s: %(subject)s") % what, data["text"][language]
    line = NoticeLine(title, data["path"], text)
    return NoticeInWords(notice, title, _where(notice, None), data["path"], 1, [line])


def _say_of_hearing(notice: Notice, to_judge: bool) -> NoticeInWords:
    """Of a provisional result until when it may be disputed, of a proposal what it is. Judges have no points."""
    data = notice.data
    if notice.code in OF_HEARING:
        day = thai.format_date(date.fromisoformat(data["until"]), thai.language())
        title = _title(notice, [], 1)
        if to_judge and notice.code == Notice.Code.PROVISIONAL:
            title = _("A provisional result was announced")
        text = _("It may be disputed until the end of %(day)s.") % {"day": day}
    else:
        what = {"what": Proposal.Kind(data["kind"]).label}
        is_new = notice.code == Notice.Code.PROPOSED
        title = (_("Waits for your confirmation: %(what)s") if is_new else _("Decided on: %(what)s")) % what
        text = str(data["text"] if is_new else Ending.State(data["state"]).label)
    return NoticeInWords(notice, title, _where(notice, None), data["path"], 1, [NoticeLine(title, data["path"], text)])


def _says_more(lines: list[NoticeLine]) -> bool:
    return any(line.text for line in lines)


def _line(notice: Notice, item: dict, entry: Entry, several: bool, ways: Ways) -> NoticeLine:
    if notice.code == Notice.Code.PUBLISHED:
        title, path = _result(item), notice.data["path"]
    else:
        kind, code, period = item.get("kind", "requirement"), item["requirement"], item["period"]
        title, path = _place(entry, kind, code, period, ways)
        path = reverse("appeal", args=[item["appeal"]]) if kind == "appeal" else path
        path = reverse("best-practice", args=[item["evidence"]]) if kind == "consent" else path
        if notice.code == Notice.Code.REMARK:
            path = ways.thread_of(entry, code, period)
    if several:
        title = f"{entry_name(entry)} · {title}"
    return NoticeLine(title, path, _text(notice, item))


def _result(item: dict) -> str:
    """What an entry got, as it was announced."""
    rank = _("Rank %(rank)s") % {"rank": item["rank"]} if item["rank"] else ""
    award = item["award"][thai.language()] if item["award"] else ""
    return " · ".join(filter(None, (rank, award)))


def _place(entry: Entry, kind: str, code: str, period: str, ways: Ways) -> tuple[str, str]:
    """What a slot, a value, the naming or the confirmation is called, and where it is."""
    scheme, language = entry.round.scheme, thai.language()
    if kind in PLACES:
        title, page, whose = PLACES[kind]
        return str(title), reverse(page, args=[getattr(entry, whose)])
    if kind == "appeal":
        known = scheme.criteria.get(code)
        return f"{code} {known.title.to(language)}" if known else code, ways.home_of(entry)
    if kind == "value" or (code not in scheme.requirements and code in scheme.values):
        return _place_of_value(entry, code, period, ways)
    return title_of(scheme, code, period, language), ways.slot_of(entry, code, period)


def _place_of_value(entry: Entry, code: str, period: str, ways: Ways) -> tuple[str, str]:
    value, page, language = entry.round.scheme.values.get(code), page_of_value(entry, code), thai.language()
    if value is None or not page:
        return code, ways.home_of(entry)
    named = next((known.title.to(language) for known in value.periods if known.code == period), "")
    title = f"{value.title.to(language)} ({named})" if named else value.title.to(language)
    return title, ways.criterion_of(entry, page)


def _text(notice: Notice, item: dict) -> str:
    if notice.code == Notice.Code.RELEASED:
        waits, both = _("Your side has not released it yet"), _("Both sides have released it")
        return waits if item["awaits"] else both
    if "wished" in item:
        day = thai.format_date(date.fromisoformat(item["wished"]), thai.language())
        return _("More time is asked for, until %(day)s") % {"day": day} + ": " + item["text"]
    if "refuses" in item:
        return _("No more time is given") + ": " + item["text"]
    if "until" not in item:
        text = " – ".join(filter(None, (item.get("title"), item.get("text"))))
        if "again" not in item:
            return text
        day = thai.format_date(date.fromisoformat(item["again"]), thai.language())
        return text + " · " + _("can be sent again until %(day)s") % {"day": day}
    day = thai.format_date(date.fromisoformat(item["until"]), thai.language())
    if notice.code == Notice.Code.EXTENSION:
        return " · ".join(filter(None, (_("until %(day)s") % {"day": day}, item.get("text"))))
    left = _left(item["days"], day)
    return " · ".join((str(_("it came back")), left)) if item.get("state") == "returned" else left


def _left(days: int, day: str) -> str:
    """How long there is time, or was."""
    if days < 0:
        return ngettext(
            "%(days)s day late, it was due by %(day)s", "%(days)s days late, it was due by %(day)s", -days
        ) % {
            "days": -days,
            "day": day,
        }
    if not days:
        return _("today is the last day, %(day)s") % {"day": day}
    return ngettext("%(days)s day left, until %(day)s", "%(days)s days left, until %(day)s", days) % {
        "days": days,
        "day": day,
    }


def _title(notice: Notice, lines: list[NoticeLine], count: int) -> str:
    of_one, of_several = TITLES[Notice.Code(notice.code)]
    return (of_one if count == 1 else of_several) % {"count": count, "what": lines[0].title if lines else ""}
