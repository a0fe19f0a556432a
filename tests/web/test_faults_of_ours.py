"""What is written down of a fault of ours names the route and the case, and never a secret in the address."""

from __future__ import annotations

from uuid import UUID

from litestar import Litestar, get
from litestar.testing import TestClient
from structlog.testing import capture_logs

from app.web.errors import on_any_error


@get("/calendars/{token:str}/of/{case_id:uuid}")
async def breaks(token: str, case_id: UUID) -> None:
    """A page that has a fault."""
    raise ZeroDivisionError


def test_a_fault_is_written_down_without_the_secret_of_its_address() -> None:
    case = "01a22a7a-1ca2-7667-835f-1a9c16ca6283"
    app = Litestar([breaks], exception_handlers={Exception: on_any_error})
    with capture_logs() as written, TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get(f"/calendars/a-secret/of/{case}")
    assert answer.status_code == 500
    (fault,) = [each for each in written if each["event"] == "unexpected error"]
    assert (fault["route"], fault["case_id"]) == ("/calendars/{token}/of/{case_id}", case)
    assert "a-secret" not in str(written)
