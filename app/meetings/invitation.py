"""A clarification meeting as calendars read it (RFC 5545, RFC 5546)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from icalendar import Calendar, Event, vCalAddress, vText


class Guest(msgspec.Struct, frozen=True):
    """Somebody whose calendar the meeting belongs in."""

    name: str
    email: str
    language: str = "nb"


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """What a calendar must know about a meeting."""

    uid: str
    sequence: int
    starts_at: datetime
    length_minutes: int
    summary: str
    description: str
    place: str
    organiser: Guest
    at: datetime
    """When the invitation was written."""


def _address(guest: Guest) -> vCalAddress:
    address = vCalAddress(f"mailto:{guest.email}")
    address.params["CN"] = vText(guest.name)
    return address


def calendar_of(invitation: Invitation, guest: Guest | None = None, *, called_off: bool = False) -> str:
    """The invitation as text/calendar: to one guest, so that nobody learns who else is asked; or to be read by anybody.

    With a guest it asks for an answer (or takes the meeting back), without one it only tells.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Nav//Drivkraft//NO")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH" if guest is None else "CANCEL" if called_off else "REQUEST")
    event = Event()
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.at.astimezone(UTC))
    event.add("dtstart", invitation.starts_at.astimezone(UTC))
    event.add("dtend", (invitation.starts_at + timedelta(minutes=invitation.length_minutes)).astimezone(UTC))
    event.add("summary", invitation.summary)
    event.add("status", "CANCELLED" if called_off else "CONFIRMED")
    if invitation.description:
        event.add("description", invitation.description)
    if invitation.place:
        event.add("location", invitation.place)
    event["organizer"] = _address(invitation.organiser)
    if guest is not None:
        attendee = _address(guest)
        attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
        attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
        attendee.params["RSVP"] = vText("TRUE")
        event.add("attendee", attendee, encode=False)
    calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text.decode()
