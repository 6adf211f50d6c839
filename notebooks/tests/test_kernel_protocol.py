"""The Java kernel as a Jupyter client meets it: messages in, messages out, a process that ends.

The kernel runs from the built jars in ``.promptpo/java/lib`` (or from the class path in the
environment variable ``PROMPTPO_KERNEL_CLASSPATH``), through a kernel spec that exists for the test
only.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from jupyter_kernel_test.msgspec_v5 import validate_message

TIMEOUT_S = 60


def home() -> Path:
    """The checkout."""
    return Path(os.environ.get("PROMPTPO_HOME") or Path(__file__).resolve().parents[2])


def class_path() -> str:
    """The kernel's class path; skips the test where the project has not been built."""
    if given := os.environ.get("PROMPTPO_KERNEL_CLASSPATH"):
        return given
    jars = home() / ".promptpo" / "java" / "lib"
    if not any(jars.glob("*promptpo-kernel-*.jar")):
        message = f"no kernel in {jars}: run ./promptpo test, which builds it"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return f"{jars}/*"


def installed_words() -> list[str]:
    """The command line in the kernel spec that set-up installed; empty where there is none."""
    spec = Path(sys.prefix) / "share" / "jupyter" / "kernels" / "promptpo-java" / "kernel.json"
    return json.loads(spec.read_text())["argv"] if spec.exists() else []


def cache_options() -> list[str]:
    """What makes a kernel start from the cache that set-up made, where it made one."""
    wanted = ("-XX:AOTCache", "-XX:SharedArchiveFile", "-Xshare", "-Xlog")
    return [word for word in installed_words() if word.startswith(wanted)]


def java() -> str:
    """The JDK that set-up chose (it is in the installed kernel spec), else JAVA_HOME's."""
    if programs := [word for word in installed_words() if Path(word).name == "java"]:
        return programs[0]
    if java_home := os.environ.get("JAVA_HOME"):
        return str(Path(java_home) / "bin" / "java")
    return shutil.which("java") or "java"


@dataclass
class Reply:
    """What came back for one cell."""

    status: str
    content: dict
    messages: list[tuple[str, dict]] = field(default_factory=list)

    def of(self, kind: str) -> list[dict]:
        return [content for name, content in self.messages if name == kind]

    def text(self, stream: str) -> str:
        return "".join(c["text"] for c in self.of("stream") if c["name"] == stream)

    @property
    def result(self) -> dict:
        (content,) = self.of("execute_result")
        return content["data"]

    @property
    def error(self) -> dict:
        (content,) = self.of("error")
        return content

    @property
    def traceback(self) -> list[str]:
        return self.error["traceback"]


def conforming(message: dict) -> dict:
    """The message, which must be as the protocol says; every test looks at all that it gets."""
    content = message["content"]
    # The validator knows no replies of cells that were not run, though the protocol does.
    if content.get("status") == "aborted":
        assert content == {"status": "aborted"}
    elif message["msg_type"] == "input_request":
        # Whether it is a password is a truth value in the protocol, and a number to the validator.
        assert isinstance(content["password"], bool)
        validate_message(message | {"content": content | {"password": 0}})
    else:
        validate_message(message)
    return message


