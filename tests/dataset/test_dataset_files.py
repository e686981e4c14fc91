"""Files of every kind: compressed, arrays, Parquet, folders."""

from __future__ import annotations

import collections
import datetime
import gzip
import json
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.dataset import read_pairs
from harness.dataset.array import value_rows
from harness.errors import Misuse
from harness.models import Pair, Quarantined

pyarrow = pytest.importorskip("pyarrow", reason="install the extra: pairproof[parquet]")
parquet = pytest.importorskip("pyarrow.parquet", reason="install the extra: pairproof[parquet]")
zstandard = pytest.importorskip("zstandard", reason="install the extra: pairproof[zstd]")


def row(n):
    return {"id": f"r{n}", "language": "python", "instruction": "i", "code": f"x = {n}"}


def jsonl(count):
    return b"".join(json.dumps(row(n)).encode() + b"\n" for n in range(count))


def said(found):
    return [r.id if isinstance(r, Pair) else (r.line, r.reason) for r in found]


ALL = [f"r{n}" for n in range(50)]


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("a.jsonl", bytes),
        ("a.jsonl.gz", gzip.compress),
        ("a.jsonl.zst", zstandard.compress),
        ("misnamed.jsonl", gzip.compress),
        ("misnamed.gz", bytes),
        ("two.jsonl.gz", lambda d: gzip.compress(d[:777]) + gzip.compress(d[777:]) + b"\0" * 9),
        ("two.jsonl.zst", lambda d: zstandard.compress(d[:777]) + zstandard.compress(d[777:])),
    ],
)
def test_packed_files(tmp_path, name, pack):
    """Plain, gzip and zstd, in one part or several, told by their bytes and not by their names."""
    path = tmp_path / name
    path.write_bytes(pack(jsonl(50)))
    assert said(read_pairs([path])) == ALL


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_cut_archives(tmp_path, pack, keep):
    """A cut archive gives the rows before the cut and one line for the damage."""
    packed = pack(b"".join(os.urandom(300).hex().encode() + b"\n" for _ in range(20)) + jsonl(1))
    path = tmp_path / "a.jsonl"
    path.write_bytes(packed[: int(len(packed) * keep)])
    reasons = [r.reason for r in read_pairs([path])]
    assert reasons.count("damaged") == 1
    assert reasons[-1] == "damaged"
    if pack is gzip.compress:
        assert len(reasons) > 20 * keep - 3


def test_every_row_before_damaged_gzip_survives(tmp_path):
    """A flipped byte costs no row that stands whole before it."""
    rows = [json.dumps({**row(n), "noise": os.urandom(2000).hex()}).encode() for n in range(50)]
    packed = bytearray(gzip.compress(b"\n".join(rows)))
    middle = len(packed) // 2
    packed[middle : middle + 8] = b"\xff" * 8
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(packed)
    found = said(read_pairs([path]))
    assert found[:24] == ALL[:24]
    assert found[-1][1] == "damaged"
    cut = tmp_path / "b.jsonl.gz"
    cut.write_bytes(gzip.compress(jsonl(50))[:-8])
    assert said(read_pairs([cut])) == [*ALL, (51, "damaged")]


def test_wrong_checksum_is_said(tmp_path):
    """A gzip file whose checksum is wrong gives all rows, and says that it is damaged."""
    packed = bytearray(gzip.compress(jsonl(50)))
    packed[-6] ^= 0xFF
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(packed)
    assert said(read_pairs([path])) == [*ALL, (51, "damaged")]


def test_missing_extra_is_named(tmp_path):
    """Without zstandard the call says what to install."""
    path = tmp_path / "a.jsonl.zst"
    path.write_bytes(zstandard.compress(b"x"))
    code = (
        "import sys; sys.modules['zstandard'] = None; sys.modules['pyarrow.parquet'] = None\n"
        "from harness.dataset import read_pairs\n"
        "from harness.errors import Misuse\n"
        "for name in sys.argv[1:]:\n"
        "    try:\n        read_pairs([name])\n"
        "    except Misuse as error:\n        print(error.hint)\n"
    )
    table = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"a": [1]}), table)
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(table)], capture_output=True, text=True
    )
    assert "pip install 'pairproof[zstd]'" in done.stdout
    assert "pip install 'pairproof[parquet]'" in done.stdout


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_arrays(tmp_path, indent, pack):
    """A .json file with one array gives its elements, with the line where each begins."""
    path = tmp_path / "a.json"
    path.write_bytes(pack(json.dumps([row(n) for n in range(50)], indent=indent).encode()))
    found = list(read_pairs([path]))
    assert said(found) == ALL
    assert [r.origin.line for r in found[:3]] == ([1, 1, 1] if indent is None else [2, 8, 14])


