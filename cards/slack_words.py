"""What people read only on Slack: about its files, its windows, and people whom it does not know."""


def not_fetched(name: str) -> str:
    """Slack did not hand out a file."""
    return f"I could not fetch {name} from Slack. Please send it to me here in our chat."


def only_first(most: int) -> str:
    """More files than a post takes."""
    return f"I took the first {most} pictures. Please leave the others out."


def not_here() -> str:
    """Nobody in the workspace has this person's e-mail address."""
    return (
        "This person is not in the Slack workspace under the e-mail address on the staff list. "
        "Whoever looks after the staff list can put the address right, or invite them."
    )


def unreachable(code: str) -> str:
    """Slack takes no message for this person, for the reason it gives."""
    return f"Slack does not deliver to this person ({code}). Whoever looks after the Slack workspace can mend that."


def too_slow() -> str:
    """A form did not open."""
    return "The form did not open in time. Nothing was changed. Please press the button once more."


def write_form() -> str:
    """A form cannot open without a press."""
    return "I need a press to open the form: please choose “Can I post this?” from the shortcuts below (⚡ or +)."


def files_stay() -> str:
    """What Slack does with a file that is chosen in a form."""
    return (
        "What you choose here goes to Slack first, and stays among your own files there until you delete it; whoever "
        "runs Slack for the trust can see it. I keep only a sealed copy."
    )
