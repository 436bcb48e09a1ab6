"""How the description of the API is made: its title, its tags, who may read it."""

SPECTACULAR_SETTINGS = {
    "TITLE": "Community Development Digital 4.0",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Evidence and values in, scorecards and standings out. "
    "`/api/v1/rounds/{id}/scheme/` says what is asked. A refusal is `application/problem+json`.",
    "TAGS": [
        {"name": "tokens", "description": "Who asks: tokens, and the person behind one"},
        {"name": "rounds", "description": "Rounds, and what each asks for"},
        {"name": "entries", "description": "Who takes part in a round"},
        {"name": "evidence", "description": "Files and links: handed in, reviewed, taken away"},
        {"name": "values", "description": "Numbers, dates and yes/no answers"},
        {"name": "sheets", "description": "The points that a committee member gives an entry"},
        {"name": "scores", "description": "What the facts are worth: scorecards and standings"},
        {"name": "publications", "description": "What was announced, and never moves again"},
        {"name": "about", "description": "Words about the API itself"},
    ],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "submissions.api.description.locate",
        "submissions.api.examples.show",
    ],
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
