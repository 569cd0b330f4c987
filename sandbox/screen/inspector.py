"""The inspector: a list of what went between Slack and the app, and one of it whole."""

from dataclasses import dataclass, field

from sandbox.person import Person
from sandbox.reading import Reader
from sandbox.screen.moments import exact_time
from sandbox.screen.parts import Part
from sandbox.screen.tags import Safe, joined, tag
from sandbox.screen.wire import MOST, Line, list_lines, mark_of

Regions = dict[str, list[Part]]
NOTHING_YET = "Nothing went between Slack and the app yet."
NOTHING_FOUND = "Nothing here has these words."


@dataclass
class Inspection:
    """What one window inspects: the words that it filters by, whether it stands still,
    the line that is open.
    """

    open: bool = False
    paused: bool = False
    words: str = ""
    chosen: str = ""
    lines: list[Line] = field(default_factory=list)
    _seen: object = None

    def look(self, person: Person) -> None:
        """Take in what went over the wire since, unless it is closed or paused."""
        workspace = person.stage.workspace
        seen = (mark_of(workspace.record), self.words)
        if self.open and not self.paused and seen != self._seen:
            self.take(person)
            self._seen = seen

    def take(self, person: Person) -> None:
        """Take the lines as they are now."""
        workspace = person.stage.workspace
        self.lines = list_lines(workspace.record, workspace.world, self.words)


def draw_inspector(person: Person, inspection: Inspection) -> Regions:
    """The inspector's head, its lines, and the one that is open."""
    if not inspection.open:
        return {"wire-head": [], "wire-list": [], "wire-body": []}
    reader = person.stage.reader(person.id)
    return {
        "wire-head": _head(inspection),
        "wire-list": _list(reader, inspection),
        "wire-body": _body(reader, inspection),
    }


def _head(inspection: Inspection) -> list[Part]:
    name = tag("h2", "Between Slack and the app")
    about = tag("p", f"newest first, at most {MOST}", class_="about")
    label = "Filter by words"
    words = tag(
        "input",
        type="text",
        value=inspection.words,
        placeholder=label,
        aria_label=label,
        autocomplete="off",
        data_live="filter",
    )
    tools = [
        _button("Go on" if inspection.paused else "Pause", "pause", "button"),
        _button("Close", "inspect", "button"),
    ]
    return [
        Part("name", joined([name, about])),
        # What is typed there must not be drawn anew under the fingers.
        Part("filter", words, "filter"),
        Part("tools", joined(tools)),
    ]


def _list(reader: Reader, inspection: Inspection) -> list[Part]:
    if not inspection.lines:
        said = NOTHING_FOUND if inspection.words else NOTHING_YET
        return [Part("empty", tag("p", said, class_="empty"))]
    return [
        Part(each.key, _line(reader, each, chosen=each.key == inspection.chosen))
        for each in inspection.lines
    ]


def _line(reader: Reader, line: Line, *, chosen: bool) -> Safe:
    arrow = "→ app" if line.way == "to the app" else "→ Slack"
    took = f"{line.took * 1000:.0f} ms" if line.took is not None else ""
    return tag(
        "button",
        tag("span", exact_time(reader, line.at), class_="when"),
        tag("span", arrow, class_="way", title=line.way),
        tag("span", line.what, class_="what"),
        tag("span", line.who, class_="who"),
        tag("span", took, class_="took"),
        tag(
            "span", line.outcome, class_="failed outcome" if line.failed else "outcome"
        ),
        type="button",
        class_="line",
        aria_pressed="true" if chosen else "false",
        data_act="choose-line",
        data_line=line.key,
    )


def _body(reader: Reader, inspection: Inspection) -> list[Part]:
    found = [each for each in inspection.lines if each.key == inspection.chosen]
    if not found:
        return []
    line = found[0]
    title = tag("h3", line.what, " ", tag("span", exact_time(reader, line.at)))
    shown = joined([title, tag("pre", tag("code", line.body))])
    return [Part(line.key, shown, (line.key, line.ack))]


def inspector_button(inspection: Inspection) -> Safe:
    """What opens the inspector and closes it."""
    return tag(
        "button",
        "Inspector",
        type="button",
        class_="button",
        title="What goes between Slack and the app",
        aria_pressed="true" if inspection.open else "false",
        data_act="inspect",
    )


def _button(words: str, act: str, style: str) -> Safe:
    return tag("button", words, type="button", class_=style, data_act=act)
