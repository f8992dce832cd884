"""The neutral form as an Adaptive Card with inputs, and what comes back from it as neutral fields.

An input's id says of which kind it is ("t:words", "c:accounts", "y:rights", "d:when" with "h:when"), and the button
carries the list of ids, because Teams leaves out inputs that were left empty. Nothing is marked as required for
Teams itself: errors come from the bot, all at once and in its own words, each under its field.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from cards.card import (
    Button,
    Check,
    ChoiceField,
    ConfirmField,
    ExhibitShown,
    Field,
    FilesField,
    Form,
    PicturesField,
    PictureShown,
    Text,
    TextField,
    WhenField,
)
from cards.teams import (
    TONES,
    adaptive,
    check,
    escaped,
    execute,
    fitted,
    heading,
    picture,
    plain,
    rows,
    run,
    styled,
    words,
)

EXPANDED = 6
"""Up to this many choices are all shown; more fold into a list."""
MOST_FIELDS = 60
MOST_TEXT = 20_000
NAME = re.compile(r"[tcydh]:[A-Za-z0-9_.:-]{1,100}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
HOUR = re.compile(r"(\d{2}:\d{2})(:\d{2})?")
PICTURES_IN_CHAT = "Send them to me here in the chat, before this form or along with your words."

FILES_IN_CHAT = "Close this window, and send them to me here in the chat within the hour. I seal each, and say so."
THEY_STAY = (
    "What you send stays in this chat, and in your OneDrive, until you delete it there; whoever runs Teams for the "
    "trust can see it. I keep only the sealed copy."
)


class BadFields(ValueError):
    """Answers that no form of ours sends."""


def form(asked: Form, thumbs: Mapping[str, bytes] | None = None) -> dict[str, Any]:
    """The form as a card, each error under its field."""
    pictures = [*asked.pictures(), *(each.picture for each in asked.exhibits())]
    return fitted(lambda images: _form(asked, images), pictures, thumbs or {})


def submitted(data: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """A form's answers by neutral field id; BadFields for what no form of ours sends."""
    names = data.get("ids", [])
    if not isinstance(names, list) or len(names) > MOST_FIELDS:
        raise BadFields
    answers: dict[str, str | list[str]] = {}
    for name in names:
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise BadFields
        value = data.get(name)
        if value is None:
            value = ""
        if isinstance(value, bool):
            value = str(value).lower()
        if not isinstance(value, str) or len(value) > MOST_TEXT:
            raise BadFields
        _take(answers, name, value.replace("\x00", ""))
    return answers


def _take(answers: dict[str, str | list[str]], name: str, value: str) -> None:
    kind, _, field = name.partition(":")
    if kind == "c":
        answers[field] = [unquote(each) for each in value.split(",") if each]
    elif kind == "y":
        answers[field] = "yes" if value in ("yes", "true") else ""
    elif kind == "d":
        answers[field] = value
    elif kind == "h":
        answers[field] = _moment(str(answers.get(field, "")), value)
    else:
        answers[field] = value


def _moment(day: str, hour: str) -> str:
    """Both or neither; a half is handed on as it is, so that the flow can say what is missing."""
    time = HOUR.fullmatch(hour)
    if DAY.fullmatch(day) and time:
        return f"{day}T{time[1]}"
    return f"{day}T{hour}" if day or hour else ""


def _form(asked: Form, images: Mapping[str, str]) -> dict[str, Any]:
    body, ids = [heading(asked.title)], []
    for field in asked.fields:
        drawn = _field(field, images)
        ids += [each["id"] for part in drawn for each in _inputs(part)]
        body += drawn
        problem = asked.errors.get(getattr(field, "id", ""))
        if problem:
            body.append(_problem(problem, f"error.{getattr(field, 'id', '')}"))
    known = {getattr(field, "id", "") for field in asked.fields}
    body += [_problem(text, f"error.{name}") for name, text in asked.errors.items() if name not in known]
    if asked.private:  # in a dialog, which has a cross to close it
        data = {"do": asked.action.pack(), "ids": ids}
        send = styled({"type": "Action.Submit", "title": plain(asked.submit), "data": data}, "primary")
        return adaptive([*body, {"type": "ActionSet", "actions": [send]}])
    buttons = [styled(execute(asked.submit, asked.action, ids=ids), "primary")]
    if asked.cancel is not None:
        buttons.append({**execute(asked.leave or "Cancel", asked.cancel), "associatedInputs": "none"})
    return adaptive([*body, {"type": "ActionSet", "actions": buttons}])


