"""Cards and forms as plain text: for a terminal, and for transcripts that people compare."""

from cards.card import (
    Button,
    Card,
    Change,
    Check,
    ChoiceField,
    ConfirmField,
    Copy,
    Divider,
    Element,
    ExhibitShown,
    Facts,
    Field,
    FilesField,
    Form,
    Item,
    Picture,
    PicturesField,
    PictureShown,
    Post,
    Quote,
    Text,
    TextField,
    WhenField,
)

MARKS = {"good": "✓", "ask": "○", "warning": "⚠"}
TONES = {"warning": "⚠ ", "bad": "✗ ", "good": "✓ "}


def card(shown: Card) -> str:
    """The card, a line or more an element, its buttons in brackets below."""
    lines = [" · ".join(filter(None, (shown.title, shown.state))), *map(_element, shown.elements)]
    if shown.buttons:
        lines.append(" ".join(map(_button, shown.buttons)))
    return "\n".join(lines)


def form(shown: Form) -> str:
    """The form with its values, each error below its field."""
    lines = [shown.title]
    for each in shown.fields:
        lines.append(_field(each))
        error = shown.errors.get(getattr(each, "id", ""), "")
        if error:
            lines.append(f"  ! {error}")
    return "\n".join([*lines, f"[{shown.submit}]"])


def _button(button: Button) -> str:
    return f"[{button.label}]({button.url})" if button.url else f"[{button.label}]"


def _picture(picture: Picture) -> str:
    return f"(picture: {picture.alt or picture.name or 'not described'})"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())


def _element(element: Element) -> str:
    match element:
        case Text():
            return TONES.get(element.tone, "") + element.text
        case Post():
            return "\n".join(filter(None, (
                f"{element.author}:", _quoted(element.text), *map(_picture, element.pictures))))
        case Copy():
            return _quoted(element.text)
        case Quote():
            return "\n".join(filter(None, (_quoted(element.stem), _quoted(element.text), element.source)))
        case Facts():
            return "\n".join(f"{label}: {value}" for label, value in element.rows)
        case Check():
            mend = f" {_button(element.button)}" if element.button else ""
            return f"{MARKS[element.level]} {element.text} ({element.clause}){mend}"
        case Change():
            return f"{element.label}: {element.before or 'nothing'} → {element.after or 'nothing'}"
        case Item():
            return f"- {element.text} · {element.detail} {_button(element.button)}"
        case Divider():
            return "—"


def _field(field: Field) -> str:
    match field:
        case TextField():
            return f"{field.label}: {field.value}"
        case ChoiceField():
            marks = ("[{}]" if field.several else "({})").format
            options = (f"  {marks('x' if v in field.value else ' ')} {label}" for v, label in field.options)
            return "\n".join([field.label, *options])
        case ConfirmField():
            return f"[{'x' if field.value else ' '}] {field.label}"
        case WhenField():
            return f"{field.label}: {field.value or '…'}"
        case PicturesField() | FilesField():
            return f"{field.label}: …"
        case ExhibitShown():
            return f"{field.name} ({field.detail}) {field.url}".rstrip()
        case PictureShown():
            return _picture(field.picture)
        case _:
            return _element(field)
