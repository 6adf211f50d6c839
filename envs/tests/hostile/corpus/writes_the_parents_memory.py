# outcome: FORBIDDEN load
# message: system call
import ctypes
import os

ctypes.CDLL(None).process_vm_writev(os.getppid(), None, 0, None, 0, 0)
