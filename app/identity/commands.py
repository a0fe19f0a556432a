"""What the administrator can do with people and units."""

from __future__ import annotations

from app.commands import Command
from app.identity import administration, forms
from workflows.roles import Permission

ALLOWED = Permission.PEOPLE_ADMINISTER

COMMANDS = (
    Command("person", "add", ALLOWED, administration.add_person, forms.AddPerson, True),
    Command("person", "give_membership", ALLOWED, administration.give_membership, forms.GiveMembership),
    Command("person", "end_membership", ALLOWED, administration.end_membership, forms.EndHolding),
    Command("person", "give_role", ALLOWED, administration.give_role, forms.GiveSchemeRole),
    Command("person", "end_role", ALLOWED, administration.end_role, forms.EndHolding),
    Command("unit", "add", ALLOWED, administration.add_unit, forms.AddUnit, True),
)
