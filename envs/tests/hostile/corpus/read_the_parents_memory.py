# outcome: FORBIDDEN load
# message: system call
import ctypes
import os

libc = ctypes.CDLL(None)
libc.process_vm_readv(os.getppid(), None, 0, None, 0, 0)
