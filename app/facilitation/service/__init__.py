"""Keeping the register and the methods, assigning facilitators and answering for oneself, and logging support."""

from app.facilitation.service.assignments import (
    accept,
    assign,
    decline,
    end,
    plan_hours,
    release,
    waive_requirement,
    withdraw,
)
from app.facilitation.service.methods import add_method, name_responsible, retire_method, write_method
from app.facilitation.service.proposals import accept_proposal
from app.facilitation.service.register import (
    add_leave,
    agree_capacity,
    leave_register,
    propose_capacity,
    register,
    remove_leave,
    set_capacity,
    set_method,
    write,
)
from app.facilitation.service.support import log_support, remove_support

__all__ = [
    "accept", "accept_proposal", "add_leave", "add_method", "agree_capacity", "assign", "decline", "end", "leave_register",
    "log_support", "name_responsible", "plan_hours", "propose_capacity", "register", "release", "remove_leave",
    "remove_support", "retire_method", "set_capacity", "set_method", "waive_requirement", "withdraw", "write",
    "write_method",
]  # fmt: skip