class Kernel:
    """A running kernel with a client."""

    def __init__(self, folder: Path, name: str) -> None:
        specs = KernelSpecManager(kernel_dirs=[str(folder)])
        self.manager = KernelManager(kernel_name=name, kernel_spec_manager=specs)
        self.manager.start_kernel()
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT_S)

    @property
    def pid(self) -> int:
        return self.manager.provisioner.process.pid

    def send(self, code: str, **options: object) -> str:
        return self.client.execute(code, **options)

    def run(self, code: str, timeout: float = TIMEOUT_S, **options: object) -> Reply:
        return self.receive(self.send(code, **options), timeout)

    def receive(self, request: str, timeout: float = TIMEOUT_S) -> Reply:
        """Everything that answers a request, up to the kernel's going idle, then its reply."""
        messages = []
        until = time.monotonic() + timeout
        while True:
            message = conforming(self.client.get_iopub_msg(timeout=until - time.monotonic()))
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status":
                if content["execution_state"] == "idle":
                    break
            elif kind != "execute_input":
                messages.append((kind, content))
        while True:
            reply = conforming(self.client.get_shell_msg(timeout=until - time.monotonic()))
            if reply["parent_header"]["msg_id"] == request:
                return Reply(reply["content"]["status"], reply["content"], messages)

    def control(self, kind: str, **content: object) -> dict:
        """Asks on the control channel: the content of the reply."""
        request = self.client.session.msg(f"{kind}_request", content)
        self.client.control_channel.send(request)
        while True:
            reply = conforming(self.client.get_control_msg(timeout=TIMEOUT_S))
            if reply["parent_header"]["msg_id"] == request["header"]["msg_id"]:
                assert reply["msg_type"] == f"{kind}_reply"
                return reply["content"]

    def asked(self) -> dict:
        """What a running cell asks the client for."""
        message = conforming(self.client.get_stdin_msg(timeout=TIMEOUT_S))
        assert message["msg_type"] == "input_request"
        return message["content"]

    def wait_for_output(self, request: str, text: str) -> None:
        """Returns when a running cell has printed this."""
        seen = ""
        while text not in seen:
            message = conforming(self.client.get_iopub_msg(timeout=TIMEOUT_S))
            if (
                message["parent_header"].get("msg_id") == request
                and message["msg_type"] == "stream"
            ):
                seen += message["content"]["text"]

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel()


def write_spec(
    folder: Path, name: str, environment: dict[str, str] | None = None, more: Path | None = None
) -> None:
    """Writes a kernel spec; ``more`` is put on the class path too."""
    target = folder / name
    target.mkdir()
    (target / "kernel.json").write_text(
        json.dumps(
            {
                "argv": [
                    java(),
                    "--enable-native-access=ALL-UNNAMED",
                    *cache_options(),
                    "-cp",
                    f"{class_path()}{os.pathsep}{more}" if more else class_path(),
                    "dev.promptpo.kernel.Main",
                    "{connection_file}",
                ],
                "display_name": "Java under test",
                "language": "java",
                "interrupt_mode": "message",
                "env": environment or {},
            }
        )
    )


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kernels")
    write_spec(folder, "java-test")
    write_spec(folder, "java-imports", {"PROMPTPO_KERNEL_IMPORTS": "static java.lang.Math.*"})
    return folder


@pytest.fixture(scope="module")
def kernel(specs: Path):
    running = Kernel(specs, "java-test")
    yield running
    running.stop()


def test_last_expression_is_the_result(kernel: Kernel) -> None:
    reply = kernel.run("int six = 6;\nint seven = 7;\nsix * seven")
    assert reply.status == "ok"
    assert reply.result == {"text/plain": "42"}


def test_declarations_and_assignments_give_no_result(kernel: Kernel) -> None:
    assert kernel.run("int quiet = 1;").messages == []
    assert kernel.run("quiet = 2").messages == []
    assert kernel.run("record Quiet(int q) {}").messages == []


def test_state_is_kept_from_cell_to_cell(kernel: Kernel) -> None:
    kernel.run("var kept = new ArrayList<>(List.of(1, 2));")
    kernel.run("kept.add(3);")
    assert kernel.run("kept").result["text/plain"] == "[1, 2, 3]"


def test_streams_keep_their_order(kernel: Kernel) -> None:
    reply = kernel.run(
        'for (int i = 0; i < 3; i++) { System.out.print("o" + i); System.err.print("e" + i); }'
    )
    assert [(c["name"], c["text"]) for c in reply.of("stream")] == [
        ("stdout", "o0"),
        ("stderr", "e0"),
        ("stdout", "o1"),
        ("stderr", "e1"),
        ("stdout", "o2"),
        ("stderr", "e2"),
    ]


