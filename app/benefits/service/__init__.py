"""The verbs of benefits: profile and figures, the map, the plan, measurements, and shares of an effect."""

from app.benefits.service.map import add_node, connect, disconnect, remove_node
from app.benefits.service.measurements import (
    confirm,
    correct,
    fall_due,
    falling_due,
    plan_follow_up,
    plan_measurement,
    report,
    return_measurement,
    write_off,
)
from app.benefits.service.plan import approve_plan, return_plan, revise_plan, submit_plan
from app.benefits.service.profile import (
    accept_ownership,
    add,
    add_indicator,
    describe,
    drop,
    forecast,
    hand_over,
    propose_owner,
    remove_indicator,
    set_baseline,
    set_target,
    step,
    take_over_expected,
)
from app.benefits.service.progress import begin_realising, going_live
from app.benefits.service.shares import claim_share

__all__ = [
    "accept_ownership",
    "add",
    "add_indicator",
    "add_node",
    "approve_plan",
    "begin_realising",
    "claim_share",
    "confirm",
    "connect",
    "correct",
    "describe",
    "disconnect",
    "drop",
    "fall_due",
    "falling_due",
    "forecast",
    "going_live",
    "hand_over",
    "plan_follow_up",
    "plan_measurement",
    "propose_owner",
    "remove_indicator",
    "remove_node",
    "report",
    "return_measurement",
    "return_plan",
    "revise_plan",
    "set_baseline",
    "set_target",
    "step",
    "submit_plan",
    "take_over_expected",
    "write_off",
]
