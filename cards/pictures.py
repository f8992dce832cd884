"""What people are told of a picture that the bot cannot take."""


def bad(name: str, fault: str, most_bytes: int) -> str:
    """Why this picture cannot be posted, and what to send instead."""
    return {
        "too large": f"{name} is larger than {most_bytes // 1_000_000} MB. Please send a smaller copy.",
        "too many pixels": f"{name} has too many pixels. Please send a smaller copy.",
    }.get(fault, f"{name} is not a picture I can read. Please send a JPEG, PNG, GIF or WebP.")
