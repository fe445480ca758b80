"""The pretend AWS: moto's server with our RDS and SSM. Run as `python -m clonekit.sandbox.cloud FOLDER`."""

import json
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any

from clonekit import files
from clonekit.postgres.embedded import HOST
from clonekit.sandbox.layout import Layout

_LACKS = "the sandbox does not have this action"
_XML = "<ErrorResponse><Error><Code>NotImplemented</Code><Message>{}</Message></Error></ErrorResponse>"
PASSWORD_VARIABLE = "SANDBOX_MASTER_PASSWORD"


def main(argv: list[str]) -> None:
    """Answer AWS calls until SIGTERM; FOLDER/cloud.json says where, as soon as everything is there."""
    logging.basicConfig(level=logging.INFO)
    layout = Layout(Path(argv[0]))
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"  # a second of start-up for images that nobody asks for
    from clonekit.sandbox.jobs import Jobs

    jobs = Jobs(layout)
    server = _server(jobs)
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: sys.exit())
    files.replace(layout.cloud, json.dumps({"url": f"http://{HOST}:{server.port}", "pid": os.getpid()}))
    try:
        server.serve_forever()
    finally:
        jobs.finish()


def _server(jobs: Any) -> Any:
    """Return the listening server, with its memory filled and our two services in moto's place."""
    import moto.rds.urls
    import moto.ssm.urls
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    from clonekit.sandbox import seed
    from clonekit.sandbox.faults import Gate
    from clonekit.sandbox.rds import Rds
    from clonekit.sandbox.ssm import Ssm

    Rds.jobs, Ssm.layout, Ssm.faults = jobs, jobs.layout, jobs.faults
    moto.rds.urls.url_paths = {"{0}/$": Rds.dispatch}
    moto.ssm.urls.url_paths = {"{0}/$": Ssm.dispatch}
    seed.fill(os.environ.pop(PASSWORD_VARIABLE))
    app = Gate(_with_answers(DomainDispatcherApplication(create_backend_app)), jobs.faults)
    return make_server(HOST, 0, app, threaded=True, request_handler=MotoRequestHandler)


def _with_answers(app: Any) -> Any:
    """Return the application with an error in AWS's form where moto lacks an action and would end in a page of HTML."""
    from werkzeug.wrappers import Response

    def answering(environ: Any, start: Any) -> Any:
        try:
            return app(environ, start)
        except Exception:  # moto's own, in as many sorts as it has gaps
            is_json = "json" in environ.get("CONTENT_TYPE", "")
            body = json.dumps({"__type": "NotImplemented", "message": _LACKS}) if is_json else _XML.format(_LACKS)
            return Response(body, 501, content_type="application/json" if is_json else "text/xml")(environ, start)

    return answering


if __name__ == "__main__":
    main(sys.argv[1:])
