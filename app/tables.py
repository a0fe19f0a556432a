"""Every room's tables, imported together so that the metadata is whole."""

import app.audit.models
import app.cases.models
import app.identity.models  # noqa: F401
from app.core.database import Base

metadata = Base.metadata
