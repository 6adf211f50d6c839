"""Magics and what cells show, in a running kernel: what goes through more than one of its parts."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path

import psutil
import pytest
from test_kernel_protocol import (
    TIMEOUT_S,
    Kernel,
    class_path,
    conforming,
    java,
    plain,
    write_spec,
)

GREETER = """
package sample;
public class Greeter {
    public static String greet() { return "hello from a jar"; }
    public static class Loud implements org.dflib.jjava.jupyter.Extension {
        public void install(org.dflib.jjava.jupyter.kernel.BaseKernel kernel) {
            kernel.getMagicsRegistry().registerLineMagic("loud", (k, words) -> {
                System.out.println(String.join(" ", words).toUpperCase());
                return null;
            });
        }
    }
}
"""


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("kernels")
    write_spec(folder, "java-magics", {"SAMPLE_API_KEY": "not for notebooks"})
    running = Kernel(folder, "java-magics")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def greeter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of classes, one of them an extension, and ``greeter.jar`` with the same."""
    classes = tmp_path_factory.mktemp("greeter") / "classes"
    services = classes / "META-INF" / "services"
    services.mkdir(parents=True)
    (services / "org.dflib.jjava.jupyter.Extension").write_text("sample.Greeter$Loud\n")
    (classes / "META-INF" / "jupyter-magics.properties").write_text("%loud = TEXT | shouts\n")
    source = classes.parent / "Greeter.java"
    source.write_text(GREETER)
    tools = Path(java()).parent
    subprocess.run([tools / "javac", "-cp", class_path(), "-d", classes, source], check=True)
    subprocess.run(
        [tools / "jar", "cf", classes.parent / "greeter.jar", "-C", classes, "."], check=True
    )
    return classes


def test_a_jar_brings_classes_extensions_and_their_help(kernel: Kernel, greeter: Path) -> None:
    assert kernel.run("sample.Greeter.greet()").status == "error"
    reply = kernel.run(f"%jars {greeter.parent}/gree*.jar")
    assert reply.text("stdout") == "on the class path now: greeter.jar\n"
    assert kernel.run("sample.Greeter.greet()").result["text/plain"] == "hello from a jar"
    assert kernel.run("%loud well then").text("stdout") == "WELL THEN\n"
    (shown,) = kernel.run("%help loud").of("display_data")
    assert shown["data"]["text/plain"] == "%loud TEXT  shouts"
    again = kernel.run(f"%jars {greeter.parent}/greeter.jar")
    assert again.text("stdout") == "all of it was on the class path already\n"
    assert str(greeter.parent / "greeter.jar") in kernel.run("%classpath").text("stdout")
    completed = conforming(kernel.client.complete("Greet", reply=True, timeout=TIMEOUT_S))
    assert completed["content"]["matches"] == ["sample.Greeter"]


def test_a_folder_brings_its_classes(kernel: Kernel, tmp_path: Path) -> None:
    source = tmp_path / "Shelf.java"
    source.write_text("package shelf; public class Shelf { public static int BOOKS = 7; }")
    folder = tmp_path / "compiled classes"
    subprocess.run([Path(java()).with_name("javac"), "-d", folder, source], check=True)
    assert kernel.run("shelf.Shelf.BOOKS").error["ename"] == "CompileError"
    reply = kernel.run(f'%classpath "{folder}"')
    assert reply.text("stdout") == "on the class path now: compiled classes\n"
    assert kernel.run("shelf.Shelf.BOOKS").result["text/plain"] == "7"
    assert str(folder) in kernel.run("%classpath").text("stdout").splitlines()
    again = kernel.run(f'%classpath "{folder}"')
    assert again.text("stdout") == "all of it was on the class path already\n"


@pytest.mark.parametrize("ask", ["%lsmagic", "%help"])
def test_every_magic_is_listed(kernel: Kernel, ask: str) -> None:
    (shown,) = kernel.run(ask).of("display_data")
    documented = {"%maven", "%jars", "%classpath", "%load", "%env", "%lsmagic", "%help"}
    known = documented | {"%%sh", "%%time"}
    offered = conforming(kernel.client.complete("%", reply=True, timeout=TIMEOUT_S))
    known |= set(offered["content"]["matches"])
    text, table = shown["data"]["text/plain"], shown["data"]["text/markdown"]
    first_words = {line.split()[0] for line in text.splitlines() if line.startswith("%")}
    assert known <= first_words, "as text, each in a line with its purpose"
    assert {cell for cell in re.findall(r"^\| `(%\S+?)[ `]", table, re.MULTILINE)} == first_words
    assert ("updateDisplay" in text) == (ask == "%help"), "what else a cell can do"


def test_what_is_no_jar_is_refused(kernel: Kernel, tmp_path: Path) -> None:
    (tmp_path / "text.jar").write_text("no archive")
    assert "cannot be read as a jar" in kernel.run(f"%jars {tmp_path}/text.jar").error["evalue"]
    assert "no jar fits" in kernel.run(f"%jars {tmp_path}/*.zip").error["evalue"]
    assert "there is no file" in kernel.run(f"%classpath {tmp_path}/nowhere").error["evalue"]


