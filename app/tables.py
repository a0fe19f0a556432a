"""Every room's tables, imported together so that the metadata is whole."""

import app.activities.models
import app.applications.models
import app.assignments.models
import app.audit.models
import app.benefits.models
import app.board.models
import app.calendars.models
import app.calls.models
import app.cases.models
import app.clarifications.models
import app.competence.models
import app.conference.models
import app.decisions.models
import app.discussions.models
import app.evaluation.models
import app.facilitation.models
import app.feedback.models
import app.files.models
import app.gatherings.models
import app.identity.models
import app.joining.models
import app.knowledge.models
import app.letters.models
import app.meetings.models
import app.milestones.models
import app.network.models
import app.notices.models
import app.obligations.models
import app.outbox.models
import app.payments.models
import app.portfolio.models
import app.projects.models
import app.reconsiderations.models
import app.reports.models
import app.reviews.models
import app.stories.models
import app.surveys.models  # noqa: F401
from app.core.database import Base

metadata = Base.metadata
