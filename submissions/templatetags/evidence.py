"""The form of a slot: empty, or as it came back with its faults; and the checklist that was ticked."""

from django import template
from django.urls import reverse

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
