"""The pages of evaluation reports."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import Parameter

from app.applications.document import Document, known
from app.core.clock import day_in_oslo
from app.core.errors import NotFound
from app.evaluation import queries
from app.evaluation.paper import TEMPLATE, report_document
from app.gatherings.models import Cohort
from app.stories.queries import themes
from app.texts import filters
from app.texts.pdf import pdf_from
from app.web.documents import as_pdf
from app.web.visit import Visit
from workflows.evaluation import HEADINGS, Evaluated
from workflows.roles import Permission


async def _cohort(visit: Visit, cohort_id: UUID) -> Cohort:
    cohort = await visit.uow.session.get(Cohort, cohort_id)
    if cohort is None:
        raise NotFound
    return cohort


def _chosen(versions: list[queries.Version], number: int | None) -> queries.Version | None:
    """The version with that number, or the newest; NotFound for one that there is not."""
    if number is None:
        return versions[0] if versions else None
    found = next((each for each in versions if each.number == number), None)
    if found is None:
        raise NotFound
    return found


async def _document(
    visit: Visit, cohort: Cohort, version: queries.Version | None, figures: Evaluated | None
) -> Document:
    """A version as it was written; where there is none yet, the figures as they stand now."""
    t, language = visit.t, visit.texts.language
    facts = known(
        (t("evaluation.version"), str(version.number) if version else None),
        (t("evaluation.written_at"), filters.moment(version.written_at, language) if version else None),
        (t("evaluation.written_by"), version.written_by if version else None),
    )
    said = version.figures if version else figures
    assert said is not None
    return report_document(
        visit, cohort, version.texts if version else {}, said, version.quotes if version else (),
        themes=await themes(visit.uow), written_in=version.language if version else language, facts=facts,
    )  # fmt: skip


@get("/cohorts/{cohort_id:uuid}/evaluation", permission=Permission.EVALUATION_SEE, include_in_schema=False)
async def evaluation_page(
    visit: Visit, cohort_id: UUID, number: Annotated[int | None, Parameter(query="version", ge=1, le=100_000)] = None
) -> Response[Any]:
    """A version of a cohort's evaluation report, every other version, and for those who evaluate a form for the next."""
    cohort = await _cohort(visit, cohort_id)
    versions = await queries.versions(visit.uow, cohort_id)
    version = _chosen(versions, number)
    may_write = visit.actor.may(Permission.EVALUATION_WRITE)
    now = await queries.evaluated(visit.uow, cohort) if may_write or version is None else None
    return visit.render(
        "evaluation/evaluation.html",
        cohort=cohort,
        version=version,
        versions=versions,
        made=await _document(visit, cohort, version, now),
        may_write=may_write,
        offered=now.quotes if now else (),
        headings=HEADINGS,
        newest=versions[0] if versions else None,
    )


@get("/cohorts/{cohort_id:uuid}/evaluation.pdf", permission=Permission.EVALUATION_SEE, include_in_schema=False)
async def evaluation_pdf(
    visit: Visit, cohort_id: UUID, number: Annotated[int | None, Parameter(query="version", ge=1, le=100_000)] = None
) -> Response[Any]:
    """A version of a cohort's evaluation report as a PDF."""
    cohort = await _cohort(visit, cohort_id)
    version = _chosen(await queries.versions(visit.uow, cohort_id), number)
    if version is None:
        raise NotFound
    made = await _document(visit, cohort, version, None)
    content = await pdf_from(TEMPLATE, made, day_in_oslo(version.written_at))
    return as_pdf(content, f"{visit.t('evaluation.file')}-{version.number}.pdf", visit.texts.language)


ROUTES = [evaluation_page, evaluation_pdf]
