"""Who announces a round's results, and whose post stands below them."""

from scoring.engine import Issuer, Text
from submissions.models import Office, Round

# {kind: what its office of community development is called, and the post of its head}
_TITLES = {
    Office.Kind.REGION: (("{}", "{}"), ("ผู้ตรวจราชการกรม {}", "Inspector of {}")),
    Office.Kind.PROVINCE: (
        ("สำนักงานพัฒนาชุมชนจังหวัด{}", "{} Provincial Community Development Office"),
        ("พัฒนาการจังหวัด{}", "Chief of the {} Provincial Community Development Office"),
    ),
    Office.Kind.DISTRICT: (
        ("สำนักงานพัฒนาชุมชนอำเภอ{}", "{} District Community Development Office"),
        ("พัฒนาการอำเภอ{}", "Chief of the {} District Community Development Office"),
    ),
}


def issuer_of(round: Round) -> Issuer | None:
    """None: the Department. An organiser announces as the scheme says it, where the scheme speaks of that very office:
    another office may run the same contest, and does so in its own name."""
    said, organiser = round.scheme.issuer, round.organiser
    if organiser is None or (said and said.title.th.endswith(organiser.name_th)):
        return said
    return Issuer(*(_named(organiser, *forms) for forms in _TITLES[Office.Kind(organiser.kind)]))


def _named(office: Office, thai: str, english: str) -> Text:
    return Text(thai.format(office.name_th), english.format(office.name_en or office.name_th))
