"""A publication as PDF, made from its frozen content alone (`Publication.content()`) and `templates/awards/pdf/`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import Any

from django.template.loader import render_to_string

from awards.content.columns import Columns
from scoring.engine.language.display import plain_points
from scoring.wording.points_shown import NOTHING, PointsShown, placed
from submissions import thai
from submissions.documents.typesetting import make_pdf, read_assets

from . import codes

KINDS = ("announcement", "results", "scorecard", "certificates")
ORNAMENTS = {f"asset:{name}": f"certificate/{name}.svg" for name in ("band", "upright", "corner", "seal")}
OFFICES = {
    "region": "เขตตรวจราชการ ",
    "province": "สำนักงานพัฒนาชุมชนจังหวัด",
    "district": "สำนักงานพัฒนาชุมชนอำเภอ",
    "subdistrict": "ตำบล",
}
PLACES = {"region": "เขตตรวจราชการ", "province": "จังหวัด", "district": "อำเภอ", "subdistrict": "ตำบล"}


def render(
    kind: str,
    content: dict[str, Any],
    office: str | None = None,
    *,
    paper: dict[str, Any] | None = None,
    pictures: Mapping[str, bytes] | None = None,
    is_draft: bool = False,
    printed: Mapping[str, codes.Printed] | None = None,
) -> bytes:
    """Make one document of a publication.

    :param kind: one of `KINDS`.
    :param content: the publication's frozen content.
    :param office: the office's code: of a scorecard; of certificates, for its own alone.
    :param paper: what its papers carry beside that, as frozen, with its `pictures`, by the addresses of templates.
    :param is_draft: nothing is published: each page says so.
    :param printed: by the office's code ("" for everybody's), what is printed so that the paper can be checked.
    :raises LookupError: a kind that does not exist, or an office that is not in the publication, or has no award.
    :raises AssetRefused: the template asks for a file or an address.
    """
    printed = printed or {}
    told = context(kind, content, office, paper) | {"is_draft": is_draft, "printed": printed.get(office or "")}
    told["certificates"] = [
        (number, result | {"printed": printed.get(result["office"]["code"])}) for number, result in told["certificates"]
    ]
    drawn = {one.asset: codes.drawn(one.code) for one in printed.values()}
    return make_pdf(render_to_string(f"awards/pdf/{kind}.html", told), {**ornaments(), **(pictures or {}), **drawn})


@cache
def ornaments() -> dict[str, bytes]:
    return read_assets(ORNAMENTS)


def context(
    kind: str, content: dict[str, Any], office: str | None, paper: dict[str, Any] | None = None
) -> dict[str, Any]:
    """What a template is handed: the content, with each result's titles beside its codes."""
    if kind not in KINDS:
        raise LookupError(kind)
    # Columns of an official table stand under each other with their decimals; a scorecard says what pages say.
    shown = Columns(content, "th", is_exact=kind != "scorecard")
    rivals = Counter(map(region_of, content["results"]))
    content = alone(kind, content, office)
    results = described(content, shown, rivals)
    by_code = {result["office"]["code"]: result for result in results}
    by_region = regions(results)
    awarded = [result for result in results if result["tier"]]
    return content | {
        "results": results,
        "result": by_code[office] if kind == "scorecard" else None,
        "awarded": awarded,
        "certificates": certificates(awarded, office) if kind == "certificates" else [],
        "regions": by_region,
        "levels": levels(awarded) if content["tiers"] else by_region,
        "decisions": [decided(decision, by_code) for decision in content["decisions"]],
        **contest(content),
        **headed(content, paper or {}),
        **heard(content, by_code),
        **issuer(content),
        **entrants(results),
        **columns(content, shown),
        "sizes": any(result["office"]["size"] for result in results),
        "nominees": any(result.get("nominee") for result in results),
    }


def described(content: dict[str, Any], shown: Columns, rivals: Counter[str]) -> list[dict[str, Any]]:
    """All results, each among how many it is ranked: its `rivals`, by their region."""
    return [describe(result, content, shown) | {"among": rivals[region_of(result)]} for result in content["results"]]


def alone(kind: str, content: dict[str, Any], office: str | None) -> dict[str, Any]:
    """Of a scorecard what is said of its office, without the others: each of many would go through them all."""
    if kind != "scorecard":
        return content
    own = [result for result in content["results"] if result["office"]["code"] == office]
    return content | {"results": own, "decisions": [], "appeals": {}}


def certificates(awarded: list[dict[str, Any]], office: str | None) -> list[tuple[int, dict[str, Any]]]:
    """Each certificate under its number, or the one of an office: the same page, wherever it is printed."""
    numbered = list(enumerate(awarded, 1))
    own = [(number, result) for number, result in numbered if result["office"]["code"] == office]
    if office and not own:
        raise LookupError(office)
    return own or numbered


