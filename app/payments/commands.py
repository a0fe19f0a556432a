"""What can be done with payments."""

from __future__ import annotations

from app.commands import Command, Step
from app.payments import lists, refusals, service
from app.payments.forms import Approve, Certify, MakeList, PartOfPayment, RegisterPaid, RegisterRefused, Reply
from workflows.roles import Permission

COMMANDS = (
    Command("payment", "certify", Permission.PAYMENT_CERTIFY, service.certify, Certify),
    Command("payment", "approve", Permission.PAYMENT_APPROVE, service.approve, Approve),
    Command("payment", "send_back", Permission.PAYMENT_APPROVE, service.send_back, Step),
    Command("payment", "register_paid", Permission.PAYMENT_REGISTER, service.register_paid, RegisterPaid),
    Command("payment", "register_refused", Permission.PAYMENT_REGISTER, refusals.register_refused, RegisterRefused),
    Command("payment", "release_waived", Permission.PAYMENT_APPROVE, service.release_waived, Step),
    Command("payment", "withhold", Permission.PAYMENT_GIVE_NOTICE, service.withhold, Step),
    Command("payment", "let_go", Permission.PAYMENT_GIVE_NOTICE, service.let_go, Step),
    Command("payment", "reduce", Permission.PAYMENT_CANCEL, service.reduce, Step),
    Command("payment", "cancel", Permission.PAYMENT_CANCEL, service.cancel, Step),
    Command("payment", "give_notice", Permission.PAYMENT_GIVE_NOTICE, service.give_notice, PartOfPayment),
    Command("payment", "reply", Permission.PAYMENT_REPLY, service.reply, Reply),
    Command("payment", "recover", Permission.PAYMENT_APPROVE, service.recover, PartOfPayment),
    Command("payment", "drop_claim", Permission.PAYMENT_APPROVE, service.drop_claim, Step),
    Command("payment", "register_return", Permission.PAYMENT_REGISTER, service.register_return, PartOfPayment),
    Command("payment_list", "make", Permission.PAYMENT_REGISTER, lists.make_list, MakeList, on_collection=True),
)
