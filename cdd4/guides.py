"""The guides of docs/guides as pages of the portal: for whoever asks for help, that of their own work first."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

FOLDER = settings.BASE_DIR / "docs/guides"
GUIDES = {
    "officer": _("Guide for officers"),
    "committee": _("Guide for the committee"),
    "organiser": _("Guide for organisers"),
    "staff": _("Guide for central staff"),
    "proof": _("How a result is proven"),
}


FOR_EVERYBODY = "proof"  # whoever checks a result needs no account


@require_GET
def guide(request: HttpRequest, name: str = "") -> HttpResponse:
    """Without a name: the guide of the reader's own work. Without a log-in: how a result is proven."""
    if name != FOR_EVERYBODY and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    name = name or own_guide(request.user)
    if name not in GUIDES:
        raise Http404
    text, headings = rendered(name)
    guides = GUIDES if request.user.is_authenticated else {}
    return render(request, "guide.html", {"name": name, "guides": guides, "text": text, "headings": headings})


def own_guide(user) -> str:
    if user.is_central:
        return "staff"
    if user.organises:
        return "organiser"
    return "committee" if user.is_judge else "officer"


@cache
def rendered(name: str) -> tuple[SafeString, list[tuple[str, str]]]:
    """A guide as HTML, and its chapters: (anchor, title)."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    chapters = [(tokens[place], tokens[place + 1].content) for place, token in enumerate(tokens) if token.tag == "h2"]
    headings = []
    for number, (opening, title) in enumerate(chapters[::2], 1):  # each has a token that opens and one that closes
        opening.attrSet("id", f"chapter-{number}")
        headings.append((f"chapter-{number}", title))
    for place, token in enumerate(tokens):
        for child in token.children or ():
            lead(child)
        if [child.type for child in token.children or ()] == ["image"]:
            fold(tokens[place - 1 : place + 2])
    html = markdown.renderer.render(tokens, markdown.options, {})
    return mark_safe(html), headings  # noqa: S308  our own text, and HTML inside it is shown as text


def lead(token: Token) -> None:
    """Have a link or a picture, written for readers of the files, lead to what the portal serves."""
    if token.type == "link_open" and (target := Path(str(token.attrs["href"]))).suffix == ".md":
        token.attrs["href"] = reverse("guide", args=[target.stem]) if target.stem in GUIDES else reverse("own-guide")
    elif token.type == "image":
        picture = FOLDER / str(token.attrs["src"])
        with Image.open(picture) as opened:
            token.attrs |= dict(zip(("width", "height"), opened.size, strict=True))
        token.attrs |= {"src": static(f"pictures/{picture.name}"), "loading": "lazy"}


def fold(paragraph: list[Token]) -> None:
    """A paragraph that is a picture: it comes when it is asked for, for a page of text is soon read on a slow line."""
    opening, content, closing = paragraph
    opening.tag = closing.tag = "details"
    assert content.children
    title = escape(content.children[0].content)
    content.children.insert(0, Token("html_inline", "", 0, content=f"<summary>{title}</summary>"))


urls = [path("help/", guide, name="own-guide"), path("help/<slug:name>/", guide, name="guide")]