def test_a_flood_of_lines_arrives_whole(kernel: Kernel) -> None:
    reply = kernel.run('for (int i = 0; i < 200_000; i++) System.out.println("line " + i);')
    assert reply.text("stdout") == "".join(f"line {i}\n" for i in range(200_000))
    assert len(reply.of("stream")) < 1000


def test_text_outside_of_ascii_arrives_whole(kernel: Kernel) -> None:
    text = "äöü → 𝔸 " * 5000
    reply = kernel.run('System.out.print("äöü → 𝔸 ".repeat(5000));')
    assert reply.text("stdout") == text


def test_threads_of_a_cell_print_into_it(kernel: Kernel) -> None:
    reply = kernel.run(
        'var printer = new Thread(() -> System.out.println("from a thread"));\n'
        "printer.start();\nprinter.join();"
    )
    assert reply.text("stdout") == "from a thread\n"


def test_a_thread_prints_into_the_cell_that_started_it(kernel: Kernel) -> None:
    first = kernel.send(
        "var go = new CountDownLatch(1);\n"
        "var late = new Thread(() -> {\n"
        "    try { go.await(); } catch (InterruptedException e) { return; }\n"
        '    System.out.println("late words");\n'
        "});\n"
        "late.start();"
    )
    kernel.receive(first)
    second = kernel.send('go.countDown(); late.join(); System.out.println("own words");')
    printed = {first: "", second: ""}
    while not (printed[first] and printed[second]):
        message = conforming(kernel.client.get_iopub_msg(timeout=TIMEOUT_S))
        if message["msg_type"] == "stream":
            printed[message["parent_header"]["msg_id"]] += message["content"]["text"]
    assert printed == {first: "late words\n", second: "own words\n"}
    assert kernel.run("1 + 1").result["text/plain"] == "2"


def test_a_hundred_megabytes_of_output_are_capped_and_kept(kernel: Kernel) -> None:
    reply = kernel.run(
        'String flood = "x".repeat(999) + "\\n";\n'
        "for (int i = 0; i < 100_000; i++) System.out.print(flood);"
    )
    assert reply.status == "ok"
    assert len(reply.text("stdout")) == 2_500_000
    (file,) = set(re.findall(r"the rest is in (\S+)]", reply.text("stderr")))
    rest = Path(file)
    assert rest.stat().st_size == 100_000_000 - 2_500_000
    rest.unlink()
    assert kernel.run("1 + 1").result["text/plain"] == "2"


def test_exception_names_cell_and_line_through_its_causes(kernel: Kernel) -> None:
    first = kernel.run(
        "int halve(int n) {\n"
        "    if (n % 2 == 1)\n"
        '        throw new IllegalStateException("odd", new RuntimeException("the cause"));\n'
        "    return n / 2;\n"
        "}"
    )
    failed = kernel.run('System.out.println("before");\n\nhalve(3);\nSystem.out.println("after");')
    defined, called = first.content["execution_count"], failed.content["execution_count"]
    assert failed.status == "error"
    assert failed.text("stdout") == "before\n"
    assert failed.error["ename"] == "IllegalStateException"
    assert failed.error["evalue"] == "odd"
    trace = plain(failed.traceback)
    assert trace[0] == "java.lang.IllegalStateException: odd"
    assert trace[1] == f"    at In [{defined}], line 3, in halve"
    assert f"    at In [{called}], line 3" in trace
    assert "Caused by: java.lang.RuntimeException: the cause" in trace
    assert not any("jshell" in line.lower() or "dev.promptpo.kernel" in line for line in trace)


def test_compile_errors_have_line_and_caret(kernel: Kernel) -> None:
    failed = kernel.run("// a comment first\nint fine = 1;\nint broken = fine + missing + absent;")
    trace = plain(failed.traceback)
    number = failed.content["execution_count"]
    assert failed.error["ename"] == "CompileError"
    assert trace[0] == f"In [{number}], line 3: cannot find symbol"
    assert trace[1] == "    int broken = fine + missing + absent;"
    assert trace[2] == "                        ^^^^^^^"
    assert "                                  ^^^^^^" in trace


