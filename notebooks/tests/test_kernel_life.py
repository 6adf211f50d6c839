"""How a kernel lives beside others, ends, and serves clients that are not a test's."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from test_kernel_protocol import TIMEOUT_S, Kernel, conforming, installed_words, write_spec

FILL_THE_HEAP = {
    "large": "{ var held = new ArrayList<byte[]>(); while (true) held.add(new byte[1 << 20]); }",
    "kept": "while (true) kept.add(new byte[100]);",
    "by many threads": """
        {
            var held = new ConcurrentLinkedQueue<byte[]>();
            IntStream.range(0, Integer.MAX_VALUE).parallel().forEach(i -> held.add(new byte[200]));
        }
        """,
}

PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that Jupyter's programs take from JUPYTER_PATH."""
    folder = tmp_path_factory.mktemp("jupyter") / "kernels"
    folder.mkdir()
    write_spec(folder, "java-life")
    return folder


def test_two_kernels_live_side_by_side_and_leave_nothing(specs: Path) -> None:
    first, second = Kernel(specs, "java-life"), Kernel(specs, "java-life")
    try:
        requests = [
            (kernel, kernel.send(f'String own = "{name}"; System.out.println(own); own'))
            for kernel, name in ((first, "one"), (second, "two"))
        ]
        replies = [kernel.receive(request) for kernel, request in requests]
        assert [reply.result["text/plain"] for reply in replies] == ["one", "two"]
        assert [reply.text("stdout") for reply in replies] == ["one\n", "two\n"]
    finally:
        leaves_nothing(first)
    assert second.run("own").result["text/plain"] == "two"
    answers_rare_requests(second)
    stopped_and_continued(second)
    killed_and_restarted(second)
    leaves_nothing(second)


@pytest.mark.parametrize("cache", ["missing", "torn"])
def test_a_cache_that_does_not_fit_costs_time_only(tmp_path: Path, cache: str) -> None:
    file = tmp_path / "kernel.cache"
    if cache == "torn":
        file.write_bytes(b"half of a cache" * 1000)
    words = installed_words()
    if not words:
        pytest.skip("no kernel spec is installed here")
    options = [
        re.sub("=.*kernel.cache$", f"={file}", word)
        for word in words
        if word.endswith("kernel.cache") or word.startswith(("-Xlog:", "-Xshare:"))
    ]
    assert any(word.endswith(str(file)) for word in options)
    write_spec(tmp_path, "java-cache", {"JDK_JAVA_OPTIONS": " ".join(options)})
    kernel = Kernel(tmp_path, "java-cache")
    try:
        reply = kernel.run('String word = "there"; word')
        assert reply.result["text/plain"] == "there"
        assert reply.text("stdout") == reply.text("stderr") == ""
    finally:
        leaves_nothing(kernel)


def leaves_nothing(kernel: Kernel) -> None:
    """Ends a kernel: no process, no port, no connection file."""
    file = Path(kernel.manager.connection_file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    ports = [json.loads(file.read_text())[name] for name in PORTS]
    process = psutil.Process(kernel.pid)
    family = [process, *process.children(recursive=True)]
    kernel.stop()
    assert not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family)
    for port in ports:
        with socket.socket() as client, pytest.raises(ConnectionRefusedError):
            client.connect(("127.0.0.1", port))
    assert not file.exists()


def killed_and_restarted(kernel: Kernel) -> None:
    """The heart beats while a cell computes; a killed kernel is seen, and Jupyter starts anew."""
    request = kernel.send('{ System.out.println("started"); while (true) ; }')
    kernel.wait_for_output(request, "started")
    heart = kernel.client.hb_channel
    heart.unpause()
    assert heart.is_beating()
    os.kill(kernel.pid, signal.SIGKILL)
    kernel.manager.provisioner.process.wait()
    assert not kernel.manager.is_alive()
    kernel.manager.restart_kernel(now=True)
    kernel.client.wait_for_ready(timeout=TIMEOUT_S)
    assert kernel.run("own").error["ename"] == "CompileError"
    assert kernel.run("2 + 2").result["text/plain"] == "4"