@pytest.mark.parametrize("indent", [None, 2])
def test_json_with_objects(tmp_path, indent):
    """A .json file may hold one object, several, or lines."""
    path = tmp_path / "a.json"
    path.write_text("\n".join(json.dumps(row(n), indent=indent) for n in range(3)))
    assert said(read_pairs([path])) == ["r0", "r1", "r2"]
    path.write_text(json.dumps(row(7), indent=indent))
    assert said(read_pairs([path])) == ["r7"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[]", []),
        ("", []),
        ("[{}, 3, null]", [(1, "no_format"), (1, "not_an_object"), (1, "not_an_object")]),
        ('[{"code": "a]}"}, {"code": "\\"]"}]', ["a-1", "a-1#2"]),
        ('[{"code": "x"}\n,\n{"code": "y"}', ["a-1", "a-3"]),
        ('[{"code": "x"},', ["a-1", (1, "damaged")]),
        ('[{"code": "x"},\n{"code": "y', ["a-1", (2, "torn")]),
        ('[{"code": "x"}] rest', ["a-1", (1, "damaged")]),
        ('[{"code" "x"},\n{"code": "y"}]', [(1, "json"), "a-2"]),
    ],
)
def test_array_ends(tmp_path, text, expected):
    """Empty, broken and cut arrays: each element survives, and what is wrong is one line."""
    path = tmp_path / "a.json"
    path.write_text(text)
    assert said(read_pairs([path])) == expected


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.lists(values, max_size=6), st.integers(1, 9), st.sampled_from([None, 1]))
def test_elements_at_any_cut_of_the_stream(elements, size, indent):
    """However the stream is cut into chunks, the elements are those that json finds."""
    data = json.dumps(elements, indent=indent, ensure_ascii=False).encode("utf-8", "surrogatepass")
    chunks = (data[i : i + size] for i in range(0, len(data), size))
    rows = list(value_rows(chunks, 1 << 20, in_array=True))
    assert not any(raw.problem for raw in rows)
    assert [json.loads(raw.data.decode("utf-8", "surrogatepass")) for raw in rows] == elements


def test_parquet(tmp_path):
    """Parquet rows are read with all their types in JSON's own, in several row groups."""
    table = pyarrow.table(
        {
            "id": [f"r{n}" for n in range(50)],
            "language": ["python"] * 50,
            "instruction": ["i"] * 50,
            "code": [f"x = {n}" for n in range(50)],
            "when": [datetime.date(2025, 1, 1)] * 50,
            "blob": [b"abc"] * 50,
            "score": [float("nan")] * 50,
            "tags": [["a", "b"]] * 50,
        }
    )
    path = tmp_path / "a.parquet"
    parquet.write_table(table, path, row_group_size=7)
    found = list(read_pairs([path]))
    assert said(found) == ALL
    assert [r.origin.line for r in found] == list(range(1, 51))
    assert found[0].metadata == {
        "when": "2025-01-01",
        "blob": "abc",
        "score": None,
        "tags": ["a", "b"],
    }


def test_parquet_and_jsonl_give_the_same_pairs(tmp_path):
    """The container changes nothing of the pairs."""
    (tmp_path / "a.jsonl").write_bytes(jsonl(20))
    parquet.write_table(
        pyarrow.Table.from_pylist([row(n) for n in range(20)]), tmp_path / "a.parquet"
    )
    one, two = (
        [p.content_digest() for p in read_pairs([tmp_path / name])]
        for name in ("a.jsonl", "a.parquet")
    )
    assert one == two


def test_damaged_parquet(tmp_path):
    """A cut Parquet file is one line; a broken page costs its row group and no other."""
    path = tmp_path / "a.parquet"
    table = pyarrow.Table.from_pylist([row(n) for n in range(60)])
    parquet.write_table(table, path, row_group_size=20, compression="gzip", use_dictionary=False)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert said(read_pairs([path])) == [(1, "damaged")]
    column = parquet.ParquetFile(pyarrow.BufferReader(whole)).metadata.row_group(1).column(3)
    start = column.data_page_offset
    broken = bytearray(whole)
    broken[start : start + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    path.write_bytes(broken)
    assert said(read_pairs([path])) == [
        *ALL[:20],
        (21, "damaged"),
        *[f"r{n}" for n in range(40, 60)],
    ]


def test_parquet_with_bytes_that_are_no_text(tmp_path):
    """A field of bytes that are no UTF-8 quarantines its row alone."""
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"code": [b"x = 1", b"\xff", b"x = 3"]}), path)
    assert said(read_pairs([path])) == ["a-1", (2, "encoding"), "a-3"]


