"""The closed vocabularies of learning platforms: launches from them and what is taken from them."""

from __future__ import annotations

from app.models.enumeration import Labelled


class AccountOrigin(Labelled):
    """How a person of the platform came to be tied to an account here."""

    PROVED = "proved", "человек вошёл сам"
    LISTED = "listed", "по списку администратора"


class LaunchTarget(Labelled):
    """What a launch opens."""

    WORK = "work", "Моя работа"
    ASSESSMENT = "assessment", "лист оценки"
    TRAINING_GROUP = "training_group", "поток обучения"
    CORRECTIVE_MEASURE = "corrective_measure", "корректирующая мера"


class TicketPurpose(Labelled):
    """What a one-time ticket lets its bearer do, once."""

    REGISTER = "register", "регистрация платформы"
    LINK = "link", "связывание учётной записи"
    ENTER = "enter", "вход из платформы"
    CHOOSE = "choose", "выбор содержимого"
    ROSTER = "roster", "список курса"


class MatchGround(Labelled):
    """By what a person of the platform was taken for a person on record."""

    SNILS = "snils", "СНИЛС"
    IDNUMBER = "idnumber", "номер в платформе"
    EMAIL = "email", "электронная почта"
    NAME = "name", "имя в потоке"
    DECISION = "decision", "решение сотрудника"
