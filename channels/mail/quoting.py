"""What a person newly wrote."""


def reply_text(text: str) -> str:
    return text.strip()
