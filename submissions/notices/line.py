"""Letters by LINE's Messaging API, where the portal has an account there; and how people link theirs with it."""

import base64
import hashlib
import hmac
import json
import secrets
import urllib.error
import urllib.request
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from submissions.models import Letter, Telling, User
from submissions.models.notices import MOST_LINE_ID
from submissions.questions import ways

from .sending import Away, Impossible
from .words import NoticeInWords

TIMEOUT = 10  # seconds
MOST_LINES, MOST_TEXT = 10, 4500  # of one message; LINE takes 5,000 characters
MOST_BODY = 256 * 1024  # bytes of what LINE tells at once
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none is taken for another
CODE_HOLDS = timedelta(minutes=15)


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the message would be lost, and the token with it would reach a stranger."""

    def redirect_request(self, *args, **kwargs) -> None:
        return None


_opener = urllib.request.build_opener(_Straight)


class Sender:
    @staticmethod
    def is_open() -> bool:
        return ways.has_line()

    @staticmethod
    def reachable(path: str = "") -> Q:
        return Q(**{f"{path}telling__line_id__isnull": False})

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, *exc) -> None:
        pass

    def send(self, letter: Letter, telling: Telling, notices: list[NoticeInWords]) -> None:
        """One push message. The key makes one sent again the same one for LINE, which then answers 409."""
        if not telling.line_id:
            raise Impossible("the link with LINE was ended")
        body = {"to": telling.line_id, "messages": [{"type": "text", "text": compose(notices)}]}
        request = urllib.request.Request(  # noqa: S310 (the address is the operator's)
            f"{settings.LINE_API}/v2/bot/message/push",
            data=json.dumps(body, ensure_ascii=False).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {settings.LINE_TOKEN}",
                "X-Line-Retry-Key": str(letter.key),
            },
        )
        try:
            with _opener.open(request, timeout=TIMEOUT):
                return
        except urllib.error.HTTPError as answer:
            if answer.code == 409:
                return
            # Only 400 is about this letter; 401 and 403 about the portal's token, which the operator renews.
            raise (Impossible if answer.code == 400 else Away)(f"LINE: {answer.code}") from answer
        except OSError as fault:
            raise Away(f"LINE: {type(fault).__name__}: {fault}") from fault


def compose(notices: list[NoticeInWords]) -> str:
    from django.urls import reverse

    if not notices:
        return _("A letter on trial from Community Development Digital 4.0")
    lines = [f"• {notice.title}" + (f" ({notice.where})" if notice.where else "") for notice in notices[:MOST_LINES]]
    if len(notices) > MOST_LINES:
        lines.append(_("and %(count)s more") % {"count": len(notices) - MOST_LINES})
    root = settings.PORTAL_URL
    target = reverse("notice", args=[notices[0].notice.pk]) if len(notices) == 1 else reverse("notices")
    return "\n".join(lines)[:MOST_TEXT] + f"\n{root}{target}"


# Linking


def give_code(user: User) -> Telling:
    """A code that this person types to the portal's LINE account within a quarter of an hour."""
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
    fresh = {"line_code": code, "line_code_until": timezone.now() + CODE_HOLDS}
    return Telling.objects.update_or_create(user=user, defaults=fresh)[0]


@csrf_exempt
@require_POST
def webhook(request) -> HttpResponse:
    """What LINE tells of what people wrote to the portal's account: read for codes, and kept nowhere."""
    if not (settings.LINE_TOKEN and settings.LINE_SECRET):
        raise Http404
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BODY:
        return HttpResponse(status=413)
    if not is_signed(request.body, request.headers.get("X-Line-Signature", "")):
        return HttpResponseForbidden()
    for sender, text in _messages(request.body):
        _link(sender, text)
    return HttpResponse()


def is_signed(body: bytes, signature: str) -> bool:
    seal = hmac.new(settings.LINE_SECRET.encode(), body, hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(seal), signature.encode(errors="replace"))


def _messages(body: bytes):
    """(who, what) of each text that one person wrote; whatever else is told is passed over."""
    try:
        events = json.loads(body)["events"]
        for event in events:
            if event.get("type") == "message" and event["message"]["type"] == "text":
                yield str(event["source"]["userId"])[:MOST_LINE_ID], str(event["message"]["text"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return


def _link(line_id: str, text: str) -> None:
    """Link the LINE account with the person who was given this code; it is linked with nobody else then."""
    code = text.strip().upper()
    if len(code) != 8:
        return
    found = Telling.objects.filter(line_code=code, line_code_until__gt=timezone.now(), user__is_active=True).first()
    if found:
        Telling.objects.filter(line_id=line_id).exclude(pk=found.pk).update(line_id=None)
        Telling.objects.filter(pk=found.pk).update(line_id=line_id, line_code=None, line_code_until=None)
        Letter.objects.create(user=found.user, channel="line", is_trial=True)  # says to both ends that they are linked
