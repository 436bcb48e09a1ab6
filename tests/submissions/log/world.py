"""A round in which people do what they do, each deed through the functions that everybody's deeds go through."""

import contextlib
from datetime import date, timedelta
from random import Random

from django.utils import timezone

from awards.models import Publication
from awards.publishing.preparation import Decision, preparation_of
from awards.publishing.publish import publish
from scoring import shipped
from submissions import intake
from submissions.models import Edition, Entry, Evidence, Holiday, Import, Office, Round, SecondReading, Sheet, Value
from submissions.questions.handed_in import digest_of
from submissions.questions.undoing import plan
from tests import factories as make

SLOT = "1.1.report"
VALUES = {"3.3.protected": ["3", "7", "12"], "2.1.1.target": ["1000", "2500"], "2.1.1.collected": ["900", "2600"]}


class World:
    """Three entries, two judges, and a person for each role. `chance` decides what is done, and so does its seed."""

    def __init__(self, seed: int = 1) -> None:
        self.chance = Random(seed)
        self.judges = [make.make_user("judge") for _ in range(2)]
        self.staff, self.second = make.make_user("staff"), make.make_user("staff")
        self.region = make.make_office("R-01", kind="region", size="")
        offices = [make.make_office(code, parent=self.region) for code in ("TH-81", "TH-82", "TH-83")]
        make.make_holiday("2023-01-02")
        self.round = make.make_round(judges=self.judges, needs_confirmation=True)
        self.entries = intake.enter_offices(self.round, offices, by=self.staff)
        self.officers = {office.pk: make.make_user(office=office) for office in offices}
        self.heads = {office.pk: make.make_user(office=office, is_head=True) for office in offices}
        self.number = 0

    def entry(self) -> Entry:
        return Entry.objects.with_round().get(pk=self.chance.choice(self.entries).pk)

    def live(self, model, **wanted):
        """A row of this kind, any; None where there is none."""
        rows = list(model.objects.filter(entry__round=self.round, **wanted).order_by("pk"))
        return self.chance.choice(rows) if rows else None

    def do(self, count: int) -> None:
        """So many deeds. What access or the facts refuse is no deed."""
        names = [name for name in dir(self) if name.startswith("deed_")]
        for _ in range(count):
            with contextlib.suppress(intake.Refused):
                getattr(self, self.chance.choice(names))()

    def do_each(self) -> None:
        """Each kind of deed, often enough that all kinds of rows are there."""
        for _ in range(3):
            for name in [name for name in dir(self) if name.startswith("deed_")]:
                with contextlib.suppress(intake.Refused):
                    getattr(self, name)()
        self.confer()
        self.share()

    def share(self) -> None:
        """A file that was accepted is let be read by everybody, taken back, and let be read again."""
        entry = Entry.objects.with_round().filter(round=self.round).taking_part().last()
        file = make.make_upload("pdf")
        piece = intake.attach_evidence(entry, intake.HandIn(SLOT), by=self.officers[entry.office_id], upload=file)
        if piece.status != Evidence.Status.ACCEPTED:
            intake.review_evidence(piece, by=self.staff, accept=True)
        for is_given in (True, False, True):
            for by in (self.staff, self.heads[entry.office_id]):
                intake.say_consent(piece, by=by, is_given=is_given)

    def confer(self) -> None:
        """What goes on among those who review and judge."""
        if (round := Round.objects.get(pk=self.round.pk)).assignment:
            intake.let_everybody_judge(round, by=self.staff)
        entry, judge = Entry.objects.with_round().filter(round=self.round).taking_part().last(), self.judges[0]
        for number in range(3):
            Round.objects.filter(pk=self.round.pk).update(second_reading_percent=0 if number == 2 else 100)
            self.number += 1
            url = f"https://www.example.org/{self.number}"
            evidence = intake.attach_evidence(entry, intake.HandIn(SLOT), by=self.officers[entry.office_id], url=url)
            if number == 2:
                intake.pass_on(evidence, by=self.staff, doubt="ลายเซ็นไม่ชัด")
            intake.review_evidence(evidence, by=judge, accept=number > 0, reason="" if number else "ไม่ครบ")
        reading = SecondReading.objects.open().filter(kind="sample", first_accepted=False).latest("pk")
        intake.read_again(reading, by=reading.reader or self.staff, accept=True)
        intake.settle_reading(reading, by=self.staff, accept=True, reason="ดูแล้ว")
        intake.choose_practice(entry.round, entry, by=self.staff)
        points = dict.fromkeys(entry.round.scheme.items, "1")
        with contextlib.suppress(intake.Refused):  # it is final already
            intake.save_practice(entry, by=judge, points=points, remark="ซ้อม", final=True)
        present = [{"name": "สมหญิง", "role": "ประธาน"}]
        for _ in range(2):
            held = {"held_on": date(2023, 8, 9), "place": "ห้อง", "present": present}
            meeting = intake.save_meeting(entry.round, by=self.staff, **held)
            words = {"kind": "apart", "matter": "คะแนนต่างกัน", "text": "คงไว้", "reason": "ครบถ้วน", "present": present}
            intake.resolve(meeting, by=self.staff, entries=[entry], **words)
        intake.draw_judges(Round.objects.get(pk=self.round.pk), by=self.staff, per_entry=1)

    def returned(self) -> Evidence:
        """A piece that was handed in and returned, and nothing came of it since."""
        entry, url = Entry.objects.with_round().get(pk=self.entries[0].pk), "https://www.example.org/returned"
        evidence = intake.attach_evidence(entry, intake.HandIn(SLOT), by=self.officers[entry.office_id], url=url)
        return intake.review_evidence(evidence, by=self.staff, accept=False, reason="เอกสารไม่ครบ")

    def announce(self) -> Publication:
        """What stands is published; where a tie straddles an award, the committee has decided."""
        round = Round.objects.get(pk=self.round.pk)
        at = round.now()
        ties = preparation_of(round, at=at).ties
        return publish(round, by=self.staff, at=at, decisions=[Decision(tie.codes, "มติ") for tie in ties])

    def deed_hand_in_link(self) -> None:
        entry, self.number = self.entry(), self.number + 1
        url, note = f"https://www.example.org/{self.number}", self.chance.choice(["", "หมายเหตุ"])
        slot = "3.1.plan" if self.number % 2 else SLOT
        intake.attach_evidence(entry, intake.HandIn(slot, note=note), by=self.officers[entry.office_id], url=url)

    def deed_hand_in_file(self) -> None:
        entry = self.entry()
        kind = self.chance.choice(["pdf", "png", "docx"])
        intake.attach_evidence(
            entry, intake.HandIn(SLOT), by=self.officers[entry.office_id], upload=make.make_upload(kind)
        )

    def deed_replace(self) -> None:
        old = self.live(Evidence, status__in=["submitted", "returned"], replaced_by=None)
        if old:
            self.number += 1
            url = f"https://www.example.org/{self.number}"
            by = self.officers[old.entry.office_id]
            intake.attach_evidence(old.entry, intake.HandIn(old.requirement, replaces=old), by=by, url=url)

    def deed_withdraw(self) -> None:
        if evidence := self.live(Evidence, status="submitted"):
            intake.withdraw_evidence(evidence, by=self.officers[evidence.entry.office_id])

    def deed_import(self) -> None:
        codes = self.chance.sample(sorted(VALUES), 2)
        amounts = {entry: {(code, ""): self.chance.choice(VALUES[code]) for code in codes} for entry in self.entries}
        there = {entry: one for entry, one in amounts.items() if Entry.objects.get(pk=entry.pk).state == "taking_part"}
        intake.import_figures(self.round, there, by=self.staff, file_name="ก.xlsx", sha256="ab" * 32, ticked={})

    def deed_undo(self) -> None:
        if done := Import.objects.filter(undone_at=None).order_by("pk").last():
            intake.undo_import(done, by=self.staff, seen=plan(done).digest)

    def deed_accept(self) -> None:
        if evidence := self.live(Evidence, status__in=["submitted", "returned"]):
            ticked = self._ticked(evidence)
            intake.review_evidence(evidence, by=self.chance.choice(self.judges), accept=True, ticked=ticked)

    def _ticked(self, evidence: Evidence) -> list[str]:
        texts = evidence.entry.round.scheme.requirements[evidence.requirement].checklist
        return [text.th for number, text in enumerate(texts) if (evidence.pk + number) % 2]

    def deed_return(self) -> None:
        if evidence := self.live(Evidence, status__in=["submitted", "accepted"]):
            intake.review_evidence(evidence, by=self.chance.choice(self.judges), accept=False, reason="เอกสารไม่ครบ")

    def deed_decide_and_take_back(self) -> None:
        if evidence := self.live(Evidence, status__in=["submitted", "accepted", "returned"]):
            judge, now = self.chance.choice(self.judges), timezone.now()
            decided = {"accept": evidence.status != "accepted", "reason": "เอกสารไม่ครบ", "because": "ดูใหม่"}
            done = intake.review_evidence(evidence, by=judge, undo_until=now + intake.UNDO, **decided)
            intake.take_back_decision(done, by=judge, revision=done.revision, now=now)

    def deed_enter_values(self) -> None:
        code = self.chance.choice(sorted(VALUES))
        intake.enter_values(self.entry(), {(code, ""): self.chance.choice(VALUES[code])}, by=self.staff)

    def deed_take_value_back(self) -> None:
        if value := self.live(Value):
            intake.enter_values(value.entry, {(value.code, value.period): ""}, by=self.staff)

    def deed_save_sheet(self) -> None:
        entry = self.entry()
        points = {code: str(self.chance.randint(0, int(item.max))) for code, item in entry.round.scheme.items.items()}
        final = self.chance.random() < 0.5
        intake.save_sheet(entry, by=self.chance.choice(self.judges), points=points, remark="ดี", final=final)

    def deed_stand_aside(self) -> None:
        stands = self.chance.random() < 0.5
        intake.say_conflicts([self.entry()], self.judges[1], by=self.staff, reason="ญาติ", stands=stands)

    def deed_share_out(self) -> None:
        round = Round.objects.get(pk=self.round.pk)
        if round.assignment and self.chance.random() < 0.3:
            intake.let_everybody_judge(round, by=self.staff)
        else:
            intake.draw_judges(round, by=self.staff, per_entry=1)

    def deed_type_sheet(self) -> None:
        entry = self.entry()
        points = {code: "1" for code in entry.round.scheme.items}
        intake.type_sheet(entry, self.chance.choice(self.judges), by=self.staff, points=points)

    def deed_compare_sheet(self) -> None:
        if sheet := self.live(Sheet, status="typed"):
            right = self.chance.random() < 0.5
            intake.confirm_typed(sheet, by=self.second, is_right=right, revision=sheet.revision)

    def deed_reopen_sheet(self) -> None:
        if sheet := self.live(Sheet, status="final"):
            intake.reopen_sheet(sheet, by=self.staff, reason="แก้ไข")

    def deed_grant_extensions(self) -> None:
        self.number += 1
        intake.grant_extensions(
            self.entries,
            by=self.staff,
            slots=[(SLOT, "")],
            until=date(2023, 9, 30) + timedelta(days=self.number),
            reason="น้ำท่วม",
        )

    def deed_write_remark(self) -> None:
        entry, self.number = self.entry(), self.number + 1
        by = self.officers[entry.office_id]
        intake.write_remark(entry, by=by, requirement=SLOT, text=f"เรียนกรรมการ {self.number}")
        until = date(2023, 9, 30) + timedelta(days=300 + self.number)
        intake.ask_for_more_time(entry, by=by, requirement=SLOT, until=until, text="น้ำท่วม")
        intake.refuse_more_time(entry, by=self.staff, requirement=SLOT, text="ครบกำหนดแล้ว")

    def deed_confirm(self) -> None:
        entry = self.entry()
        intake.ask_heads(entry, by=self.officers[entry.office_id], tell=lambda digest, after: 1)
        intake.confirm_entry(entry, by=self.heads[entry.office_id], seen=digest_of(entry))

    def deed_set_date(self) -> None:
        round = Round.objects.get(pk=self.round.pk)
        round.settings = {**round.settings, "2.1.2.due": f"2023-05-{self.chance.randint(1, 31):02d}"}
        round._history_user = self.staff
        round.save()

    def deed_turn_clock(self) -> None:
        round = Round.objects.get(pk=self.round.pk)
        round.clock_offset += timedelta(minutes=self.chance.randint(1, 9), microseconds=3)
        round.save()

    def deed_close_and_open(self) -> None:
        for is_closed in (True, False):
            round = Round.objects.get(pk=self.round.pk)
            round.is_closed = is_closed
            round.save()

    def deed_change_committee(self) -> None:
        round = Round.objects.get(pk=self.round.pk)
        if round.judges.count() == 2:
            round.judges.remove(self.judges[1])
        else:
            round.judges.set(self.judges)

    def deed_move_judge(self) -> None:
        judge = self.judges[1]
        judge.office = None if judge.office_id else self.region
        judge.save()

    def deed_change_office(self) -> None:
        office = Office.objects.get(pk=self.entry().office_id)
        office.size = self.chance.choice(["small", "medium", "large"])
        office.save()

    def deed_move_office(self) -> None:
        office = Office.objects.get(pk=self.entry().office_id)
        office.parent = None if office.parent_id else self.region
        office.save()

    def deed_change_holidays(self) -> None:
        day = date(2023, 8, self.chance.randint(1, 28))
        if there := Holiday.objects.filter(date=day).first():
            there.delete()
        else:
            make.make_holiday(day.isoformat())

    def deed_adopt_edition(self) -> None:
        self.number += 1
        round = Round.objects.select_related("edition").get(pk=self.round.pk)
        text = shipped.text(make.SCHEME) + f"\n# {self.number}\n"
        intake.adopt_edition(round, text, by=self.staff, reason="แก้คำ", expected=round.edition.digest)
        assert Edition.objects.filter(rounds=self.round).exists()
