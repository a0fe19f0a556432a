"""What a file truly is, judged by what it holds and not by its name; office files are opened with care."""

from __future__ import annotations

import codecs
import struct
import zipfile
import zlib
from collections.abc import Collection, Mapping
from tempfile import SpooledTemporaryFile
from typing import IO

import msgspec
import puremagic

from app.core.errors import Invalid, invalid
from app.files.names import extension_of

FIELD = "file"
"""The name of the field that what is wrong with a file stands beside."""
OPEN_XML = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."

KINDS: Mapping[str, str] = {
    "pdf": "application/pdf",
    "docx": f"{OPEN_XML}wordprocessingml.document",
    "xlsx": f"{OPEN_XML}spreadsheetml.sheet",
    "pptx": f"{OPEN_XML}presentationml.presentation",
    "odt": f"{OPEN_DOCUMENT}text",
    "ods": f"{OPEN_DOCUMENT}spreadsheet",
    "odp": f"{OPEN_DOCUMENT}presentation",
    "png": "image/png",
    "jpg": "image/jpeg",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
"""Every kind that is taken, with the content type it is given out under."""

ALSO = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg"}
"""Other extensions for the same kinds."""
IMAGES = {"image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"}
MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
OFFICE = (*MAIN_PARTS, "odt", "ods", "odp")
MACRO_FILES = frozenset({"vbaproject.bin", "vbadata.xml"})
MACRO_FOLDERS = frozenset({"macrosheets", "activex", "basic", "scripts"})
"""Where office files keep what runs by itself."""

BEGINNINGS = {
    b"PK\x03\x04": "zip", b"MZ": "exe", b"\x7fELF": "exe", b"\xd0\xcf\x11\xe0": "doc, xls, ppt", b"{\\rtf": "rtf",
    b"GIF8": "gif", b"7z\xbc\xaf": "7z", b"Rar!": "rar", b"\x1f\x8b": "gz", b"<!DOCTYPE html": "html",
    b"<html": "html",
}  # fmt: skip
"""What files that are not taken often begin with; for the rest puremagic is asked."""

HEAD_BYTES = 8192
CHUNK = 64 * 1024
END_RECORD = struct.Struct("<4s4H2LH")
MOST_ENTRIES = 5000
MOST_DIRECTORY_BYTES = 2_000_000
MOST_UNPACKED_BYTES = 300_000_000
MOST_RATIO = 200
RATIO_COUNTS_FROM = 10_000_000
MOST_DEPTH = 2
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Budget(msgspec.Struct):
    """What may still be unpacked of one file, with all that lies within it."""

    packed: int
    entries: int = MOST_ENTRIES
    unpacked: int = 0

    def most(self) -> int:
        """The bytes that the file may unpack to: so much at most, and not many times more than it is packed."""
        return min(MOST_UNPACKED_BYTES, max(RATIO_COUNTS_FROM, MOST_RATIO * self.packed))

    def count(self, size: int) -> None:
        """Count what came out; Invalid once it is far more than went in."""
        self.unpacked += size
        if self.unpacked > self.most():
            raise invalid(FIELD, "file.bomb")


def kind_named(name: str, taken: Collection[str] = KINDS) -> str:
    """The kind that a name's extension stands for; Invalid for one that is not among those taken."""
    extension = extension_of(name)
    kind = ALSO.get(extension, extension)
    if kind not in taken:
        raise invalid(FIELD, "file.type_not_allowed", name=name, allowed=", ".join(taken))
    return kind


def examine(file: IO[bytes], name: str, size: int, taken: Collection[str] = KINDS) -> str:
    """The content type of a file; Invalid where it is empty, not of a kind that is taken, not what its name says,
    damaged, locked with a password, swells when it is unpacked, or holds macros."""
    if size == 0:
        raise invalid(FIELD, "file.empty", name=name)
    kind = kind_named(name, taken)
    if kind in ("txt", "csv"):
        found = kind if not _seen_kind(file) and _is_text(file) else ""
    elif kind in OFFICE:
        found = _office_kind(file, name, size)
    else:
        found = _seen_kind(file)
    if found != kind:
        raise _differs(file, name, kind, found, taken)
    return KINDS[kind]


def _differs(file: IO[bytes], name: str, kind: str, found: str, taken: Collection[str]) -> Invalid:
    """The refusal that says what a file truly is, as far as can be told, and what is taken."""
    found = found or _seen_kind(file) or _guessed(file)
    allowed = ", ".join(taken)
    if found:
        return invalid(FIELD, "file.type_differs", name=name, kind=kind, found=found, allowed=allowed)
    return invalid(FIELD, "file.type_unknown", name=name, kind=kind, allowed=allowed)


def _guessed(file: IO[bytes]) -> str:
    """What a file that is not taken seems to be, by the extension that such files bear; "" where nothing tells."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    known = next((kind for beginning, kind in BEGINNINGS.items() if head.startswith(beginning)), "")
    if known:
        return known
    try:
        return next((each.extension.lstrip(".") for each in puremagic.magic_string(head) if each.extension), "")
    except (puremagic.PureError, ValueError):
        return ""


def _seen_kind(file: IO[bytes]) -> str:
    """The kind of a PDF or picture by what it begins with; "" for anything else."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return ""
    return next((IMAGES[each.mime_type] for each in matches if each.mime_type in IMAGES), "")


def _is_text(file: IO[bytes]) -> bool:
    """Whether the whole of it can be read as text: UTF-8, UTF-16 with its mark, or the Windows code page of old files."""
    file.seek(0)
    marked = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return any(_reads_as(file, encoding) for encoding in (["utf-16"] if marked else ["utf-8", "cp1252"]))


def _reads_as(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            if any(each < " " and each not in "\t\r\n\f" for each in decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _office_kind(file: IO[bytes], name: str, size: int) -> str:
    file.seek(0)
    if file.read(4) != b"PK\x03\x04":
        return ""
    return _look_through(file, name, Budget(packed=size), 0)


def _look_through(file: IO[bytes], name: str, budget: Budget, depth: int) -> str:
    """The kind of office file that a zip is, "" for any other; every entry is unpacked and counted."""
    _check_directory(file, name)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            budget.entries -= len(entries)
            if budget.entries < 0:
                raise invalid(FIELD, "file.bomb")
            _check_entries(entries, name)
            if sum(each.file_size for each in entries) > budget.most():
                raise invalid(FIELD, "file.bomb")
            for entry in entries:
                _unpack(archive, entry, name, budget, depth)
            return _kind_of_archive(archive, name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError):
        raise invalid(FIELD, "file.damaged", name=name) from None


def _check_directory(file: IO[bytes], name: str) -> None:
    """Refuse a list of contents that is too long before it is read: reading it whole costs memory."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - END_RECORD.size - 65535))
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < END_RECORD.size:
        raise invalid(FIELD, "file.damaged", name=name)
    if tail[max(0, place - 20) :].startswith(b"PK\x06\x07"):  # lists of more than 65 535, which no office file needs
        raise invalid(FIELD, "file.damaged", name=name)
    _, _, _, _, entries, directory_bytes, _, _ = END_RECORD.unpack_from(tail, place)
    if entries > MOST_ENTRIES or directory_bytes > MOST_DIRECTORY_BYTES:
        raise invalid(FIELD, "file.bomb")


def _check_entries(entries: list[zipfile.ZipInfo], name: str) -> None:
    for entry in entries:
        *folders, last = entry.filename.replace("\\", "/").lower().split("/")
        if "" in folders[:1] or ".." in folders or entry.compress_type not in METHODS:
            raise invalid(FIELD, "file.damaged", name=name)
        if entry.flag_bits & 0x1:
            raise invalid(FIELD, "file.locked", name=name)
        if last in MACRO_FILES or not MACRO_FOLDERS.isdisjoint(folders):
            raise invalid(FIELD, "file.macros", name=name)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, budget: Budget, depth: int) -> None:
    """Unpack an entry to nowhere and count it; one that is an archive itself is looked through in its turn."""
    with archive.open(entry) as unpacked:
        first = unpacked.read(CHUNK)
        budget.count(len(first))
        inner: SpooledTemporaryFile[bytes] | None = None
        if first.startswith(b"PK\x03\x04"):
            if depth + 1 >= MOST_DEPTH:
                raise invalid(FIELD, "file.bomb")
            inner = SpooledTemporaryFile(max_size=CHUNK)  # noqa: SIM115 (closed below)
            inner.write(first)
        try:
            while chunk := unpacked.read(CHUNK):
                budget.count(len(chunk))
                if inner is not None:
                    inner.write(chunk)
            if inner is not None:
                _look_through(inner, name, budget, depth + 1)
        finally:
            if inner is not None:
                inner.close()


def _kind_of_archive(archive: zipfile.ZipFile, name: str) -> str:
    names = set(archive.namelist())
    if "mimetype" in names:
        said = _beginning(archive, "mimetype").decode("ascii", "replace").strip()
        return next((kind for kind in ("odt", "ods", "odp") if KINDS[kind] == said), "")
    if "[Content_Types].xml" not in names:
        return ""
    types = _beginning(archive, "[Content_Types].xml").lower()
    if b"macroenabled" in types or b"vbaproject" in types:
        raise invalid(FIELD, "file.macros", name=name)
    return next((kind for kind, part in MAIN_PARTS.items() if part in names), "")


def _beginning(archive: zipfile.ZipFile, entry: str) -> bytes:
    with archive.open(entry) as unpacked:
        return unpacked.read(MOST_DIRECTORY_BYTES)


ACCEPT = ",".join(f".{each}" for each in (*KINDS, "jpeg"))
"""What a page's file field lets one choose."""
