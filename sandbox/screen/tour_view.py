"""The tour as a panel: what is done, what is next, and the way there."""

from sandbox.person import Person
from sandbox.screen.mrkdwn import mrkdwn
from sandbox.screen.parts import Part
from sandbox.screen.places import Look
from sandbox.screen.tags import NOTHING, Safe, joined, tag
from sandbox.screen.tour import Tour, TourStep
from sandbox.things import User

OVER = "That was the whole way. Look around, or start again."


def draw_tour(me: Person, look: Look, tour: Tour | None, base: str) -> list[Part]:
    """The tour as one window shows it; nothing where there is none or it is hidden."""
    if tour is None or tour.hidden or not tour.steps:
        return []
    return [
        Part("bar", _bar(look, tour)),
        Part("head", _head(tour)),
        Part("steps", _steps(me, look, tour, base)),
        Part("foot", _button("Start again", "restart-tour", "quiet")),
    ]


def progress(tour: Tour) -> str:
    """How far the tour is, `3 of 8`."""
    count, present = len(tour.steps), tour.present
    return f"all {count} done" if present is None else f"{present + 1} of {count}"


def _bar(look: Look, tour: Tour) -> Safe:
    present = tour.present
    title = "The end" if present is None else tour.steps[present].title
    words = joined([tag("strong", f"Tour, {progress(tour)}"), tag("span", title)])
    return tag(
        "button",
        words,
        type="button",
        class_="fold",
        aria_expanded="true" if look.tour_open else "false",
        data_act="fold-tour",
    )


def _head(tour: Tour) -> Safe:
    words = tag("h2", "Tour ", tag("span", progress(tour), class_="about"))
    return joined([words, _button("Hide the tour", "hide-tour", "quiet")])


def _steps(me: Person, look: Look, tour: Tour, base: str) -> Safe:
    drawn = [
        _present(me, look, tour, base) if place == tour.present else _other(tour, place)
        for place in range(len(tour.steps))
    ]
    end = tag("p", OVER, class_="over") if tour.present is None else NOTHING
    return joined([tag("ol", *drawn), end])


def _other(tour: Tour, place: int) -> Safe:
    title = tour.steps[place].title
    if not tour.is_done(place):
        return tag("li", tag("span", place + 1, class_="mark"), title, class_="later")
    mark = tag("span", "✓", class_="mark", aria_hidden="true")
    return tag("li", mark, title, tag("span", ", done", class_="spoken"), class_="done")


def _present(me: Person, look: Look, tour: Tour, base: str) -> Safe:
    place = tour.present or 0
    step, reader = tour.steps[place], me.stage.reader(me.id)
    return tag(
        "li",
        tag("span", place + 1, class_="mark"),
        tag(
            "div",
            tag("h3", step.title),
            tag("div", mrkdwn(reader, step.text), class_="text"),
            _way(me, look, step, tour.thread, base),
        ),
        class_="present",
        aria_current="step",
    )


def _way(me: Person, look: Look, step: TourStep, thread: str, base: str) -> Safe:
    there = look.place == step.at and thread in ("", look.thread)
    if me.id == step.be:
        if there:
            return tag("p", "You are in the right place.", class_="about")
        data = {"data_place": step.at, "data_thread": thread}
        return _button("Take me there", "visit", "primary", **data)
    query = f"at={step.at}" + (f"&thread={thread}" if thread else "")
    return tag(
        "a",
        f"Be {_name(me, step.be)}",
        href=f"{base}/as/{step.be}?{query}",
        class_="button primary",
    )


def _name(me: Person, person_id: str) -> str:
    found = me.stage.workspace.world.get(User, person_id)
    return found.shown if found else "somebody else"


def _button(words: str, act: str, style: str, **data: str) -> Safe:
    return tag(
        "button",
        words,
        type="button",
        class_=f"button {style}",
        data_act=act,
        **data,
    )
