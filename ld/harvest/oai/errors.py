"""The errors that the protocol has: part of an answer, not a failure of the service.

See: https://www.openarchives.org/OAI/openarchivesprotocol.html#ErrorConditions
"""

from typing import Final, Literal

Code = Literal[
    "badArgument",
    "badResumptionToken",
    "badVerb",
    "cannotDisseminateFormat",
    "idDoesNotExist",
    "noRecordsMatch",
]
# After these the answer does not repeat the arguments, which may be anything.
_ARGUMENTS_UNTOLD: Final = frozenset({"badArgument", "badVerb"})


class OaiError(Exception):
    """An error of the protocol: its code, and words for the person who asked."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @property
    def tells_arguments(self) -> bool:
        """Whether the answer repeats the arguments of the request."""
        return self.code not in _ARGUMENTS_UNTOLD
