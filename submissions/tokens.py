"""Tokens for programs: who may have one, for how long, and how they end."""

from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError as FormError
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from knox import views as knox
from rest_framework import exceptions, generics, serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from .accounts.steps import first_step
from .rest import JSONParser, Text, TokenAuthentication
from .serializers import DetailSerializer, PersonSerializer, ReasonsSerializer

TOKEN_LIFE = timedelta(hours=12)  # as long as a session on the pages


class TokenScheme(OpenApiAuthenticationExtension):
    """How the description of the API says what a token looks like."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema) -> dict:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token` and the token"}


class CredentialsSerializer(serializers.Serializer):
    username = Text(max_length=150, required=False)
    password = Text(max_length=4096, required=False, trim_whitespace=False)


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField(read_only=True)
    expiry = serializers.DateTimeField(read_only=True)
    user = PersonSerializer(read_only=True)


class Login(knox.LoginView):
    """A token for programs, for twelve hours.

    By user name and password; or, for whoever is logged in on the pages (with a second factor, perhaps), by that.
    Tries are counted together with those on the log-in page.
    """

    authentication_classes = [SessionAuthentication]
    permission_classes = [AllowAny]
    parser_classes = [JSONParser]
    serializer_class = CredentialsSerializer

    @extend_schema(
        request=CredentialsSerializer,
        responses={200: TokenSerializer, 400: ReasonsSerializer, 403: DetailSerializer, 429: DetailSerializer},
        auth=[{}],
    )
    def post(self, request, format=None) -> Response:
        if not request.user.is_authenticated:
            request.user = self._person(request)
        return super().post(request, format)

    def _person(self, request):
        form = CredentialsSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        if missing := [name for name in ("username", "password") if not form.validated_data.get(name)]:
            raise exceptions.ValidationError({name: [_("This is needed.")] for name in missing})
        web = request._request
        try:
            person = get_adapter(web).authenticate(web, **form.validated_data)
        except FormError as refused:
            too_soon = exceptions.Throttled(detail=refused.messages[0])
            too_soon.wait = refused.params["seconds"]
            raise too_soon from None
        if person is None or not person.is_active:
            raise exceptions.ValidationError({"non_field_errors": [_("The user name or the password is wrong.")]})
        if is_mfa_enabled(person):
            raise exceptions.PermissionDenied(
                _("This account has a second factor. Log in on the pages first, and ask for a token from there.")
            )
        if step := first_step(person):
            raise exceptions.PermissionDenied(step.reason)
        return person

    def get_token_ttl(self) -> timedelta:
        return TOKEN_LIFE

    def get_post_response_data(self, request, token, instance) -> dict:
        return TokenSerializer({"token": token, "expiry": instance.expiry, "user": request.user}).data


@extend_schema(request=None, responses={204: None, 401: DetailSerializer}, tags=["login"])
class Logout(knox.LogoutView):
    """Ends the token that asks."""

    authentication_classes = [TokenAuthentication]


@extend_schema(request=None, responses={204: None, 401: DetailSerializer}, tags=["login"])
class LogoutAll(knox.LogoutAllView):
    """Ends all tokens of the person who asks."""

    authentication_classes = [TokenAuthentication]


@extend_schema(responses={200: PersonSerializer, 401: DetailSerializer}, tags=["login"])
class Me(generics.RetrieveAPIView):
    """The person behind the token."""

    serializer_class = PersonSerializer

    def get_object(self):
        return get_user_model().objects.select_related("office__parent").get(pk=self.request.user.pk)


urls = [
    path("login/", Login.as_view(), name="api-login"),
    path("logout/", Logout.as_view(), name="api-logout"),
    path("logout-all/", LogoutAll.as_view(), name="api-logout-all"),
    path("me/", Me.as_view(), name="api-me"),
]
