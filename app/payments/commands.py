"""What can be done with payments."""

from __future__ import annotations

from app.commands import Command, Step
from app.payments import service
from app.payments.forms import Recover, RegisterPaid
from workflows.roles import Permission

COMMANDS = (
    Command("payment", "certify", Permission.PAYMENT_CERTIFY, service.certify, Step),
    Command("payment", "approve", Permission.PAYMENT_APPROVE, service.approve, Step),
    Command("payment", "register_paid", Permission.PAYMENT_REGISTER, service.register_paid, RegisterPaid),
    Command("payment", "release_waived", Permission.PAYMENT_APPROVE, service.release_waived, Step),
    Command("payment", "cancel", Permission.PAYMENT_CANCEL, service.cancel, Step),
    Command("payment", "recover", Permission.PAYMENT_APPROVE, service.recover, Recover),
)
