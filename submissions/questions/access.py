"""Who may do what: each question is answered by None, or by the reason why not.

Each docstring names the deed that somebody wants to do; those of naming and choosing stand in `naming`. Whether a
person sees an object at all is asked of `Model.objects.visible_to(user)`; what they don't see is not there.
"""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _

from submissions.models import Attachment, Circular, Entry, Evidence, PracticeEntry, Round, Sheet, User
from submissions.models.examinations import Scanned
from submissions.signals import adoption_asked, discard_asked

from . import practice

Reason = str | None


def why_not_act_for(user: User, entry: Entry) -> Reason:
    """Do anything on the office's side: hand in, name, choose, withdraw."""
    if not Entry.objects.visible_to(user).filter(pk=entry.pk).exists():
        return _("This entry belongs to another office.")
    return why_not_act_in(user, entry.round)


def why_not_act_in(user: User, round: Round) -> Reason:
    """The same for any entry that this person sees."""
    if user.is_judge:
        return _("Committee members review; they don't hand in.")
    if round.is_closed:
        return _("The round is closed: nothing more is handed in.")
    return why_settled(round)


def why_settled(round: Round) -> Reason:
    """Change anything on which points hang, once a provisional result was announced: an appeal alone does."""
    if not round.is_settled:
        return None
    return _("A provisional result was announced: nothing is changed any more, but by the answer to an appeal.")


def why_not_change(user: User, entry: Entry) -> Reason:
    """Hand in, replace, withdraw, enter values."""
    return why_not_act_for(user, entry) or _why_not_changeable(entry)


def _why_not_changeable(entry: Entry) -> Reason:
    if entry.state != Entry.State.TAKING_PART:
        return _("This entry does not take part (any more).")
    if entry.awaits_nominee:
        return _("First name who takes part for the office.")
    return None


def why_not_hand_in(user: User, entry: Entry, *, central: bool) -> Reason:
    """`central`: what is handed in is for those alone to record who run the round."""
    return why_not_change(user, entry) or (why_not_record(user, entry) if central else None)


def why_closed(user: User, entry: Entry) -> dict[str, Reason]:
    """The same for an entry that this person sees: by the office, and `central`. Asks the database as little as
    `why_not_record`."""
    reason = why_not_act_in(user, entry.round) or _why_not_changeable(entry)
    return {"office": reason, "central": reason or why_not_record(user, entry)}


def why_not_record(user: User, entry: Entry) -> Reason:
    """Record for an entry that this person sees what only those record who run its round. Asks the database nothing,
    unless it is refused."""
    if not entry.round.is_run_by(user):
        return recorded_by(entry.round)
    return why_not_act_in(user, entry.round) or _why_not_changeable(entry)


def recorded_by(round: Round) -> str:
    """Whose it is to record what the scheme leaves to the centre: of the round, which may be an office's own."""
    if round.organiser:
        return _("This is recorded by the contest's organiser: %(office)s.") % {"office": round.organiser}
    return _("This is recorded by central staff.")


def why_not_yet(round: Round, code: str) -> Reason:
    """Hand this in now: in a stage that only selects, what it collects, and what an office declares by naming."""
    nominees = round.scheme.nominees
    if code in round.collected or (nominees and code in nominees.declare):
        return None
    if round.only_selects:
        return _("This stage only settles who takes part: nothing is handed in yet.")
    return None


def why_not_withdraw(user: User, evidence: Evidence) -> Reason:
    if reason := why_not_change(user, evidence.entry):
        return reason
    if evidence.status == Evidence.Status.WITHDRAWN:
        return _("It is withdrawn already.")
    if evidence.status == Evidence.Status.ACCEPTED and not evidence.entry.round.is_run_by(user):
        return _("It was accepted. Ask the committee to return it first.")
    if evidence.status == Evidence.Status.RETURNED and Evidence.objects.filter(replaces=evidence).exists():
        return _("It was replaced already, and counts no longer.")
    return None


