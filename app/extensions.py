"""Unbound Flask extensions. The session of a request is guarded: it finds nothing before it has an actor."""

from __future__ import annotations

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from flask_wtf.csrf import CSRFProtect

from app.models import Base
from app.policies.guard import GuardedSession


class RequestSession(GuardedSession, FlaskSession):
    """One request, one session, one actor."""


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": RequestSession})
migrate = Migrate()
login_manager = LoginManager()
csrf = CSRFProtect()
babel = Babel()
