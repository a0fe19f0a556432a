"""The page of what has been learnt."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response, get
from litestar.params import Parameter

from app.knowledge import queries
from app.web.visit import Visit
from workflows.roles import Permission


@get("/knowledge", permission=Permission.NETWORK_SEE, include_in_schema=False)
async def knowledge_page(
    visit: Visit, words: Annotated[str, Parameter(query="q", max_length=100)] = ""
) -> Response[Any]:
    """Shared experiences and positive deviances, searched by words."""
    return visit.render(
        "knowledge/knowledge.html",
        words=words,
        stories=await queries.stories(visit.uow, words.strip()),
        deviances=await queries.deviances(visit.uow, words.strip()),
    )


ROUTES = [knowledge_page]
