"""What the description of the API (OpenAPI 3.1) says beyond what the library reads off the views: every refusal."""

from django.conf import settings
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import SAFE_METHODS

from .problems import KINDS, MEDIA_TYPE, ProblemSerializer, problem

TOLD_BY: dict[int, str] = {}
for _kind, _known in KINDS.items():
    TOLD_BY.setdefault(_known.status, _kind)
HEADERS = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "`Token`"}},
    429: {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait"}},
    503: {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait"}},
}


def locate(result: dict, generator, request, public) -> dict:
    """Say where this portal is."""
    result["servers"] = [{"url": settings.PORTAL_URL, "description": "This portal"}]
    result["info"]["contact"] = {"name": "Community Development Department", "url": settings.PORTAL_URL}
    return result


class Described(AutoSchema):
    """With every refusal that an address may answer. A view names its own besides, as `refusals` {method: statuses}."""

    def _get_response_bodies(self, direction="response") -> dict:
        bodies = super()._get_response_bodies(direction)
        others = [status for status in sorted(self.refusals()) if str(status) not in bodies]
        return bodies | {str(status): self._refusal(status) for status in others}

    def _get_request_body(self, direction="request") -> dict | None:
        """A body that may come in several forms is needed all the same; generated clients stumble over a doubt."""
        body = super()._get_request_body(direction)
        if body and len(body["content"]) > 1:
            body["required"] = True
        return body

    def refusals(self) -> set[int]:
        named = getattr(self.view, "refusals", {}).get(self.method, ())
        return {406, 429, 503, *self._refusals_of_address(), *self._refusals_of_content(), *named}

    def _refusals_of_address(self) -> set[int]:
        """Who may ask, and for what."""
        found = set()
        if self.view.permission_classes and self.view.authentication_classes:
            found |= {401, 403}
        if self.path.count("{") or self._get_pagination_parameters():
            found.add(404)
        if self._get_parameters() and self.method in SAFE_METHODS and self._is_list_view():
            found.add(400)
        return found

    def _refusals_of_content(self) -> set[int]:
        """What is sent along, in the body and in the headers."""
        found = set()
        if self.method not in SAFE_METHODS and self.get_request_serializer():
            found |= {400, 413, 415}
        if any(parameter["name"] == "If-Match" for parameter in self._get_parameters()):
            found.add(409)
        if MultiPartParser in self.view.parser_classes:
            found.add(507)
        return found

    def _refusal(self, status: int) -> dict:
        schema = self.resolve_serializer(ProblemSerializer, "response").ref
        kind = TOLD_BY[status]
        component = ResolvedComponent(
            name="".join(word.capitalize() for word in kind.split("-")),
            type="responses",
            object=kind,
            schema={
                "description": str(KINDS[kind].title),
                "content": {MEDIA_TYPE: {"schema": schema, "example": problem(kind, KINDS[kind].title)}},
                **({"headers": HEADERS[status]} if status in HEADERS else {}),
            },
        )
        if component.key not in self.registry._components:
            self.registry._components[component.key] = component
        return {"$ref": f"#/components/responses/{component.name}"}
