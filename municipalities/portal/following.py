"""Pages of following."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
