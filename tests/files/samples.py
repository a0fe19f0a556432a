"""Files to send: small ones of every kind, made in place, and some that nobody should take."""

from __future__ import annotations

import io
import zipfile

OPEN_XML = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="application/xml"/></Types>'
)
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x01\x00H\x00H\x00\x00\xff\xd9"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 120
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
"""What every virus scanner takes for a virus, and is none."""


def packed(entries: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of those entries, of the same bytes whenever it is made: they name the tests, alike for every worker."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
            archive.writestr(entry, content, compress_type=method)
    return out.getvalue()


def office(part: str, **more: bytes) -> bytes:
    """An office file of Open XML whose main part is that one."""
    return packed(
        {"[Content_Types].xml": OPEN_XML, part: b"<x/>", **{k.replace("__", "/"): v for k, v in more.items()}}
    )


def open_document(kind: str) -> bytes:
    """An office file of OpenDocument."""
    said = f"application/vnd.oasis.opendocument.{kind}".encode()
    return packed({"mimetype": said, "content.xml": b"<x/>"})


GOOD = {
    "plan.pdf": PDF, "brev.docx": office("word/document.xml"), "tall.xlsx": office("xl/workbook.xml"),
    "lysbilder.pptx": office("ppt/presentation.xml"), "brev.odt": open_document("text"),
    "tall.ods": open_document("spreadsheet"), "lysbilder.odp": open_document("presentation"), "bilde.png": PNG,
    "bilde.JPG": JPEG, "foto.jpeg": JPEG, "notat.txt": "Blåbær på øya".encode(), "gammel.txt": "Blåbær".encode("cp1252"),
    "tall.csv": b"a;b\n1;2\n",
}  # fmt: skip
"""One of every kind that is taken."""