def why_not_replace(user: User, evidence: Evidence) -> Reason:
    if reason := why_not_change(user, evidence.entry):
        return reason
    if evidence.status not in (Evidence.Status.RETURNED, Evidence.Status.SUBMITTED):
        return _("Only evidence that was returned, or that waits for review, is replaced.")
    if Evidence.objects.filter(replaces=evidence).exists():
        return _("It was replaced already.")
    return None


def why_not_confirm(user: User, entry: Entry) -> Reason:
    """Say for the office that what it handed in is complete."""
    if not entry.round.asks_confirmation:
        return _("In this round nobody has to confirm what was handed in.")
    if reason := why_not_act_in(user, entry.round) or _why_not_changeable(entry):  # before what has to be looked up
        return reason
    if not user.is_officer or not user.is_head:
        return _("Only the head of the office confirms what was handed in.")
    if reason := why_not_act_for(user, entry):
        return reason
    if not entry.evidence.exists() and not entry.values.exists():
        return _("Nothing was handed in yet that could be confirmed.")
    return None


def why_not_see_deeds(user: User) -> Reason:
    """Read who did what on an entry."""
    if user.is_judge:
        return _("The history is the office's own: from it a judge could tell what colleagues did.")
    return None


def why_not_take_away(user: User) -> Reason:
    """Have everything packed that an office handed in."""
    if user.is_judge:
        return _("Only the office itself and central staff take everything away. Files are opened where you review.")
    return None


def why_not_open(evidence: Evidence) -> Reason:
    """Read the file, for whoever may see it: nobody opens what holds a virus, or was not looked through for one yet."""
    return _why_shut(getattr(evidence, "examination", None))


def why_not_open_attachment(attachment: Attachment) -> Reason:
    """The same of a file that goes with a circular."""
    return _why_shut(attachment)


def why_not_open_scanned(scanned: Scanned) -> Reason:
    """The same of any other file."""
    return _why_shut(scanned)


def _why_shut(scanned: Scanned | None) -> Reason:
    if scanned and scanned.is_too_much:
        return _("The virus scanner could not look through all of this file. Nobody can open it here.")
    if scanned and scanned.is_infected:
        return _("A virus was found in this file. Nobody can open it here.")
    if settings.CLAMD and not (scanned and scanned.scan == Scanned.Scan.CLEAN):
        return _("This file is still being checked for viruses. Try again in a minute.")
    return None


def why_not_review(user: User, entry: Entry) -> Reason:
    reviews = user.is_judge and Entry.objects.visible_to(user).filter(pk=entry.pk).exists()  # never blindly
    if not entry.round.is_run_by(user) and not reviews:
        return _("Only the round's committee and those who run the round review evidence.")
    if entry.round.is_closed:
        return _("The round is closed: nothing more is reviewed.")
    if reason := why_settled(entry.round):
        return reason
    if entry.state != Entry.State.TAKING_PART:
        return _("This entry does not take part (any more).")
    return None


def why_not_review_values(user: User, round: Round) -> Reason:
    """Accept or return what offices entered, of the entries of this round that this person sees."""
    if not round.is_run_by(user) and not (user.is_judge and Round.objects.visible_to(user).contains(round)):
        return _("Only the round's committee and those who run the round review numbers.")
    return _("The round is closed: nothing more is reviewed.") if round.is_closed else why_settled(round)


def why_not_remark(user: User, entry: Entry) -> Reason:
    """Write in a thread: the office's people, the round's committee and those who run the round."""
    if not Entry.objects.visible_to(user).filter(pk=entry.pk).exists():
        return _("This entry belongs to another office.")
    if entry.round.is_closed:
        return _("The round is closed: nothing more is written.")
    if entry.state != Entry.State.TAKING_PART:
        return _("This entry does not take part (any more).")
    return None


def why_not_judge(user: User, entry: Entry) -> Reason:
    if not _judges(user, entry):
        return _("Only members of the round's committee give points.")
    if entry.round.is_settled:  # closed or not: a sheet that an appeal has reopened is its judge's to correct
        return None if entry.appeals.reopening(user).exists() else why_settled(entry.round)
    if entry.round.is_closed:
        return _("The round is closed: no more points are given.")
    if entry.round.only_selects:
        return _("This stage only settles who takes part: no points are given yet.")
    if entry.state != Entry.State.TAKING_PART:
        return _("This entry does not take part (any more).")
    return practice.why_not_yet(user, entry)


