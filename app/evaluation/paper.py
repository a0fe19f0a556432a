"""An evaluation report as its page and its PDF say it: the same words in the same order."""

from __future__ import annotations

from collections.abc import Mapping

from app.applications.document import Document, Facts, Part, Said, known
from app.gatherings.models import Cohort
from app.stories.queries import Theme
from app.texts import filters
from app.web.visit import Visit
from workflows.competence import LEVELS, Counted
from workflows.evaluation import Evaluated, Quote, SurveyFigure

TEMPLATE = "applications/document.typ"


def report_document(
    visit: Visit, cohort: Cohort, texts: Mapping[str, str], figures: Evaluated, quotes: tuple[Quote, ...], *,
    themes: list[Theme], written_in: str, facts: Facts,
) -> Document:  # fmt: skip
    """The report under its three headings, each with the evaluator's own words before the figures (S59)."""
    t, language = visit.t, visit.texts.language
    foreign = "" if written_in == language else written_in

    def own(heading: str) -> tuple[Said, ...]:
        words = texts.get(heading, "").strip()
        return (Said(words=(words,), language=foreign),) if words else ()

    return Document(
        title=t("evaluation.of", name=cohort.name),
        language=language,
        over=(t("evaluation.title"),),
        facts=facts,
        lead=(t("evaluation.anonymous"),),
        parts=(
            Part(heading=t("evaluation.heading.organised"), said=(*own("organised"), *_organised(visit, figures))),
            Part(
                heading=t("evaluation.heading.experienced"),
                said=(*own("experienced"), *_experienced(visit, figures, quotes, themes)),
            ),
            Part(heading=t("evaluation.heading.onward"), said=(*own("onward"), *_onward(visit, figures))),
        ),
    )


def _organised(visit: Visit, figures: Evaluated) -> tuple[Said, ...]:
    t, language = visit.t, visit.texts.language
    came = figures.attendance_percent
    facts = known(
        (t("evaluation.projects"), str(figures.projects)),
        (t("evaluation.gatherings"), str(len(figures.gatherings))),
        (t("evaluation.attendance"), None if came is None else t("feedback.percent", percent=came)),
    )
    rows = tuple(
        (filters.day(each.held_on, language), each.title, t(f"gatherings.kind.{each.kind}"), str(each.signed_up),
         str(each.came))
        for each in figures.gatherings
    )  # fmt: skip
    head = (t("gatherings.when"), t("gatherings.gathering"), t("gatherings.kind"), t("gatherings.signed_up"),
            t("gatherings.came"))  # fmt: skip
    return (
        Said(term=t("evaluation.carried_out"), facts=facts),
        *((Said(term=t("evaluation.gatherings"), head=head, rows=rows),) if rows else ()),
    )


def _about(visit: Visit, survey: SurveyFigure) -> str:
    return f"{survey.title}: {visit.t(f'state.project.{survey.step}')}" if survey.step else survey.title


def _experienced(visit: Visit, figures: Evaluated, quotes: tuple[Quote, ...], themes: list[Theme]) -> tuple[Said, ...]:
    t = visit.t
    found = [
        Said(
            term=_about(visit, survey),
            facts=((t("surveys.invited"), str(survey.asked)), (t("surveys.answers"), str(survey.answers))),
            head=(t("evaluation.question"), t("surveys.who"), t("evaluation.high")),
            rows=tuple(
                (t(f"surveys.question.{each.question}"), t(f"role.{each.role}") if each.role else t("surveys.all"),
                 t("evaluation.high_of", percent=each.percent, high=each.high, answers=each.answers))
                for each in survey.questions
            ),
        )
        for survey in figures.surveys
    ]  # fmt: skip
    if figures.surveys_with_too_few:
        few = t("evaluation.too_few", count=figures.surveys_with_too_few)
        found.append(Said(term=t("evaluation.other_surveys"), words=(few,)))
    if figures.competence is not None:
        found.append(_competence(visit, figures.competence_people, figures.competence))
    if quotes:
        words = tuple(
            f"«{each.words}» – {t(f'role.{each.role}') if each.role else t('evaluation.participant')}"
            for each in quotes
        )
        found.append(Said(term=t("evaluation.quotes"), words=words))
    names = {theme.key: t(theme.said) for theme in themes}
    for story in figures.stories:
        coded = ", ".join(names[key] for key in story.themes if key in names)
        facts = ((t("evaluation.told_by"), t(f"role.{story.role}")), *known((t("stories.themes"), coded)))
        foreign = "" if story.language == visit.texts.language else story.language
        found.append(Said(term=story.title, term_language=foreign, words=(story.text,), language=foreign, facts=facts))
    return tuple(found)


def _competence(visit: Visit, people: int, counted: Counted) -> Said:
    t = visit.t
    rows = tuple(
        (t(f"competence.level.{level}"), str(before), str(after))
        for level, before, after in zip(LEVELS, counted.before, counted.after, strict=True)
    )
    head = (t("evaluation.level"), t("competence.moment.before"), t("competence.moment.after"))
    return Said(term=t("competence.figures"), facts=((t("competence.people"), str(people)),), head=head, rows=rows)


def _onward(visit: Visit, figures: Evaluated) -> tuple[Said, ...]:
    t, language = visit.t, visit.texts.language
    answered = figures.feedback
    share = t("feedback.percent", percent=answered.percent) if answered.percent is not None else t("feedback.none_due")
    found = [
        Said(
            term=t("evaluation.feedback"),
            facts=(
                (t("feedback.share"), share), (t("feedback.in_time"), str(answered.in_time)),
                (t("feedback.not_in_time"), str(answered.late)), (t("feedback.waiting"), str(answered.waiting)),
            ),
        )
    ]  # fmt: skip
    if figures.changes:
        rows = tuple(
            (each.text, filters.day(each.done_on, language) if each.done_on else
             t("evaluation.due", due_on=each.due_on), each.done_text)
            for each in figures.changes
        )  # fmt: skip
        head = (t("feedback.what"), t("feedback.done"), t("evaluation.how_it_went"))
        found.append(Said(term=t("feedback.changes"), head=head, rows=rows))
    if figures.learning:
        head = (t("knowledge.what_worked"), t("knowledge.for_whom"), t("knowledge.conditions"))
        rows = tuple((each.text, each.for_whom, each.conditions) for each in figures.learning)
        found.append(Said(term=t("evaluation.learning"), head=head, rows=rows))
    return tuple(found)
