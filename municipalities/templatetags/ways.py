"""What a request can become, shown by the package that makes it."""

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from municipalities.models import MunicipalRequest
from municipalities.outcomes import Way

register = template.Library()


@register.simple_tag(takes_context=True)
def show_way(context: template.Context, way: Way, request_row: MunicipalRequest) -> SafeString:
    """The link or small form of one way, from the template of its own package."""
    return render_to_string(way.template, {**way.context, "request_row": request_row}, request=context["request"])
