"""The form of a slot: empty, or as it came back with its faults; and the checklist that was ticked."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html

from submissions.pages.forms import EvidenceForm
from submissions.questions.checklist import in_words

register = template.Library()
register.filter("ticks", in_words)


@register.inclusion_tag("submissions/evidence_form.html", takes_context=True)
def evidence_form(context, replaced=None):
    """For new evidence, or for what replaces `replaced`."""
    slot, criterion = context["slot"], context["criterion"]
    came_back = context.get("form")
    is_this_one = came_back is not None and context.get("replaces") == replaced
    return {
        "slot": slot,
        "replaced": replaced,
        "form": came_back if is_this_one else EvidenceForm(slot, criterion.code, replaces=replaced),
        "action": reverse("evidence-replace" if replaced else "evidence-add", args=[(replaced or context["entry"]).pk]),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag
def slot_address(entry, slot, criterion, form) -> str:
    """Where a form of the slot is fetched, and read without a script: `new`, or of what it replaces."""
    known = {"requirement": slot.requirement.code, "period": slot.period_code, "criterion": criterion.code}
    return f"{reverse('slot', args=[entry.pk])}?{urlencode(known | {'form': form})}"


@register.simple_tag
def fetches(address: str) -> str:
    """On the summary of a fold that is fetched when it is opened."""
    return format_html('hx-get="{}" hx-target="next .fetched-body" hx-swap="innerHTML" hx-trigger="opened"', address)
