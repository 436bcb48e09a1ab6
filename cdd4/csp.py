"""Content-Security-Policy: strict for the portal, relaxed only where a library's pages need it."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings


class PathPolicyMiddleware(CSPMiddleware):
    """Applies `CONTENT_SECURITY_POLICY_BY_PATH` (prefix -> directives that differ) where a view decided nothing."""

    def get_policy_parts(self, request, response, report_only=False) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if parts.config is None and parts.replace is None and not report_only:
            for prefix, directives in settings.CONTENT_SECURITY_POLICY_BY_PATH.items():
                if request.path_info.startswith(prefix):
                    parts.replace = directives
        return parts
