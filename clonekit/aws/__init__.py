"""AWS through boto3: one session, and its errors as ours."""

import logging
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from threading import Lock, Thread
from typing import Any

from clonekit.errors import AwsError
from clonekit.names import printable
from clonekit.settings import Aws

_EXPIRED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
}
_LOGIN_ERRORS = {
    "NoCredentialsError",
    "PartialCredentialsError",
    "CredentialRetrievalError",
    "TokenRetrievalError",
    "SSOTokenLoadError",
    "UnauthorizedSSOTokenError",
    "SSOError",
}
_SERVERS = 500  # HTTP: from this status on it is not the request that is to blame
_MAKING_A_CLIENT = Lock()  # a session makes one at a time; clients may be shared by threads
# What Python says of a header with a line break in it; the header is a login's token or its signature.
_HEADER = re.compile(r"(Invalid header value) .*", re.DOTALL)
_THROTTLED = {"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


class RequestError(AwsError):
    """AWS refused one request; `code` is its error code, such as `DBInstanceNotFound`.

    `is_final`: it had no effect. One that was refused at once had none, but an earlier try of the same may have had.
    """

    def __init__(self, code: str, text: str, *, is_final: bool) -> None:
        super().__init__(text)
        self.code, self.is_final = code, is_final


class LoginError(RequestError):
    """AWS does not accept the login, or not any more."""


@dataclass(frozen=True)
class Cloud:
    """The account we work in; clients are made when first used."""

    settings: Aws
    attempts: int = 8  # of one request: a short outage must not end a run of an hour

    @cached_property
    def session(self) -> Any:
        """The boto3 session of the configured profile and region."""
        import boto3
        from botocore.exceptions import BotoCoreError

        # `inv -d` turns every library's debug log on, and botocore's holds requests and replies with all their secrets.
        logging.getLogger("botocore").setLevel(logging.INFO)
        try:
            return boto3.Session(profile_name=self.settings.profile or None, region_name=self.settings.region)
        except BotoCoreError as error:
            raise AwsError(
                f"{error}. Name an existing profile in aws.profile, or leave it empty to use the environment's login."
            ) from None

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {}

    def client(self, service: str) -> Any:
        """Return the service's client, with botocore's standard retries."""
        from botocore.config import Config

        with _MAKING_A_CLIENT:
            if service not in self._clients:
                retries = {"mode": "standard", "total_max_attempts": self.attempts}
                config = Config(retries=retries, connect_timeout=10, read_timeout=60)
                self._clients[service] = self.session.client(service, config=config)
            return self._clients[service]

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Return the answer to one request; raise AwsError as a sentence that names it."""
        with self._explaining(service, operation):
            answer: dict[str, Any] = getattr(self.client(service), operation)(**parameters)
        return answer

    def pages(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Yield every item under `key` of a paginated request."""
        with self._explaining(service, operation):
            for page in self.client(service).get_paginator(operation).paginate(**parameters):
                yield from page[key]

    @contextmanager
    def _explaining(self, service: str, operation: str) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        try:
            yield
        except (ClientError, BotoCoreError, ResponseParserError) as error:
            raise self._explained(service, operation, error) from None
        except ValueError as error:  # an endpoint or a region that is no name
            raise AwsError(f"AWS can't be asked for {service}:{_pascal(operation)}: {printable(str(error))}.") from None

    @cached_property
    def identity(self) -> dict[str, Any]:
        """Whose login it is, by STS; a session has one login only."""
        return self.call("sts", "get_caller_identity")

    def account(self) -> str:
        """Return the number of the account that the login belongs to."""
        return str(self.identity["Account"])

    @property
    def where(self) -> str:
        """The account and the region, as a run's record has them."""
        return f"{self.account()} {self.settings.region}"

    @property
    def login_flags(self) -> str:
        """The AWS CLI's flags for our profile and region."""
        profile = f"--profile {shlex.quote(self.settings.profile)} " if self.settings.profile else ""
        return f"{profile}--region {shlex.quote(self.settings.region)}"

    def _explained(self, service: str, operation: str, error: Exception) -> AwsError:
        response: dict[str, Any] = getattr(error, "response", None) or {}
        said, about = response.get("Error", {}), response.get("ResponseMetadata", {})
        code = str(said.get("Code", ""))
        retried, status = bool(about.get("RetryAttempts")), about.get("HTTPStatusCode", _SERVERS)
        is_final = status < _SERVERS and not retried
        refused = partial(RequestError, code, is_final=is_final)
        text = _HEADER.sub(r"\1, in the login: a line break in a key or token", str(said.get("Message") or error))
        message = printable(text).strip().removesuffix(".")
        action = f"{service}:{_pascal(operation)}"
        if code in _EXPIRED or type(error).__name__ in _LOGIN_ERRORS:
            text = f"AWS does not accept the login ({message}). {self.how_to_log_in}"
            return LoginError(code, text, is_final=is_final)
        if code in _DENIED:
            return refused(f"AWS denied {action}: {message}. Your role needs this action.")
        if code in _THROTTLED:
            return refused(f"AWS throttled {action} {self.attempts} times: {message}. Try again later.")
        if code:
            return refused(f"AWS refused {action}: {code}: {message}.")
        if type(error).__name__ == "ResponseParserError":
            return AwsError(f"What answers for AWS to {action} is not AWS (a proxy?): {message}.")
        return AwsError(f"AWS can't be reached for {action}: {message}.")

    @property
    def how_to_log_in(self) -> str:
        """What to do when the login has ended, as a sentence."""
        profile = self.settings.profile
        return (
            f"Log in again: aws sso login --profile {shlex.quote(profile)}"
            if profile
            else "Log in again as your organisation does."
        )


def asked(questions: Mapping[str, Callable[[], Any]]) -> dict[str, Callable[[], Any]]:
    """Ask all of these at once, each in a thread; when all have ended, return what each of them returns or raises.

    Nothing of it goes on then, unless a signal comes meanwhile: that does not wait for AWS.
    """
    answers: dict[str, Future[Any]] = {what: Future() for what in questions}

    def ask(what: str) -> None:
        try:
            answers[what].set_result(questions[what]())
        except BaseException as error:
            answers[what].set_exception(error)

    for what in questions:
        Thread(target=ask, args=[what], daemon=True).start()
    for answer in answers.values():
        answer.exception()
    return {what: answer.result for what, answer in answers.items()}


def _pascal(operation: str) -> str:
    """Return boto3's name of an operation as IAM policies write it.

    >>> _pascal("restore_db_instance_from_db_snapshot")
    'RestoreDBInstanceFromDBSnapshot'
    """
    return "".join("DB" if word == "db" else word.capitalize() for word in operation.split("_"))
