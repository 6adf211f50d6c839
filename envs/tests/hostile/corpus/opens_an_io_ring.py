# outcome: FORBIDDEN load
# machine: x86_64
# message: system call
import ctypes

ctypes.CDLL(None).syscall(425, 8, ctypes.create_string_buffer(120))
