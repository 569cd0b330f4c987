"""Slack's Web API: a table of methods, a module for each family of them."""

from sandbox.web_api import chat, conversations, files, marks, people, views
from sandbox.web_api.call import Call, Method

METHODS: dict[str, Method] = {
    method.name: method
    for family in (chat, conversations, files, marks, people, views)
    for method in family.METHODS
}

__all__ = ["METHODS", "Call", "Method"]
