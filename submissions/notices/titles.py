"""What notices of each kind are titled, and their sign; and which kinds are told alike."""

from django.utils.translation import gettext_lazy, ngettext_lazy

from submissions.models import Notice

ICONS = {
    "evidence.returned": "returned",
    "evidence.accepted": "accepted",
    "value.returned": "returned",
    "value.accepted": "accepted",
    "evidence.infected": "late",
    "remark.written": "talk",
    "extension.granted": "extended",
    "deadline.near": "late",
    "reminder.sent": "late",
    "edition.adopted": "refresh",
    "publication.made": "award",
    "result.provisional": "award",
    "appeals.end": "late",
    "appeal.made": "talk",
    "appeal.answered": "talk",
    "sheet.reopened": "returned",
    "proposal.made": "person",
    "proposal.ended": "person",
    "judges.assigned": "person",
    "confirmation.asked": "draft",
    "confirmation.changed": "returned",
    "login.tried": "late",
    "password.set": "person",
    "codes.tried": "late",
    "factor.removed": "late",
    "circular.sent": "file",
    "circular.infected": "late",
    "copy.infected": "late",
    "consent.given": "globe",
    "consent.withdrawn": "withdrawn",
}
TITLES = {  # of a notice that tells of one thing, and of several
    Notice.Code.RETURNED: (
        gettext_lazy("Returned: %(what)s"),
        ngettext_lazy(
            "%(count)s piece of evidence was returned", "%(count)s pieces of evidence were returned", "count"
        ),
    ),
    Notice.Code.ACCEPTED: (
        gettext_lazy("Accepted: %(what)s"),
        ngettext_lazy(
            "%(count)s piece of evidence was accepted", "%(count)s pieces of evidence were accepted", "count"
        ),
    ),
    Notice.Code.VALUE_RETURNED: (
        gettext_lazy("Number returned: %(what)s"),
        ngettext_lazy("%(count)s number was returned", "%(count)s numbers were returned", "count"),
    ),
    Notice.Code.VALUE_ACCEPTED: (
        gettext_lazy("Number accepted: %(what)s"),
        ngettext_lazy("%(count)s number was accepted", "%(count)s numbers were accepted", "count"),
    ),
    Notice.Code.INFECTED: (
        gettext_lazy("The virus scanner shut a file: %(what)s"),
        ngettext_lazy("The virus scanner shut %(count)s file", "The virus scanner shut %(count)s files", "count"),
    ),
    Notice.Code.REMARK: (
        gettext_lazy("New message: %(what)s"),
        ngettext_lazy("%(count)s new message: %(what)s", "%(count)s new messages: %(what)s", "count"),
    ),
    Notice.Code.EXTENSION: (
        gettext_lazy("More time: %(what)s"),
        ngettext_lazy("More time for %(count)s item", "More time for %(count)s items", "count"),
    ),
    Notice.Code.REMINDER: (
        gettext_lazy("Due soon: %(what)s"),
        ngettext_lazy("%(count)s item is due soon", "%(count)s items are due soon", "count"),
    ),
    Notice.Code.OWED: (
        gettext_lazy("Still to be done: %(what)s"),
        ngettext_lazy("%(count)s item is still to be done", "%(count)s items are still to be done", "count"),
    ),
    Notice.Code.PUBLISHED: (
        gettext_lazy("Results were published: %(what)s"),
        gettext_lazy("Results were published"),
    ),
    Notice.Code.PROVISIONAL: (gettext_lazy("A provisional result was announced: look at your points"),) * 2,
    Notice.Code.APPEALS_END: (gettext_lazy("The days for appeals end"),) * 2,
    Notice.Code.APPEAL: (
        gettext_lazy("An appeal waits for an answer: %(what)s"),
        ngettext_lazy("%(count)s appeal waits for an answer", "%(count)s appeals wait for an answer", "count"),
    ),
    Notice.Code.ANSWER: (
        gettext_lazy("Your appeal was answered: %(what)s"),
        ngettext_lazy("%(count)s appeal was answered", "%(count)s appeals were answered", "count"),
    ),
    Notice.Code.SHEET: (
        gettext_lazy("Your scoring sheet was reopened for an appeal"),
        ngettext_lazy("%(count)s scoring sheet was reopened", "%(count)s scoring sheets were reopened", "count"),
    ),
    Notice.Code.ASSIGNED: (
        gettext_lazy("An entry was assigned to you to judge"),
        ngettext_lazy(
            "%(count)s entry was assigned to you to judge", "%(count)s entries were assigned to you to judge", "count"
        ),
    ),
    Notice.Code.RELEASED: (
        gettext_lazy("Released as best practice: %(what)s"),
        ngettext_lazy(
            "%(count)s piece was released as best practice", "%(count)s pieces were released as best practice", "count"
        ),
    ),
    Notice.Code.UNRELEASED: (
        gettext_lazy("No best practice any more: %(what)s"),
        ngettext_lazy(
            "%(count)s piece is no best practice any more", "%(count)s pieces are no best practice any more", "count"
        ),
    ),
    Notice.Code.EDITION: (gettext_lazy("The criteria of the round were changed"),) * 2,
    Notice.Code.CONFIRMATION: (gettext_lazy("Your confirmation is asked for"),) * 2,
    Notice.Code.CHANGED: (gettext_lazy("Changed since it was confirmed: please confirm again"),) * 2,
}
OF_SHUT = {  # files that are no evidence
    Notice.Code.ATTACHMENT: gettext_lazy("The virus scanner shut an attachment: %(what)s"),
    Notice.Code.COPY: gettext_lazy("The virus scanner shut a signed copy: %(what)s"),
}
OF_CIRCULARS = (Notice.Code.CIRCULAR, *OF_SHUT)
OF_HEARING = (Notice.Code.PROVISIONAL, Notice.Code.APPEALS_END)
OF_PROPOSALS = (Notice.Code.PROPOSED, Notice.Code.DECIDED)
OF_ACCOUNTS = (Notice.Code.TRIES, Notice.Code.PASSWORD, Notice.Code.CODES, Notice.Code.FACTOR)
