"""The product as an extension of another Flask application: under a prefix of its addresses, with nothing shared.

It stays an application of its own (database, sessions, secrets, headers, errors): what the host does with its requests
does not reach it, and a page of the host may not act in it. See the ten lines in README.md.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app.config import Settings, settings_from
from app.factory import create_app
from app.jobs.consumer import Background
from app.web.background import background
from app.web.mounted import Mounted

_PREFIX = re.compile(r"(/[a-z0-9][a-z0-9._~-]*)+")
NAME = "monitoring"


class Monitoring:
    """`Monitoring(host, url_prefix="/monitoring")`, or `Monitoring()` and `init_app(host)` later.

    Without `settings` they are those of the environment, as for a product that stands alone. `PUBLIC_ADDRESS` is where
    people reach the host; the prefix is put behind it where it does not end with it.
    """

    def __init__(
        self, host: Flask | None = None, *, url_prefix: str = "/monitoring", settings: Settings | None = None
    ) -> None:
        self._settings = settings
        self._prefix = url_prefix
        if host is not None:
            self.init_app(host)

    def init_app(self, host: Flask, *, url_prefix: str | None = None) -> Flask:
        """The product, answering under the prefix from now on; it is also `host.extensions["monitoring"]`.

        Raises ValueError for a prefix that is none, that the host answers itself, or that is taken.
        """
        prefix = url_prefix or self._prefix
        if not _PREFIX.fullmatch(prefix):
            raise ValueError(f"a prefix is /like-this, of small Latin letters and digits: {prefix!r}")
        if NAME in host.extensions:
            raise ValueError("the product is mounted here already")
        taken = [rule.rule for rule in host.url_map.iter_rules() if (rule.rule + "/").startswith(prefix + "/")]
        if taken:
            raise ValueError(f"the host answers {taken[0]} itself")
        product = create_app(self._settled(prefix))
        host.wsgi_app = DispatcherMiddleware(  # type: ignore[method-assign] # as Flask documents
            host.wsgi_app, {prefix: Mounted(product.wsgi_app, prefix)}
        )
        host.extensions[NAME] = product
        return product

    @staticmethod
    def background(host: Flask, **chosen: Any) -> Background:
        """Jobs and schedules of the product in this process: `.start()` and `.stop()`. Or `flask --app app jobs`."""
        product: Flask = host.extensions[NAME]
        return background(product, **chosen)

    def _settled(self, prefix: str) -> Settings:
        instance = Path(os.environ.get("INSTANCE_PATH") or "instance")
        settings = self._settings or settings_from(os.environ, instance.resolve())
        address = settings.public_address.rstrip("/")
        return settings if address.endswith(prefix) else replace(settings, public_address=address + prefix)
