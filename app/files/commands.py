"""What can be done with a file, beside sending one, which has an address of its own (app/files/uploading.py)."""

from __future__ import annotations

from app.commands import Command
from app.files import forms, service
from workflows.roles import Permission

COMMANDS = (Command("file", "remove", Permission.FILE_REMOVE, service.remove, forms.RemoveFile),)
