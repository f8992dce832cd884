"""The sample trust that one can try everything in: invented people, schools and accounts, and a picture drawn here."""

import io
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache

from PIL import Image, ImageDraw

from handlers import packs, trust
from storage import imports, register
from storage import trust as trusts
from storage.database import Unit
from storage.tables import Book, Trust

PACK = "lt2"
OPEN_ALWAYS = """

# One tries the bot at night and on Sundays, too.
[hours]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
begins = "00:00"
ends = "24:00"
bank_holidays = false
"""
"""What the sample trust's pack says besides."""
NAME = "Oakfield Learning Trust"
HIGH, PRIMARY = "Oakfield High", "Oakfield Primary"
PEOPLE: tuple[tuple[str, str, str | None, tuple[str, ...]], ...] = (
    ("Ms Okafor", "okafor", HIGH, ()),
    ("Mrs Patel", "patel", HIGH, ("headteacher",)),
    ("Mr Lund", "lund", HIGH, ()),
    ("Mr Reid", "reid", HIGH, ("deputy",)),
    ("Ms Costa", "costa", HIGH, ()),
    ("Mr Hale", "hale", PRIMARY, ()),
    ("Dr Amin", "amin", None, ("ceo",)),
    ("Mrs Grant", "grant", None, ("chair",)),
    ("Ms Webb", "webb", None, ("administrator",)),
    ("Mr Singh", "singh", None, ("it_services",)),
    ("Mrs Doyle", "doyle", HIGH, ("senior_leader",)),
)
"""Name, first part of the e-mail, school (None: the trust itself), roles."""
MANAGERS = {
    "okafor": "reid", "lund": "reid", "costa": "reid", "reid": "patel", "hale": "amin", "patel": "amin", "webb": "amin",
    "amin": "grant", "singh": "amin", "doyle": "patel",
}
"""Who is whose line manager."""
ACCOUNTS: tuple[tuple[str, str, str, str | None, str], ...] = (
    ("facebook", "Oakfield High on Facebook", "https://facebook.example/oakfieldhigh", HIGH, "lund"),
    ("x", "Oakfield High on X", "https://x.example/oakfieldhigh", HIGH, "costa"),
    ("facebook", "Oakfield Primary on Facebook", "https://facebook.example/oakfieldprimary", PRIMARY, "hale"),
    ("linkedin", "Oakfield Learning Trust on LinkedIn", "https://linkedin.example/oakfield", None, "webb"),
)
"""Platform, name, address, school (None: the trust's own), who runs it."""
PURPOSES: tuple[tuple[str, str, str | None], ...] = (
    ("News and pictures of the school, for parents and neighbours", "Parents and carers", "costa"),
    ("Short news, and the school bus when it is late", "Parents and carers", "lund"),
    ("What the classes do, for parents", "Parents and carers", None),
    ("Vacancies, and news of the trust", "Future colleagues", "amin"),
)
"""Of each of ACCOUNTS: what it is for, for whom, who stands in."""
SITE = ("Padlet", "https://padlet.example", "Class boards that only the class can see")
"""A site that is approved besides those of the policy: name, address, what for."""
REVIEWED = timedelta(days=200)
"""When the accounts are looked at again."""
DUE = "x"
"""The platform of the account whose review comes up at once when one tries the bot."""
EXAMPLE = "Can I post this on Facebook? Brilliant science fair today, well done to all of 8B!"
NEXT_STEPS = (
    ("okafor", "Ms Okafor asks", "She sends her words and a picture, and fills in what the policy asks."),
    ("patel", "Mrs Patel decides", "Her card shows the post as readers will see it, with Approve below."),
    ("lund", "Mr Lund publishes", "He copies the words, posts them, and presses “It's live”."),
    ("okafor", "Ask what the policy says", "Write “Who signs off a post?”: the bot quotes the clause."),
    ("okafor", "Or ask for something else", "Write “new Instagram for the drama club”, or “the local paper rang”."),
)
"""Whose chat, and what happens there, for somebody who opens the console for the first time."""


def email(who: str) -> str:
    """The address of one of PEOPLE."""
    return f"{who}@oakfield.example"


def write(u: Unit, at: datetime, due: str = "") -> Trust:
    """The sample trust, written where it is not there yet; the unit acts for it from here on.

    `due`: the platform of the accounts whose yearly review has come.
    """
    found = trusts.of_pack(u, PACK)
    if found is not None:
        u.act_for(found, at)
        return found
    added = trust.add(u, packs.bundled(PACK) + OPEN_ALWAYS.encode(), NAME, "Europe/London", at)
    schools = {name: imports.add_school(u, name) for name in (HIGH, PRIMARY)}
    numbers = {}
    for name, who, school, _roles in PEOPLE:
        row = {"name": name, "email": email(who), "school_id": school and schools[school]}
        numbers[who] = imports.add_person(u, {**row, "first_day": None, "last_day": None})
    for who, manager in MANAGERS.items():
        imports.set_manager(u, numbers[who], numbers[manager])
    imports.add_roles(u, [
        {"person_id": numbers[who], "role": role, "school_id": school and schools[school]}
        for _name, who, school, roles in PEOPLE
        for role in roles
    ])
    _register(u, at.date(), schools, numbers, due)
    return added