def stopped_and_continued(kernel: Kernel) -> None:
    """A kernel that the system holds is seen not to beat, and beats again when it goes on."""
    heart = kernel.client.hb_channel
    heart.unpause()
    wait_for_heart(kernel, beating=True)
    os.kill(kernel.pid, signal.SIGSTOP)
    try:
        wait_for_heart(kernel, beating=False)
        assert kernel.manager.is_alive(), "its process is there"
    finally:
        os.kill(kernel.pid, signal.SIGCONT)
    wait_for_heart(kernel, beating=True)
    assert kernel.run("own").result["text/plain"] == "two"


def wait_for_heart(kernel: Kernel, beating: bool) -> None:
    until = time.monotonic() + TIMEOUT_S
    while kernel.client.hb_channel.is_beating() != beating:
        assert time.monotonic() < until, f"beating should be {beating}"
        time.sleep(0.05)


def answers_rare_requests(kernel: Kernel) -> None:
    """Requests that no other test sends are answered as the protocol says."""
    for kind, content, channel in (
        ("comm_info_request", {}, "shell"),
        ("kernel_info_request", {}, "control"),
        ("history_request", {"hist_access_type": "range", "session": 0, "raw": True}, "shell"),
    ):
        message = kernel.client.session.msg(kind, content)
        getattr(kernel.client, f"{channel}_channel").send(message)
        while True:
            reply = conforming(getattr(kernel.client, f"get_{channel}_msg")(timeout=TIMEOUT_S))
            if reply["parent_header"]["msg_id"] == message["header"]["msg_id"]:
                break
        assert reply["msg_type"] == kind.replace("request", "reply")
        assert reply["content"]["status"] == "ok"


def test_nbconvert_executes_a_notebook(specs: Path, tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell("int six = 6;"),
            nbformat.v4.new_code_cell('System.out.println("printed"); six * 7'),
        ],
        metadata={"kernelspec": {"name": "java-life", "display_name": "Java"}},
    )
    nbformat.write(notebook, tmp_path / "cells.ipynb")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "nbconvert",
            "--to=notebook",
            "--execute",
            "--inplace",
            "cells.ipynb",
        ],
        cwd=tmp_path,
        env=os.environ | {"JUPYTER_PATH": str(specs.parent)},
        check=True,
        capture_output=True,
        timeout=TIMEOUT_S * 2,
    )
    printed, result = nbformat.read(tmp_path / "cells.ipynb", 4).cells[1].outputs
    assert printed["text"] == "printed\n"
    assert result["data"]["text/plain"] == "42"


def test_jupyter_console_runs_cells(specs: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "jupyter_console", "--simple-prompt", "--kernel=java-life"],
        input="int six = 6;\nsix * 7\nunknown\n",
        env=os.environ | {"JUPYTER_PATH": str(specs.parent)},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S * 2,
    )
    assert done.returncode == 0, done.stderr
    assert "Out[2]: 42" in done.stdout
    assert "In [3], line 1: cannot find symbol" in done.stderr


def test_a_cell_that_uses_up_the_memory_costs_itself_only(specs: Path) -> None:
    write_spec(specs, "java-small", {"JAVA_TOOL_OPTIONS": "-Xmx128m"})
    kernel = Kernel(specs, "java-small")
    try:
        assert kernel.run("int six = 6;\nvar kept = new ArrayList<byte[]>();").status == "ok"
        for way, cell in FILL_THE_HEAP.items():
            # On a busy machine the collector may take half a minute to give up.
            full = kernel.run(cell, timeout=180)
            assert full.error["ename"] == "OutOfMemoryError", way
            # There must be enough left to let go of what is kept.
            freed = kernel.run("kept.clear();\nsix * 7")
            assert freed.result["text/plain"] == "42", way
        deep = kernel.run("int down(int n) { return down(n + 1) + 1; }\ndown(0)")
        assert deep.error["ename"] == "StackOverflowError"
        assert kernel.run("six + 1").result["text/plain"] == "7"
    finally:
        kernel.stop()