def test_failed_cell_stops_those_that_were_sent_with_it(kernel: Kernel) -> None:
    kernel.run("int ran = 0;")
    failing = kernel.send('Thread.sleep(300); throw new Exception("stop here")')
    waiting = [kernel.send("ran++;"), kernel.send("ran++;")]
    assert kernel.receive(failing).status == "error"
    assert [kernel.receive(request).status for request in waiting] == ["aborted", "aborted"]
    assert kernel.run("ran").result["text/plain"] == "0"


def test_display_and_update_share_an_id(kernel: Kernel) -> None:
    reply = kernel.run('var shown = display("<b>1</b>", "text/html");\nshown.update("two");')
    (shown,) = reply.of("display_data")
    (updated,) = reply.of("update_display_data")
    assert shown["data"]["text/html"] == "<b>1</b>"
    assert updated["data"]["text/plain"] == "two"
    assert shown["transient"]["display_id"] == updated["transient"]["display_id"] != ""


def test_a_display_is_not_a_result_as_well(kernel: Kernel) -> None:
    reply = kernel.run('display("once")')
    assert [name for name, _ in reply.messages] == ["display_data"]


def test_what_was_displayed_is_updated_by_its_handle_and_by_its_id(kernel: Kernel) -> None:
    kernel.run('var replaced = display("one");')
    reply = kernel.run(
        'updateDisplay(replaced, "<b>two</b>", "text/html");\n'
        'updateDisplay(replaced.id(), Map.of("n", 3), "application/json");\n'
        'updateDisplay(replaced.id(), "four");'
    )
    own = kernel.run("replaced.id().toString()").result["text/plain"]
    assert [name for name, _ in reply.messages] == ["update_display_data"] * 3
    updates = reply.of("update_display_data")
    assert {update["transient"]["display_id"] for update in updates} == {own}
    html, structure, text = (update["data"] for update in updates)
    assert html["text/html"] == "<b>two</b>"
    assert structure["application/json"] == {"n": 3}
    assert text["text/plain"] == "four"


def test_display_through_the_library_alone(kernel: Kernel) -> None:
    """What a library does that does not depend on this kernel."""
    reply = kernel.run(
        "import org.dflib.jjava.jupyter.kernel.BaseKernel;\n"
        "import org.dflib.jjava.jupyter.kernel.display.DisplayData;\n"
        'var first = new DisplayData("one"); first.putHTML("<i>one</i>");\n'
        'first.setDisplayId("my-id");\n'
        "BaseKernel.notebookKernel().display(first);\n"
        'System.out.print("between");\n'
        "var second = new Thread(() -> BaseKernel.notebookKernel().getIO().display\n"
        '    .updateDisplay("my-id", new DisplayData("two")));\n'
        "second.start(); second.join();"
    )
    assert [name for name, _ in reply.messages] == [
        "display_data",
        "stream",
        "update_display_data",
    ]
    assert reply.of("display_data")[0]["data"] == {"text/plain": "one", "text/html": "<i>one</i>"}
    assert reply.of("update_display_data")[0]["transient"] == {"display_id": "my-id"}


def test_clear_output(kernel: Kernel) -> None:
    reply = kernel.run('System.out.print("old"); clearOutput(true); System.out.print("new");')
    assert [name for name, _ in reply.messages] == ["stream", "clear_output", "stream"]
    assert reply.of("clear_output") == [{"wait": True}]


def test_failing_renderer_costs_its_output_only(kernel: Kernel) -> None:
    reply = kernel.run(
        "import org.dflib.jjava.jupyter.kernel.BaseKernel;\n"
        "record Fragile(int n) {}\n"
        "BaseKernel.notebookKernel().getRenderer().createRegistration(Fragile.class)\n"
        "    .register((f, context) -> { throw new StackOverflowError(); });\n"
        "new Fragile(1)"
    )
    assert reply.status == "ok"
    assert reply.result["text/plain"] == "Fragile[n=1]"
    assert "Cannot show a Fragile" in reply.text("stderr")


