"""The scheme of the year after the demonstration's, as staff make it in the portal; no round of it is opened."""

from scoring import shipped
from scoring.authoring.changes import apply, propose
from scoring.authoring.scalars import with_code
from submissions import intake
from submissions.models import Edition, SchemeDraft, User


def make_next_year(source: Edition, code: str, *, by: User) -> SchemeDraft:
    """A copy under this code, its days moved by a year with all that is proposed; the one there is, if it was made."""
    if made := SchemeDraft.objects.made().filter(code=code).first():
        return made
    text = with_code(source.text, code)
    changes = propose(text, 1, shipped.holidays())
    text = apply(text, [change for change in changes if change.is_proposed])
    draft = intake.begin_scheme(text, code, origin=SchemeDraft.Origin.COPY, source=source, by=by)
    reason = f"ทำสำเนาจาก {source.scheme_code} เลื่อนวันหนึ่งปี (สาธิต)"
    return intake.make_scheme(draft, by=by, revision=draft.revision, reason=reason, came_with=shipped.schemes().keys())