def _problem(text: str, name: str) -> dict[str, Any]:
    return words(run(text, color="Attention", weight="Bolder"), spacing="Small", id=name)


def _inputs(part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if str(part["type"]).startswith("Input."):
        return [part]
    return [item for column in part.get("columns", ()) for item in column["items"]]


def _field(field: Field, images: Mapping[str, str]) -> list[dict[str, Any]]:
    match field:
        case TextField():
            return [*_hint(field.hint), _text(field)]
        case ChoiceField():
            return [*_hint(field.hint), _choice(field)]
        case ConfirmField(name, label, value):
            return [{
                "type": "Input.Toggle", "id": f"y:{name}", "title": escaped(label), "wrap": True,
                "valueOn": "yes", "valueOff": "no", "value": "yes" if value else "no",
            }]
        case WhenField():
            return _when(field)
        case PicturesField(_, label, hint):
            told = " ".join(part for part in (PICTURES_IN_CHAT, hint) if part)
            return [words(run(f"{label}: ", weight="Bolder"), run(told))]
        case FilesField(label=label, hint=hint):
            return [words(run(f"{label}: ", weight="Bolder"), run(FILES_IN_CHAT)), *_hint(hint), *_hint(THEY_STAY)]
        case ExhibitShown():
            return _exhibit(field, images)
        case PictureShown(shown):
            return [picture(shown, images)]
        case Text(text, tone):
            return [words(run(text, **TONES[tone]))]
        case Check():
            return [check(field)]


def _exhibit(shown: ExhibitShown, images: Mapping[str, str]) -> list[dict[str, Any]]:
    """A file of a report: small, if it is a picture; what it is; and where to save it."""
    small = [picture(shown.picture, images)] if shown.file in images else []
    save = rows((Button(f"Save {shown.name}"[:60], url=shown.url),)) if shown.url else []
    return [words(run(shown.name, weight="Bolder"), run(f" {shown.detail}", isSubtle=True)), *small, *save]


def _hint(hint: str) -> list[dict[str, Any]]:
    return [words(run(hint, **TONES["quiet"]))] if hint else []


def _label(label: str, required: bool) -> str:
    return plain(label if required else f"{label} (optional)")


def _text(field: TextField) -> dict[str, Any]:
    return {
        "type": "Input.Text", "id": f"t:{field.id}", "label": _label(field.label, field.required),
        "value": plain(field.value), "isMultiline": field.lines, "maxLength": field.limit,
    }


def _choice(field: ChoiceField) -> dict[str, Any]:
    expanded = len(field.options) <= EXPANDED
    title = escaped if expanded or field.several else plain
    return {
        "type": "Input.ChoiceSet", "id": f"c:{field.id}", "label": _label(field.label, field.required),
        "choices": [{"title": title(label), "value": _packed(value)} for value, label in field.options],
        "value": ",".join(_packed(value) for value in field.value),
        "isMultiSelect": field.several, "style": "expanded" if expanded else "compact", "wrap": True,
    }


def _packed(value: str) -> str:
    """Teams joins what was chosen with commas."""
    return quote(value, safe=" ")


def _when(field: WhenField) -> list[dict[str, Any]]:
    label = words(run(field.label), *([run(f" · {field.hint}", isSubtle=True)] if field.hint else []))
    if field.day_only:
        value = {"value": field.value} if field.value else {}
        return [label, {"type": "Input.Date", "id": f"t:{field.id}", **value}]
    day, _, hour = field.value.partition("T")
    date = {"type": "Input.Date", "id": f"d:{field.id}", **({"value": day} if day else {})}
    time = {"type": "Input.Time", "id": f"h:{field.id}", **({"value": hour} if hour else {})}
    columns = [{"type": "Column", "width": "stretch", "items": [part]} for part in (date, time)]
    return [
        label,
        {"type": "ColumnSet", "columns": columns, "spacing": "Small"},
    ]