def why_not_practise(user: User, entry: Entry) -> Reason:
    """Judge the practice entry: any of the round's, whether it takes part or not."""
    if not _judges(user, entry) or not PracticeEntry.objects.filter(round=entry.round_id, entry=entry).exists():
        return _("Only members of the round's committee give points.")
    return _("The round is closed: no more points are given.") if entry.round.is_closed else why_settled(entry.round)


def _judges(user: User, entry: Entry) -> bool:
    """On the round's committee, and this entry is theirs."""
    return user.is_judge and Entry.objects.judged_by(user).filter(pk=entry.pk).exists()


def why_not_reopen(user: User, sheet: Sheet) -> Reason:
    if not sheet.entry.round.is_run_by(user):
        return _("Only those who run the round reopen a scoring sheet.")
    if sheet.entry.round.is_closed:
        return _("The round is closed.")
    return why_settled(sheet.entry.round) or why_no_sheet(sheet)


def why_no_sheet(sheet: Sheet) -> Reason:
    """Reopen it, for whoever may: only a final sheet is."""
    return None if sheet.status == Sheet.Status.FINAL else _("The sheet is not final.")


def why_not_administer(user: User) -> Reason:
    """What is of the whole portal: accounts, offices, schemes, public holidays."""
    return None if user.is_authenticated and user.is_central else _("Only central staff may do this.")


def why_not_run_rounds(user: User) -> Reason:
    """Make rounds: of the centre, or of an organiser's own office."""
    return None if user.is_authenticated and user.runs_rounds else _("Only central staff and organisers may do this.")


def why_not_run(user: User, round: Round) -> Reason:
    """Its settings, extensions, official figures, publications: central staff, and the organisers of its own office."""
    return None if round.is_run_by(user) else _("Only those who run the round may do this.")


def why_not_try_on_past(user: User) -> Reason:
    """Run a scheme on the facts of what was announced, and see what came of it."""
    return why_not_administer(user)


def why_not_see_board(user: User, round: Round) -> Reason:
    """See who owes what: those who run the round, the committee, and an office of those below it."""
    if round.is_run_by(user) or user.is_judge:
        return None
    below = Entry.objects.visible_to(user).filter(round=round).exclude(office=user.office_id)
    return None if below.exists() else _("This page is for those who follow several offices.")


def why_not_see_country(user: User, round: Round) -> Reason:
    """See how all offices stand in points: those who run the round; the committee once points can sway no judge."""
    if not (round.is_run_by(user) or user.is_judge):
        return _("This page is for those who follow several offices.")
    return why_not_see_ranks(user, round, whole_table=True)


def why_not_remind(user: User, round: Round) -> Reason:
    """Write to offices about what they owe."""
    if reason := why_not_run(user, round):
        return reason
    if round.is_closed:
        return _("The round is closed.")
    return _("The round is still being prepared: open it first.") if round.is_preparing else why_settled(round)


def why_not_write_circulars(user: User, round: Round | None) -> Reason:
    """Write a circular to those of a round, or (None) to everybody: draft, send, withdraw it, see who opened it."""
    return why_not_run(user, round) if round else why_not_administer(user)


def why_not_send_circular(user: User, circular: Circular) -> Reason:
    if reason := why_not_write_circulars(user, circular.round):
        return reason
    if circular.round and circular.round.is_preparing:
        return _("The round is still being prepared: open it first.")
    return None


def why_not_withdraw_circular(user: User, circular: Circular) -> Reason:
    if reason := why_not_write_circulars(user, circular.round):
        return reason
    if circular.state == "draft":
        return _("It was not sent. A draft is deleted.")
    return _("It is withdrawn already.") if circular.state == "withdrawn" else None


