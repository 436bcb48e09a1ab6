"""Tokens for programs: who may have one, for what and how long, and how they end."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import ValidationError as FormError
from django.db import transaction
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema, extend_schema_view
from knox import views as knox
from rest_framework import exceptions, generics, serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from submissions.accounts.steps import first_step
from submissions.models import Scope, Token, User
from submissions.models.tokens import every_scope

from .base import JSONParser, Text, TokenAuthentication
from .scopes import ANY, EVERY, InScope
from .serializers import PersonSerializer

TOKEN_LIFE = timedelta(hours=12)  # as long as a session on the pages


class TooMany(exceptions.PermissionDenied):
    """This person has as many tokens as one may."""

    def __init__(self, count: int) -> None:
        text = ngettext(
            "You have %(count)s token, which is as many as one may have. End one first, at /accounts/tokens/.",
            "You have %(count)s tokens, which is as many as one may have. End one first, at /accounts/tokens/.",
            count,
        )
        super().__init__(text % {"count": count})


def make_token(user: User, *, life: timedelta | None, scopes: list[str], name: str = "") -> tuple[Token, str]:
    """A token, and the text that is shown once. Without a life it never ends. Raises TooMany."""
    most = settings.REST_KNOX["TOKEN_LIMIT_PER_USER"]
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # one after another: the count is theirs together
        if Token.objects.living().filter(user=user).count() >= most:
            raise TooMany(most)
        return Token.objects.create(user, expiry=life, scopes=scopes, name=name)


class TokenScheme(OpenApiAuthenticationExtension):
    """How the description of the API says what a token looks like."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema) -> dict:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token` and the token"}


class CredentialsSerializer(serializers.Serializer):
    username = Text(max_length=150)
    password = Text(max_length=4096, trim_whitespace=False)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Scope.choices),
        required=False,
        allow_empty=False,
        max_length=len(Scope),
        help_text="What the token is for; left out: everything that you may do",
    )


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField(read_only=True)
    expiry = serializers.DateTimeField(read_only=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices), read_only=True)
    user = PersonSerializer(read_only=True)


class Login(APIView):
    authentication_classes = []  # a page's login gives no token: pages are left, idle and ended, and a token is not
    permission_classes = [AllowAny]
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="log_in",
        summary=gettext_lazy("A token for twelve hours"),
        tags=["tokens"],
        request=CredentialsSerializer,
        responses={200: TokenSerializer},
        auth=[{}],  # type: ignore[list-item]  # as OpenAPI writes that none is needed
    )
    def post(self, request) -> Response:
        """By user name and password. Tries are counted together with those on the log-in page.

        Tokens that last longer, and those of accounts with a second factor, are made at `/accounts/tokens/`.
        """
        form = CredentialsSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        credentials = form.validated_data
        scopes = sorted(set(credentials.pop("scopes", None) or every_scope()))
        request.user = self._person(request, credentials)
        token, text = make_token(request.user, life=TOKEN_LIFE, scopes=scopes)
        user_logged_in.send(sender=User, request=request, user=request.user)
        shown = {"token": text, "expiry": token.expiry, "scopes": scopes, "user": request.user}
        return Response(TokenSerializer(shown).data)

    def _person(self, request, credentials: dict) -> User:
        web = request._request
        try:
            person = get_adapter(web).authenticate(web, **credentials)
        except FormError as refused:
            too_soon: Any = exceptions.Throttled(detail=refused.messages[0])
            too_soon.wait = (refused.params or {})["seconds"]
            raise too_soon from None
        if person is None or not person.is_active:
            raise exceptions.ValidationError({"non_field_errors": [_("The user name or the password is wrong.")]})
        if is_mfa_enabled(person):
            raise exceptions.PermissionDenied(
                _("This account has a second factor. Log in on the pages, and make a token at /accounts/tokens/.")
            )
        if step := first_step(person):
            raise exceptions.PermissionDenied(str(step.reason))
        return person


class Logout(knox.LogoutView):
    authentication_classes = [TokenAuthentication]
    scopes = {"POST": ANY}

    @extend_schema(
        operation_id="log_out",
        summary=gettext_lazy("End this token"),
        tags=["tokens"],
        request=None,
        responses={204: None},
    )
    def post(self, request, format=None) -> Response:
        """Only this token; others of the same person go on."""
        return super().post(request, format)


class LogoutAll(knox.LogoutAllView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [IsAuthenticated, InScope]
    scopes = {"POST": EVERY}

    @extend_schema(
        operation_id="log_out_everywhere",
        summary=gettext_lazy("End all your tokens"),
        tags=["tokens"],
        request=None,
        responses={204: None},
    )
    def post(self, request, format=None) -> Response:
        """Those made on the pages too. Asks for a token for everything: others end only themselves."""
        return super().post(request, format)


@extend_schema_view(
    get=extend_schema(
        operation_id="get_me",
        summary=gettext_lazy("The person behind the token"),
        tags=["tokens"],
        responses={200: PersonSerializer},
    )
)
class Me(generics.RetrieveAPIView):
    """Whose name the token asks in, with their role and office."""

    scopes = {"GET": ANY}
    serializer_class = PersonSerializer

    def get_object(self):
        person: Any = self.request.user
        return User.objects.select_related("office__parent").get(pk=person.pk)


urls = [
    path("login/", Login.as_view(), name="api-login"),
    path("logout/", Logout.as_view(), name="api-logout"),
    path("logout-all/", LogoutAll.as_view(), name="api-logout-all"),
    path("me/", Me.as_view(), name="api-me"),
]
