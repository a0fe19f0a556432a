"""Keeping personal data of service users out of free text (G34)."""

from app.core.personal_data import holds_identity_number, refuse_identity_numbers

__all__ = ["holds_identity_number", "refuse_identity_numbers"]
