"""How a scheme's own titles, units and days are said, in Thai or English. Both languages stand here, for documents."""

from datetime import date

from scoring.engine import Scheme
from submissions import thai

from .points_shown import PointsShown

COMPARES = {
    "at_least": ("อย่างน้อย {0}", "at least {0}"),
    "at_most": ("ไม่เกิน {0}", "at most {0}"),
    "above": ("มากกว่า {0}", "more than {0}"),
    "below": ("น้อยกว่า {0}", "less than {0}"),
}

CHANNELS = {
    "facebook": ("Facebook", "Facebook"),
    "line": ("LINE", "LINE"),
    "youtube": ("YouTube", "YouTube"),
    "tiktok": ("TikTok", "TikTok"),
    "instagram": ("Instagram", "Instagram"),
    "x": ("X", "X"),
    "website": ("เว็บไซต์", "website"),
    "meeting": ("ที่ประชุม", "meeting"),
    "radio": ("วิทยุ", "radio"),
    "newspaper": ("หนังสือพิมพ์", "newspaper"),
    "poster": ("ป้ายประกาศ", "poster"),
    "other": ("ช่องทางอื่น", "other"),
}


class Words:
    """Says things of one scheme in one language."""

    def __init__(self, scheme: Scheme, language: str) -> None:
        self.scheme, self.language = scheme, "en" if language == "en" else "th"
        self.marks = PointsShown.of_scheme(scheme, self.language)

    def say(self, th: str, en: str, *args: object) -> str:
        return (en if self.language == "en" else th).format(*args)

    def day(self, iso: str) -> str:
        return thai.format_date(date.fromisoformat(iso), self.language)

    def listed(self, words: list[str]) -> str:
        return ", ".join(words)

    def number(self, text: str) -> str:
        """'50000' as 50,000."""
        whole, dot, rest = text.partition(".")
        return f"{int(whole):,}{dot}{rest}" if whole.lstrip("-").isdigit() else text

    def title(self, kind: str, code: str, period: str | None = None) -> str:
        """An input by its title, with its period."""
        declared = getattr(self.scheme, kind).get(code)
        title = declared.title.to(self.language) if declared else code
        return f"{title} ({self.period(period)})" if period else title

    def period(self, code: str) -> str:
        known = self.scheme.periods.get(code)
        return known.title.to(self.language) if known else code

    def channel(self, code: str) -> str:
        return self.say(*CHANNELS[code])

    def amount(self, code: str, number: str) -> str:
        unit = self.scheme.values[code].unit if code in self.scheme.values else None
        text = self.number(number)
        if code in self.scheme.values and self.scheme.values[code].kind == "percent":
            return self.say("ร้อยละ {0}", "{0} %", text)
        return f"{text} {unit.to(self.language)}" if unit else text
