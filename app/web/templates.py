"""The templates: one environment per language, with its texts and filters bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from hashlib import blake2b
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from app.texts import filters
from app.texts.i18n import Texts, texts_for
from app.web import choices, markup
from app.web.escaping import LeanCode
from app.web.triple_diamond import triple_diamond

FOLDER = Path(__file__).parent.parent.parent / "templates"
STATIC = Path(__file__).parent.parent / "static"
IN_A_LANGUAGE: tuple[Callable[..., Any], ...] = (
    filters.money, filters.amount, filters.number, filters.day, filters.short_day, filters.month, filters.short_month,
    filters.clock, filters.moment,
    markup.time,
)  # fmt: skip


@lru_cache
def asset(path: str) -> str:
    """The address of a file under static/, changed whenever its content is, so that browsers may keep it."""
    file = STATIC / path
    if not file.is_file():
        return f"/static/{path}"
    return f"/static/{path}?v={blake2b(file.read_bytes(), digest_size=6).hexdigest()}"


def _in_language(function: Callable[..., Any], language: str) -> Callable[[Any], Any]:
    """The filter in one language; nothing stays nothing, so that an absent value shows as an empty cell."""

    def written(value: Any) -> Any:
        return "" if value is None else function(value, language)

    return written


def _days_left(texts: Texts) -> Callable[[Any, Any], str]:
    """The filter `deadline | days_left(now)`: "3 dager igjen", "i dag", "2 dager over fristen"."""

    def days_left(value: Any, now: Any) -> str:
        days = filters.days_until(value, now)
        if days == 0:
            return texts.t("layout.days.today")
        return texts.t("layout.days.left", count=days) if days > 0 else texts.t("layout.days.past", count=-days)

    return days_left


class LeanEnvironment(Environment):
    """Jinja's environment with our compiler."""

    code_generator_class = LeanCode


def _environment(language: str, folder: Path) -> Environment:
    environment = LeanEnvironment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False, cache_size=-1, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )  # fmt: skip
    texts = texts_for(language)
    environment.filters |= {each.__name__: _in_language(each, language) for each in IN_A_LANGUAGE}
    environment.filters |= {"iso": filters.iso, "local_field": filters.local_field, "money_field": filters.money_field,
                            "number_field": filters.number_field}  # fmt: skip
    environment.filters |= {"days_left": _days_left(texts), "tag": markup.tag}
    environment.filters |= {"labelled": choices.labelled, "pairs": choices.pairs}
    environment.globals |= {
        "t": texts.t, "has_text": texts.has, "language": language, "icon": markup.icon, "tag": markup.tag,
        "lang": partial(markup.lang, page=language), "days_until": filters.days_until, "triple_diamond": triple_diamond,
        "asset": asset,
    }  # fmt: skip
    environment.globals["ui"] = _components(environment, folder)
    return environment


def _components(environment: Environment, folder: Path) -> SimpleNamespace:
    """Every macro of components/, so that pages and their blocks need no import."""
    macros: dict[str, Any] = {}
    environment.globals["ui"] = parts = SimpleNamespace()
    for path in sorted((folder / "components").glob("*.html")):
        module = environment.get_template(f"components/{path.name}").module
        macros |= {name: value for name, value in vars(module).items() if not name.startswith("_")}
        parts.__dict__.update(macros)
    return parts


@lru_cache
def environment_for(language: str, folder: Path = FOLDER) -> Environment:
    """The environment that renders in a language."""
    return _environment(language, folder)


def has_block(language: str, template_name: str, block: str) -> bool:
    """Whether the template itself names such a block."""
    return block in environment_for(language).get_template(template_name).blocks


def render(template_name: str, context: Mapping[str, Any], *, language: str = "nb", block: str | None = None) -> str:
    """The page, or one named block of it for htmx; TemplateNotFound or KeyError for what does not exist."""
    template: Template = environment_for(language).get_template(template_name)
    if block is None:
        return template.render(context)
    return "".join(template.blocks[block](template.new_context(dict(context))))
