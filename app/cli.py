"""The command line: publish, validate, readiness, serve, editions, rollback, withdraw, query,
export.

Exit codes: 0 published, or nothing to do · 1 refused, or not conforming · 2 wrong use.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import click
import orjson

from app import checking, serving
from app.options import (
    REFUSED,
    corpus_options,
    data_option,
    errors_told,
    json_option,
)
from app.telling import Bars, as_json, summary, tell_findings
from ld import corpus
from ld import publish as publishing
from ld.edition import EDITIONS, Edition, open_current
from ld.formats import BY_SUFFIX
from ld.publish import Publication, directory
from ld.query import broker, guard, results
from ld.query.client import BrokerClient
from ld.query.residence import Residence


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="pressmark")
def main() -> None:
    """Publish the metadata of a text corpus as linked data, and serve it.

    \b
    Example, from a folder of seeds to a running service:
      pressmark serve seeds/
    """


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--plan", is_flag=True, help="Say what would change, and write nothing.")
@click.option(
    "--accept-loss", type=click.IntRange(min=0), default=0, metavar="N",
    help="Publish even if N texts and parts would be withheld or disappear.",
)  # fmt: skip
@click.option(
    "--whole", is_flag=True,
    help="Build from all seeds, though only some changed since the last publication.",
)  # fmt: skip
@click.option(
    "--workers", type=click.IntRange(min=1), metavar="N", show_default="one per processor",
    help="Processes that read, map and validate.",
)  # fmt: skip
@click.option(
    "--require-readiness", is_flag=True,
    help="Refuse an edition in which `pressmark readiness` finds a fault.",
)  # fmt: skip
@corpus_options
@data_option
@json_option
def publish(
    folder: Path,
    plan: bool,
    accept_loss: int,
    whole: bool,
    workers: int | None,
    require_readiness: bool,
    settings_file: Path | None,
    base: str | None,
    data: Path,
    in_json: bool,
) -> None:
    """Publish the seeds in FOLDER as the next edition.

    \b
    Examples:
      pressmark publish seeds/ --plan
      pressmark publish seeds/ --base https://texts.example.org/

    Of a corpus that was published before only what changed is read and built; the edition is the
    same as from all seeds. A text that violates a rule does not stop the others: its previous
    version is kept if there is one, else it is withheld.
    """
    with errors_told(), Bars(quiet=in_json) as bars:
        outcome = publishing.publish(
            folder, data, settings_file=settings_file, base=base, accept_loss=accept_loss,
            whole=whole, workers=workers or 0, plan=plan, progress=bars,
            approve=checking.require_ready if require_readiness else None,
        )  # fmt: skip
    _tell(outcome, in_json=in_json)


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@corpus_options
@json_option
def validate(folder: Path, settings_file: Path | None, base: str | None, in_json: bool) -> None:
    """Check the seeds in FOLDER and say what is wrong, where, and what to do.

    Nothing is published. Exit code 1 means that something would be withheld.

    \b
    Example:
      pressmark validate seeds/
    """
    with (
        errors_told(),
        tempfile.TemporaryDirectory(prefix="pressmark-") as nowhere,
        Bars(quiet=in_json) as bars,
    ):
        outcome = publishing.publish(
            folder, Path(nowhere), settings_file=settings_file, base=base, plan=True, progress=bars
        )
    if in_json:
        click.echo(as_json(outcome))
    else:
        tell_findings(outcome, limit=None)
    sys.exit(REFUSED if outcome.counts["withheld"] else 0)


@main.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True,
    help="The port to listen on; 0 for any that is free.",
)  # fmt: skip
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True,
    help="Processes that answer requests.",
)  # fmt: skip
@click.option(
    "--trusted-proxies", metavar="ADDRESSES", default="",
    help="Proxies whose X-Forwarded-For is believed: addresses or networks, with commas between.",
)  # fmt: skip
@click.option(
    "--require-isolation", is_flag=True,
    help="Refuse to start where query processes cannot be kept from the network.",
)  # fmt: skip
@click.option(
    "--memory-graph", type=click.Choice([value.value for value in Residence]),
    default=Residence.AUTO.value, show_default=True,
    help="Load the graph into memory for queries; auto: if it fits --query-memory.",
)  # fmt: skip
@click.option(
    "--query-memory", type=click.IntRange(256), default=serving.QUERY_MEMORY, show_default=True,
    metavar="MIB", help="The memory that all query processes may use together.",
)  # fmt: skip
@corpus_options
@data_option
def serve(
    folder: Path | None,
    host: str,
    port: int,
    workers: int,
    trusted_proxies: str,
    require_isolation: bool,
    memory_graph: str,
    query_memory: int,
    settings_file: Path | None,
    base: str | None,
    data: Path,
) -> None:
    """Serve the current edition; with FOLDER, publish its seeds first.

    \b
    Examples:
      pressmark serve seeds/
      pressmark serve --data /srv/corpus --host 0.0.0.0 --port 80

    A newer edition is taken up without a restart.
    """
    port = port or serving.free_port(host)
    with errors_told():
        if folder is not None:
            settings = corpus.load(folder, settings_file=settings_file, base=base)
            if "base" not in settings.stated:
                base = _local_base(data, host, port)
            with Bars() as bars:
                outcome = publishing.publish(
                    folder, data, settings_file=settings_file, base=base, progress=bars
                )
            _tell(outcome, in_json=False)
        edition = open_current(data)
        try:
            serving.require_same_base(data, base)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        click.echo(f"Edition {edition.id} is served at {_address(host, port, edition)}")
        click.echo("Press Ctrl+C to stop.")
        serving.serve(
            data, host=host, port=port, workers=workers, trusted_proxies=trusted_proxies,
            require_isolation=require_isolation, residence=Residence(memory_graph),
            query_memory=query_memory,
        )  # fmt: skip


def _address(host: str, port: int, edition: Edition) -> str:
    path = edition.service_url.split("/", 3)[3]
    return f"http://{host}:{port}/{path}"


def _local_base(data: Path, host: str, port: int) -> str:
    """Give the base of a corpus that states none: the published one, else this address."""
    if directory.current(data) is not None:
        return open_current(data).base
    return f"http://{host}:{port}/"


@main.command()
@click.option("--verify", is_flag=True, help="Compare every file with its checksum.")
@data_option
@json_option
def editions(verify: bool, data: Path, in_json: bool) -> None:
    """List all editions, those whose files are gone included.

    \b
    Example:
      pressmark editions --verify
    """
    with errors_told():
        current = open_current(data)
        rows = [
            {
                "id": row["id"], "created": row["created"], "kind": row["kind"],
                "note": row["note"], "counts": orjson.loads(row["counts"]),
                "on_disk": (data / EDITIONS / row["id"]).is_dir(),
                "current": row["id"] == current.id,
            }
            for row in current.db.execute("SELECT * FROM edition ORDER BY sequence")
        ]  # fmt: skip
        if in_json:
            click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        else:
            for row in rows:
                counts = row["counts"]
                mark = "*" if row["current"] else " "
                gone = "" if row["on_disk"] else "  (files removed)"
                click.echo(
                    f"{mark} {row['id']:<24} {row['created']}  {row['kind']:<12}"
                    f" +{counts['created']} ~{counts['updated']} -{counts['deleted']}{gone}"
                )
        if verify:
            for row in rows:
                if row["on_disk"]:
                    Edition(data / EDITIONS / str(row["id"])).verify()
            click.echo("All files on disk have the checksums that their editions state.", err=True)


@main.command()
@click.argument("edition")
@data_option
@json_option
def rollback(edition: str, data: Path, in_json: bool) -> None:
    """Publish a new edition with the documents that EDITION had.

    The change is announced in the history, so harvesters learn of it. The next publication
    publishes the seeds as they are then: correct them first.

    \b
    Example:
      pressmark editions
      pressmark rollback 3-1f0c2a9b7d4e
    """
    with errors_told(), Bars(quiet=in_json) as bars:
        outcome = publishing.rollback(data, edition, progress=bars)
    _tell(outcome, in_json=in_json)


@main.command()
@click.argument("identifiers", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why; everybody who asks for the text is told.")
@click.option(
    "--purge", is_flag=True,
    help="Remove the statements from the history and all older editions from disk, for good.",
)  # fmt: skip
@data_option
@json_option
def withdraw(
    identifiers: tuple[str, ...], reason: str, purge: bool, data: Path, in_json: bool
) -> None:
    """Take texts out of the corpus now and keep them out; IDENTIFIERS are their SOURCE_IDs.

    What remains is a tombstone with the reason. A rollback to an earlier edition takes it back,
    unless it was purged.

    \b
    Example:
      pressmark withdraw some_text --reason "Taken down at the wish of the heirs."
    """
    with errors_told(), Bars(quiet=in_json) as bars:
        outcome = publishing.withdraw(
            data, list(identifiers), reason=reason, purge=purge, progress=bars
        )
    _tell(outcome, in_json=in_json)


@main.command()
@click.argument("text", required=False)
@click.option(
    "-f", "--file", "file", type=click.File("r", encoding="utf-8"),
    help="Read the query from a file; - for standard input.",
)  # fmt: skip
@click.option(
    "--format", "suffix", metavar="FORMAT",
    help="srj, srx, csv or tsv for SELECT and ASK; ttl, jsonld, nt or rdf for graphs.",
)  # fmt: skip
@data_option
def query(text: str | None, file: Any, suffix: str | None, data: Path) -> None:
    """Ask the current edition a SPARQL query, under the limits of the public endpoint.

    \b
    Example:
      pressmark query 'SELECT (COUNT(*) AS ?n) { ?s a <https://schema.org/CreativeWork> }'
    """
    if (text is None) == (file is None):
        raise click.UsageError("Give the query as an argument, or in a file with --file.")
    with errors_told():
        checked = guard.check(file.read() if text is None else text)
        offers = [results.BY_MEDIA_TYPE[name] for name in results.media_types(checked.form)]
        chosen = next((o for o in offers if suffix in {None, o.suffix}), None)
        if chosen is None:
            names = ", ".join(dict.fromkeys(offer.suffix for offer in offers))
            raise click.UsageError(f"A {checked.form} query answers in one of {names}.")
        if suffix is None and checked.form in {"SELECT", "ASK"}:
            chosen = next((o for o in offers if o.suffix == "tsv"), chosen)
        # Loading a graph for one query would take longer than the query.
        with broker.running(data, residence=Residence.NEVER) as socket_path:
            answer = BrokerClient(socket_path).query(
                checked, chosen.media_type, client="command line"
            )
            for chunk in answer:
                sys.stdout.buffer.write(chunk)


@main.command()
@click.argument("key", required=False)
@click.option(
    "--format", "suffix", type=click.Choice(list(BY_SUFFIX)), default="nt", show_default=True,
    help="The syntax; the whole edition is written as nt only.",
)  # fmt: skip
@click.option("-o", "--output", type=click.File("wb"), default="-", help="The file to write.")
@data_option
def export(key: str | None, suffix: str, output: Any, data: Path) -> None:
    """Write one document by its KEY (text/ID, text/ID/PART, agent/NAME), or the whole edition.

    \b
    Examples:
      pressmark export agent/peter-kropotkin --format ttl
      pressmark export -o corpus.nt
    """
    with errors_told():
        edition = open_current(data)
        if key is not None:
            output.write(BY_SUFFIX[suffix].write(edition.document(key).statements))
        elif suffix != "nt":
            raise click.UsageError(
                f"The whole edition in this syntax is in {edition.path / 'dumps'}."
            )
        else:
            for document in edition.documents():
                output.write(BY_SUFFIX[suffix].write(document.owned))


main.add_command(checking.readiness)


def _tell(outcome: Publication, *, in_json: bool) -> None:
    if in_json:
        click.echo(as_json(outcome))
        return
    tell_findings(outcome, limit=20)
    click.echo(summary(outcome))


if __name__ == "__main__":
    main()
