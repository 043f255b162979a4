"""The one commit of a request: at its edge, when the answer is known. Refused or failed requests leave nothing."""

from __future__ import annotations

from flask import Flask, Response, request
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.web.errors import answer_for

FIRST_ERROR = 400


def install(app: Flask) -> None:
    @app.after_request
    def _end(response: Response) -> Response:
        if request.endpoint == "static":
            return response
        if response.status_code >= FIRST_ERROR:
            db.session.rollback()
            return response
        try:
            # Reading requests commit too: psycopg forgets its prepared statements on a rollback.
            db.session.commit()
        except SQLAlchemyError as error:
            db.session.rollback()
            return answer_for(error)
        return response