def contest(content: dict[str, Any]) -> dict[str, Any]:
    """What the contest is called, what it is about, and when its results were announced."""
    return {
        "dimensions": [dimension | {"most": plain_points(dimension["max"])} for dimension in content["dimensions"]],
        # Publications of before there were other ways say nothing of their ranking.
        "ranking": content.get("ranking", "overall"),
        "most": plain_points(content["max"]),
        "certificate_th": certificate(content["tiers"]),
        "criteria_th": f"เกณฑ์ {content['edition']['title_th']} ฉบับ (SHA-256) {content['edition']['digest']}",
        "points_th": "คะแนนรวม",
    }


def headed(content: dict[str, Any], paper: dict[str, Any]) -> dict[str, Any]:
    """What the round's template says of its papers; of before there was one, what follows from the contest alone."""
    day = paper.get("dated") or content["publication"]["as_of"]
    return {
        "is_headed": bool(paper),
        "has_emblem": "emblem" in paper,
        "has_background": "background" in paper,
        "number_th": paper.get("number_th", ""),
        "signers": paper.get("signers", []),
        "dated": day,
        "announced_th": dated(day),
        "project_th": paper.get("project_th") or project(content["edition"]["title_th"]),
    }


def project(title: str) -> str:
    """What papers call a scheme's contest where no template names it."""
    return "โครงการ" + title.removeprefix("โครงการ")


