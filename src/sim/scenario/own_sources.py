"""A hash of what the results of a user's own class depend on: the class, and what it calls outside itself.

Of a class in a file of its own, the whole file counts, and the files beside it that it imports. In a notebook, or in
the script that is run, whatever else stands there would count too, down to the number of seeds; so there it is looked
up what the methods mention: functions, classes and constants, what those mention in turn, and the files from which
they come. What is reached otherwise, e.g. by a name put together while it runs, is not seen, nor are installed
packages.
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import inspect
import sysconfig
import types
from collections.abc import Iterator, Mapping
from importlib.util import resolve_name
from pathlib import Path
from typing import Any

__all__ = ["source_hash"]

_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_INSIDE = ("py_func", "__wrapped__", "func", "fget", "fset", "__func__")
"""Where decorators, compilers and properties keep the function that they are made from."""
_INSTALLED = ("site-packages", "dist-packages")


def source_hash(cls: type) -> str:
    """Return a hash (16 hexadecimal digits) of a class and of what its methods call, as far as it can be seen.

    Whoever changes any of it gets other results, so they must not be taken for the same.
    """
    found = _Found(cls.__module__.split(".")[0])
    found.add_class(cls)
    digest = hashlib.sha256()
    for name, text in sorted({**found.texts, **found.files}.items()):
        digest.update(f"{name}\n{text}\n".encode())
    for field in dataclasses.fields(cls):
        digest.update(f"{field.name}: {field.type} = {field.default!r}\n".encode())
    return digest.hexdigest()[:16]


class _Found:
    """What has been found so far.

    Parameters
    ----------
    package
        The package of the class, which counts although it may be installed.
    """

    def __init__(self, package: str) -> None:
        self.package = package
        self.texts: dict[str, str] = {}
        """Source, or value of a constant, by a name that says where it was found."""
        self.files: dict[str, str] = {}
        """Texts of files, by their path from where they are imported."""
        self._seen: set[int] = set()

    def add_class(self, cls: type) -> None:
        """Add the methods of a class and of those that it is derived from, the program's own left out."""
        for base in cls.__mro__:
            if id(base) in self._seen or not _is_own(base.__module__):
                continue
            self._seen.add(id(base))
            for name, item in vars(base).items():
                if not (name.startswith("__") and _is_plain(item)):
                    self.add(f"{base.__qualname__}.{name}", item)

    def add(self, name: str, value: Any) -> None:
        """Add what a name stands for."""
        if _is_plain(value):
            self.texts[f"value {name}"] = _shown(value)
        elif isinstance(value, types.FunctionType):
            self._add_function(name, value)
        elif isinstance(value, types.ModuleType):
            self._add_file(vars(value))
        elif isinstance(value, type):
            self.add_class(value)
        elif id(value) not in self._seen:
            self._seen.add(id(value))
            for inner in filter(None, (getattr(value, key, None) for key in _INSIDE)):
                self.add(name, inner)
            if dataclasses.is_dataclass(value):
                self.texts[f"value {name}"] = repr(value)
                self.add_class(type(value))
            elif type(value).__module__ == "numpy" and hasattr(value, "tobytes"):
                self.texts[f"value {name}"] = f"{value.dtype} {value.shape} {value.tobytes().hex()}"

    def _add_function(self, name: str, function: types.FunctionType) -> None:
        made = function.__code__.co_filename == "<string>" and function.__name__.startswith("__")  # by @dataclass
        if id(function) in self._seen or made or not _is_own(function.__module__):
            return
        self._seen.add(id(function))
        names = function.__globals__
        if _is_file(names):
            if not self._add_file(names):
                return
            self.texts[f"source {name}"] = _source(function)
            return
        self.texts[f"source {name}"] = _source(function)
        for mentioned in sorted(_mentioned(function.__code__) & names.keys()):
            self.add(mentioned, names[mentioned])
        for variable, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            self.add(f"{name}.{variable}", cell.cell_contents)

    def _add_file(self, names: Mapping[str, Any]) -> bool:
        """Add the file of a module with these names, and those beside it that it imports; say whether it counts."""
        if not _is_file(names) or not _is_own(names["__name__"]):
            return False
        file, package = Path(names["__file__"]).resolve(), names.get("__package__") or ""
        base = file.parent
        for _ in package.split(".") if package else ():
            base = base.parent
        if not self._counts(file, names["__name__"]):
            return False
        waiting = [(file, package)]
        while waiting:
            file, package = waiting.pop()
            name = f"file {file.relative_to(base).as_posix()}"
            if name in self.files:
                continue
            self.files[name] = file.read_text(encoding="utf-8", errors="replace")
            for module in _imports(self.files[name], package):
                parts = module.split(".")
                for end in range(1, len(parts) + 1):
                    beside = base.joinpath(*parts[:end])
                    for path, inside in ((beside / "__init__.py", end), (beside.with_suffix(".py"), end - 1)):
                        if path.is_file() and self._counts(path, module):
                            waiting.append((path, ".".join(parts[:inside])))
        return True

    def _counts(self, file: Path, module: str) -> bool:
        """Say whether a file is the user's own work and neither Python's, nor of an installed package."""
        first = module.split(".")[0]
        if first == "sim":
            return False
        installed = any(part in _INSTALLED for part in file.parts)
        return first == self.package if installed else not file.is_relative_to(sysconfig.get_paths()["stdlib"])


def _is_own(module: str | None) -> bool:
    return (module or "").split(".")[0] not in ("sim", "builtins", "typing", "abc", "enum", "collections")


def _is_file(names: Mapping[str, Any]) -> bool:
    """Say whether names are those of a module with a file, not of a notebook or the script that is run."""
    return names.get("__name__", "__main__") != "__main__" and str(names.get("__file__")).endswith(".py")


def _is_plain(value: Any) -> bool:
    """Say whether a value is a number, a text, or a collection of such."""
    if isinstance(value, dict | types.MappingProxyType):
        return all(_is_plain(part) for pair in value.items() for part in pair)
    if isinstance(value, tuple | list | set | frozenset):
        return all(_is_plain(part) for part in value)
    return isinstance(value, _PLAIN)


def _shown(value: Any) -> str:
    return repr(sorted(map(repr, value))) if isinstance(value, set | frozenset) else repr(value)


def _imports(text: str, package: str) -> Iterator[str]:
    """Yield the modules that a file may import, by their full names."""
    try:
        nodes = ast.walk(ast.parse(text))
    except SyntaxError:  # written since it was imported
        return
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom):
            where = "." * node.level + (node.module or "")
            try:
                full = resolve_name(where, package) if node.level else where
            except ImportError:  # from beyond the package
                continue
            yield from (f"{full}.{item.name}" for item in node.names)  # the module, or something in it


def _mentioned(code: types.CodeType) -> set[str]:
    """Return the names that a function's code mentions, those of functions within it as well."""
    inner = (_mentioned(constant) for constant in code.co_consts if isinstance(constant, types.CodeType))
    return set(code.co_names).union(*inner)


def _source(function: types.FunctionType) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        code = function.__code__
        return (
            f"{code.co_code.hex()} {code.co_names} {[each for each in code.co_consts if not hasattr(each, 'co_code')]}"
        )