def test_input_comes_from_the_client_and_an_interrupt_ends_the_wait(kernel: Kernel) -> None:
    request = kernel.send("new Scanner(System.in).nextLine()", allow_stdin=True)
    assert kernel.asked() == {"prompt": "", "password": False}
    kernel.client.input("a line")
    assert kernel.receive(request).result["text/plain"] == "a line"
    request = kernel.send("new Scanner(System.in).nextLine()", allow_stdin=True)
    kernel.asked()
    assert kernel.control("interrupt") == {"status": "ok"}
    assert kernel.receive(request).error["ename"] == "Interrupted"
    request = kernel.send("new Scanner(System.in).nextLine()", allow_stdin=True)
    kernel.asked()
    kernel.client.input("another")
    assert kernel.receive(request).result["text/plain"] == "another"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("busy loop", "long n = 0; while (true) n++;"),
        ("sleep", "Thread.sleep(600_000);"),
        ("lock", "var never = new CountDownLatch(1); never.await();"),
        (
            "nested lambdas",
            "IntStream.range(0, 1000).forEach(i -> IntStream.iterate(0, j -> 0).forEach(j -> {}));",
        ),
        (
            "swallowed interrupts",
            "while (true) { try { Thread.sleep(50); } catch (InterruptedException e) {} }",
        ),
    ],
)
@pytest.mark.parametrize("way", ["message", "manager", "signal"])
def test_interrupt_stops_the_cell_and_keeps_the_session(
    kernel: Kernel, name: str, code: str, way: str
) -> None:
    kernel.run('String before = "still here";')
    request = kernel.send('{ System.out.println("started");\n' + code + "\n}")
    kernel.wait_for_output(request, "started")
    if way == "message":
        assert kernel.control("interrupt") == {"status": "ok"}
    elif way == "manager":
        kernel.manager.interrupt_kernel()
    else:
        os.kill(kernel.pid, signal.SIGINT)
    reply = kernel.receive(request)
    assert reply.status == "error", name
    assert reply.error["ename"] == "Interrupted"
    assert kernel.run("before").result["text/plain"] == "still here"


def test_interrupt_between_cells_is_harmless(kernel: Kernel, tmp_path: Path) -> None:
    # A signal is not answered, and one that is late would rightly stop the next cell.
    met = tmp_path / "met"
    watch = f"""
        var interrupts = new sun.misc.Signal("INT");
        var kernels = new sun.misc.SignalHandler[1];
        kernels[0] = sun.misc.Signal.handle(interrupts, signal -> {{
            kernels[0].handle(signal);
            new File("{met}").mkdir();
        }});
    """
    assert kernel.run(watch).status == "ok"
    try:
        os.kill(kernel.pid, signal.SIGINT)
        until = time.monotonic() + TIMEOUT_S
        while not met.exists() and time.monotonic() < until:
            time.sleep(0.01)
        assert met.exists()
        for _ in range(2):
            assert kernel.control("interrupt") == {"status": "ok"}
        assert kernel.run("1 + 1").result["text/plain"] == "2"
    finally:
        kernel.run("sun.misc.Signal.handle(interrupts, kernels[0]);")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("1 + 1", "complete"),
        ("int a = 1; int b = 2;", "complete"),
        ("for (int i = 0; i < 3; i++) {", "incomplete"),
        ("class A {\n    int f() {", "incomplete"),
        ("/* a comment", "incomplete"),
        ("int x = );", "invalid"),
        ("", "complete"),
    ],
)
def test_is_complete(kernel: Kernel, code: str, status: str) -> None:
    request = kernel.client.is_complete(code)
    reply = shell_reply(kernel, request)
    assert reply["status"] == status
    if "{" in code and status == "incomplete":
        assert reply["indent"].endswith("    ")


