"""Every way a fact comes in, each one transaction. Browser, admin, import and API are doors to these functions.

Each asks `access` itself, locks the entry before it reads, writes the fact and its event, and leaves what follows
to the `facts_changed` signal. All raise `Refused` with every reason at once, or `Conflict` if somebody was quicker.
"""

from submissions.questions.hand_in import HandIn
from submissions.questions.proofread import Refused

from .answers import hand_in_answers, save_answers
from .appeals import answer_appeal, conclude, correct_values, make_appeal, settle, unsettle
from .circulars import Writing, delete_draft, note_opened, save_circular, send_circular, withdraw_circular
from .claims import claim, claim_next, free_for, let_go
from .confirmations import ask_heads, confirm_entry
from .consenting import say_consent
from .copying import copy_round
from .evidence import attach_evidence, review_evidence, withdraw_evidence
from .hold import Conflict
from .imports import import_figures, undo_import
from .judging import confirm_typed, reopen_sheet, save_sheet, type_sheet
from .letterheads import Printed, save_letterhead
from .meetings import resolve, save_meeting
from .more_time import ask_for_more_time, refuse_more_time
from .nominations import choose_entry, name_nominee, open_round, release_entry, withdraw_entry
from .panel import assign_judges, draw_judges, hand_over, let_everybody_judge, say_conflicts
from .practice import choose_practice, save_practice
from .preparing import discard_round, opening_of, set_opening, take_out_entries
from .proposals import Overtaken, begin_to_confirm, carries_out, confirm, decline, digest_of, propose, withdraw
from .remarks import write_remark
from .reminders import Reminded, remind
from .reviewing import Reviewed, review_values
from .rounds import adopt_edition, enter_offices, grant_extension, grant_extensions
from .schemes import (
    begin_scheme,
    delete_scheme,
    draft_criteria,
    hold_edition,
    make_scheme,
    move_days,
    put_decisions_aside,
    save_scheme,
)
from .second_readings import give_reading, pass_on, read_again, settle_reading, take_back
from .seconded import let_one_person, unseat_judges
from .undoing import UNDO, take_back_decision
from .values import enter_values, judge_figures

__all__ = [
    "UNDO",
    "Conflict",
    "HandIn",
    "Overtaken",
    "Printed",
    "Refused",
    "Reminded",
    "Reviewed",
    "Writing",
    "adopt_edition",
    "answer_appeal",
    "ask_for_more_time",
    "ask_heads",
    "assign_judges",
    "attach_evidence",
    "begin_scheme",
    "begin_to_confirm",
    "carries_out",
    "choose_entry",
    "choose_practice",
    "claim",
    "claim_next",
    "conclude",
    "confirm",
    "confirm_entry",
    "confirm_typed",
    "copy_round",
    "correct_values",
    "decline",
    "delete_draft",
    "delete_scheme",
    "digest_of",
    "discard_round",
    "draft_criteria",
    "draw_judges",
    "enter_offices",
    "enter_values",
    "free_for",
    "give_reading",
    "grant_extension",
    "grant_extensions",
    "hand_in_answers",
    "hand_over",
    "hold_edition",
    "import_figures",
    "judge_figures",
    "let_everybody_judge",
    "let_go",
    "let_one_person",
    "make_appeal",
    "make_scheme",
    "move_days",
    "name_nominee",
    "note_opened",
    "open_round",
    "opening_of",
    "pass_on",
    "propose",
    "put_decisions_aside",
    "read_again",
    "refuse_more_time",
    "release_entry",
    "remind",
    "reopen_sheet",
    "resolve",
    "review_evidence",
    "review_values",
    "save_answers",
    "save_circular",
    "save_letterhead",
    "save_meeting",
    "save_practice",
    "save_scheme",
    "save_sheet",
    "say_conflicts",
    "say_consent",
    "send_circular",
    "set_opening",
    "settle",
    "settle_reading",
    "take_back",
    "take_back_decision",
    "take_out_entries",
    "type_sheet",
    "undo_import",
    "unseat_judges",
    "unsettle",
    "withdraw",
    "withdraw_circular",
    "withdraw_entry",
    "withdraw_evidence",
    "write_remark",
]
