"""What the rules must know about a story."""

from __future__ import annotations

from app.core.database import UnitOfWork
from app.moves import subject
from app.stories.models import Story
from workflows.story import STORY as LIFECYCLE
from workflows.story import StoryFacts


@subject(LIFECYCLE, Story)
async def STORY(uow: UnitOfWork, row: Story) -> StoryFacts:
    """The facts of a story; all of them stand in its row."""
    return StoryFacts(
        written_by=row.written_by,
        is_linked=row.benefit_id is not None or row.deviance_id is not None,
        names_people=row.names_people,
        consent=row.consent,
        themes=tuple(row.themes),
    )
