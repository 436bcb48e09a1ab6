"""A scheme small enough to be seen whole, and editions of it in which some words differ."""

from collections.abc import Mapping

from scoring import engine
from submissions.models import Edition, Entry
from tests import factories as make

TEXT = """\
scheme: small-2566
title: {th: โครงการเล็ก, en: A small scheme}
close: 2023-07-31
max: 30
doubts:
  - {th: คู่มือไม่บอกปี, en: The guide names no year.}
awards:
  - {code: first, title: {th: ชนะเลิศ, en: First prize}, count: 1}
  - {code: good, title: {th: ชมเชย, en: Commended}, count: 1}
requirements:
  report:
    title: {th: รายงาน, en: Report}
    due: 2023-06-30  # report
    doubts:
      - {th: คู่มือพิมพ์วันกำหนดสองแบบ, en: The guide prints two due days.}
  photos:
    title: {th: ภาพถ่าย, en: Photos}
values:
  users:
    title: {th: ผู้ใช้, en: Users}
    kind: number  # users
  done_on:
    title: {th: วันที่เสร็จ, en: Day done}
    kind: date  # done_on
  agreed:
    title: {th: ตกลง, en: Agreed}
    kind: boolean  # agreed
  visits:
    title: {th: จำนวนครั้ง, en: Visits}
    months: {from: 2023-02, to: 2023-03}
settings:
  due:
    title: {th: วันกำหนด, en: Due day}
dimensions:
  - code: papers
    title: {th: เอกสาร, en: Papers}
    max: 20
    criteria:
      - code: report
        title: {th: ส่งรายงาน, en: Report handed in}
        max: 5
        rule: steps
        steps:
          - {points: 5, when: {evidence: report}, th: ส่งทัน, en: In time}
      - code: photos
        title: {th: ส่งภาพ, en: Photos handed in}
        max: 5
        rule: steps
        steps:
          - {points: 5, when: {all: [{evidence: photos}, {value: agreed, is: true}]}, th: ส่งแล้ว, en: Handed in}
      - code: users
        title: {th: จำนวนผู้ใช้, en: Number of users}
        max: 5
        rule: bands
        number: {value: users}
        bands:
          - {below: 100, points: 0, th: น้อย, en: Few}  # users
          - {points: 5, th: มาก, en: Many}
      - code: done
        title: {th: เสร็จทันกำหนด, en: Done in time}
        max: 5
        rule: sum
        parts:
          - code: day
            title: {th: วันที่, en: Day}
            max: 3
            rule: timeliness
            date: {value: done_on}
            due: {setting: due}
            rows:
              - {came: early, points: 3, th: ก่อน, en: Early}
              - {came: due, points: 2, th: ตรงวัน, en: On the day}
              - {came: late, points: 0, th: ช้า, en: Late}
          - code: visits
            title: {th: การเยี่ยม, en: Visits}
            max: 2
            rule: steps
            steps:
              - {points: 2, when: {value: visits, at_least: 1}, th: ทุกเดือน, en: Every month}
  - code: judged
    title: {th: การให้คะแนน, en: Judging}
    max: 10
    criteria:
      - code: judged
        title: {th: กรรมการ, en: Judges}
        max: 10
        rule: judged
        items:
          - code: idea
            title: {th: แนวคิด, en: Idea}
            max: 5  # idea
          - code: talk
            title: {th: การนำเสนอ, en: Talk}
            max: 5  # talk
"""


def text(changes: Mapping[str, str] | None = None) -> str:
    """The text with some words replaced, each of which is there exactly once."""
    said = TEXT
    for old, new in (changes or {}).items():
        assert said.count(old) == 1, old
        said = said.replace(old, new)
    return said


def scheme(changes: Mapping[str, str] | None = None) -> engine.Scheme:
    return engine.load(text(changes))


def edition(changes: Mapping[str, str] | None = None) -> Edition:
    return make.make_edition(text(changes), scheme="small-2566")


def hand_in(entry: Entry) -> None:
    """One of each value."""
    for code, period, amount in (
        ("users", "", "120"),
        ("done_on", "", "2023-05-30"),
        ("agreed", "", "true"),
        ("visits", "2023-02", "3"),
        ("visits", "2023-03", "4"),
    ):
        make.make_value(entry, code, amount, period)
