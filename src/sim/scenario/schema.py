"""The format of a scenario file as pydantic models, made from the dataclasses that it fills."""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, WrapValidator, create_model
from pydantic_core import PydanticCustomError

from sim.interventions.spec import Condition, Cost, Intervention
from sim.scenario import registries
from sim.scenario.file_format import AMOUNTS, BOUNDS, FileFormat, Range, parse_money
from sim.scenario.parameters import Parameter, described_as, expected, parameters, without_none
from sim.scenario.plan import Target

__all__ = ["model_of", "model_of_file"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=False)


def _must_be(words: str, annotation: Any) -> Any:
    """Return a type whose every violation is said in the same plain words."""

    def check(value: Any, handler: Any) -> Any:
        try:
            return handler(value)
        except ValidationError:
            raise PydanticCustomError("must_be", "{words}", {"words": words}) from None

    return Annotated[annotation, WrapValidator(check)]


def _money() -> Any:
    words = "an amount of money that is not negative, like 1500 GBP or a plain number"

    def check(value: Any, handler: Any) -> Any:
        if value is None:
            return None
        try:
            parse_money(value)
        except ValueError:
            raise PydanticCustomError("must_be", "{words}", {"words": words}) from None
        return value

    text = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)? *[A-Z]{3}$")]
    number = Annotated[float, Field(ge=0)]
    return Annotated[number | text | None, WrapValidator(check)]


def _single(annotation: Any, item: Parameter | None, bounds: tuple[float | None, float | None]) -> Any:
    """Return the shape of a number, text, flag or choice."""
    low, high = bounds
    inner, has_none = without_none(annotation)
    words = expected(inner, low, high)
    shape = str if inner is Path else inner
    if inner in (int, float):
        limits: dict[str, Any] = {"ge": low, "le": high}
        infinite = item is not None and item.default in (float("inf"), float("-inf"))
        if inner is float and not infinite:
            limits["allow_inf_nan"] = False
        shape = Annotated[inner, Field(**limits)]
    shape = _must_be(words, shape)
    return shape | None if has_none else shape


def _shape(annotation: Any, item: Parameter | None = None, bounds: Any = (None, None)) -> Any:
    """Return the type by which pydantic checks a field of this annotation."""
    inner, has_none = without_none(annotation)
    origin, arguments = get_origin(inner), get_args(inner)
    shape: Any
    if inner is Any:
        return Any
    if dataclasses.is_dataclass(inner) and isinstance(inner, type):
        shape = model_of(inner)
    elif origin is tuple and arguments[-1] is Ellipsis:
        inside = _must_be("a text or a number", str | int | float) if arguments[0] is str else _shape(arguments[0])
        shape = list[inside]  # type: ignore[valid-type]
    elif origin is tuple:
        size = len(arguments)
        exact = Annotated[list[arguments[0]], Field(min_length=size, max_length=size)]  # type: ignore[valid-type]
        shape = _must_be(f"a list of {size} values", exact)
    elif origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        shape = dict[str, _shape(arguments[1])]  # type: ignore[misc]
    elif origin in (Union, types.UnionType) and any(_is_container(part) for part in arguments):
        shape = _mapping_or_single(arguments)
    elif inner in (dict, Mapping, tuple, list):
        shape = dict[str, Any] if inner in (dict, Mapping) else list[Any]
    else:
        return _single(annotation, item, bounds)
    return shape | None if has_none else shape


def _mapping_or_single(arguments: tuple[Any, ...]) -> Any:
    """Return the shape of what is either a mapping with settings or a single value."""
    inside = [item for item in arguments if _is_container(item)]
    single = tuple(item for item in arguments if not _is_container(item))
    if len(inside) > 1 or not single:
        raise TypeError(f"a field may be a mapping or a single value, not {arguments}")
    kind = list if (get_origin(inside[0]) or inside[0]) in (tuple, list) else dict
    words = f"{expected(Union[single])} or {'a list' if kind is list else 'a mapping'}"  # noqa: UP007

    def choose(value: Any) -> str:
        return "<mapping>" if isinstance(value, kind) else "<single>"

    return _tagged({"mapping": _shape(inside[0]), "single": _must_be(words, Union[single])}, choose)  # noqa: UP007


def _is_container(annotation: Any) -> bool:
    kind = get_origin(annotation) or annotation
    return dataclasses.is_dataclass(kind) or (isinstance(kind, type) and issubclass(kind, (Mapping, tuple, list)))