def why_not_announce(user: User, round: Round) -> Reason:
    """Publish anything of a round."""
    if reason := why_not_run(user, round):
        return reason
    if round.is_preparing:
        return _("The round is still being prepared: open it first.")
    return None if round.entries.taking_part().exists() else _("Nobody takes part in this round.")


def why_not_take_out(user: User, round: Round) -> Reason:
    """Take entries out that were made by mistake, or discard the round: while nothing came of it."""
    if reason := why_not_run(user, round):
        return reason
    if round.is_closed:
        return _("The round is closed.")
    if reason := why_settled(round):
        return reason
    return next((reason for _receiver, reason in discard_asked.send(Round, round=round) if reason), None)


def why_not_adopt(user: User, round: Round) -> Reason:
    """Have the round scored by another edition of its scheme."""
    if reason := why_not_run(user, round):
        return reason
    if round.is_closed:
        return _("The round is closed: its criteria stay as they are.")
    if reason := why_settled(round):
        return reason
    return next((reason for _receiver, reason in adoption_asked.send(Round, round=round) if reason), None)


def why_not_enter_admin(user: User) -> Reason:
    """The committee and those who run rounds work in the admin; officers on their own pages."""
    if user.is_authenticated and (user.runs_rounds or user.is_judge):
        return None
    return _("Only the committee and those who run rounds work here.")


def why_not_manage(user: User, account: User | None = None, *, role: str = "") -> Reason:
    """Change somebody's account as it is stored, or give somebody this role. Staff make nobody else staff."""
    if reason := why_not_administer(user):
        return reason
    stored = User.objects.filter(pk=account.pk).values_list("role", "is_superuser").first() if account else None
    is_above = role == User.Role.STAFF or (stored is not None and (stored[0] == User.Role.STAFF or stored[1]))
    return _("Only a system administrator changes this account.") if is_above and not user.is_superuser else None


def why_not_lead(user: User) -> Reason:
    """See and manage the accounts of one's own office."""
    if user.is_authenticated and user.is_officer and user.is_head:
        return None
    return _("Only the head of an office manages the accounts of its people.")


def why_not_see_points(user: User, entry: Entry) -> Reason:
    """An entry's score moves with every sheet: from it a judge could tell what colleagues gave."""
    return unseen_points(user, [entry]).get(entry.pk)


def unseen_points(user: User, entries: Iterable[Entry]) -> dict[int, str]:
    """Why this person does not see the points of each of these entries, by its id; no row where they do.

    One statement for a judge, and none for anybody else. The entries come with their rounds and editions.
    """
    entries = list(entries)
    selecting = _("This stage only settles who takes part: nobody has points in it.")
    unseen = {entry.pk: selecting for entry in entries if entry.round.only_selects}
    judging = (one for one in entries if user.is_judge and not (one.round.is_closed or one.round.is_settled))
    judged = {entry.pk for entry in judging if entry.round.scheme.items}
    if judged := judged - unseen.keys():
        own = Sheet.objects.filter(entry__in=judged, judge=user).final().values_list("entry", flat=True)
        unseen |= dict.fromkeys(judged.difference(own), _("You see these points once your own scoring sheet is final."))
    return unseen


def why_not_simulate(user: User, entry: Entry) -> Reason:
    """Try what something would earn: for those who could hand it in. A judge could tell what colleagues gave."""
    return why_not_see_points(user, entry) or why_not_change(user, entry)


def why_not_see_ranks(user: User, round: Round, *, whole_table: bool) -> Reason:
    """`whole_table`: all offices' places; otherwise the reader's own."""
    if round.only_selects:
        return _("This stage only settles who takes part: nobody has points in it.")
    if round.is_run_by(user):
        return None
    if user.is_judge:
        if round.is_closed or round.is_settled or not round.scheme.items:
            return None
        return _("Committee members see the standings when the round is closed: each judges on their own.")
    allowed = {Round.RankVisibility.FULL}
    if not whole_table:
        allowed.add(Round.RankVisibility.OWN)
    return None if round.rank_visibility in allowed else _("In this round ranks are not shown before the announcement.")
