"""Roles in words for people, and the permissions each grants, relative to a case."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from uuid import UUID

import msgspec


class Role(StrEnum):
    """What a person is towards a case; DOMAIN terms, their descriptions for people stand in the translations."""

    # in the applicant unit
    LEADER = "leader"
    COORDINATOR = "coordinator"
    CORE_TEAM = "core_team"
    COUNTY_REPRESENTATIVE = "county_representative"
    # towards one case
    FACILITATOR = "facilitator"
    REVIEWER = "reviewer"
    BENEFIT_OWNER = "benefit_owner"
    PARTNER = "partner"
    CITIZENS_VOICE = "citizens_voice"
    STEPPED_ASIDE = "stepped_aside"
    # in the scheme
    CASE_HANDLER = "case_handler"
    RESOURCE_GROUP = "resource_group"
    METHOD_OWNER = "method_owner"
    DECISION_MAKER = "decision_maker"
    CERTIFIER = "certifier"
    MANAGEMENT = "management"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    # everybody signed in, and the clock
    EMPLOYEE = "employee"
    SYSTEM = "system"


CASE_ROLES = frozenset({Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM, Role.COUNTY_REPRESENTATIVE, Role.FACILITATOR,
                        Role.REVIEWER, Role.BENEFIT_OWNER, Role.PARTNER, Role.CITIZENS_VOICE})  # fmt: skip
SCHEME_ROLES = frozenset({Role.CASE_HANDLER, Role.RESOURCE_GROUP, Role.METHOD_OWNER, Role.DECISION_MAKER,
                          Role.CERTIFIER, Role.MANAGEMENT, Role.ADMINISTRATOR, Role.AUDITOR})  # fmt: skip


class Permission(StrEnum):
    """What may be done, written subject.verb; a read is subject.see."""

    # calls
    CALL_SEE = "call.see"
    CALL_SEE_DRAFT = "call.see_draft"
    CALL_WRITE = "call.write"
    CALL_PUBLISH = "call.publish"
    CALL_CLOSE = "call.close"
    CALL_ARCHIVE = "call.archive"
    CALL_CLOCK = "call.clock"
    # applications
    APPLICATION_CREATE = "application.create"
    APPLICATION_SEE = "application.see"
    APPLICATION_WRITE = "application.write"
    FILE_REMOVE = "file.remove"
    APPLICATION_TAKE_PART = "application.take_part"
    APPLICATION_ENDORSE = "application.endorse"
    APPLICATION_SUBMIT = "application.submit"
    APPLICATION_WITHDRAW = "application.withdraw"
    APPLICATION_SCREEN = "application.screen"
    APPLICATION_DISMISS = "application.dismiss"
    APPLICATION_MEET = "application.meet"
    # reviews
    REVIEW_ASSIGN = "review.assign"
    REVIEW_WRITE = "review.write"
    REVIEW_SEE = "review.see"
    REVIEW_FOLLOW = "review.follow"
    # discussions
    DISCUSSION_SEE = "discussion.see"
    DISCUSSION_WRITE = "discussion.write"
    DISCUSSION_LEAD = "discussion.lead"
    # decisions
    DECISION_SEE = "decision.see"
    DECISION_RANK = "decision.rank"
    DECISION_RECOMMEND = "decision.recommend"
    DECISION_DECIDE = "decision.decide"
    DECISION_RELEASE = "decision.release"
    RECONSIDERATION_SEE = "reconsideration.see"
    RECONSIDERATION_ASK = "reconsideration.ask"
    RECONSIDERATION_HANDLE = "reconsideration.handle"
    # projects
    AWARD_ACCEPT = "award.accept"
    PROJECT_SEE = "project.see"
    PROJECT_WRITE = "project.write"
    PROJECT_ARRANGE = "project.arrange"
    PROJECT_STEP = "project.step"
    PROJECT_SIGN_TEAM = "project.sign_team"
    PROJECT_SIGN_LEADER = "project.sign_leader"
    PROJECT_STOP = "project.stop"
    PROJECT_CLOSE = "project.close"
    FACILITATOR_ASSIGN = "facilitator.assign"
    FACILITATOR_ANSWER = "facilitator.answer"
    FORECAST_SEE = "forecast.see"
    ACTIVITY_ARRANGE = "activity.arrange"
    # clarifications
    CLARIFICATION_WRITE = "clarification.write"
    CLARIFICATION_AGREE_OFFICE = "clarification.agree_office"
    CLARIFICATION_AGREE_SCHEME = "clarification.agree_scheme"
    CLARIFICATION_RELEASE = "clarification.release"
    CLARIFICATION_TEMPLATE_WRITE = "clarification_template.write"
    # benefits
    BENEFIT_SEE = "benefit.see"
    BENEFIT_WRITE = "benefit.write"
    BENEFIT_ACCEPT = "benefit.accept"
    BENEFIT_DROP = "benefit.drop"
    BENEFIT_PLAN_SUBMIT = "benefit_plan.submit"
    BENEFIT_PLAN_APPROVE = "benefit_plan.approve"
    MEASUREMENT_REPORT = "measurement.report"
    MEASUREMENT_CONFIRM = "measurement.confirm"
    # milestones and money
    MILESTONE_WRITE = "milestone.write"
    MILESTONE_REPORT = "milestone.report"
    MILESTONE_APPROVE = "milestone.approve"
    REPORT_WRITE = "report.write"
    REPORT_SUBMIT = "report.submit"
    REPORT_APPROVE = "report.approve"
    PAYMENT_SEE = "payment.see"
    PAYMENT_CERTIFY = "payment.certify"
    PAYMENT_APPROVE = "payment.approve"
    PAYMENT_REGISTER = "payment.register"
    PAYMENT_LIST_SEE = "payment_list.see"
    PAYMENT_CANCEL = "payment.cancel"
    PAYMENT_GIVE_NOTICE = "payment.give_notice"
    PAYMENT_REPLY = "payment.reply"
    CHANGE_REQUEST_PROPOSE = "change_request.propose"
    CHANGE_REQUEST_SIGN = "change_request.sign"
    CHANGE_REQUEST_DECIDE = "change_request.decide"
    # across cases
    CASE_SEE = "case.see"
    REQUIREMENT_WAIVE = "requirement.waive"
    PORTFOLIO_SEE = "portfolio.see"
    PORTFOLIO_ADJUST = "portfolio.adjust"
    PRICE_INDEX_WRITE = "price_index.write"
    SURVEY_SEE = "survey.see"
    FEEDBACK_ANSWER = "feedback.answer"
    EVALUATION_SEE = "evaluation.see"
    EVALUATION_WRITE = "evaluation.write"
    COMPETENCE_ASSESS = "competence.assess"
    STORY_SEE = "story.see"
    STORY_SEND = "story.send"
    STORY_MODERATE = "story.moderate"
    NETWORK_SEE = "network.see"
    OFFICE_SEE = "office.see"
    RESOURCE_GROUP_SEE = "resource_group.see"
    PEOPLE_ADMINISTER = "people.administer"
    JOBS_ADMINISTER = "jobs.administer"
    MAIL_READ = "mail.read"
    AUDIT_SEE = "audit.see"
    SELF = "self"
    CLOCK = "clock"


OFFICE = frozenset({Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM})
GROUP = frozenset({Role.CASE_HANDLER, Role.RESOURCE_GROUP, Role.METHOD_OWNER})
WATCHERS = frozenset({Role.COUNTY_REPRESENTATIVE, Role.FACILITATOR, Role.DECISION_MAKER, Role.AUDITOR}) | GROUP


def _only(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.CALL_SEE: _only(Role.EMPLOYEE),
    Permission.CALL_SEE_DRAFT: GROUP | _only(Role.DECISION_MAKER, Role.AUDITOR),
    Permission.CALL_WRITE: _only(Role.CASE_HANDLER),
    Permission.CALL_PUBLISH: _only(Role.CASE_HANDLER),
    Permission.CALL_CLOSE: _only(Role.CASE_HANDLER),
    Permission.CALL_ARCHIVE: _only(Role.CASE_HANDLER),
    Permission.CALL_CLOCK: _only(Role.SYSTEM, Role.CASE_HANDLER),
    Permission.APPLICATION_CREATE: _only(Role.COORDINATOR, Role.LEADER),
    Permission.APPLICATION_SEE: OFFICE | WATCHERS | _only(Role.REVIEWER),
    Permission.APPLICATION_WRITE: OFFICE,
    Permission.FILE_REMOVE: OFFICE | _only(Role.BENEFIT_OWNER),
    Permission.APPLICATION_TAKE_PART: OFFICE | _only(Role.PARTNER, Role.CITIZENS_VOICE),
    Permission.APPLICATION_ENDORSE: _only(Role.LEADER),
    Permission.APPLICATION_SUBMIT: _only(Role.COORDINATOR, Role.LEADER),
    Permission.APPLICATION_WITHDRAW: _only(Role.COORDINATOR, Role.LEADER),
    Permission.APPLICATION_SCREEN: _only(Role.CASE_HANDLER),
    Permission.APPLICATION_DISMISS: _only(Role.DECISION_MAKER, Role.CASE_HANDLER),
    Permission.APPLICATION_MEET: _only(Role.CASE_HANDLER),
    Permission.REVIEW_ASSIGN: _only(Role.CASE_HANDLER, Role.SYSTEM),
    Permission.REVIEW_WRITE: _only(Role.REVIEWER),
    Permission.REVIEW_FOLLOW: _only(Role.CASE_HANDLER, Role.METHOD_OWNER),
    Permission.REVIEW_SEE: _only(Role.REVIEWER, Role.CASE_HANDLER, Role.DECISION_MAKER, Role.AUDITOR),
    Permission.DISCUSSION_SEE: OFFICE | _only(Role.REVIEWER, Role.CASE_HANDLER, Role.DECISION_MAKER, Role.AUDITOR),
    Permission.DISCUSSION_WRITE: OFFICE | _only(Role.REVIEWER, Role.CASE_HANDLER, Role.DECISION_MAKER),
    Permission.DISCUSSION_LEAD: _only(Role.CASE_HANDLER),
    Permission.DECISION_SEE: _only(Role.CASE_HANDLER, Role.DECISION_MAKER, Role.AUDITOR, Role.CERTIFIER),
    Permission.DECISION_RANK: _only(Role.CASE_HANDLER, Role.DECISION_MAKER),
    Permission.DECISION_RECOMMEND: _only(Role.CASE_HANDLER),
    Permission.DECISION_DECIDE: _only(Role.DECISION_MAKER),
    Permission.DECISION_RELEASE: _only(Role.CASE_HANDLER, Role.DECISION_MAKER),
    Permission.RECONSIDERATION_SEE: OFFICE | _only(Role.CASE_HANDLER, Role.DECISION_MAKER, Role.AUDITOR),
    Permission.RECONSIDERATION_ASK: _only(Role.LEADER, Role.COORDINATOR),
    Permission.RECONSIDERATION_HANDLE: _only(Role.CASE_HANDLER, Role.DECISION_MAKER),
    Permission.AWARD_ACCEPT: _only(Role.LEADER),
    Permission.PROJECT_SEE: OFFICE | WATCHERS | _only(Role.BENEFIT_OWNER, Role.CERTIFIER, Role.MANAGEMENT),
    Permission.PROJECT_WRITE: OFFICE,
    Permission.PROJECT_ARRANGE: OFFICE | GROUP | _only(Role.FACILITATOR),
    Permission.PROJECT_STEP: _only(Role.COORDINATOR, Role.LEADER),
    Permission.PROJECT_SIGN_TEAM: _only(Role.COORDINATOR, Role.CORE_TEAM),
    Permission.PROJECT_SIGN_LEADER: _only(Role.LEADER),
    Permission.PROJECT_STOP: _only(Role.LEADER, Role.DECISION_MAKER),
    Permission.PROJECT_CLOSE: _only(Role.CASE_HANDLER),
    Permission.FACILITATOR_ASSIGN: _only(Role.CASE_HANDLER, Role.METHOD_OWNER),
    Permission.FACILITATOR_ANSWER: _only(Role.FACILITATOR),
    Permission.FORECAST_SEE: _only(Role.CASE_HANDLER, Role.METHOD_OWNER, Role.DECISION_MAKER),
    Permission.ACTIVITY_ARRANGE: GROUP | _only(Role.FACILITATOR),
    Permission.CLARIFICATION_WRITE: OFFICE | GROUP | _only(Role.FACILITATOR),
    Permission.CLARIFICATION_AGREE_OFFICE: OFFICE
    | _only(Role.COUNTY_REPRESENTATIVE, Role.PARTNER, Role.CITIZENS_VOICE, Role.FACILITATOR),
    Permission.CLARIFICATION_AGREE_SCHEME: _only(Role.CASE_HANDLER, Role.METHOD_OWNER),
    Permission.CLARIFICATION_RELEASE: _only(Role.LEADER),
    Permission.CLARIFICATION_TEMPLATE_WRITE: _only(Role.CASE_HANDLER, Role.METHOD_OWNER),
    Permission.BENEFIT_SEE: OFFICE | WATCHERS | _only(Role.BENEFIT_OWNER, Role.CERTIFIER, Role.MANAGEMENT),
    Permission.BENEFIT_WRITE: OFFICE,
    Permission.BENEFIT_ACCEPT: _only(Role.BENEFIT_OWNER),
    Permission.BENEFIT_DROP: _only(Role.DECISION_MAKER, Role.SYSTEM),
    Permission.BENEFIT_PLAN_SUBMIT: _only(Role.LEADER, Role.COORDINATOR),
    Permission.BENEFIT_PLAN_APPROVE: _only(Role.DECISION_MAKER),
    Permission.MEASUREMENT_REPORT: OFFICE | _only(Role.BENEFIT_OWNER),
    Permission.MEASUREMENT_CONFIRM: _only(Role.CASE_HANDLER, Role.RESOURCE_GROUP, Role.METHOD_OWNER, Role.SYSTEM),
    Permission.MILESTONE_WRITE: _only(Role.COORDINATOR, Role.LEADER),
    Permission.MILESTONE_REPORT: _only(Role.COORDINATOR, Role.LEADER),
    Permission.MILESTONE_APPROVE: _only(Role.CASE_HANDLER, Role.METHOD_OWNER, Role.DECISION_MAKER),
    Permission.REPORT_WRITE: OFFICE,
    Permission.REPORT_SUBMIT: _only(Role.COORDINATOR, Role.LEADER),
    Permission.REPORT_APPROVE: _only(Role.CASE_HANDLER),
    Permission.PAYMENT_SEE: OFFICE
    | _only(Role.CASE_HANDLER, Role.DECISION_MAKER, Role.CERTIFIER, Role.MANAGEMENT, Role.AUDITOR),
    Permission.PAYMENT_CERTIFY: _only(Role.CERTIFIER),
    Permission.PAYMENT_APPROVE: _only(Role.DECISION_MAKER),
    Permission.PAYMENT_REGISTER: _only(Role.CERTIFIER, Role.CASE_HANDLER),
    Permission.PAYMENT_LIST_SEE: _only(Role.CERTIFIER, Role.CASE_HANDLER, Role.DECISION_MAKER, Role.AUDITOR),
    Permission.PAYMENT_CANCEL: _only(Role.DECISION_MAKER, Role.SYSTEM),
    Permission.PAYMENT_GIVE_NOTICE: _only(Role.CASE_HANDLER, Role.DECISION_MAKER),
    Permission.PAYMENT_REPLY: _only(Role.LEADER, Role.COORDINATOR),
    Permission.CHANGE_REQUEST_PROPOSE: _only(Role.COORDINATOR, Role.LEADER),
    Permission.CHANGE_REQUEST_SIGN: _only(Role.LEADER),
    Permission.CHANGE_REQUEST_DECIDE: _only(Role.DECISION_MAKER),
    Permission.CASE_SEE: frozenset(Role) - _only(Role.EMPLOYEE, Role.ADMINISTRATOR, Role.STEPPED_ASIDE),
    Permission.REQUIREMENT_WAIVE: _only(Role.DECISION_MAKER, Role.CASE_HANDLER),
    Permission.PORTFOLIO_SEE: _only(Role.MANAGEMENT, Role.DECISION_MAKER, Role.AUDITOR) | GROUP,
    Permission.PORTFOLIO_ADJUST: _only(Role.MANAGEMENT),
    Permission.PRICE_INDEX_WRITE: _only(Role.MANAGEMENT, Role.METHOD_OWNER),
    Permission.SURVEY_SEE: GROUP,
    Permission.FEEDBACK_ANSWER: GROUP,
    Permission.EVALUATION_SEE: _only(Role.MANAGEMENT, Role.DECISION_MAKER, Role.AUDITOR) | GROUP,
    Permission.EVALUATION_WRITE: GROUP,
    Permission.COMPETENCE_ASSESS: OFFICE,
    Permission.STORY_SEE: OFFICE
    | WATCHERS
    | _only(Role.BENEFIT_OWNER, Role.CERTIFIER, Role.MANAGEMENT, Role.PARTNER, Role.CITIZENS_VOICE),
    Permission.STORY_SEND: OFFICE
    | _only(Role.FACILITATOR, Role.COUNTY_REPRESENTATIVE, Role.BENEFIT_OWNER, Role.PARTNER, Role.CITIZENS_VOICE),
    Permission.STORY_MODERATE: GROUP,
    Permission.NETWORK_SEE: _only(Role.EMPLOYEE),
    Permission.OFFICE_SEE: _only(Role.EMPLOYEE),
    Permission.RESOURCE_GROUP_SEE: GROUP | _only(Role.FACILITATOR, Role.REVIEWER),
    Permission.PEOPLE_ADMINISTER: _only(Role.ADMINISTRATOR),
    Permission.JOBS_ADMINISTER: _only(Role.ADMINISTRATOR),
    Permission.MAIL_READ: _only(Role.ADMINISTRATOR),
    Permission.AUDIT_SEE: _only(Role.AUDITOR, Role.ADMINISTRATOR),
    Permission.SELF: _only(Role.EMPLOYEE),
    Permission.CLOCK: _only(Role.SYSTEM),
}


SEES_SUBMITTED = _only(Role.CASE_HANDLER, Role.METHOD_OWNER, Role.DECISION_MAKER, Role.AUDITOR)
SEES_PROJECTS = SEES_SUBMITTED | _only(Role.RESOURCE_GROUP, Role.MANAGEMENT, Role.CERTIFIER)
BLOCKED_BY_OWN_UNIT = GROUP | _only(Role.DECISION_MAKER, Role.CERTIFIER)
BLOCKED_BY_STEPPING_ASIDE = BLOCKED_BY_OWN_UNIT | _only(Role.REVIEWER)

KNOW_OF_CASE = GRANTS[Permission.CASE_SEE] | _only(Role.STEPPED_ASIDE)
"""Those who are refused what they may not do in a case; to all others it does not exist."""


class Membership(msgspec.Struct, frozen=True):
    """That a person works in a unit now, and as what: leader, coordinator, employee or county_representative."""

    unit_id: UUID
    role: str
    kind: str
    county_id: UUID | None = None


def roles_towards(
    *,
    scheme_roles: frozenset[Role],
    case_roles: frozenset[Role],
    memberships: tuple[Membership, ...],
    party_units: frozenset[UUID],
    county_units: frozenset[UUID],
    is_call: bool,
    is_submitted: bool,
    is_project: bool,
    stepped_aside: bool = False,
) -> frozenset[Role]:
    """The roles a person holds towards one case.

    A county follows what each of its offices has sent, also where that office joined another's application (S76).
    Scheme roles count from the moment the case has been sent, for those who only follow projects from the award; and
    never the deciding and assessing ones for somebody who works in a unit that is a party (G12, G18).

    Whoever has stepped aside holds none of those either, whatever is asked of them by page or verb; they are refused
    rather than told that the case does not exist, for they knew of it (G14).
    """
    held = {Role.EMPLOYEE} | set(case_roles)
    if is_call:
        return frozenset(held | scheme_roles)
    in_party = False
    for membership in memberships:
        if membership.unit_id in party_units:
            in_party = True
            if membership.role in (Role.LEADER, Role.COORDINATOR):
                held.add(Role(membership.role))
        is_county = membership.role == Role.COUNTY_REPRESENTATIVE and membership.unit_id in county_units
        if is_county and is_submitted:
            held.add(Role.COUNTY_REPRESENTATIVE)
    for role in scheme_roles:
        blocked = in_party and role in BLOCKED_BY_OWN_UNIT
        sees = (is_submitted and role in SEES_SUBMITTED) or (is_project and role in SEES_PROJECTS)
        if sees and not blocked:
            held.add(role)
    if stepped_aside and not held.isdisjoint(BLOCKED_BY_STEPPING_ASIDE):
        held = held - BLOCKED_BY_STEPPING_ASIDE | {Role.STEPPED_ASIDE}
    return frozenset(held)


@lru_cache(maxsize=1024)
def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Every permission that at least one of the roles grants."""
    return frozenset(permission for permission, granted in GRANTS.items() if not granted.isdisjoint(roles))
