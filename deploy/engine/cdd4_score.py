"""`cdd4-score`: scores a published bundle again, with the engine alone, and names what differs from what it says."""

import argparse
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scoring import engine

SAME, DIFFERS, UNREADABLE = 0, 1, 2

WORDS = {
    "th": {
        "help": "คำนวณคะแนนจากชุดข้อมูลผลการประกาศใหม่ทั้งหมด และบอกสิ่งที่ไม่ตรงกับที่ประกาศ",
        "unreadable": "อ่านชุดข้อมูลนี้ไม่ได้: {}",
        "facts": "ข้อเท็จจริงใน facts.jsonl ไม่ใช่ชุดที่ใช้ประกาศ",
        "scheme": "เกณฑ์ใน {} ไม่ใช่ฉบับที่ใช้ประกาศ",
        "line": "facts.jsonl บรรทัดที่ {}: {}",
        "offices": "หน่วยงานใน facts.jsonl กับในประกาศไม่ตรงกัน: {}",
        "tie": "คะแนนเท่ากันคาบเกี่ยวรางวัล {} โดยไม่มีมติกรรมการ: {}",
        "differs": "{} {}: ประกาศ {} คำนวณได้ {}",
        "same": "คำนวณใหม่ {} หน่วยงาน {} เกณฑ์ ตรงกับที่ประกาศทุกคะแนน อันดับ และรางวัล",
        "wrong": "ไม่ตรงกัน {} แห่ง",
        "no_office": "ไม่มีหน่วยงานรหัส {} ในชุดข้อมูลนี้",
    },
    "en": {
        "help": "Scores a published bundle again, and names what differs from what was announced.",
        "unreadable": "This bundle can't be read: {}",
        "facts": "The facts in facts.jsonl are not those that were announced from.",
        "scheme": "The scheme in {} is not the one that was announced by.",
        "line": "facts.jsonl, line {}: {}",
        "offices": "The offices in facts.jsonl and in the announcement are not the same: {}",
        "tie": "A tie straddles the award {} and no decision settles it: {}",
        "differs": "{} {}: announced {}, computed {}",
        "same": "{} offices and {} criteria scored again: every point, rank and award is as announced.",
        "wrong": "{} differences",
        "no_office": "There is no office {} in this bundle.",
    },
}


class Unreadable(Exception):
    """A file that is no bundle, or lacks what one needs."""


@dataclass(frozen=True)
class Bundle:
    """What a publication announced, the scheme it was scored by, and the facts of each entry, a line each."""

    announced: dict[str, Any]
    scheme_name: str
    scheme_text: bytes
    facts: bytes

    @classmethod
    def read(cls, name: str) -> "Bundle":
        try:
            with zipfile.ZipFile(name) as folder:
                announced = json.loads(folder.read("publication.json"))
                scheme_name = f"{announced['edition']['scheme']}.yaml"
                return cls(announced, scheme_name, folder.read(scheme_name), folder.read("facts.jsonl"))
        except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError, NotImplementedError) as error:
            raise Unreadable(str(error)) from error

    def scheme(self) -> engine.Scheme:
        try:
            return engine.load(self.scheme_text.decode())
        except (ValueError, engine.SchemeError) as error:
            raise Unreadable(f"{self.scheme_name}: {error}") from error


