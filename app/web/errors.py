"""Refusals and failures as pages in Russian; the only place that knows which refusal is which HTTP status."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, make_response, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.extensions import db
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, Refusal, ScopeBreach, WrongState
from app.web.shell import shell

STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    ScopeBreach: 404,
    NotPermitted: 403,
    Invalid: 422,
    WrongState: 409,
    Conflict: 409,
}

SENTENCES: dict[int, tuple[str, str]] = {
    400: ("Запрос не понят", "Адрес или форма содержат неверное значение. Вернитесь назад и повторите."),
    401: ("Нужно войти", "Войдите заново: введённое в форме сохранено в этом браузере."),
    403: ("Нет полномочий", "Ваши полномочия не позволяют этого действия. Их выдаёт администратор организации."),
    404: ("Страница не найдена", "Такой записи нет или она вне вашей части дерева."),
    405: ("Так не делается", "Этот адрес не открывается таким способом. Вернитесь на предыдущую страницу."),
    409: ("Запись изменилась", "Кто-то успел сохранить раньше. Откройте запись заново: ничего не потеряно."),
    413: ("Файл слишком большой", "Файл больше 30 МБ не принимается. Уменьшите его или дайте ссылку."),
    422: ("Значение не подходит", "Проверьте введённое и повторите."),
    429: ("Слишком часто", "Подождите немного и повторите."),
    500: (
        "Ошибка программы",
        "Ничего не изменено. Повторите через минуту; если не поможет, сообщите администратору номер обращения.",
    ),
    503: ("База данных занята", "Ничего не изменено. Повторите через минуту."),
}
FAILURE = 500
CSRF_SENTENCE = "Страница открыта слишком давно или вход выполнен заново. Обновите её: введённое сохранено в браузере."


def answer(status: int, sentence: str | None = None, *, refused: bool = False) -> Response:
    title, usual = SENTENCES.get(status, SENTENCES[500])
    if refused and sentence:
        title = "Действие не выполнено" if status not in {403, 404} else title
    page = render_template(
        "error.html",
        shell=shell(),
        code=status,
        title=title,
        what_to_do=sentence or usual,
        request_number=g.get("request_id", ""),
    )
    return make_response(page, status)


def answer_for(error: Exception) -> Response:
    """The page of an exception, after everything the request did is undone."""
    db.session.rollback()
    if isinstance(error, Refusal):
        status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)
        return answer(status, error.sentence, refused=True)
    if isinstance(error, CSRFError):
        return answer(400, CSRF_SENTENCE)
    if isinstance(error, HTTPException):
        return answer(error.code or 500)
    status, sentence = _of_database(error)
    if status >= FAILURE:
        number = g.get("request_id", "")
        current_app.logger.error("failure %d, request %s", status, number, exc_info=error)
    return answer(status, sentence)


def _of_database(error: Exception) -> tuple[int, str | None]:
    if isinstance(error, StaleDataError):
        return 409, None
    if isinstance(error, DataError):
        return 400, None
    if isinstance(error, IntegrityError):
        return 409, "База данных не приняла изменение: такая запись уже есть или связана с другой."
    return (503, None) if isinstance(error, OperationalError) else (500, None)


def install(app: Flask) -> None:
    for kind in (Refusal, CSRFError, HTTPException, StaleDataError, SQLAlchemyError):
        app.register_error_handler(kind, answer_for)
    if not app.testing:
        app.register_error_handler(Exception, answer_for)
