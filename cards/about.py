"""The bot's own pages in the web: what it is, what becomes of what people tell it, and on which terms."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `name` is what links to it say; `text`: parts with an empty line between, headings (#), points (-)."""

    name: str
    title: str
    text: str


HOME = Page("What it is", "Can I Post: ask before you post", """\
# What this is

Staff of a school trust ask Can I Post, in Slack or Microsoft Teams, whether something may go on an official account.
It shows what the trust's social media policy asks of such a post, says who decides, brings it to them, hands what is
approved to whoever runs the account, and keeps the record. Every other permission that the policy knows can be asked
for in the same way, such as a new account or the use of the logo; and it knows which accounts there are.

# How to use it

There is nothing to sign in to here. Write to Can I Post in your chat: “Can I post this? …”, with the words and the
pictures; or what else you would like, such as “new Instagram for the drama club”. It works only for people on the
trust's staff list.
""")

PRIVACY = Page("Privacy", "Can I Post: privacy", """\
# Who answers for it

The trust that gave you Can I Post runs it, and answers for what it keeps. Whoever wrote the program gets none of it.

# What is kept

In the bot's own database and picture store:

- from the trust's staff list: your name, work e-mail address, school, roles, line manager, and first and last day
- your user in Slack or Teams, when it was last here, and what it takes to write to you there
- what you ask to have posted: the words, the pictures and their descriptions, the accounts, the time, who can be
  recognised and on which permission, and what you confirmed; earlier wordings too, and drafts that you discard
- what else you ask permission for: what you answered in its form, and what you confirmed
- who decided what, when, with which note and on which conditions, and where a post went live
- registers: the trust's accounts and approved sites, with who runs them, and who holds their credentials, never the
  credentials; own devices that may be used, and permissions that were granted, with whose they are
- what you ask about the policy: for a day, so that the buttons below the answer work; then only how often a subject
  was asked about, without who asked
- which version of the policy, and of which other documents, you were asked to read, and when you confirmed that you
  had; of the questions on it only the answers that were right in the end
- guidance that an adviser publishes, with the adviser's name, and without who asked
- what you report in confidence, and the files that you add to it exactly as they are: all of it sealed
- a record of what was done, when and by whom; it does not repeat what a post says
- where the bot's messages lie, so that they can be brought up to date; whom it could not reach, and when it last wrote
  to you by e-mail for that reason

# What is not kept

Place, camera and other hidden details are removed from the pictures of posts before they are kept. The bot reads only
what is written to it, and a message that you choose yourself with “Can I post this?”. Of what you write to it, it keeps
what is a post, or asks for something, or asks about the policy, and what you write in the form of a report.

# Who sees it

What you ask for is shown to:

- you
- once you send it, whoever decides it: your card names them before you send it
- once it is approved, whoever runs the accounts, with the pictures whole, to publish it; or whoever has work with it,
  such as IT Services

Whether you have confirmed that you read the policy is seen by your head and by whoever else the trust's rules name.

The registers of accounts and sites can be looked up by all staff; a device or a permission by whose it is, and by those
who keep the registers.

# Where else it goes

The bot's messages travel through Slack or Microsoft Teams, which keep their own copies as agreed with your trust. Where
your trust has set it up, the bot writes to your work e-mail address when it cannot reach you there: only that something
waits, never what.
Whoever looks after the bot's server can reach its database. Nobody else is given anything.

Nothing is used for advertising, and nothing you write goes to an artificial intelligence elsewhere: the bot's checks
are fixed rules, what finds a clause of the policy runs inside the bot and only quotes, and people decide. These pages
set no cookies and load nothing from elsewhere.

# How long

The bot deletes nothing of this by itself: it is the trust's record of what was published and allowed, and who decided
it. How long that is kept is for the trust to decide.

# How to ask

Write “mine” to the bot to see all that you asked for. To see, correct or question anything else that is kept about
you, or about a pupil, ask the school, or the trust's data protection officer. Whoever looks after the staff list can
put your entry right. You can also complain to the Information Commissioner's Office.
""")

TERMS = Page("Terms", "Can I Post: terms of use", """\
# Who may use it

Staff on the list of the trust that runs it, for that trust's official accounts, and for what its policy asks
permission for.

# What it does, and what it does not

It shows what the trust's policy asks, finds who decides, reminds and records. It approves nothing: people do, and
silence is never a yes. Its checks look for a few things, such as full names or links, and can miss some or be
mistaken. The policy itself holds, not the bot's summary of it.

# What it asks of you

- Send only words and pictures that you may share, and say truthfully who can be recognised and who agreed.
- Publish only what is approved, exactly as it stands: an approval is for these words, pictures, accounts and this
  time, and ends when any of them changes.
- Keep to what was agreed with any other permission, for as long as it holds.
- Do not use it to report that somebody is in danger. Nobody watches it round the clock: ring 999, or tell your
  school's safeguarding lead.

# No promise

The program is free software under the MIT licence and comes without warranty. For questions, ask whoever looks after
Can I Post in your trust.
""")
