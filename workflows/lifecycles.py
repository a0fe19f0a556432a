"""Every lifecycle of the scheme, in the order of a case's life."""

from __future__ import annotations

from workflows.application import APPLICATION
from workflows.benefit import BENEFIT, BENEFIT_PLAN
from workflows.call import CALL
from workflows.change_request import CHANGE_REQUEST
from workflows.clarification import CLARIFICATION
from workflows.decision import DECISION
from workflows.discussion import THREAD
from workflows.engine import Lifecycle
from workflows.facilitation import FACILITATION
from workflows.file import FILE
from workflows.joining import JOIN_PROPOSAL
from workflows.measurement import MEASUREMENT
from workflows.milestone import MILESTONE
from workflows.payment import PAYMENT
from workflows.project import PROJECT
from workflows.reconsideration import RECONSIDERATION
from workflows.report import REPORT
from workflows.review import REVIEW
from workflows.story import STORY

ALL: tuple[Lifecycle, ...] = (
    CALL, APPLICATION, JOIN_PROPOSAL, REVIEW, DECISION, RECONSIDERATION, PROJECT, FACILITATION, CLARIFICATION, BENEFIT,
    BENEFIT_PLAN, MEASUREMENT, MILESTONE, REPORT, PAYMENT, CHANGE_REQUEST, STORY, FILE, THREAD,
)  # fmt: skip
