"""What can be done with the programme of a conference."""

from __future__ import annotations

from app.commands import Command
from app.conference import forms, service
from workflows.roles import Permission

ARRANGE = Permission.ACTIVITY_ARRANGE

COMMANDS = (
    Command("gathering", "add_item", ARRANGE, service.add_item, forms.AddItem),
    Command("gathering", "place_presentation", ARRANGE, service.place_presentation, forms.PlacePresentation),
    Command("gathering", "remove_item", ARRANGE, service.remove_item, forms.RemoveItem),
)
