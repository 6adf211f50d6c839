# outcome: FORBIDDEN load
from multiprocessing import shared_memory

shared_memory.SharedMemory("promptpo-hostile-shared", create=True, size=64)
