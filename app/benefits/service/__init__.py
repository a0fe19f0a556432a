"""The verbs of benefits: profile and figures, the map, the plan, measurements, and shares of an effect."""

from app.benefits.service.imports import confirm_import, write_import
from app.benefits.service.life import (
    accept_hand_over,
    drop,
    drop_unfinished,
    hand_over,
    not_realise,
    realise,
    realise_partly,
    refuse_hand_over,
    replan,
    step,
    sustain,
)
from app.benefits.service.map import add_node, arrange, connect, disconnect, move, reconnect, remove_node, rename
from app.benefits.service.map_undo import undo
from app.benefits.service.map_versions import keep_at_gate, keep_version
from app.benefits.service.measurements import (
    confirm,
    correct,
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
    describe_indicator,
    forecast,
    propose_owner,
    remove_indicator,
    set_baseline,
    set_target,
    take_over_expected,
)
from app.benefits.service.progress import begin_realising, going_live
from app.benefits.service.registers import learn, write_preconditions, write_risks, write_stakeholders
from app.benefits.service.shares import claim_share
from app.benefits.service.succession import owners_who_moved, pass_on
from app.benefits.service.targets import write_targets

__all__ = [
    "accept_hand_over",
    "accept_ownership",
    "add",
    "add_indicator",
    "add_node",
    "approve_plan",
    "arrange",
    "begin_realising",
    "claim_share",
    "confirm",
    "confirm_import",
    "connect",
    "correct",
    "describe",
    "describe_indicator",
    "disconnect",
    "drop",
    "drop_unfinished",
    "forecast",
    "going_live",
    "hand_over",
    "keep_at_gate",
    "keep_version",
    "learn",
    "move",
    "not_realise",
    "owners_who_moved",
    "pass_on",
    "plan_follow_up",
    "plan_measurement",
    "propose_owner",
    "realise",
    "realise_partly",
    "reconnect",
    "refuse_hand_over",
    "remove_indicator",
    "remove_node",
    "rename",
    "replan",
    "report",
    "return_measurement",
    "return_plan",
    "revise_plan",
    "set_baseline",
    "set_target",
    "step",
    "submit_plan",
    "sustain",
    "take_over_expected",
    "undo",
    "write_import",
    "write_off",
    "write_preconditions",
    "write_risks",
    "write_stakeholders",
    "write_targets",
]
