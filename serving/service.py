"""The service: BentoML runs it, `muster.answers` answers.

Every route belongs to the mounted app: BentoML's own file inputs fetch a URL that is sent in place of a file, and its
own errors leave out what was found.
"""

from pathlib import Path

import bentoml
import click
from bentoml.exceptions import BentoMLConfigException
from bentoml.images import Image
from bentoml.models import BentoModel

from muster import registry
from muster.answers.access import Guard, PublicAddressError, refuse_public_address
from muster.answers.app import build_app
from muster.answers.shelf import Shelf
from muster.settings import settings

PREFIX = "muster_"
# What is installed in it, and how, stands in bentofile.yaml.
image = Image(python_version="3.11").build_include("constraints.txt", "serving/overrides.txt")
app = build_app()


def token() -> str | None:
    """Return the secret that askers must know, None where any program of this machine may ask."""
    secret = settings().token
    return secret.get_secret_value() if secret else None


def find_folder(model: str, version: str) -> Path:
    """Return the files of a version in the BentoML store."""
    return Path(bentoml.models.get(f"{PREFIX}{model}:{version}").path)


def packaged() -> dict[str, str]:
    """Return the newest version of every model in the store: what a container without a registry serves."""
    stored = [model for model in bentoml.models.list() if model.tag.name.startswith(PREFIX)]
    stored.sort(key=lambda model: model.creation_time)
    return {model.tag.name.removeprefix(PREFIX): str(model.tag.version) for model in stored}


@bentoml.service(
    name="muster",
    image=image,
    workers=1,
    # Its metrics keep one series a path, so one a gene: 20,000 of them. Ours are by route.
    metrics={"enabled": False},
)
@bentoml.asgi_app(app)
class Muster:
    """Phenotypes, viability and radiographs, from the champions of the registry."""

    def __init__(self) -> None:
        self.shelf = Shelf(find_folder, packaged())
        self.shelf.watch()
        app.state.shelf = self.shelf

    @bentoml.on_shutdown
    def end(self) -> None:
        """Stop looking for new champions."""
        self.shelf.close()

    @bentoml.on_deployment
    @staticmethod
    def refuse_public() -> None:
        """Do not start on an address that others reach, unless a token is set."""
        context = click.get_current_context(silent=True)
        # BentoML listens everywhere where it is not told.
        host = (context.params.get("host") if context else None) or "0.0.0.0"
        try:
            refuse_public_address(host, token())
        except PublicAddressError as error:
            raise BentoMLConfigException(str(error)) from None


def champions() -> list[BentoModel]:
    """Return what a bento takes along: the champions that are in the store."""
    names = [path.parent.name for path in settings().registry.glob("*/aliases.json")]
    entries = [(name, registry.aliases(name).get("champion")) for name in sorted(names)]
    models = [BentoModel(f"{PREFIX}{name}:{entry['version']}") for name, entry in entries if entry]
    return [model for model in models if model.stored]


Muster.add_asgi_middleware(Guard, token=token())
# BentoML reads a bento's models from here while it imports this file; there is no later moment.
Muster.models.extend(champions())
