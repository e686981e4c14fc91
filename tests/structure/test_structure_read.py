"""What is read from a source, language by language."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.structure import canonical, docstring_of, languages, read_structure

PYTHON = '''"""Module."""
import os, sys as system
from a.b import c as d, e
from __future__ import annotations


@dataclass
class Point(Base):
    """A point."""

    x: int
    y: float = 0.5
    kind: ClassVar[str] = "p"

    @staticmethod
    def make(a, /, b: "int" = 2, *rest: int, key, **more) -> list[int]:
        """Doc
        two."""
        import json

        return os.path.join(a)  # remark

    @property
    def size(self): return 1


class Stack:
    def __init__(self, cap: int = 3): ...

    def push(self, item): self.items.append(item)


# comment
async def fetch(*, url): print(url)

def _hidden(): ...

if __name__ == "__main__":
    fetch(url=input())
'''


def test_python_functions_and_classes() -> None:
    """Names, parameters of every kind, defaults, types, decorators and dataclass fields."""
    found = read_structure(PYTHON, "python")
    fetch = found.function("fetch")
    assert fetch is not None
    assert (fetch.is_async, fetch.params[0].kind, fetch.calls) == (True, "keyword", {"print"})
    assert [f.public for f in found.functions] == [True, False]
    point, stack = found.classes
    assert (point.name, point.bases) == ("Point", ("Base",))
    assert [(p.name, p.type, p.default) for p in point.constructor] == [
        ("x", "int", None),
        ("y", "float", "0.5"),
    ]
    assert [m.name for m in point.methods] == ["make"]
    make = point.methods[0]
    assert make.static
    assert make.returns == "list[int]"
    assert [(p.name, p.kind, p.required) for p in make.params] == [
        ("a", "positional", True),
        ("b", "plain", False),
        ("rest", "rest", False),
        ("key", "keyword", True),
        ("more", "keywords", False),
    ]
    assert make.arity() == (1, 99)
    assert [(p.name, p.default) for p in stack.constructor] == [("cap", "3")]
    assert [[p.name for p in m.params] for m in stack.methods] == [["item"]]
    assert stack.makes_without_arguments


def test_python_imports_calls_and_program() -> None:
    """Imports at any depth with their lines, calls as written, and what a program does."""
    found = read_structure(PYTHON, "Py")
    assert [(i.module, i.names, i.line) for i in found.imports] == [
        ("os", (), 2),
        ("sys", (), 2),
        ("a.b", ("c", "e"), 3),
        ("__future__", ("annotations",), 4),
        ("json", (), 19),
    ]
    assert {"os.path.join", "self.items.append", "print", "input"} <= found.calls
    assert (found.reads_stdin, found.prints, found.has_main) == (True, True, True)
    assert found.error_ratio == 0.0


def test_lines_are_counted_three_ways() -> None:
    """Code lines are neither blank, nor all comment, nor a docstring; other strings count (S0-12)."""
    code = (
        '"""Doc\n\ntwo."""\n\nx = """a\n\nb"""  # c\n# only\n\ndef f():\n    "doc"\n    return x\n'
    )
    assert read_structure(code, "python").loc.as_dict() == {"total": 12, "nonblank": 8, "code": 4}
    js = "// a\n/* b\n   c */ let x = 1; // d\n\nlet y = 2;\n"
    assert read_structure(js, "javascript").loc.as_dict() == {"total": 5, "nonblank": 4, "code": 2}
    assert read_structure("a\n\n# b\n", "cobol").loc.as_dict() == {
        "total": 3,
        "nonblank": 2,
        "code": 2,
    }


@pytest.mark.parametrize(
    ("language", "code", "signature"),
    [
        ("javascript", "const f = async (a, b = 1, ...c) => a;",
         ("f", ["a", "b", "c"], ["", "", ""], "", True)),
        ("javascript", "export default class {}\nexports.f = function (x) { return x; };",
         ("f", ["x"], [""], "", False)),
        ("typescript", "export function f<T>(a: T[], b?: number): Promise<T> { return a[0]; }",
         ("f", ["a", "b"], ["T[]", "number"], "Promise<T>", False)),
        ("go", "package p\nfunc F(a, b int, c ...string) (int, error) { return 0, nil }",
         ("F", ["a", "b", "c"], ["int", "int", "string"], "(int, error)", False)),
        ("rust", "pub async fn f(a: &[i32], mut b: u8) -> Option<i32> { None }",
         ("f", ["a", "b"], ["&[i32]", "u8"], "Option<i32>", True)),
        ("cpp", "static int g() { return 1; }\nconst std::string& f(const std::string& s, int n = 2) { return s; }",
         ("f", ["s", "n"], ["std::string&", "int"], "std::string", False)),
    ],
)  # fmt: skip
def test_signatures(
    language: str, code: str, signature: tuple[str, list[str], list[str], str, bool]
) -> None:
    """Names, types, defaults and asynchrony are read alike in every language."""
    found = read_structure(code, language).function(signature[0])
    assert found is not None
    _, params, types, returns, is_async = signature
    assert [p.name for p in found.params] == params
    assert [p.type for p in found.params] == types
    assert (found.returns, found.is_async) == (returns, is_async)


@pytest.mark.parametrize(
    ("language", "code", "maker"),
    [
        ("javascript", "class S { constructor(a) {} push(x) {} static of() {} get n() {} }", ""),
        ("typescript", "export class S { constructor(private a: number) {} push(x: T): void {} static of() {} }", ""),
        ("java", "public class S { public S(int a) {} public void push(int x) {} static S of() { return null; } }", ""),
        ("cpp", "class S { int d; public: S(int a) {} void push(int x) {} static S of(); private: int n(); };", ""),
        ("rust", "pub struct S;\nimpl S { pub fn new(a: i32) -> S { S } pub fn push(&mut self, x: i32) {} pub fn of() {} }", "new"),
        ("go", "package p\ntype S struct{}\nfunc NewS(a int) *S { return nil }\nfunc (s *S) push(x int) {}\nfunc (s *S) of() {}", "NewS"),
    ],
)  # fmt: skip
def test_classes(language: str, code: str, maker: str) -> None:
    """Constructors, methods without their receiver, and the function that makes an instance."""
    found = read_structure(code, language).class_("S")
    assert found is not None
    assert len(found.constructor) == 1
    assert {"push", "of"} <= {m.name for m in found.methods}
    push = found.method("push")
    assert push is not None
    assert ([p.name for p in push.params], push.static, push.owner) == (["x"], False, "S")
    assert found.maker == maker


@pytest.mark.parametrize(
    ("language", "code", "modules"),
    [
        ("javascript", "import a, { b } from 'x';\nconst { c } = require('y');", ["x", "y"]),
        ("go", 'package p\nimport (\n\t"fmt"\n\tm "math"\n)\n', ["fmt", "math"]),
        ("rust", "use std::collections::HashMap;", ["std"]),
        ("java", "import java.util.List;", ["java.util.List"]),
        ("cpp", '#include <vector>\n#include "own.h"\n', ["vector", "own.h"]),
    ],
)
def test_imports(language: str, code: str, modules: list[str]) -> None:
    """The modules that a source names, in order."""
    assert [i.module for i in read_structure(code, language).imports] == modules


def test_exports_make_the_rest_private() -> None:
    """Where anything is exported, only that is public."""
    found = read_structure("function a() {}\nfunction b() {}\nmodule.exports = { b };", "js")
    assert [(f.name, f.public) for f in found.functions] == [("a", False), ("b", True)]


def test_broken_code_is_measured() -> None:
    """Errors have a share of the source, and what can be read is read."""
    found = read_structure("def ok(a): return a\n\ndef broken(:\n  ]]] x\n", "python")
    assert 0 < found.error_ratio <= 1
    assert found.function("ok") is not None
    assert read_structure("def ok(): pass", "python").error_ratio == 0


def test_languages_are_the_files_that_are_there() -> None:
    """Seven grammars, found by being there, under every usual name."""
    assert set(languages()) >= {"cpp", "go", "java", "javascript", "python", "rust", "typescript"}
    assert [canonical(n) for n in ("C++", "JS", "Golang", " ts ", "py", "cobol")] == [
        "cpp", "javascript", "go", "typescript", "python", "cobol",
    ]  # fmt: skip


def test_docstrings() -> None:
    """The docstring of the entry, dedented; empty where there is none or the code is broken."""
    code = (
        'class A:\n    def f(self):\n        """One.\n\n        >>> f()\n        1\n        """\n'
    )
    assert docstring_of(code, "f") == "One.\n\n>>> f()\n1"
    assert docstring_of(code, "g") == docstring_of("def (", "f") == ""


@settings(max_examples=120, deadline=None, derandomize=True)
@given(
    code=st.one_of(
        st.text(max_size=120),
        st.lists(
            st.sampled_from(
                ["def f(", "class A:", "fn x() {", "func (", "}", "import", "export", "\n", "    ",
                 "=", "=>", "@", '"""', "struct", "impl", "#include", "*", "...", "\x00", "é"]
            ), max_size=20,
        ).map(" ".join),
    ),
    language=st.sampled_from([*languages(), "brainfuck", ""]),
)  # fmt: skip
def test_reads_anything(code: str, language: str) -> None:
    """Whatever the text, reading it gives a structure, and the counts are in order."""
    found = read_structure(code, language)
    assert 0 <= found.loc.code <= found.loc.nonblank <= found.loc.total
    assert 0.0 <= found.error_ratio <= 1.0