def test_a_library_comes_from_a_repository(kernel: Kernel, greeter: Path, tmp_path: Path) -> None:
    home = tmp_path / "remote" / "sample" / "greeter" / "1.0"
    home.mkdir(parents=True)
    (home / "greeter-1.0.jar").write_bytes((greeter.parent / "greeter.jar").read_bytes())
    (home / "greeter-1.0.pom").write_text(
        "<project><modelVersion>4.0.0</modelVersion><groupId>sample</groupId>"
        "<artifactId>greeter</artifactId><version>1.0</version></project>"
    )
    kernel.run(f'System.setProperty("maven.repo.local", "{tmp_path}/local");')
    remote = (tmp_path / "remote").as_uri()
    reply = kernel.run(f"%maven sample:greeter:1.0 --repository {remote}\n1 + 1")
    assert reply.result["text/plain"] == "2"
    assert "greeter-1.0.jar" in reply.text("stdout")
    assert (tmp_path / "local" / "sample" / "greeter" / "1.0" / "greeter-1.0.jar").exists()
    bad = kernel.run("%maven greeter")
    assert plain(bad.traceback)[0].startswith("expected group:artifact:version")


def test_files_and_notebooks_are_run(kernel: Kernel, tmp_path: Path) -> None:
    (tmp_path / "some.java").write_text("int fromFile = 20;\nfromFile + 1\n")
    (shown,) = kernel.run(f"%load {tmp_path}/some.java").of("display_data")
    assert shown["data"]["text/plain"] == "21"
    cells = [
        {"cell_type": "code", "source": ["int fromCell = \n", "7;"]},
        {"cell_type": "markdown", "source": "no code"},
        {"cell_type": "code", "source": "fromCell += missing;"},
    ]
    (tmp_path / "some.ipynb").write_text(json.dumps({"cells": cells}))
    failed = kernel.run(f"%load {tmp_path}/some.ipynb")
    assert "some.ipynb, cell 2" in failed.error["evalue"]
    assert "missing" in failed.error["evalue"]
    assert kernel.run("fromFile + fromCell").result["text/plain"] == "27"


def test_a_shell_cell_prints_as_it_goes_and_fails_with_its_code(kernel: Kernel) -> None:
    reply = kernel.run('%%sh\nfor word in one "two three"; do echo $word; done\necho odd >&2')
    assert reply.text("stdout") == "one\ntwo three\n"
    assert reply.text("stderr") == "odd\n"
    assert "code 3" in kernel.run("%%sh\nexit 3").error["evalue"]
    assert kernel.run("%env GREETING=good day").status == "ok"
    assert kernel.run("%%sh\necho $GREETING").text("stdout") == "good day\n"
    shown = kernel.run("%env").text("stdout")
    assert "GREETING=good day" in shown
    assert "SAMPLE_API_KEY=(not shown)" in shown
    assert "not for notebooks" not in shown


def test_an_interrupt_ends_a_shell_cell_with_all_that_it_started(kernel: Kernel) -> None:
    request = kernel.send("%%sh\nsleep 600 &\necho started $!\nwait")
    message = conforming(kernel.client.get_iopub_msg(timeout=TIMEOUT_S))
    while message["msg_type"] != "stream":
        message = conforming(kernel.client.get_iopub_msg(timeout=TIMEOUT_S))
    child = int(message["content"]["text"].split()[-1])
    assert psutil.pid_exists(child)
    kernel.manager.interrupt_kernel()
    assert kernel.receive(request).error["ename"] == "Interrupted"
    until = time.monotonic() + TIMEOUT_S
    while running(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not running(child)


def running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_timed_cell_gives_its_value_and_its_lines(kernel: Kernel) -> None:
    reply = kernel.run("%%time\nint timed = 4;\ntimed + 1")
    assert reply.result["text/plain"] == "5"
    assert reply.text("stdout").startswith("wall time ")
    failed = kernel.run("%%time\n\nint broken = nowhere;")
    assert "line 3" in plain(failed.traceback)[0]


def test_an_unknown_magic_names_the_nearest(kernel: Kernel) -> None:
    trace = plain(kernel.run("%mavn a:b:c").traceback)
    assert trace[0] == "there is no magic %mavn; nearest: %maven; %lsmagic lists them"


def test_an_exception_that_is_looked_at_has_its_places(kernel: Kernel) -> None:
    number = kernel.run("int none(int n) {\n    return n / (n - n);\n}").content["execution_count"]
    reply = kernel.run(
        "Exception kept = null;\n"
        'try { none(1); } catch (ArithmeticException e) { kept = new Exception("kept", e); }\n'
        "kept"
    )
    shown = "\n".join(plain(reply.result["text/plain"].splitlines()))
    assert reply.status == "ok"
    assert shown.startswith("java.lang.Exception: kept\n")
    assert "Caused by: java.lang.ArithmeticException: / by zero" in shown
    assert f"In [{number}], line 2, in none" in shown


def test_cursors_behind_characters_of_two_units_are_where_they_seem(kernel: Kernel) -> None:
    code = '/* 😀 */ "abc".toUpp'
    completed = kernel.client.complete(code, len(code), reply=True, timeout=TIMEOUT_S)
    reply = conforming(completed)["content"]
    assert reply["matches"] == ["toUpperCase("]
    assert (reply["cursor_start"], reply["cursor_end"]) == (len(code) - 5, len(code))
    told = kernel.client.inspect(code + "erCase()", len(code), reply=True, timeout=TIMEOUT_S)
    conforming(told)
    assert "String.toUpperCase()" in told["content"]["data"]["text/plain"]
    assert "<code>" in told["content"]["data"]["text/html"]
