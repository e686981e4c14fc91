"""What a piece of source holds, read with tree-sitter: names, signatures, imports, line counts."""

from harness.structure.entry import EntryPoint, entry_of
from harness.structure.model import Class, Function, Import, Loc, Param, Structure
from harness.structure.read import canonical, docstring_of, languages, read_structure

__all__ = [
    "Class",
    "EntryPoint",
    "Function",
    "Import",
    "Loc",
    "Param",
    "Structure",
    "canonical",
    "docstring_of",
    "entry_of",
    "languages",
    "read_structure",
]
