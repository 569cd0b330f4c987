"""What can go wrong, as Slack says it to an app and as it shows it to a person."""

from sandbox.things import Json


class ApiError(Exception):
    """The Web API refuses: `error` is Slack's own word for why."""

    def __init__(self, error: str, **details: object) -> None:
        super().__init__(error)
        self.error = error
        self.details = details

    def as_answer(self) -> Json:
        """The body of the answer."""
        return {"ok": False, "error": self.error, **self.details}


def invalid(error: str, *messages: str) -> ApiError:
    """A refusal that says in `response_metadata` what was wrong with what."""
    listed = [f"[ERROR] {each}" for each in messages]
    return ApiError(error, response_metadata={"messages": listed})


class Refused(Exception):
    """Slack refuses what a person tries; `text` is what they read."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Failed(Refused):
    """The app did not answer, or answered wrongly; `text` is what the person reads."""


class NotOnScreen(Refused):
    """A person tries to use what is not there to be seen; `text` lists what is."""
