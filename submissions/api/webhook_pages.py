"""The pages on which whoever runs rounds has other programs told what happens, and sees what they were told."""

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import ClassVar, cast
from urllib.parse import SplitResult, urlsplit

from allauth.account.decorators import reauthentication_required
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from submissions.fields import number_in, posted, status_of
from submissions.models import Delivery, Happening, Round, User, Webhook
from submissions.models.webhooks import MOST_ADDRESS
from submissions.questions.forbidden import forbid
from submissions.webhooks.gathering import begin, wanted
from submissions.webhooks.sending import KEPT, again
from submissions.webhooks.straight import may_be_called

MOST = 10  # webhooks of one person
A_PAGE = 50  # deliveries


def why_not_have(user: User) -> str | None:
    """Have other programs told."""
    return None if user.runs_rounds else _("Whoever runs rounds has other programs told what happens in them.")


def for_runners(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for those alone who run rounds."""

    @login_required
    @wraps(view)
    def guarded(request, *args, **kwargs) -> HttpResponse:
        forbid(why_not_have(request.user))
        return view(request, *args, **kwargs)

    return guarded


class WebhookForm(forms.ModelForm):
    """Where to tell, of what, and of which round."""

    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=MOST_ADDRESS,
        help_text=gettext_lazy("Of the program, beginning with https://. What happens is sent there as JSON."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )
    happenings = forms.MultipleChoiceField(
        label=gettext_lazy("What it is told of"),
        choices=Happening.choices,
        initial=Happening.values,
        widget=forms.CheckboxSelectMultiple,
    )

    round = forms.ModelChoiceField(
        Round.objects.none(),
        label=gettext_lazy("only of this round"),
        required=False,
        empty_label=gettext_lazy("All rounds that I see"),
    )

    class Meta:
        model = Webhook
        fields = ("name", "address", "happenings", "round")
        help_texts: ClassVar = {
            "name": gettext_lazy("Which program it is: you will know by this which one to switch off."),
        }
        widgets: ClassVar = {"name": forms.TextInput(attrs={"autocomplete": "off"})}

    def __init__(self, user: User, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.instance.owner = user
        of_round = cast("forms.ModelChoiceField", self.fields["round"])
        of_round.queryset = Round.objects.visible_to(user).order_by("-pk")

    def clean_name(self) -> str:
        name, own = self.cleaned_data["name"], self.instance.owner.webhooks.exclude(pk=self.instance.pk)
        if own.filter(name=name).exists():
            raise ValidationError(_("You have a webhook of this name already. Choose another name."))
        return name

    def clean_address(self) -> str:
        address = self.cleaned_data["address"]
        schemes = ["https", "http"] if settings.WEBHOOK_NETWORKS else ["https"]
        whole = _("Write the whole address, beginning with https://.")
        URLValidator(schemes, message=whole)(address)
        parts = urlsplit(address)
        if not _has_port(parts):
            raise ValidationError(whole)
        if parts.username or parts.password:
            raise ValidationError(_("Leave name and password out: what is sent is signed instead."))
        try:
            literal = ipaddress.ip_address(parts.hostname or "")
        except ValueError:  # a name: it is looked up when something is sent
            return address
        if not may_be_called(literal):
            raise ValidationError(_("This is the address of a machine inside: the portal sends nothing there."))
        return address


def _has_port(parts: SplitResult) -> bool:
    """One that there can be, or none said."""
    try:
        return parts.port != 0
    except ValueError:
        return False


@for_runners
@require_safe
@never_cache
def webhooks(request) -> HttpResponse:
    rows = request.user.webhooks.select_related("round").with_state()
    return render(request, "submissions/webhooks.html", {"webhooks": rows, "is_full": len(rows) >= MOST})


@for_runners
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
@never_cache
def make(request) -> HttpResponse:
    """The form; and once, in answer to it, the secret."""
    form = WebhookForm(request.user, posted(request))
    if request.method == "POST" and form.is_valid():
        if request.user.webhooks.count() >= MOST:
            form.add_error(None, _("%(most)s webhooks are the most. Remove one first.") % {"most": MOST})
        else:
            return _made(request, form)
    return render(request, "submissions/webhook_form.html", {"form": form}, status=status_of(form))


def _made(request, form: WebhookForm) -> HttpResponse:
    begin(form.instance)
    try:
        with transaction.atomic():
            webhook = form.save()
    except IntegrityError:  # the same form sent twice at once
        return redirect("webhooks")
    return render(request, "submissions/webhook_secret.html", {"webhook": webhook}, status=201)


@for_runners
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
@never_cache
def change(request, pk: int) -> HttpResponse:
    webhook = get_object_or_404(request.user.webhooks, pk=pk)
    form = WebhookForm(request.user, posted(request), instance=webhook)
    if request.method == "POST" and form.is_valid():
        _keep(form, pk)
        messages.success(request, _("Saved."))
        return redirect("webhook", pk=pk)
    shown = {"form": form, "webhook": webhook}
    return render(request, "submissions/webhook_form.html", shown, status=status_of(form))


def _keep(form: WebhookForm, pk: int) -> None:
    """What the form changes and nothing else; what is chosen anew is told from now on."""
    with transaction.atomic():
        current = get_object_or_404(Webhook.objects.select_for_update(), pk=pk)
        chosen = wanted(form.cleaned_data["happenings"]) - wanted(current.happenings)
        if chosen:
            begin(current, chosen)
        for name, value in form.cleaned_data.items():
            setattr(current, name, value)
        current.save(update_fields=[*form.cleaned_data, "told_up_to"])


@for_runners
@require_safe
@never_cache
def webhook(request, pk: int) -> HttpResponse:
    """What it was told, newest first."""
    hook = get_object_or_404(request.user.webhooks.select_related("round").with_state(), pk=pk)
    page = Paginator(hook.deliveries.all(), A_PAGE).get_page(request.GET.get("page"))
    shown = {"webhook": hook, "page": page, "kept": KEPT.days}
    return render(request, "submissions/webhook.html", shown)


@for_runners
@require_POST
def switch(request, pk: int) -> HttpResponse:
    hook = get_object_or_404(request.user.webhooks, pk=pk)
    hook.is_on = "on" in request.POST
    hook.save(update_fields=["is_on"])
    return redirect("webhook", pk=pk)


@for_runners
@require_POST
def try_it(request, pk: int) -> HttpResponse:
    hook = get_object_or_404(request.user.webhooks, pk=pk)
    Delivery.objects.create_trial(hook)
    messages.success(request, _("A delivery on trial goes out within some seconds. Its answer stands below then."))
    return redirect("webhook", pk=pk)


@for_runners
@require_POST
def send_again(request, pk: int) -> HttpResponse:
    """One delivery, or all that failed."""
    hook = get_object_or_404(request.user.webhooks, pk=pk)
    rows = hook.deliveries.failed()
    if "delivery" in request.POST:
        rows = hook.deliveries.filter(pk=number_in(request.POST, "delivery"))
        get_object_or_404(rows)
    count = again(rows)
    text = ngettext("%(count)s delivery is sent again.", "%(count)s deliveries are sent again.", count)
    messages.success(request, text % {"count": count})
    return redirect("webhook", pk=pk)


@for_runners
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
@never_cache
def new_secret(request, pk: int) -> HttpResponse:
    """Asked for first; what was signed with the one before is refused from then on."""
    hook = get_object_or_404(request.user.webhooks, pk=pk)
    if request.method == "POST":
        hook.renew()
        return render(request, "submissions/webhook_secret.html", {"webhook": hook}, status=201)
    return render(request, "submissions/webhook_renewal.html", {"webhook": hook})


@for_runners
@require_POST
def remove(request, pk: int) -> HttpResponse:
    get_object_or_404(request.user.webhooks, pk=pk).delete()
    messages.success(request, _("The webhook was removed."))
    return redirect("webhooks")


urls = [
    path("accounts/webhooks/", webhooks, name="webhooks"),
    path("accounts/webhooks/new/", make, name="webhook-make"),
    path("accounts/webhooks/<int:pk>/", webhook, name="webhook"),
    path("accounts/webhooks/<int:pk>/change/", change, name="webhook-change"),
    path("accounts/webhooks/<int:pk>/switch/", switch, name="webhook-switch"),
    path("accounts/webhooks/<int:pk>/try/", try_it, name="webhook-try"),
    path("accounts/webhooks/<int:pk>/again/", send_again, name="webhook-again"),
    path("accounts/webhooks/<int:pk>/secret/", new_secret, name="webhook-secret"),
    path("accounts/webhooks/<int:pk>/remove/", remove, name="webhook-remove"),
]