def test_complete_replaces_what_was_typed(kernel: Kernel) -> None:
    kernel.run('var aLongName = "text";')
    code = "int x = 1;\naLongName.toUpp"
    reply = shell_reply(kernel, kernel.client.complete(code, len(code)))
    assert reply["matches"][:1] == ["toUpperCase("]
    assert (reply["cursor_start"], reply["cursor_end"]) == (len(code) - 5, len(code))
    code = "aLongNa"
    reply = shell_reply(kernel, kernel.client.complete(code, len(code)))
    assert reply["matches"] == ["aLongName"]


def test_inspect_shows_the_signature(kernel: Kernel) -> None:
    code = "Math.floorMod"
    reply = shell_reply(kernel, kernel.client.inspect(code, len(code)))
    assert reply["found"]
    assert "int Math.floorMod(int x, int y)" in reply["data"]["text/plain"]


def test_history_has_the_cells_of_the_session(kernel: Kernel) -> None:
    kernel.run("int inHistory = 1;")
    request = kernel.client.history(hist_access_type="tail", n=1, raw=True, output=False)
    reply = shell_reply(kernel, request)
    assert [entry[2] for entry in reply["history"]] == ["int inHistory = 1;"]


def test_silent_cells_say_nothing_and_count_nothing(kernel: Kernel) -> None:
    before = kernel.run("1").content["execution_count"]
    silent = kernel.run('System.out.println("psst"); 5', silent=True)
    assert silent.messages == []
    assert kernel.run("1").content["execution_count"] == before + 1


def test_user_expressions(kernel: Kernel) -> None:
    reply = kernel.run("int u = 20;", user_expressions={"sum": "u + 1", "bad": "nowhere"})
    values = reply.content["user_expressions"]
    assert values["sum"]["status"] == "ok"
    assert values["sum"]["data"]["text/plain"] == "21"
    assert values["bad"]["status"] == "error"


def test_a_message_with_a_wrong_signature_is_dropped(kernel: Kernel) -> None:
    session = kernel.client.session
    forged = type(session)(key=b"not the key", signature_scheme=session.signature_scheme)
    for channel in (kernel.client.shell_channel, kernel.client.control_channel):
        forged.send(channel.socket, "execute_request", {"code": "int forged = 1;"})
    assert kernel.run("forged").error["ename"] == "CompileError"
    kernel.manager.interrupt_kernel()
    assert kernel.run("1 + 1").status in ("ok", "error")
    assert kernel.run("2 + 2").result["text/plain"] == "4"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("history", {"hist_access_type": "search", "n": 3}),
        ("complete", {}),
        ("inspect", {}),
        ("execute", {}),
    ],
)
def test_a_request_that_lacks_something_is_answered(
    kernel: Kernel, kind: str, content: dict[str, object]
) -> None:
    request = kernel.client.session.msg(f"{kind}_request", content)
    kernel.client.shell_channel.send(request)
    # As for a cell: all that is said of it up to "idle", then its reply.
    assert kernel.receive(request["header"]["msg_id"]).status in ("ok", "error")
    assert kernel.run("1 + 1").result["text/plain"] == "2"


@pytest.mark.parametrize(
    ("module", "name", "code", "value"),
    [
        ("java.sql", "JDBCType", "JDBCType.VARCHAR.getVendorTypeNumber()", "12"),
        ("java.base", "Normalizer", 'Normalizer.isNormalized("a", Normalizer.Form.NFC)', "true"),
    ],
)
def test_a_module_is_imported_where_java_can(
    specs: Path, module: str, name: str, code: str, value: str
) -> None:
    running = Kernel(specs, "java-test")
    try:
        release = int(running.run("Runtime.version().feature()").result["text/plain"])
        if release < 25:
            pytest.skip(f"Java {release} imports no modules; 25 does")
        assert running.run(code).error["ename"] == "CompileError", f"{name} is known already"
        assert running.run(f"import module {module};").messages == []
        assert running.run(code).result["text/plain"] == value
        assert running.run(f"import module {module};\n{code}").result["text/plain"] == value
        assert running.run("List.of(1, 2)").result["text/plain"] == "[1, 2]"
    finally:
        running.stop()


