# outcome: FORBIDDEN|PROCESS_DIED act
# machine: x86_64
# Machine code: int 0x80 counts calls as 32-bit programs do, and 2 is fork there.
import ctypes
import mmap

CODE = b"\x53\xb8\x02\x00\x00\x00\xcd\x80\x5b\xc3"


class CartPolePolicy:
    def act(self, obs):
        page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        page.write(CODE)
        address = ctypes.addressof(ctypes.c_char.from_buffer(page))
        pid = ctypes.CFUNCTYPE(ctypes.c_int)(address)()
        raise ValueError(f"the gate answered {pid}")
