"""Whether a paper is ours and still holds: for everybody, without an account, by the code that is printed on it."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from awards.documents import codes, credentials, papers
from awards.models import Document, Revocation
from submissions.pages.dear import seldom


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """A field for a code, and one for a file."""
    written = request.GET.get("code", "").strip()
    if codes.is_whole(code := codes.typed(written)):
        return redirect("verify-paper", code)
    if written:
        return _unknown(request, written)
    return render(request, "awards/verify/start.html", {})


@require_safe
@seldom("60/min")
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """What one paper says, and how it stands. A code that nobody gave is told in words."""
    found = papers.by_code(codes.typed(code))
    if found is None:
        return _unknown(request, code)
    context = {"told": papers.tell(found), "may_revoke": found.publication.round.is_run_by(request.user)}
    return _private(render(request, "awards/verify/paper.html", context))


def _unknown(request: HttpRequest, written: str) -> HttpResponse:
    """A receipt has a number, and people try it here: what is no code is not called a false paper."""
    context = {"code": written[:99], "is_code": codes.is_whole(codes.typed(written))}
    return _private(render(request, "awards/verify/unknown.html", context, status=404))


@require_safe
@seldom("60/min")
def file(request: HttpRequest) -> HttpResponse:
    """What a file is, by digests that the reader's browser took of it: the file itself is sent nowhere."""
    whole, signed = (request.GET.get(name, "").lower() for name in ("whole", "signed"))
    document = papers.by_digest(whole, signed)
    code = codes.of_document(document) if document else codes.typed(request.GET.get("code", ""))
    found = papers.by_code(code)
    if found is None:
        verdict = "unknown"
    elif document is None:
        verdict = "altered"
    else:
        verdict = "unaltered" if document.sha256 == whole else "added"
    context = {"verdict": verdict, "told": papers.tell(found) if found else None}
    return _private(render(request, "awards/verify/verdict.html", context))


def _private(response: HttpResponse) -> HttpResponse:
    """For whoever has the code, and for no search engine; tomorrow the answer may be another."""
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@cache_control(public=True, max_age=300)
def issuer(request: HttpRequest) -> JsonResponse:
    """Who issues credentials, with the public keys: read by programs."""
    return _for_all(JsonResponse(credentials.issuer()))


@require_safe
@cache_control(public=True, max_age=300)
def revoked(request: HttpRequest) -> JsonResponse:
    """The credentials that hold no more: read by programs."""
    rows = Revocation.objects.filter(paper__kind=Document.Kind.CERTIFICATES).exclude(paper__office="")
    found = [
        {"id": credentials.name_of(code), "revoked": True, "revocationReason": reason}
        for code, reason in rows.order_by("pk").values_list("paper__code", "reason")
    ]
    about = {"id": request.build_absolute_uri(), "issuer": credentials.issuer_id()}
    return _for_all(JsonResponse(about | {"revokedCredential": found}))


def _for_all(response: JsonResponse) -> JsonResponse:
    """A wallet in a browser is a page of another site."""
    response["Access-Control-Allow-Origin"] = "*"
    return response


urls = [
    path("verify/", start, name="verify"),
    path("verify/file/", file, name="verify-file"),
    path("verify/<str:code>", paper, name="verify-paper"),
    path("issuer/did.json", issuer, name="issuer"),
    path("issuer/revoked.json", revoked, name="revoked"),
]