def test_imports_from_the_environment(specs: Path) -> None:
    running = Kernel(specs, "java-imports")
    try:
        assert running.run("floorMod(-1, 5)").result["text/plain"] == "4"
    finally:
        running.stop()


EXTENSIONS = """
package sample;
import java.util.concurrent.atomic.AtomicInteger;
import org.dflib.jjava.jupyter.Extension;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
public class Extensions {
    public record Bold(String text) {}
    public static class Broken implements Extension {
        public void install(BaseKernel kernel) { throw new IllegalStateException("no luck"); }
    }
    public static class Late implements Extension, Runnable {
        public static final AtomicInteger RUNS = new AtomicInteger();
        public void install(BaseKernel kernel) {}
        public void run() {
            if (RUNS.incrementAndGet() == 1) throw new LinkageError("only for the log");
        }
    }
    public static class Good implements Extension {
        public void install(BaseKernel kernel) {
            kernel.evalRaw("import sample.Extensions.Bold;");
            kernel.getRenderer().createRegistration(Bold.class)
                .preferring(MIMEType.TEXT_HTML)
                .supporting(MIMEType.TEXT_MARKDOWN)
                .register((bold, show) -> {
                    show.renderIfRequested(MIMEType.TEXT_HTML, () -> "<b>" + bold.text() + "</b>");
                    show.renderIfRequested(MIMEType.TEXT_MARKDOWN, () -> "**" + bold.text() + "**");
                    show.renderIfRequested(MIMEType.TEXT_PLAIN, () -> bold.text().toUpperCase());
                });
            kernel.getMagicsRegistry().registerLineMagic("shout", (k, args) -> {
                System.out.println(String.join(" ", args).toUpperCase());
                return null;
            });
            kernel.getMagicsRegistry().registerCellMagic("count", (k, args, body) -> {
                System.out.println(args + " " + body.lines().count());
                return null;
            });
        }
    }
}
"""


@pytest.fixture(scope="module")
def extended(specs: Path, tmp_path_factory: pytest.TempPathFactory):
    """A kernel with an extension that works, after one that does not."""
    classes = tmp_path_factory.mktemp("extension")
    services = classes / "META-INF" / "services"
    services.mkdir(parents=True)
    (services / "org.dflib.jjava.jupyter.Extension").write_text(
        "sample.Extensions$Broken\nsample.Extensions$Good\nsample.Extensions$Late\n"
    )
    source = classes / "Extensions.java"
    source.write_text(EXTENSIONS)
    javac = Path(java()).with_name("javac")
    subprocess.run([javac, "-cp", class_path(), "-d", classes, source], check=True)
    write_spec(specs, "java-extended", more=classes)
    running = Kernel(specs, "java-extended")
    yield running
    running.stop()


def test_a_broken_extension_is_reported_once_and_costs_only_itself(extended: Kernel) -> None:
    reply = extended.run("1 + 1")
    assert reply.result["text/plain"] == "2"
    assert "Extensions$Broken failed" in reply.text("stderr")
    assert "no luck" in reply.text("stderr")
    assert extended.run("1 + 1").text("stderr") == ""


def test_an_extension_brings_imports_and_renders_its_types(extended: Kernel) -> None:
    assert extended.run('new Bold("x")').result == {"text/plain": "X", "text/html": "<b>x</b>"}
    (shown,) = extended.run('display(new Bold("y"), "text/markdown");').of("display_data")
    assert shown["data"]["text/markdown"] == "**y**"


def test_an_extension_prepares_once_beside_the_cells(extended: Kernel) -> None:
    runs = "sample.Extensions.Late.RUNS.get()"
    wait = f"while ({runs} == 0) Thread.sleep(10);\nThread.sleep(500);\n{runs}"
    extended.run("1 + 1")  # nothing is prepared before a first cell has ended
    reply = extended.run(wait)
    assert reply.result["text/plain"] == "1"
    assert reply.text("stderr") == "", "what it throws goes to the log"


