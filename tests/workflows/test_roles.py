"""Who stands in which relation to a case, and what each relation grants."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from workflows.roles import (
    BLOCKED_BY_OWN_UNIT,
    BLOCKED_BY_STEPPING_ASIDE,
    GRANTS,
    OFFICE,
    SCHEME_ROLES,
    SEES_PROJECTS,
    SEES_SUBMITTED,
    Membership,
    Permission,
    Role,
    roles_towards,
)

OFFICE_ID, COUNTY_ID, JOINED_COUNTY_ID, OTHER_ID = uuid4(), uuid4(), uuid4(), uuid4()


def towards(
    *scheme: Role,
    member_of: UUID | None = None,
    as_: str = "employee",
    case: tuple[Role, ...] = (),
    call: bool = False,
    submitted: bool = True,
    project: bool = False,
    stepped_aside: bool = False,
) -> frozenset[Role]:
    memberships = (Membership(member_of, as_, "office"),) if member_of else ()
    return roles_towards(
        scheme_roles=frozenset(scheme), case_roles=frozenset(case), memberships=memberships,
        party_units=frozenset({OFFICE_ID}), county_units=frozenset({COUNTY_ID, JOINED_COUNTY_ID}), is_call=call,
        is_submitted=submitted, is_project=project, stepped_aside=stepped_aside,
    )  # fmt: skip


def test_every_permission_says_who_has_it() -> None:
    assert set(GRANTS) == set(Permission)
    assert all(GRANTS.values())


def test_an_offices_leader_and_coordinator_hold_their_role_towards_its_cases_only() -> None:
    assert Role.LEADER in towards(member_of=OFFICE_ID, as_="leader", submitted=False)
    assert Role.COORDINATOR in towards(member_of=OFFICE_ID, as_="coordinator", submitted=False)
    assert towards(member_of=OTHER_ID, as_="leader") == {Role.EMPLOYEE}
    assert towards(member_of=OFFICE_ID, as_="employee") == {Role.EMPLOYEE}


def test_a_draft_is_the_offices_own() -> None:
    for role in SCHEME_ROLES:
        assert towards(role, submitted=False) == {Role.EMPLOYEE}
    assert towards(member_of=COUNTY_ID, as_="county_representative", submitted=False) == {Role.EMPLOYEE}


def test_the_county_follows_what_its_offices_have_sent() -> None:
    for county in (COUNTY_ID, JOINED_COUNTY_ID):
        assert Role.COUNTY_REPRESENTATIVE in towards(member_of=county, as_="county_representative")
        assert Role.COUNTY_REPRESENTATIVE not in towards(member_of=county, as_="employee")
    assert Role.COUNTY_REPRESENTATIVE not in towards(member_of=OTHER_ID, as_="county_representative")


def test_those_who_follow_projects_see_a_case_from_the_award_on() -> None:
    for role in SEES_PROJECTS - SEES_SUBMITTED:
        assert role not in towards(role)
        assert role in towards(role, project=True)
    for role in SEES_SUBMITTED:
        assert role in towards(role)


def test_a_call_belongs_to_the_scheme() -> None:
    assert towards(Role.CASE_HANDLER, call=True, submitted=False) == {Role.CASE_HANDLER, Role.EMPLOYEE}


@given(st.frozensets(st.sampled_from(sorted(SCHEME_ROLES))), st.booleans())
def test_nobody_assesses_decides_or_certifies_in_a_case_of_their_own_unit(
    scheme: frozenset[Role], project: bool
) -> None:
    held = towards(*scheme, member_of=OFFICE_ID, project=project)
    assert held.isdisjoint(BLOCKED_BY_OWN_UNIT)


@given(st.frozensets(st.sampled_from(sorted(SCHEME_ROLES))), st.booleans(), st.booleans(), st.booleans())
def test_whoever_stepped_aside_does_nothing_more_in_the_case_and_is_told_no_more_than_that_it_is(
    scheme: frozenset[Role], submitted: bool, project: bool, reviewer: bool
) -> None:
    case = (Role.REVIEWER,) if reviewer else ()
    before = towards(*scheme, case=case, submitted=submitted, project=project)
    after = towards(*scheme, case=case, submitted=submitted, project=project, stepped_aside=True)
    assert after - {Role.STEPPED_ASIDE} == before - BLOCKED_BY_STEPPING_ASIDE
    assert (Role.STEPPED_ASIDE in after) == (not before.isdisjoint(BLOCKED_BY_STEPPING_ASIDE))
    assert not any(Role.STEPPED_ASIDE in granted for granted in GRANTS.values())


@given(st.sets(st.sampled_from(sorted(SCHEME_ROLES))), st.booleans(), st.booleans())
def test_scheme_roles_never_make_one_a_part_of_the_office(scheme: set[Role], submitted: bool, project: bool) -> None:
    assert towards(*scheme, submitted=submitted, project=project).isdisjoint(OFFICE)


HALVES = (
    (Permission.DECISION_RECOMMEND, Permission.DECISION_DECIDE),
    (Permission.PAYMENT_CERTIFY, Permission.PAYMENT_APPROVE),
    (Permission.MILESTONE_REPORT, Permission.MILESTONE_APPROVE),
    (Permission.MEASUREMENT_REPORT, Permission.MEASUREMENT_CONFIRM),
    (Permission.CHANGE_REQUEST_PROPOSE, Permission.CHANGE_REQUEST_DECIDE),
    (Permission.BENEFIT_PLAN_SUBMIT, Permission.BENEFIT_PLAN_APPROVE),
    (Permission.CLARIFICATION_AGREE_OFFICE, Permission.CLARIFICATION_AGREE_SCHEME),
)


def test_no_single_role_grants_both_halves_of_a_four_eyes_act() -> None:
    for one, other in HALVES:
        assert GRANTS[one].isdisjoint(GRANTS[other]), (one, other)
