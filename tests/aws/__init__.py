"""AWS played by moto, and the edge where its answers are replaced and its calls are counted."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from clonekit.waiting import Pace

ACCOUNT = "123456789012"  # moto's
SOURCE = "v1-orcha-db"
FAST = Pace(0, 60, "rds.restore_minutes")
RUN = "0123456789abcdef"
OURS = [
    {"Key": "CloneOf", "Value": SOURCE},
    {"Key": "CreatedBy", "Value": "clone-prod-db"},
    {"Key": "RunId", "Value": RUN},
]

Parameters = dict[str, Any]
Reply = Callable[[Parameters], Parameters | None]


def _always(answer: Parameters) -> Reply:
    return lambda _: answer


class Edge:
    """Botocore's edge: every call is recorded there, and an operation may be given another answer than moto's."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Parameters]] = []
        self._replies: dict[str, list[Reply]] = {}

    def answer(self, operation: str, *replies: Parameters | Reply) -> None:
        """Give these answers one after the other, the last one for ever; a reply of None lets moto answer."""
        self._replies[operation] = [reply if callable(reply) else _always(reply) for reply in replies]

    def refuse(self, operation: str, code: str, message: str = "No.", *, status: int = 400, times: int = 1000) -> None:
        """Answer with an error, so many times."""
        error = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
        self.answer(operation, *[error] * times, lambda _: None)

    def sent(self, operation: str) -> list[Parameters]:
        """Return the parameters of each call of this operation."""
        return [parameters for name, parameters in self.calls if name == operation]

    @property
    def changes(self) -> list[str]:
        """The operations that were called and may have changed something."""
        return [name for name, _ in self.calls if not name.startswith(("Describe", "Get", "List", "Simulate"))]

    def record(self, params: Parameters, model: Any, **_: Any) -> None:
        """Handle botocore's provide-client-params: the parameters as the program gave them."""
        self.calls.append((model.name, dict(params)))

    def reply(self, model: Any, **_: Any) -> tuple[Any, Parameters] | None:
        """Handle botocore's before-call: an answer from here, or None for moto's."""
        replies = self._replies.get(model.name)
        if not replies:
            return None
        answer = (replies.pop(0) if len(replies) > 1 else replies[0])(self.sent(model.name)[-1])
        if answer is None:
            return None
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 200)
        return SimpleNamespace(status_code=status), answer
