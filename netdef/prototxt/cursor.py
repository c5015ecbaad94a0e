"""A reading position among tokens, which hands out the comments it passes and collects complaints."""

from __future__ import annotations

from collections.abc import Sequence

from netdef.errors import Place, Problem
from netdef.prototxt.tokens import Comment, Kind, Token, tokenize

OPENERS = ("{", "<")
CLOSERS = ("}", ">")


class Cursor:
    """Walks over the tokens of a text; every comment is handed out once."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.rows = text.split("\n")
        self.tokens, self.problems = tokenize(text, file)
        self.position = 0
        self.stray_comments: list[str] = []

    @property
    def peek(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.position]

    @property
    def last_line(self) -> int:
        """The line of the token taken last."""
        return self.tokens[self.position - 1].line if self.position else 0

    def take(self) -> Token:
        """Step over the next token (END stays); comments before it that nobody asked for become stray."""
        token = self.tokens[self.position]
        if token.comments:
            self.stray_comments += [comment.text for comment in token.comments]
            token.comments = ()
        if token.kind is not Kind.END:
            self.position += 1
        return token

    def accept(self, mark: str) -> bool:
        """Step over the next token if it is ``mark``."""
        if self.tokens[self.position].text != mark:
            return False
        self.take()
        return True

    def place(self, token: Token) -> Place:
        """Return where a token stands."""
        return Place(self.file, token.line, token.column)

    def complain(self, token: Token, message: str, hint: str = "") -> None:
        """Note a problem at a token."""
        self.problems.append(Problem(message, self.place(token), hint))

    def comment_behind(self) -> str:
        """Take the comment on the line of the token taken last, if there is one."""
        token = self.peek
        if not token.comments or token.comments[0].line != self.last_line:
            return ""
        text = token.comments[0].text
        token.comments = token.comments[1:]
        return text

    def lines_above(self) -> list[str]:
        """Take the comments before the next token, with an empty line where the author left some."""
        token = self.peek
        comments, token.comments = token.comments, ()
        return _spaced(comments, self.last_line or 1, token.line)

    def starts_its_line(self, token: Token) -> bool:
        """Whether only blanks stand before a token."""
        return not self.rows[token.line - 1][: token.column - 1].strip()

    def skip_line(self, line: int) -> None:
        """Step over what is left of a line, and over blocks that begin on it; stop at a closing brace."""
        while self.peek.line == line and self.peek.kind is not Kind.END and self.peek.text not in CLOSERS:
            if self.take().text in OPENERS:
                self.skip_block()

    def skip_block(self) -> None:
        """Step behind the brace that closes the block just opened."""
        depth = 1
        while depth and self.peek.kind is not Kind.END:
            text = self.take().text
            depth += (text in OPENERS) - (text in CLOSERS)


def _spaced(comments: Sequence[Comment], line_above: int, line_below: int) -> list[str]:
    lines = []
    for comment in comments:
        if comment.line - line_above > 1:
            lines.append("")
        lines.append(comment.text)
        line_above = comment.line
    return [*lines, ""] if line_below - line_above > 1 else lines