def test_magics_are_found_and_strings_are_left_alone(extended: Kernel) -> None:
    assert extended.run("%shout one two").text("stdout") == "ONE TWO\n"
    assert extended.run("%%count a b\nfirst\nsecond").text("stdout") == "[a, b] 2\n"
    text = 'String s = """\n    %shout in a text\n    """;\ns.strip()'
    assert extended.run(text).result["text/plain"] == "%shout in a text"
    assert extended.run("int shout = 10;\n17\n%shout").result["text/plain"] == "7"


def test_shutdown_leaves_no_process_even_in_a_busy_cell(specs: Path) -> None:
    running = Kernel(specs, "java-test")
    process = psutil.Process(running.pid)
    request = running.send('{ System.out.println("started"); while (true) ; }')
    running.wait_for_output(request, "started")
    assert running.control("shutdown", restart=False) == {"status": "ok", "restart": False}
    process.wait(timeout=TIMEOUT_S)
    running.client.stop_channels()
    running.manager.cleanup_resources()


def test_restart_gives_a_fresh_session(specs: Path) -> None:
    running = Kernel(specs, "java-test")
    try:
        running.run("int gone = 1;")
        first = running.pid
        running.manager.restart_kernel()
        running.client.wait_for_ready(timeout=TIMEOUT_S)
        assert running.pid != first
        assert not psutil.pid_exists(first)
        assert running.run("gone").error["ename"] == "CompileError"
    finally:
        running.stop()


WAITS_AT_EXIT = """
import java.lang.foreign.*;
Linker linker = Linker.nativeLinker();
SymbolLookup libc = linker.defaultLookup();
FunctionDescriptor onExit = FunctionDescriptor.of(
    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
int refused = (int) linker.downcallHandle(libc.find("on_exit").get(), onExit)
    .invokeExact(libc.find("pause").get(), MemorySegment.NULL);
if (refused != 0) throw new IllegalStateException("no handler");
"""
"""A C library whose exit handler never returns, as OpenBLAS's does not while it computes."""
PARENT = """
import sys, time
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
folder, connection, cell = sys.argv[1:]
m = KernelManager(kernel_name="java-test", connection_file=connection,
    kernel_spec_manager=KernelSpecManager(kernel_dirs=[folder]))
m.start_kernel()
c = m.client(); c.start_channels(); c.wait_for_ready(timeout=60)
reply = c.execute_interactive(cell, timeout=60, output_hook=lambda message: None)
print(m.provisioner.process.pid, reply["content"]["status"], flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("cell", ["", WAITS_AT_EXIT], ids=["idle", "waits-at-exit"])
def test_kernel_ends_with_its_parent(
    specs: Path, tmp_path: Path, kernel: Kernel, cell: str
) -> None:
    if cell and int(kernel.run("Runtime.version().feature()").result["text/plain"]) < 22:
        pytest.skip("cells call C functions from Java 22 on")
    connection = tmp_path / "connection.json"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(specs), str(connection), cell],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        pid, status = parent.stdout.readline().split()
        assert status == "ok"
        kernel_process = psutil.Process(int(pid))
    finally:
        parent.kill()
        parent.wait()
    with contextlib.suppress(psutil.NoSuchProcess):
        kernel_process.wait(timeout=TIMEOUT_S)
    assert not kernel_process.is_running() or kernel_process.status() == psutil.STATUS_ZOMBIE


def shell_reply(kernel: Kernel, request: str) -> dict:
    while True:
        try:
            reply = conforming(kernel.client.get_shell_msg(timeout=TIMEOUT_S))
        except queue.Empty:
            pytest.fail(f"no reply to {request}")
        if reply["parent_header"]["msg_id"] == request:
            return reply["content"]


def plain(lines: list[str]) -> list[str]:
    """The lines without terminal colours."""
    colours = ("\x1b[1m", "\x1b[32m", "\x1b[0m")
    for colour in colours:
        lines = [line.replace(colour, "") for line in lines]
    return lines