_BUILDERS: dict[tuple[type, str], Any] = {}
"""Shapes of fields that are written otherwise than they are held."""


@cache
def _models(registered: tuple[Any, ...]) -> dict[type, type[BaseModel]]:
    """Return the models made so far for one state of the registries."""
    return {}


def _registered() -> tuple[Any, ...]:
    groups = (registries.mechanisms(), registries.effects(), registries.sources())
    return tuple(tuple(group.items()) for group in groups)


def model_of(cls: type) -> type[BaseModel]:
    """Return the pydantic model of a dataclass, its keys as in scenario files."""
    made = _models(_registered())
    if cls not in made:
        made[cls] = _made(cls.__name__, described_as(cls), {p.key: _field(cls, p) for p in parameters(cls)})
    return made[cls]


def model_of_file() -> type[BaseModel]:
    """Return the model of a whole scenario file."""
    return model_of(FileFormat)


def _made(name: str, description: str, fields: Mapping[str, tuple[Any, Any]]) -> type[BaseModel]:
    safe = {re.sub(r"\W", "_", key) + "_": field for key, field in fields.items()}
    return create_model(name, __base__=_Model, __doc__=description or None, **safe)  # type: ignore[call-overload, no-any-return]


def _field(cls: type, item: Parameter) -> tuple[Any, Any]:
    """Return type and settings of one field."""
    bounds = BOUNDS.get((cls, item.attribute), (item.at_least, item.at_most))
    builder = _BUILDERS.get((cls, item.attribute))
    shape = builder() if builder else _shape(item.annotation, item, bounds)
    # Presence is checked later, when it is known what is inherited: a file may hold only a part.
    usual = item.default if isinstance(item.default, (int, float, str)) and item.default != "" else None
    return shape, Field(default=usual, alias=item.key, description=item.description or None)


def _tagged(options: Mapping[str, Any], choose: Any) -> Any:
    members = tuple(Annotated[shape, Tag(f"<{tag}>")] for tag, shape in options.items())
    if len(members) == 1:
        members = (*members, Annotated[_Nothing, Tag("<>")])
    return Annotated[Union[members], Discriminator(choose)]  # noqa: UP007


class _Nothing(_Model):
    """Keeps a union of one a union."""


def _effects() -> Any:
    kinds = registries.effects()
    shapes = {
        kind: _made(f"{cls.__name__}Effect", described_as(cls), {kind: (model_of(cls), Field(alias=kind))})
        for kind, cls in kinds.items()
    }

    def choose(value: Any) -> str | None:
        kind = next(iter(value)) if isinstance(value, dict) and len(value) == 1 else None
        return f"<{kind}>" if kind in kinds else None

    return list[_tagged(shapes, choose)]  # type: ignore[misc]


def _who() -> Any:
    single = _must_be("a text, a number, true or false", bool | int | float | str)

    def choose(value: Any) -> str:
        return "<range>" if isinstance(value, dict) else "<list>" if isinstance(value, list) else "<single>"

    options = {"range": model_of(Range), "list": list[single], "single": single}  # type: ignore[valid-type]
    return dict[str, _tagged(options, choose)]  # type: ignore[misc]


def _community() -> Any:
    fields = {
        key: (model_of(cls), Field(default=None, alias=key, description=described_as(cls)))
        for key, cls in registries.sources().items()
    }
    return _made("Community", "Where the community comes from.", fields)


def _mechanisms() -> Any:
    fields = {
        name: (model_of(cls), Field(default=None, alias=name, description=described_as(cls)))
        for name, cls in registries.mechanisms().items()
    }
    return _made("Mechanisms", "Mechanisms and their parameters.", fields)


def _outcome() -> Any:
    return Annotated[
        _must_be("the name of a measure", str), Field(json_schema_extra={"enum": list(registries.measures())})
    ]


def _use() -> Any:
    from sim import catalogue

    named = Field(json_schema_extra={"enum": list(catalogue.names())})
    return Annotated[_must_be("the name of an entry of the catalogue", str), named] | None


_BUILDERS.update({
    (Intervention, "who"): _who,
    (Intervention, "effects"): _effects,
    (FileFormat, "community"): _community,
    (FileFormat, "mechanisms"): _mechanisms,
    (FileFormat, "outcome"): _outcome,
    (Intervention, "use"): _use,
    (Target, "measure"): _outcome,
})  # fmt: skip

for _name in AMOUNTS:
    _BUILDERS[Cost, _name] = _money

assert {item.name for item in dataclasses.fields(Range)} <= {item.name for item in dataclasses.fields(Condition)}
