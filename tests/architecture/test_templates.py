"""Templates compile, and hold nothing that the Content-Security-Policy would refuse."""

import ast
import re
from collections.abc import Iterator

import jinja2
import pytest
from jinja2 import meta

from app.factory import create_app
from tests.architecture.source_tree import files, parsed, short
from tests.databases import settings_for

STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script", re.DOTALL | re.IGNORECASE)
LOADED = r"<(?:script|link|img|iframe|source|video|audio|use|object|embed|image)\b[^>]*"
REFUSED = {
    "a <style> element: put it into a file of app/static/": r"<style\b",
    "a style attribute: give it a class": r"<[^<>]*\sstyle\s*=",
    "an inline event handler: use data-… and a listener in app/static/": r"<[^<>]*\son[a-z]+\s*=",
    "a javascript: address: use a button and a listener": r"(?i)=\s*[\"']?\s*javascript:",
    "an asset from elsewhere: copy it into app/static/": LOADED
    + r"\s(?:src|href|srcset|data|poster)\s*=\s*[\"']?(?:https?:)?//",
    "current_user: the actor comes from app/web/session.py": r"\bcurrent_user\b",
}


@pytest.fixture(scope="module")
def jinja(tmp_path_factory):
    """The environment of the application, with its own filters, tests and the templates of Flask-Admin."""
    return create_app(settings_for("sqlite://", tmp_path_factory.mktemp("instance"))).jinja_env


@pytest.fixture
def plain():
    return jinja2.Environment(loader=jinja2.DictLoader({}), extensions=["jinja2.ext.i18n"], autoescape=True)


def complaints(source: str, jinja: jinja2.Environment) -> Iterator[str]:
    """What is wrong with a template: it does not compile, names a file that is not there, or breaks the policy."""
    try:
        jinja.compile(source)
        for name in meta.find_referenced_templates(jinja.parse(source)):
            if name is not None:
                jinja.get_template(name)
    except jinja2.TemplateNotFound as error:
        yield f"there is no template {error.name}"
        return
    except jinja2.TemplateError as error:
        yield f"does not compile: {error}"
        return
    yield from refused(source)


def refused(source: str) -> Iterator[str]:
    """What a strict policy refuses, in a template or in a string that becomes part of a page."""
    shown = COMMENT.sub("", source)
    for attributes, body in SCRIPT.findall(shown):
        if body.strip() and "application/json" not in attributes:
            yield "an inline script: put it into a file of app/static/"
    markup = EXPRESSION.sub("x", STATEMENT.sub(" ", shown))
    for sentence, pattern in REFUSED.items():
        # What Jinja fills in is opaque to the others; `current_user` is only ever inside it.
        if re.search(pattern, shown if "current_user" in pattern else markup):
            yield sentence


def test_every_template_is_sound(jinja):
    found = [
        f"{short(path)}: {complaint}"
        for path in files("app/templates", endings=(".html", ".xml", ".txt", ".svg"))
        for complaint in complaints(path.read_text(encoding="utf-8"), jinja)
    ]
    assert not found, "\n".join(found)


def test_markup_written_in_python_is_sound():
    found = [
        f"{short(path)}:{node.lineno} {complaint}"
        for path in files("app", endings=(".py",))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "<" in node.value
        for complaint in refused(node.value)
    ]
    assert not found, "\n".join(found)


def test_styles_and_scripts_load_nothing_from_elsewhere():
    far = re.compile(r"@import|url\(\s*[\"']?(?:https?:)?//|(?:fetch|import)\(\s*[\"'`]https?://", re.IGNORECASE)
    found = [
        short(path)
        for path in files("app/static", endings=(".css", ".js"))
        if far.search(path.read_text(encoding="utf-8"))
    ]
    assert not found, f"{found} load something from elsewhere: copy it into app/static/"


PLANTED = {
    "<script>go()</script>": "an inline script",
    '<script nonce="{{ nonce }}">\n go()\n</script>': "an inline script",
    "<style>a {}</style>": "a <style> element",
    '<p class="x" style="color: red">': "a style attribute",
    '<p {% if x > 1 %}style="{{ y }}"{% endif %}>': "a style attribute",
    '<button\n  onclick="go()">': "an inline event handler",
    "<form onsubmit={{ x }}>": "an inline event handler",
    '<a href="javascript:void(0)">': "a javascript: address",
    '<script src="https://cdn.example.org/x.js"></script>': "an asset from elsewhere",
    '<link rel="stylesheet" href="//cdn.example.org/x.css">': "an asset from elsewhere",
    "{{ current_user.name }}": "current_user",
    "{% if x %}": "does not compile",
    "{{ name|no_such_filter }}": "does not compile",
    "{{ name is no_such_test }}": "does not compile",
    '{% include "no/such/page.html" %}': "there is no template no/such/page.html",
    '{% extends "no/such/page.html" %}': "there is no template no/such/page.html",
}
SOUND = (
    "<script src=\"{{ url_for('static', filename='x.js') }}\" nonce=\"{{ nonce }}\"></script>",
    '<script type="application/json" nonce="{{ nonce }}">{{ data|tojson }}</script>',
    '<a href="https://example.org/">{{ name|upper }}</a>',
    "{% set online = 'x' %}{% if x is defined %}<p>on = 1, style = 2</p>{% endif %}",
    '<svg xmlns="http://www.w3.org/2000/svg" data-style="x"></svg>',
    '{# <p style="x"> #}<!-- <p style="x"> -->',
    "{% extends base %}",
)


@pytest.mark.parametrize("source", PLANTED)
def test_planted_violation_is_found(source, plain):
    found = list(complaints(source, plain))
    assert any(PLANTED[source] in each for each in found), found


@pytest.mark.parametrize("source", SOUND)
def test_sound_template_passes(source, plain):
    assert not list(complaints(source, plain))
