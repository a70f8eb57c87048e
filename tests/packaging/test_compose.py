"""docker-compose.yaml, .env.example and the Dockerfile, judged without a Docker engine.

The judges are the Compose schema and the installed Airflow: its command line parses every command
and its configuration knows every option.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml  # type: ignore[import-untyped]

from github_sync.settings import Settings, bounds

REPOSITORY = Path(__file__).resolve().parents[2]
COMPOSE = REPOSITORY / "docker-compose.yaml"
AIRFLOW_SERVICES = {
    "airflow-apiserver": "api-server",
    "airflow-scheduler": "scheduler",
    "airflow-dag-processor": "dag-processor",
    "airflow-triggerer": "triggerer",
}
SECRET_NAME = re.compile(r"(PASSWORD|SECRET|TOKEN|KEY)$")


class Reference(NamedTuple):
    """One ${NAME}, ${NAME:-default} or ${NAME:?message} of the Compose file."""

    name: str
    operator: str
    argument: str


REFERENCE = re.compile(r"(?<!\$)\$\{(?P<name>\w+)(?P<operator>:[-?])?(?P<argument>[^}]*)\}")
REQUIRED = re.compile(r"\$\{\w+:\?[^}]+\}")


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return loaded


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def without_comments() -> str:
    return re.sub(r"^\s*#.*", "", COMPOSE.read_text(), flags=re.MULTILINE)


def references() -> list[Reference]:
    found = REFERENCE.finditer(without_comments())
    return [Reference(*match.groups(default="")) for match in found]


def example() -> dict[str, str]:
    """The variables of .env.example."""
    lines = (REPOSITORY / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def environment() -> list[tuple[str, str, str]]:
    """Every environment variable of every service as (service, name, value)."""
    return [
        (service, name, str(value))
        for service, definition in services().items()
        for name, value in definition.get("environment", {}).items()
    ]


def defaults() -> dict[str, str]:
    return {ref.name: ref.argument for ref in references() if ref.operator == ":-"}


def ask_airflow(program: str, question: object, home: Path) -> Any:
    """Runs a program against the installed Airflow in a home and an environment of its own."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW")}
    answered = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        input=json.dumps(question),
        env=inherited | {"AIRFLOW_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answered.returncode == 0, answered.stderr
    return json.loads(answered.stdout.splitlines()[-1])


def check_schema(schema: str, path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


# --- The file itself ---


def test_it_follows_the_compose_specification() -> None:
    checked = check_schema("vendor.compose-spec", COMPOSE)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_it_has_every_airflow_component_and_both_databases() -> None:
    assert set(services()) == {*AIRFLOW_SERVICES, "airflow-init", "postgres", "warehouse"}


@pytest.mark.parametrize("service", [*AIRFLOW_SERVICES, "postgres", "warehouse"])
def test_every_lasting_service_has_a_health_check_and_restarts(service: str) -> None:
    assert services()[service]["healthcheck"]["test"]
    assert services()[service]["restart"] == "unless-stopped"


@pytest.mark.parametrize("service", AIRFLOW_SERVICES)
def test_airflow_waits_for_the_databases_and_the_migration(service: str) -> None:
    conditions = {
        name: wait["condition"] for name, wait in services()[service]["depends_on"].items()
    }
    assert conditions["postgres"] == conditions["warehouse"] == "service_healthy"
    assert conditions["airflow-init"] == "service_completed_successfully"


def test_every_mounted_or_built_path_is_in_the_repository() -> None:
    used = set(host_paths())
    assert {"./dags", "./plugins", "./include", "./Dockerfile"} <= used
    missing = sorted(path for path in used if not (REPOSITORY / path).exists())
    assert not missing, f"docker-compose.yaml mounts or builds {missing}, which do not exist"


def host_paths() -> Iterator[str]:
    for definition in services().values():
        if "build" in definition:
            yield f"{definition['build']}/Dockerfile"
        for volume in definition.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith((".", "/", "~", "$")):
                yield source


def test_the_code_is_mounted_read_only_where_airflow_looks_for_it() -> None:
    for service in [*AIRFLOW_SERVICES, "airflow-init"]:
        mounted = services()[service]["volumes"]
        for folder in ("dags", "plugins", "include"):
            assert f"./{folder}:/opt/airflow/{folder}:ro" in mounted


def test_every_named_volume_is_declared_and_used() -> None:
    named = {
        volume.split(":")[0]
        for definition in services().values()
        for volume in definition.get("volumes", [])
        if not volume.startswith(".")
    }
    assert named == set(compose()["volumes"])


def test_ports_answer_on_this_machine_only() -> None:
    ports = [port for definition in services().values() for port in definition.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


# --- Variables and secrets ---


def test_env_example_lists_exactly_the_variables_of_the_compose_file() -> None:
    assert set(example()) == {reference.name for reference in references()}


def test_every_variable_is_either_required_or_has_the_default_of_env_example() -> None:
    bare = sorted(ref.name for ref in references() if ref.operator not in (":-", ":?"))
    assert not bare, f"{bare} would silently be empty: write ${{NAME:-default}} or ${{NAME:?why}}"
    assert not re.findall(r"(?<!\$)\$(?![{$])\w+", without_comments()), "write ${NAME:-default}"
    required = {ref.name: "" for ref in references() if ref.operator == ":?"}
    assert example() == defaults() | required


def test_every_variable_of_env_example_has_a_comment_of_one_line() -> None:
    lines = (REPOSITORY / ".env.example").read_text().splitlines()
    above = {line.split("=")[0]: lines[i - 1] for i, line in enumerate(lines) if "=" in line}
    uncommented = [name for name in example() if not above[name].startswith("# ")]
    assert not uncommented


def test_every_secret_is_required_and_has_no_default() -> None:
    secrets = [reference for reference in references() if SECRET_NAME.search(reference.name)]
    assert len({secret.name for secret in secrets}) >= 7
    optional = sorted({s.name for s in secrets if s.operator != ":?" or not s.argument})
    assert not optional, f"{optional}: write ${{NAME:?what to do}}"


def test_no_secret_is_written_down() -> None:
    written = sorted(
        {f"{s}: {name}" for s, name, value in environment() if is_literal(name, value)}
    )
    assert not written, f"{written}: take the value from .env"


def is_literal(name: str, value: str) -> bool:
    """Whether the value is or holds a secret that is not a required variable."""
    if SECRET_NAME.search(name):
        return not REQUIRED.fullmatch(value)
    secrets = re.findall(r"://[^:/]*:(.+?)@", value)
    secrets += re.findall(r'"password":\s*"(.*?)"[,}]', value)
    return any(not REQUIRED.fullmatch(secret) for secret in secrets)


@pytest.mark.parametrize(
    ("name", "value", "literal"),
    [
        ("POSTGRES_PASSWORD", "airflow", True),
        ("POSTGRES_PASSWORD", "${PASSWORD:-airflow}", True),
        ("POSTGRES_PASSWORD", "${PASSWORD:?set it}", False),
        ("CONNECTION", "postgresql://airflow:airflow@postgres/airflow", True),
        ("CONNECTION", "postgresql://airflow:${PASSWORD:?set it}@postgres/airflow", False),
        ("CONNECTION", '{"login": "a", "password": "airflow"}', True),
        ("CONNECTION", '{"login": "a", "password": "${PASSWORD:?set it}"}', False),
    ],
)
def test_a_secret_that_is_written_down_is_recognized(name: str, value: str, literal: bool) -> None:
    assert is_literal(name, value) is literal


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        ("AIRFLOW_CONN_POSTGRES_DEFAULT", {"conn_type": "postgres", "host": "warehouse"}),
        ("AIRFLOW_CONN_GITHUB_DEFAULT", {"conn_type": "github"}),
    ],
)
def test_the_connections_are_json(connection: str, expected: dict[str, str]) -> None:
    value = services()["airflow-scheduler"]["environment"][connection]
    parsed = json.loads(REFERENCE.sub("secret", value))
    assert expected.items() <= parsed.items()
    assert parsed["password"] == "secret"


def test_the_warehouse_is_the_one_the_connection_names() -> None:
    value = services()["airflow-scheduler"]["environment"]["AIRFLOW_CONN_POSTGRES_DEFAULT"]
    parsed = json.loads(REFERENCE.sub("", value))
    warehouse = services()["warehouse"]["environment"]
    assert parsed["schema"] == warehouse["POSTGRES_DB"]
    assert parsed["login"] == warehouse["POSTGRES_USER"]


# --- The installed Airflow ---

CONFIGURATION = """
import json
from airflow.configuration import conf
known = {s: sorted(d["options"]) for s, d in conf.configuration_description.items()}
print(json.dumps(known))
"""

PARSE = """
import contextlib, io, json, sys
from airflow.cli.cli_parser import get_parser
refused = {}
for words in json.load(sys.stdin):
    errors = io.StringIO()
    try:
        with contextlib.redirect_stderr(errors):
            get_parser().parse_args(words)
    except SystemExit:
        refused[" ".join(words)] = errors.getvalue()[-300:]
print(json.dumps(refused))
"""


def test_every_airflow_option_exists(tmp_path: Path) -> None:
    known = ask_airflow(CONFIGURATION, None, tmp_path)
    set_here = {name for _, name, _ in environment() if name.startswith("AIRFLOW__")}
    assert len(set_here) >= 10
    assert [name for name in sorted(set_here) if not is_option(name, known)] == []


def is_option(variable: str, known: dict[str, list[str]]) -> bool:
    _, section, key = variable.split("__", 2)
    return key.lower() in known.get(section.lower(), [])


def test_every_airflow_command_exists(tmp_path: Path) -> None:
    commands = list(airflow_commands())
    assert ["scheduler"] in commands
    assert any(words[:2] == ["db", "check-migrations"] for words in commands)
    assert any(words[:2] == ["jobs", "check"] for words in commands)
    assert ask_airflow(PARSE, commands, tmp_path) == {}


def test_a_command_that_does_not_exist_is_recognized(tmp_path: Path) -> None:
    assert list(ask_airflow(PARSE, [["webserver"], ["scheduler"]], tmp_path)) == ["webserver"]


def airflow_commands() -> Iterator[list[str]]:
    """The words behind `airflow` in every command, init script and health check."""
    for service, definition in services().items():
        command = definition.get("command", [])
        if isinstance(command, str):
            yield shlex.split(command)
        elif service.startswith("airflow-"):
            yield from in_shell(command[-1])
        check = definition.get("healthcheck", {}).get("test", [])
        if check and check[0] == "CMD-SHELL":
            yield from in_shell(check[1])


def in_shell(script: str) -> Iterator[list[str]]:
    for line in script.splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["airflow"]:
            yield words[1:]


def test_each_component_runs_its_own_command() -> None:
    commands = {service: services()[service]["command"] for service in AIRFLOW_SERVICES}
    assert commands == AIRFLOW_SERVICES


# --- This package ---


def settings() -> dict[str, str]:
    """The variables of the settings with their defaults."""
    return {
        f"GITHUB_SYNC_{name.upper()}": str(field.default)
        for name, field in Settings.model_fields.items()
    }


def table_of_settings() -> dict[str, list[str]]:
    """The rows of the table in docs/deploying.md, by variable."""
    text = (REPOSITORY / "docs" / "deploying.md").read_text()
    rows = re.findall(r"^\| `(GITHUB_SYNC_\w+)` \|(.*)\|$", text, re.MULTILINE)
    return {name: [cell.strip(" `") for cell in cells.split(" | ")] for name, cells in rows}


def test_the_table_of_settings_is_the_codes() -> None:
    table = table_of_settings()
    assert set(table) == {*settings(), "GITHUB_SYNC_INCLUDE_FOLDER"}
    for name, field in Settings.model_fields.items():
        default, values, description = table[f"GITHUB_SYNC_{name.upper()}"]
        assert (default, description) == (str(field.default), field.description)
        if field.annotation is int:
            assert values == "{:,} to {:,}".format(*bounds(name))


def test_the_example_of_an_environment_describes_them_as_the_code_does() -> None:
    lines = (REPOSITORY / ".env.example").read_text().splitlines()
    said = {line.partition("=")[0]: before for before, line in pairwise(lines)}
    for name, field in Settings.model_fields.items():
        assert said[f"GITHUB_SYNC_{name.upper()}"] == f"# {field.description}"


def test_every_setting_is_passed_on_with_the_default_of_the_code() -> None:
    passed = {name for _, name, _ in environment() if name.startswith("GITHUB_SYNC_")}
    assert passed == set(settings())
    assert {name: defaults()[name] for name in passed} == settings()


def test_the_image_has_the_airflow_that_the_tests_run_on() -> None:
    pinned = re.search(
        r"^apache-airflow==(\S+)$", (REPOSITORY / "requirements-dev.txt").read_text(), re.MULTILINE
    )
    image = re.search(
        r"^FROM apache/airflow:([\d.]+)-python3\.\d+$",
        (REPOSITORY / "Dockerfile").read_text(),
        re.MULTILINE,
    )
    assert pinned, "requirements-dev.txt pins no apache-airflow"
    assert image, "the Dockerfile's FROM is not apache/airflow:<version>-python<version>"
    assert image[1] == pinned[1]


def test_everything_the_dockerfile_copies_reaches_the_builder() -> None:
    dockerfile = (REPOSITORY / "Dockerfile").read_text()
    copied = set(re.findall(r"^COPY (?:--\S+ )?(\S+) ", dockerfile, re.MULTILINE))
    ignored = (REPOSITORY / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    assert {line[1:] for line in ignored if line.startswith("!")} == copied
    assert [path for path in sorted(copied) if not (REPOSITORY / path).exists()] == []


def test_the_dockerfile_cannot_replace_airflow() -> None:
    install = (REPOSITORY / "Dockerfile").read_text().partition("RUN pip install")[2]
    assert '"apache-airflow==${AIRFLOW_VERSION}"' in install
    assert '--constraint "${HOME}/constraints.txt"' in install
