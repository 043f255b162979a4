"""A played platform registered in the small world, and browsers that come from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from app.services import outside
from app.services.outside import Outside
from app.services.secret_box import SecretBox, new_key
from tests.factories.lti import add_account, add_deployment, add_platform
from tests.factories.world import World
from tests.platform import ADDRESS, PlayedPlatform

WINDOW = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "cross-site"}
FRAME = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}
OWN = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "same-origin", "Origin": ADDRESS}


@dataclass
class Registered:
    """`platform_id` and `deployment_id` are rows: the platform is the region's, its deployment the `unit`'s."""

    app: Flask
    engine: Engine
    world: World
    played: PlayedPlatform = field(default_factory=PlayedPlatform)
    unit: str = "municipality"
    platform_id: int = 0
    deployment_id: int = 0
    address: str = ADDRESS

    def __post_init__(self) -> None:
        box = SecretBox([new_key()])
        outside.open_for(self.engine, Outside(box=box, http=self.played, address=self.address))
        self.played.tool = self.address
        told = {"issuer": self.played.issuer, "client_id": self.played.client_id}
        self.platform_id = add_platform(self.engine, self.world, "region", **told)
        self.deployment_id = add_deployment(
            self.engine, self.world, self.platform_id, self.unit, deployment_id=self.played.deployment
        )

    def link(self, login: str, subject: str = "63") -> int:
        return add_account(self.engine, self.world, self.platform_id, login, subject=subject)

    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def begin(self, browser: FlaskClient, **changes: str) -> TestResponse:
        return browser.post("/lti/login", data=self.played.login(**changes), base_url=ADDRESS, headers=FRAME)

    def launch(self, browser: FlaskClient, *, headers: dict[str, str] = WINDOW, **changes: Any) -> TestResponse:
        """The whole way; `changes` are of the claims."""
        begun = self.begin(browser)
        assert begun.status_code == 303, begun.text
        fields = self.played.authenticate(begun.headers["Location"], **changes)
        return self.post(browser, fields, headers=headers)

    def post(self, browser: FlaskClient, fields: dict[str, str], *, headers: dict[str, str] = WINDOW) -> TestResponse:
        return browser.post("/lti/launch", data=fields, base_url=ADDRESS, headers=headers)

    def get(self, browser: FlaskClient, path: str = "/") -> TestResponse:
        return browser.get(path, base_url=ADDRESS)