def test_parquet_through_a_pipe(tmp_path):
    """Parquet on standard input is read, though a pipe cannot be searched."""
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.Table.from_pylist([row(n) for n in range(5)]), path)
    code = "from harness.dataset import read_pairs; print([p.id for p in read_pairs(['-'])])"
    done = subprocess.run(
        [sys.executable, "-c", code], input=path.read_bytes(), capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == str([f"r{n}" for n in range(5)])


def test_folders(tmp_path):
    """A folder gives its dataset files sorted, with those below it; others are named."""
    for name, n in [("b/x.jsonl", 2), ("a.jsonl", 1), ("b/a/y.jsonl.gz", 0), ("c.json", 3)]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = json.dumps(row(n)).encode()
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    (tmp_path / "README.md").write_text("not data")
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    notices: list[str] = []
    assert said(read_pairs([tmp_path], notice=notices.append)) == ["r1", "r0", "r2", "r3"]
    assert len(notices) == 1
    assert "README.md" in notices[0]


def test_an_empty_folder_is_empty(tmp_path):
    """A folder without dataset files gives nothing and says so."""
    notices: list[str] = []
    assert list(read_pairs([tmp_path], notice=notices.append)) == []
    assert "no dataset file" in notices[0]


def test_unreadable_file():
    """A file that the system does not give is misuse, raised by the call."""
    with pytest.raises(Misuse, match="cannot be read"):
        read_pairs(["/proc/self/mem"])


def test_real_corpora(shared):
    """HumanEval, six packs and the attacks are read whole, each as its own format."""
    data = shared / "data"
    counts = collections.Counter()
    for path in (*sorted(data.glob("*.jsonl.gz")), data / "attacks.jsonl"):
        for found in read_pairs([path]):
            assert not isinstance(found, Quarantined), found
            assert not found.repairs, (found.id, found.repairs)
            counts[path.name, found.format, found.language.name] += 1
    languages = {"python": "python", "js": "javascript", "java": "java", "go": "go", "cpp": "cpp"}
    expected = {
        (f"humanevalpack-{short}.jsonl.gz", "humanevalpack", name): 164
        for short, name in {**languages, "rust": "rust"}.items()
    }
    expected["humaneval.jsonl.gz", "humaneval", "python"] = 164
    attacks = {key: n for key, n in counts.items() if key[1] == "attacks"}
    assert sum(attacks.values()) == 93
    assert {key: n for key, n in counts.items() if key not in attacks} == expected


def test_real_python_suites(shared):
    """All 328 Python problems have a check, an entry point, and their docstring as sketch."""
    data = shared / "data"
    for name in ("humaneval", "humanevalpack-python"):
        for pair in read_pairs([data / f"{name}.jsonl.gz"]):
            assert pair.suite.kind == "check"
            assert pair.entry_point
            assert pair.sketch
            assert not pair.suite.source.rstrip().endswith(f"check({pair.entry_point})")
            scope: dict = {}
            compile(pair.code, pair.id, "exec")
            exec(compile(pair.suite.source, pair.id, "exec"), scope)
            assert callable(scope["check"])


def test_real_buggy_solutions(shared):
    """All buggy solutions are read when they are asked for, and differ from the right ones."""
    path = shared / "data" / "humanevalpack-python.jsonl.gz"
    right = {pair.id: pair.code for pair in read_pairs([path])}
    wrong = list(read_pairs([path], format="humanevalpack-buggy"))
    assert len(wrong) == 164
    assert all(pair.code != right[pair.id.removesuffix(":buggy")] for pair in wrong)


def test_real_pages_are_not_repaired(shared, tmp_path):
    """Forty working pages pass the repair lane unchanged, whatever letters and emoji they hold."""
    pages = [path.read_bytes().decode() for path in sorted((shared / "data/pages").glob("*.html"))]
    path = tmp_path / "pages.jsonl"
    path.write_text(
        "\n".join(
            json.dumps({"variant_id": n, "variant_type": "x", "variant_task": "t", "code": page})
            for n, page in enumerate(pages)
        )
    )
    found = list(read_pairs([path]))
    assert [pair.code for pair in found] == pages
    assert len(found) == 40
    assert not any(pair.repairs for pair in found)