def _register(u: Unit, today: date, schools: Mapping[str, int], numbers: Mapping[str, int], due: str) -> None:
    """The accounts, and an approved site."""
    for (platform, name, address, school, owner), (purpose, audience, deputy) in zip(ACCOUNTS, PURPOSES, strict=True):
        register.add(u, {
            "book": Book.ACCOUNT, "platform": platform, "name": name, "address": address,
            "school_id": school and schools[school], "owner_id": numbers[owner], "purpose": purpose,
            "audience": audience, "deputy_id": deputy and numbers[deputy], "website": "https://oakfield.example/social",
            "review_on": today if platform == due else today + REVIEWED,
        })
    site, address, purpose = SITE
    register.add(u, {
        "book": Book.SITE, "platform": site, "name": site, "address": address, "purpose": purpose,
        "owner_id": numbers["webb"], "review_on": today + REVIEWED,
    })


@cache
def sample_picture() -> bytes:
    """A drawing of a science fair, as a PNG: a volcano, a rosette and a rainbow of test tubes on a table."""
    big = Image.new("RGB", (1920, 1200), "#cfe8f5")
    draw = ImageDraw.Draw(big)
    _room(draw)
    _volcano(draw)
    _tubes(draw)
    _rosette(draw)
    out = io.BytesIO()
    big.resize((960, 600), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _room(draw: ImageDraw.ImageDraw) -> None:
    """The wall with bunting, the display board, and the table."""
    for i, colour in enumerate(("#e76f51", "#f4b942", "#2a9d8f", "#5b7fd1") * 4):
        left, sag = i * 124, 60 + 40 * abs((i % 8) - 4) // 2
        draw.polygon([(left, sag), (left + 104, sag), (left + 52, sag + 110)], fill=colour)
    draw.rounded_rectangle((150, 300, 780, 800), 24, fill="#fdf6e3", outline="#d8c9a3", width=10)
    for i, width in enumerate((430, 500, 380, 460)):
        draw.rounded_rectangle((210, 500 + i * 64, 210 + width, 526 + i * 64), 12, fill="#b9c7ce")
    draw.rounded_rectangle((210, 360, 560, 440), 16, fill="#2a9d8f")
    draw.rectangle((0, 860, 1920, 1200), fill="#b98353")
    draw.rectangle((0, 860, 1920, 900), fill="#d09a66")


def _volcano(draw: ImageDraw.ImageDraw) -> None:
    """It erupts."""
    for x, y, size in ((1010, 330, 90), (1110, 250, 120), (1220, 340, 100), (1120, 400, 110)):
        draw.ellipse((x - size, y - size, x + size, y + size), fill="#f7d9c8")
    for x, y in ((1000, 470), (1060, 400), (1120, 370), (1190, 410), (1240, 480)):
        draw.ellipse((x - 26, y - 26, x + 26, y + 26), fill="#e76f51")
    draw.polygon([(860, 880), (1050, 520), (1190, 520), (1390, 880)], fill="#7d6355")
    lava = [(1050, 520), (1190, 520), (1220, 580), (1170, 700), (1140, 600), (1090, 760), (1060, 610)]
    draw.polygon(lava, fill="#e76f51")
    draw.ellipse((1044, 500, 1196, 545), fill="#f4b942")


def _tubes(draw: ImageDraw.ImageDraw) -> None:
    """A rack of test tubes, filled to different heights."""
    for i, (colour, level) in enumerate((("#e76f51", 640), ("#f4b942", 600), ("#2a9d8f", 680), ("#5b7fd1", 620))):
        left = 1480 + i * 96
        draw.rounded_rectangle((left, 520, left + 60, 850), 30, fill="#eef7fb", outline="#9fb8c4", width=6)
        draw.rounded_rectangle((left + 8, level, left + 52, 842), 22, fill=colour)
    draw.rounded_rectangle((1440, 740, 1870, 880), 16, fill="#8d6240")


def _rosette(draw: ImageDraw.ImageDraw) -> None:
    """First prize, without a name on it."""
    draw.polygon([(560, 760), (500, 1000), (580, 950), (640, 1000), (650, 760)], fill="#355fb3")
    draw.ellipse((480, 590, 720, 830), fill="#5b7fd1")
    draw.ellipse((525, 635, 675, 785), fill="#fdf6e3")
    draw.text((600, 712), "1", fill="#355fb3", anchor="mm", font_size=110)
