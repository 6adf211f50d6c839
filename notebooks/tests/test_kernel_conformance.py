"""The Jupyter project's own conformance suite for kernels, run against the Java kernel.

Its second class, ``IopubWelcomeTests``, is left out: a welcome needs an XPUB socket, from which the
kernel reads subscriptions. Ours publishes through ``jjava-jupyter``, whose channel is a PUB socket
and which does not know the message. The suite's own default is that a kernel need not send it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupyter_kernel_test
from test_kernel_protocol import write_spec

PATIENCE_S = 15


@contextlib.contextmanager
def patience(channel: Any) -> Iterator[None]:
    """Waits longer for each message: the suite gives the outputs of a cell a tenth of a second
    each, which a busy machine does not keep. What has to come, and in which order, stays."""
    get = channel.get_msg
    channel.get_msg = lambda timeout=None: get(timeout=max(timeout or 0, PATIENCE_S))
    try:
        yield
    finally:
        channel.get_msg = get


class TestConformance(jupyter_kernel_test.KernelTests):
    kernel_name = "java-conformance"
    language_name = "java"
    file_extension = ".java"

    code_hello_world = 'System.out.println("hello, world");'
    code_stderr = 'System.err.println("oops");'
    code_generate_error = 'throw new Exception("on purpose");'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "int y = 3;\ny + 1", "result": "4"},
        {"code": "new int[] {1, 2}", "result": "[1, 2]"},
    ]
    code_display_data = [
        {"code": 'display("<b>x</b>", "text/html")', "mime": "text/html"},
        {"code": 'display("x")', "mime": "text/plain"},
    ]
    code_clear_output = "clearOutput();"
    code_page_something = 'page("a long text")'
    code_inspect_sample = "Math.floorMod"
    completion_samples = [
        {"text": "Math.floorM", "matches": {"floorMod("}},
        {"text": "List.o", "matches": {"of("}},
    ]
    complete_code_samples = ["1", "int x = 1;", "class A { int f() { return 1; } }"]
    incomplete_code_samples = ["class A {", "for (int i = 0; i < 3; i++) {", "int f(int a,"]
    invalid_code_samples = ["int x = );", "class 1 {}"]
    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "6 [*]*"

    def execute_helper(self, *args: Any, **settings: Any) -> Any:
        with patience(self.kc.iopub_channel):
            return super().execute_helper(*args, **settings)

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="kernels-"))
        (cls.folder / "kernels").mkdir()
        cls.path_before = os.environ.get("JUPYTER_PATH")
        try:
            write_spec(cls.folder / "kernels", cls.kernel_name)
            os.environ["JUPYTER_PATH"] = str(cls.folder)
            super().setUpClass()
        except BaseException:
            cls.restore()
            raise

    @classmethod
    def tearDownClass(cls) -> None:
        try:
            super().tearDownClass()
        finally:
            cls.restore()

    @classmethod
    def restore(cls) -> None:
        shutil.rmtree(cls.folder, ignore_errors=True)
        if cls.path_before is None:
            os.environ.pop("JUPYTER_PATH", None)
        else:
            os.environ["JUPYTER_PATH"] = cls.path_before
