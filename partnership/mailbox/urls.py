"""Addresses of the mailbox."""

from django.urls import path

from partnership.mailbox import views

urlpatterns = [
    path("", views.index, name="mailbox"),
    path("<int:number>/", views.read, name="mailbox_letter"),
    path("<int:number>/reply/", views.reply, name="mailbox_reply"),
    path("<int:number>/return/", views.give_back, name="mailbox_return"),
    path("<int:number>/html/", views.html, name="mailbox_html"),
    path("<int:number>.eml", views.download, name="mailbox_download"),
]