class Again:
    """A bundle scored again: `differences` says in words what is not as it was announced."""

    def __init__(self, bundle: Bundle, language: str) -> None:
        self.bundle, self.words, self.language = bundle, WORDS[language], language
        self.scheme = bundle.scheme()
        self.announced: dict[str, Any] = {one["office"]["code"]: one for one in bundle.announced["results"]}
        self.differences: list[str] = []
        self.facts = dict(self._facts())

    def say(self, word: str, *values: object) -> None:
        self.differences.append(self.words[word].format(*values))

    def check(self) -> list[str]:
        """Compare everything, and return what differs."""
        self._check_digests()
        if apart := self.announced.keys() ^ self.facts.keys():
            self.say("offices", ", ".join(sorted(apart)))
        both = [code for code in self.announced if code in self.facts]
        scores = {code: engine.score(self.scheme, self.facts[code], explain=False) for code in both}
        for code, scored in scores.items():
            self._compare(code, _announced_points(self.announced[code]), self._points(code, scored))
        self._check_places(scores)
        return self.differences

    def trace(self, code: str) -> dict[str, Any] | None:
        """One office's score with all that was looked at."""
        if code not in self.facts:
            return None
        scored = engine.score(self.scheme, self.facts[code])
        return {"total": f"{scored.total:.2f}"} | {name: one.as_json() for name, one in scored.criteria.items()}

    def _facts(self) -> Iterator[tuple[str, engine.Facts]]:
        for number, line in enumerate(self.bundle.facts.decode(errors="replace").splitlines(), 1):
            try:
                document = engine.parse_json(line)
                facts = engine.read_facts({self.scheme.code: self.scheme}, document, frozenset())
            except engine.BadFacts as bad:
                fault = bad.faults[0]
                self.say("line", number, f"{fault.field}: {fault.en if self.language == 'en' else fault.th}")
                continue
            yield facts.entrant, facts

    def _check_digests(self) -> None:
        bundle = self.bundle
        if hashlib.sha256(bundle.facts).hexdigest() != bundle.announced["publication"]["facts"]:
            self.say("facts")
        if hashlib.sha256(bundle.scheme_text).hexdigest() != bundle.announced["edition"]["digest"]:
            self.say("scheme", bundle.scheme_name)

    def _points(self, code: str, scored: engine.Score) -> dict[str, str]:
        claimed = engine.score(self.scheme, replace(self.facts[code], basis="claimed"), explain=False)
        points = {
            "total": f"{scored.total:.2f}",
            "claimed": f"{claimed.total:.2f}",
            "attainable": f"{scored.attainable:.2f}",
        }
        parts: list[tuple[str, engine.DimensionScore | engine.CriterionScore]] = [
            *((f"dimensions.{name}", part) for name, part in scored.dimensions.items()),
            *((f"criteria.{name}", part) for name, part in scored.criteria.items()),
        ]
        for name, part in parts:
            shown = {"earned": part.earned, "attainable": part.attainable, "max": part.max}
            points |= {f"{name}.{key}": f"{value:.2f}" for key, value in shown.items()}
        return points

    def _check_places(self, scores: Mapping[str, engine.Score]) -> None:
        """Ranks within each table, and the awards of each."""
        announced, tables = self.bundle.announced, dict[str, dict[str, engine.Score]]()
        for code, scored in scores.items():
            tables.setdefault(self.announced[code].get("region", {}).get("code", ""), {})[code] = scored
        orders = {frozenset(one["offices"]): one["offices"] for one in announced["decisions"]}
        for table in tables.values():
            standings = engine.rank(self.scheme, table)
            if announced["ranking"] != "none":
                for one in standings:
                    self._compare(one.code, {"rank": self.announced[one.code]["rank"]}, {"rank": one.rank})
            if not announced.get("only_selects"):
                self._check_awards(standings, orders)

    def _check_awards(self, standings: list[engine.Standing], orders: Mapping[frozenset[str], list[str]]) -> None:
        awards = engine.award(self.scheme, standings, orders)
        for tie in awards.ties:
            self.say("tie", tie.tier, ", ".join(tie.codes))
        tiers = {code: tier.code for tier, codes in awards.tiers for code in codes}
        for one in standings:
            self._compare(one.code, {"tier": self.announced[one.code]["tier"]}, {"tier": tiers.get(one.code, "")})

    def _compare(self, code: str, announced: Mapping[str, Any], computed: Mapping[str, Any]) -> None:
        for name in sorted(announced.keys() | computed.keys()):
            if announced.get(name) != computed.get(name):
                self.say("differs", code, name, announced.get(name), computed.get(name))


def _announced_points(result: Mapping[str, Any]) -> dict[str, Any]:
    points = {name: result[name] for name in ("total", "claimed", "attainable")}
    for kind in ("dimensions", "criteria"):
        for name, part in result[kind].items():
            points |= {f"{kind}.{name}.{key}": part[key] for key in ("earned", "attainable", "max")}
    return points


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("cdd4-score", description=f"{WORDS['th']['help']} / {WORDS['en']['help']}")
    parser.add_argument("bundle", metavar="BUNDLE", help="bundle.zip")
    parser.add_argument("--lang", choices=("th", "en"), default="th")
    parser.add_argument("--trace", metavar="OFFICE")
    asked = parser.parse_args(arguments)
    words = WORDS[asked.lang]
    try:
        again = Again(Bundle.read(asked.bundle), asked.lang)
        return _show_trace(again, asked.trace) if asked.trace else _show_differences(again)
    except (Unreadable, KeyError, TypeError, AttributeError) as error:
        print(words["unreadable"].format(error), file=sys.stderr)
        return UNREADABLE


def _show_trace(again: Again, office: str) -> int:
    trace = again.trace(office)
    if trace is None:
        print(again.words["no_office"].format(office), file=sys.stderr)
        return UNREADABLE
    print(json.dumps(trace, ensure_ascii=False, indent=1))
    return SAME


def _show_differences(again: Again) -> int:
    found = again.check()
    for line in found:
        print(line)
    if found:
        print(again.words["wrong"].format(len(found)))
        return DIFFERS
    print(again.words["same"].format(len(again.facts), len(again.scheme.criteria)))
    return SAME


if __name__ == "__main__":
    sys.exit(main())
