"""The log of all deeds for everybody to check: signed heads, keys and proofs. Nothing of the deeds themselves."""

from pathlib import Path
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from awards.ledger import proofs
from awards.models import Head, HeadKey, HeadTimestamp
from submissions.models import Event, Evidence
from submissions.pages.dear import dear

SHOWN = 10  # heads
VERIFIER = Path(__file__).resolve().parent.parent / "verify" / "verify_receipt.py"


class HeldForm(forms.Form):
    """A head that somebody kept: whether the log of today begins with it."""

    size = forms.CharField(label=gettext_lazy("Deeds in it"), max_length=15)
    root = forms.CharField(label=gettext_lazy("Root"), max_length=80)

    def clean_size(self) -> int:
        typed = self.cleaned_data["size"].replace(",", "").strip()
        if not typed.isdecimal() or not int(typed):
            raise forms.ValidationError(_("A number from 1 on is needed: as it stands beside the root."))
        return int(typed)

    def clean_root(self) -> str:
        typed = "".join(self.cleaned_data["root"].lower().split())
        if len(typed) != 64 or set(typed) - set("0123456789abcdef"):
            raise forms.ValidationError(_("A root has 64 signs, each 0 to 9 or a to f. Spaces are no matter."))
        return typed


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The newest heads and the keys; and an answer about a head that somebody kept."""
    newest, held = proofs.newest_head(), HeldForm(request.GET if "root" in request.GET else None)
    context = {
        "newest": newest,
        "heads": Head.objects.order_by("-pk")[:SHOWN],
        "keys": HeadKey.objects.all(),
        "stamped": HeadTimestamp.objects.select_related("head").first(),
        "form": held,
        "answer": _answer(held, newest) if held.is_valid() else None,
    }
    return render(request, "awards/log.html", context)


def _answer(held: HeldForm, newest: Head | None) -> dict[str, Any]:
    size, root = held.cleaned_data["size"], held.cleaned_data["root"]
    if newest is None or size > newest.size:
        return {"holds": False, "is_longer": True, "size": size}
    return {"holds": proofs.root_at(size).hex() == root, "size": size, "newest": newest}


@require_safe
def head(request: HttpRequest) -> HttpResponse:
    """The newest signed head, with the keys."""
    newest = proofs.newest_head()
    if newest is None:
        return _refuse(404, _("Nothing was sealed yet."))
    return _json(newest.content() | {"keys": [key.content() for key in HeadKey.objects.all()]})


@require_safe
@dear("60/min")
def consistency(request: HttpRequest) -> HttpResponse:
    """Why the log of one size begins with that of another: `first` and `second`, at most the newest head's."""
    sizes = _numbers(request, "first", "second")
    newest = proofs.newest_head()
    if sizes is None or newest is None or not 0 < sizes[0] <= sizes[1] <= newest.size:
        return _refuse(400, _("Say “first” and “second”: two sizes, the smaller first, none above the newest head's."))
    first, second = sizes
    roots = {"first_root": proofs.root_at(first).hex(), "second_root": proofs.root_at(second).hex()}
    path = [one.hex() for one in proofs.consistency(first, second)]
    return _json({"first": first, "second": second, **roots, "path": path})


@require_safe
@dear("60/min")
def inclusion(request: HttpRequest) -> HttpResponse:
    """Why a leaf is in the log: `position`, counted from 0, and `size` of the tree, at most the newest head's."""
    asked = _numbers(request, "position", "size")
    newest = proofs.newest_head()
    if asked is None or newest is None or not 0 <= asked[0] < asked[1] <= newest.size:
        return _refuse(400, _("Say “position”, counted from 0, and “size”, larger, and at most the newest head's."))
    position, size = asked
    path = [one.hex() for one in proofs.inclusion(position, size)]
    leaf, root = proofs.leaf_at(position).hex(), proofs.root_at(size).hex()
    return _json({"position": position, "size": size, "leaf": leaf, "root": root, "path": path})


def _numbers(request: HttpRequest, *names: str) -> tuple[int, int] | None:
    said = [request.GET.get(name, "") for name in names]
    if not all(one.isascii() and one.isdecimal() and len(one) < 16 for one in said):
        return None
    first, second = map(int, said)
    return first, second


@require_safe
def timestamp(request: HttpRequest, size: int) -> HttpResponse:
    """What an authority said of a head of that size, as `openssl ts -verify -token_in` reads it."""
    stamp = HeadTimestamp.objects.filter(head__size=size).first()
    if stamp is None:
        raise Http404
    response = HttpResponse(bytes(stamp.token), content_type="application/pkcs7-signature")
    response["Content-Disposition"] = content_disposition_header(True, f"head-{size}.p7s")
    return response


@require_safe
def receipt_verifier(request: HttpRequest) -> HttpResponse:
    """The program that checks a receipt without the portal, to be kept with it."""
    response = HttpResponse(VERIFIER.read_bytes(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, VERIFIER.name)
    return response


@login_required
@require_safe
def receipt_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """A receipt that proves itself: what was recorded of a piece of evidence, and why it is in the log."""
    evidence = get_object_or_404(Evidence.objects.visible_to(request.user), pk=pk)
    event = proofs.handing_in(evidence)
    proof = proofs.of_event(event, _shown(request, event)) if event else None
    if proof is None:
        return _refuse(404, _("It is not sealed yet. Ask again in a minute."))
    response = _json({"receipt": evidence.receipt} | proof)
    name = f"{evidence.receipt.replace('/', '-')}.json"
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "private, no-store"
    return response


def _shown(request: HttpRequest, event: Event) -> list[str] | None:
    """All to whom it names nobody new: a committee does not learn whose account it was."""
    user: Any = request.user
    if user.is_officer or user.is_central:
        return None
    return ["entry", "sequence", "at", "verb", "previous", *(f"data.{name}" for name in event.data if name != "note")]


def _json(content: dict[str, Any]) -> JsonResponse:
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False})


def _refuse(status: int, reason: str) -> JsonResponse:
    return JsonResponse({"detail": reason}, status=status, json_dumps_params={"ensure_ascii": False})


urls = [
    path("log/", log, name="log"),
    path("log/head.json", head, name="log-head"),
    path("log/consistency.json", consistency, name="log-consistency"),
    path("log/inclusion.json", inclusion, name="log-inclusion"),
    path("log/heads/<int:size>.p7s", timestamp, name="head-timestamp"),
    path("log/verify_receipt.py", receipt_verifier, name="receipt-verifier"),
    path("evidence/<int:pk>/receipt.json", receipt_proof, name="receipt-proof"),
]
