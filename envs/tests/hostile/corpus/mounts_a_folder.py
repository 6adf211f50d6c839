# outcome: FORBIDDEN load
# message: system call
import ctypes

ctypes.CDLL(None).mount(b"/", b"/mnt", None, 4096, None)
