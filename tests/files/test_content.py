"""What is taken and what is refused, by what files hold; names made fit; none of it needs a database."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.files.content import KINDS, MOST_ENTRIES, examine
from app.files.names import MOST_CHARACTERS, cleaned_name, disposition, extension_of, told_apart
from tests.files.samples import GOOD, JPEG, OPEN_XML, PDF, PNG, PROGRAM, office, open_document, packed


def refusal(content: bytes, name: str) -> tuple[str, dict[str, object]]:
    with pytest.raises(Invalid) as refused:
        examine(io.BytesIO(content), name, len(content))
    reason = refused.value.fields["file"]
    return reason.code, dict(reason.parameters)


@pytest.mark.parametrize("name", GOOD)
def test_every_kind_is_taken_under_its_own_type(name: str) -> None:
    kind = {"jpeg": "jpg"}.get(extension_of(name), extension_of(name))
    assert examine(io.BytesIO(GOOD[name]), name, len(GOOD[name])) == KINDS[kind]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("plan.pdf", PNG, "png"), ("bilde.png", JPEG, "jpg"), ("bilde.jpg", PDF, "pdf"), ("notat.txt", PDF, "pdf"),
        ("brev.docx", office("xl/workbook.xml"), "xlsx"), ("tall.ods", open_document("text"), "odt"),
        ("brev.docx", packed({"hei.txt": b"hei"}), "zip"), ("plan.pdf", PROGRAM, "exe"), ("brev.docx", PDF, "pdf"),
    ],
)  # fmt: skip
def test_a_wrong_type_under_a_right_name_is_named(name: str, content: bytes, found: str) -> None:
    code, parameters = refusal(content, name)
    assert (code, parameters["found"]) == ("file.type_differs", found)
    assert "pdf, docx, xlsx, pptx, odt, ods, odp, png, jpg, txt, csv" in str(parameters["allowed"])


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("tom.pdf", b"", "file.empty"),
        ("program.exe", PROGRAM, "file.type_not_allowed"),
        ("uten ending", PDF, "file.type_not_allowed"),
        ("side.html", b"<html>", "file.type_not_allowed"),
        ("data.csv", b"a;b\x00\x01\x02", "file.type_unknown"),
        ("brev.docx", office("word/document.xml")[:-30], "file.damaged"),
        ("brev.docx", packed({"[Content_Types].xml": OPEN_XML, "word/document.xml": b"", "word/vbaProject.bin": b"x"}),
         "file.macros"),
        ("brev.docx", packed({"[Content_Types].xml": OPEN_XML, "word/document.xml": b"", "../../etc/passwd": b"x"}),
         "file.damaged"),
    ],
)  # fmt: skip
def test_what_is_not_taken(name: str, content: bytes, code: str) -> None:
    assert refusal(content, name)[0] == code


def bomb(size: int) -> bytes:
    return packed({"[Content_Types].xml": OPEN_XML, "word/document.xml": b"\x00" * size})


def test_a_file_that_swells_is_refused_by_what_it_says_of_itself() -> None:
    content = bomb(60_000_000)
    tracemalloc.start()
    assert refusal(content, "brev.docx")[0] == "file.bomb"
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000, "it is never unpacked into memory"


def test_a_file_that_lies_about_its_size_is_refused_by_what_comes_out() -> None:
    content = bytearray(bomb(60_000_000))
    real, said = struct.pack("<L", 60_000_000), struct.pack("<L", 1000)
    assert content.count(real) == 2, "in the entry and in the list"
    assert refusal(bytes(content.replace(real, said)), "brev.docx")[0] in ("file.bomb", "file.damaged")


def test_a_bomb_within_a_file_counts_too() -> None:
    inner = bomb(60_000_000)
    outer = packed({"[Content_Types].xml": OPEN_XML, "word/document.xml": b"", "word/embeddings/a.docx": inner})
    assert refusal(outer, "brev.docx")[0] == "file.bomb"
    deeper = packed({"[Content_Types].xml": OPEN_XML, "word/document.xml": b"", "word/embeddings/b.docx": outer})
    assert refusal(deeper, "brev.docx")[0] == "file.bomb"


def test_too_many_entries_are_refused_before_the_list_is_read() -> None:
    content = packed({f"word/{number}.xml": b"" for number in range(MOST_ENTRIES + 1)}, method=zipfile.ZIP_STORED)
    assert refusal(content, "brev.docx")[0] == "file.bomb"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"), ("C:\\Brukere\\Kari\\plan.pdf", "plan.pdf"),
        ("plan\x00\x1f\u202efdp.exe.pdf", "plan fdp.exe.pdf"), ("  .plan.pdf. ", "plan.pdf"),
        ("blåbær og øl.docx", "blåbær og øl.docx"), ("a\u030a.txt", "å.txt"), ("", "uten navn"), ("/", "uten navn"),
        ('rar"<navn>.pdf', "rar__navn_.pdf"), (f"{'x' * 400}.pdf", f"{'x' * 196}.pdf"), ("a\r\nB: c.txt", "a B_ c.txt"),
    ],
)  # fmt: skip
def test_names_are_made_fit(sent: str, kept: str) -> None:
    assert cleaned_name(sent) == kept


@given(st.text(max_size=300))
def test_no_name_brings_anything_with_it(sent: str) -> None:
    name = cleaned_name(sent)
    assert 0 < len(name) <= MOST_CHARACTERS
    assert not set(name) & set('/\\\x00\r\n\t"<>:|?*\u202e\u200b')
    assert name not in (".", "..")
    assert cleaned_name(name) == name
    header = disposition(name)
    assert header.isascii() and header.isprintable()
    assert header.count('"') == 2


def test_names_of_one_place_are_told_apart() -> None:
    assert told_apart("plan.pdf", {"Plan.PDF", "plan (2).pdf"}) == "plan (3).pdf"
    assert told_apart("plan.pdf", set()) == "plan.pdf"


def test_a_name_goes_out_in_both_ways() -> None:
    header = disposition("søknad – «æ».pdf")
    assert header == (
        "attachment; filename=\"soknad  ae.pdf\"; filename*=UTF-8''s%C3%B8knad%20%E2%80%93%20%C2%AB%C3%A6%C2%BB.pdf"
    )


@pytest.mark.parametrize("name", ["plan.pdf", "plan.xlsx"])
def test_where_only_some_kinds_are_taken_no_others_are_named(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        examine(io.BytesIO(GOOD["plan.pdf"]), name, len(GOOD["plan.pdf"]), ("xlsx", "csv"))
    assert refused.value.fields["file"].parameters["allowed"] == "xlsx, csv"