def heard(content: dict[str, Any], by_code: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Until when a provisional result may be disputed; of the final one, what appeals have changed in it."""
    titles = {one["code"]: one["title_th"] for one in content["criteria"]}
    answers = content.get("appeals", {}).get("answers", [])
    moved = [one for one in answers if one["before"] != one["after"]]
    return {
        "until_th": dated(content["provisional"]["until"]) if "provisional" in content else "",
        "corrected": [
            one | {"title_th": titles[one["criterion"]], "name_th": by_code[one["office"]]["title_th"]} for one in moved
        ],
    }


def issuer(content: dict[str, Any]) -> dict[str, str]:
    """Who announces, who hands the certificates over, and whose signature stands below."""
    named = content.get("issuer", {})
    return {
        "issuer_th": named.get("title_th", "กรมการพัฒนาชุมชน"),
        "giver_th": named.get("title_th", "กรมการพัฒนาชุมชน กระทรวงมหาดไทย"),
        "signed_by_th": named.get("signed_by_th", "อธิบดีกรมการพัฒนาชุมชน"),
    }


def columns(content: dict[str, Any], shown: Columns) -> dict[str, Any]:
    """What the columns of results are of, and what their cells mean."""
    by_codes = any(column.heading != column.title for column in shown.columns)
    return {
        "columns": [
            {"title": column.title, "heading": column.heading, "most": plain_points(column.max)}
            for column in shown.columns
        ],
        "by_criteria": shown.by_criteria,
        "in_points": shown.in_points,
        "only_selects": shown.only_selects,
        "grades_th": [
            f"{grade} = {plain_points(points)} คะแนน" for grade, points in content.get("letters", {}).items()
        ],
        # Codes say nothing where short titles head the columns.
        "coded": by_codes or not shown.by_criteria,
    }


def decided(decision: dict[str, Any], by_code: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A decision on a tie with the names of those who shared a rank in the order decided, and their points."""
    tied = [by_code[code] for code in decision["offices"]]
    return decision | {"ordered_th": [result["title_th"] for result in tied], "total": tied[0]["total"]}


def describe(result: dict[str, Any], content: dict[str, Any], shown: Columns) -> dict[str, Any]:
    """A result with the Thai titles of its office, award, dimensions and criteria, and what is shown for points."""
    office, scores = result["office"], result["criteria"]
    tier: dict[str, Any] = next((tier for tier in content["tiers"] if tier["code"] == result["tier"]), {})
    dimensions = []
    for dimension in content["dimensions"]:
        earned = result["dimensions"][dimension["code"]]["earned"]
        criteria = [
            line | scores[line["code"]] | marked(scores[line["code"]], shown.marks)
            for line in content["criteria"]
            if line["dimension"] == dimension["code"]
        ]
        dimensions.append(
            dimension | {"earned": earned, "percent": percent(earned, dimension["max"]), "criteria": criteria}
        )
    return result | {
        "office": office | {"title_th": OFFICES[office["kind"]] + office["name_th"]},
        **entrant(result),
        **ranked(result),
        "size_th": content["sizes"].get(office["size"], {}).get("th", ""),
        "tier_th": tier.get("title_th", ""),
        "level_th": tier.get("level_th", ""),
        "prize_th": prize(tier),
        "dimensions": dimensions,
        "percent": percent(result["total"], content["max"]),
        "cells": shown.cells(result["criteria" if shown.by_criteria else "dimensions"]),
        "total_th": shown.total(result["total"], result["attainable"]),
        "claimed_th": shown.total(result["claimed"], content["max"]),
    }


def marked(part: dict[str, Any], marks: PointsShown) -> dict[str, Any]:
    """What a scorecard shows for a criterion: its points or its mark, the most there is, the sum behind it, its bar."""
    behind = marks.behind(part)
    return {
        "shown_th": marks.show(part),
        "most_th": "" if behind else marks.beside(part),
        "behind_th": behind,
        "percent": percent(part["earned"], part["max"]),
    }


def region_of(result: dict[str, Any]) -> str:
    """The inspection region inside which a result is ranked; "" where ranks are of the whole round."""
    name: str = result.get("region", {}).get("name_th", "")
    return name


def entrant(result: dict[str, Any]) -> dict[str, str]:
    """Who took part, in full and as in a table, and for which office: "" where the office itself did."""
    nominee, office = result.get("nominee"), result["office"]
    in_full, in_place = (titles[office["kind"]] + office["name_th"] for titles in (OFFICES, PLACES))
    if not nominee:
        return {"title_th": in_full, "name_th": office["name_th"], "of_th": ""}
    province = f" จังหวัด{nominee['province']['name_th']}" if "province" in nominee else ""
    if nominee["kind"] == "person":
        return {"title_th": nominee["name_th"], "name_th": nominee["name_th"], "of_th": in_full + province}
    name = PLACES[nominee["kind"]] + nominee["name_th"]
    return {"title_th": name, "name_th": name, "of_th": in_place + province}


def ranked(result: dict[str, Any]) -> dict[str, Any]:
    """The rank as it is printed: whoever earned nothing has none, whatever the order of the list."""
    rank = placed(result["rank"], Decimal(result["total"]))
    return {"is_unranked": rank is None, "rank_th": NOTHING if rank is None else rank}


def entrants(results: list[dict[str, Any]]) -> dict[str, str]:
    """What those who took part are called together, what heads their column, and how they are counted."""
    if not results:
        return {"entrants_th": "สำนักงาน", "place_th": "สำนักงาน", "unit_th": "แห่ง"}
    kind = results[0].get("nominee", {}).get("kind") or results[0]["office"]["kind"]
    if kind == "person":
        return {"entrants_th": "ผู้ได้รับการเสนอชื่อ", "place_th": "ชื่อ", "unit_th": "ราย"}
    return {"entrants_th": OFFICES[kind], "place_th": PLACES[kind], "unit_th": "แห่ง"}


def levels(awarded: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The awarded results, together where they share a level; a prize they all share is told once."""
    groups = []
    for (region, title), members in groupby(awarded, key=lambda result: (region_of(result), result["level_th"])):
        results = list(members)
        prizes, tiers = ({result[name] for result in results} for name in ("prize_th", "tier_th"))
        shared = prizes.pop() if len(prizes) == 1 and len(results) > 1 else ""
        what = f"ผลการดำเนินงาน{title}" if title else tiers.pop() if len(tiers) == 1 else "ผู้ได้รับรางวัล"
        heading = " ".join(part for part in (region, what) if part)
        groups.append({"title_th": heading, "results": results, "count": len(results), "prize_th": shared})
    return groups


def regions(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All results, together where they share a region; one group of all where ranks are of the whole round."""
    groups = [(region, list(members)) for region, members in groupby(results, key=region_of)]
    return [{"title_th": region, "results": members, "count": len(members)} for region, members in groups]


def prize(tier: dict[str, Any]) -> str:
    money = f"เงินรางวัล {tier['prize']:,} บาท" if tier.get("prize") else ""
    return "และ".join(part for part in (tier.get("prize_in_kind_th", ""), money) if part)


def certificate(tiers: list[dict[str, Any]]) -> str:
    """The portal's word for the certificates of awards, on pages as on paper; with what a scheme's document puts before
    it."""
    prizes = " ".join(tier.get("prize_in_kind_th", "") for tier in tiers)
    return "ประกาศเกียรติบัตร" if "ประกาศเกียรติบัตร" in prizes else "เกียรติบัตร"


def dated(moment: str) -> str:
    """The day of an official document: ๒๑ สิงหาคม พ.ศ. ๒๕๖๖."""
    day, _, year = thai.format_date(datetime.fromisoformat(moment), thai_digits=True).rpartition(" ")
    return f"{day} พ.ศ. {year}"


def percent(earned: str, of: str) -> int:
    """How much of a bar is filled."""
    return int(100 * Decimal(earned) / Decimal(of)) if Decimal(of) else 0
