"""What a test does with the draft of a scheme, on the pages of the admin."""

from django.urls import reverse

from submissions.models import SchemeDraft

NAME = "admin:submissions_schemedraft_"
MAIN = "cdd40-2566"


def page(name: str, draft: SchemeDraft | None = None) -> str:
    return reverse(NAME + name, args=[draft.pk] if draft else [])


def begin(client, **sent) -> SchemeDraft:
    answer = client.post(page("add"), sent)
    assert answer.status_code == 302, answer.context["forms"][sent["way"]].errors
    return SchemeDraft.objects.latest("pk")


def copy(client, source, code="cdd40-2567", years=1) -> SchemeDraft:
    return begin(client, way="copy", **{"copy-source": source.pk, "copy-code": code, "copy-years": years})


def write(client, draft, text, *, revision=None, deed="proofread"):
    sent = {"text": text, "revision": draft.revision if revision is None else revision, deed: "1"}
    return client.post(page("change", draft), sent)


def decided(answer) -> dict:
    """What the page of days would send back as it stands."""
    rows = answer.context["decisions"].rows
    typed = {f"to-{row.change.key}": row.typed for row in rows if row.typed}
    on = [row.change.key for row in rows if row.is_on]
    return {"on": on, "revision": answer.context["draft"].revision, "years": answer.context["years"]} | typed


def row_of(answer, path: str):
    return next(row for row in answer.context["decisions"].rows if ".".join(row.change.path) == path)


def made(client, draft, reason="ปีใหม่"):
    draft.refresh_from_db()
    answer = client.post(page("look", draft), {"revision": draft.revision, "reason": reason})
    draft.refresh_from_db()
    return answer
