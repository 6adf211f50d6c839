"""The walls of a policy's process: rlimits, Landlock and seccomp.

What is expensive (opening the readable folders, compiling the filter) is done once, in the
template; a child only applies the result. A wall that cannot be raised is an error, never a
weaker level.

Sources: landlock(7), seccomp(2), prctl(2), capset(2).
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Sequence

SANDBOX = "sandbox"
PROCESS = "process"
LEVELS = (SANDBOX, PROCESS)

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x20080522

# Calls that NumPy, OpenBLAS with one thread, the interpreter and an import of the standard
# library make. Whatever is not here fails with EPERM, which Python shows as PermissionError at
# the policy's own line.
_ALLOWED = """
    read readv write writev pread64 lseek close
    stat lstat fstat newfstatat statx access faccessat faccessat2 getdents64 getcwd
    mmap munmap mremap mprotect madvise brk
    futex sched_yield sched_getaffinity getcpu rseq set_robust_list membarrier
    rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack restart_syscall
    getitimer setitimer
    clock_gettime clock_getres gettimeofday time times getrusage
    getpid gettid getppid getuid geteuid getgid getegid uname
    getrandom exit exit_group
"""

# No library probes for these: who calls them is looking for a way out, and ends at once.
_DEADLY = """
    ptrace process_vm_readv process_vm_writev bpf perf_event_open userfaultfd
    io_uring_setup io_uring_enter io_uring_register
    mount umount2 pivot_root chroot unshare setns
    init_module finit_module delete_module kexec_load kexec_file_load
    open_by_handle_at keyctl add_key request_key
"""

_SITE_FOLDERS = ("site-packages", "dist-packages")


class ConfinementUnavailable(Exception):
    """This machine cannot give the asked level; the message says what is missing."""


class _SockFilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(libc: ctypes.CDLL, option: int, value: object, argument: object = 0) -> None:
    zero = ctypes.c_ulong(0)
    if libc.prctl(option, value, argument, zero, zero) != 0:
        code = ctypes.get_errno()
        raise ConfinementUnavailable(f"prctl({option}) failed: {os.strerror(code)}")


def die_with_parent(parent: int) -> None:
    """Be killed when the parent ends; end at once if it is gone already. Linux only."""
    _prctl(_libc(), _PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(1)


def readable_paths(standard_library: Sequence[str], packages: Sequence[str]) -> list[str]:
    """The files and folders that a policy may read.

    Landlock's rules only open, and a rule opens everything beneath; so the standard library is
    opened entry by entry, without the site-packages folder that lies in it.
    """
    paths = []
    for folder in standard_library:
        for entry in sorted(os.listdir(folder)):
            if entry not in _SITE_FOLDERS:
                paths.append(os.path.join(folder, entry))
    paths.extend(packages)
    return [os.path.realpath(path) for path in paths if os.path.exists(path)]


class Walls:
    """What a child of the template applies to itself, prepared once.

    Raises ConfinementUnavailable, with what to do, if the level cannot be given here.
    """

    def __init__(self, level: str, readable: Sequence[str]) -> None:
        if level not in LEVELS:
            raise ConfinementUnavailable(
                f"the isolation level must be one of {', '.join(LEVELS)}; it was {level!r}"
            )
        if not sys.platform.startswith("linux"):
            raise ConfinementUnavailable("policy processes need Linux")
        self.level = level
        self._libc = _libc()
        if level == SANDBOX:
            self._ruleset = _landlock_ruleset(readable)
            self._filter = _compiled_filter()

    def move_ruleset(self, target: int) -> int:
        """Move the Landlock rules to descriptor ``target``, which must stay open until close_in."""
        if self.level == SANDBOX:
            self._ruleset = os.dup2(self._ruleset, target, inheritable=False)
        return target

    def raise_limits(self, memory_bytes: int, cpu_seconds: float) -> None:
        """Set the rlimits. Memory counts on top of what the template had mapped already."""
        with open("/proc/self/statm", encoding="ascii") as statm:
            mapped = int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        cpu = int(cpu_seconds) + 1
        for name, soft, hard in (
            ("RLIMIT_AS", mapped + memory_bytes, mapped + memory_bytes),
            ("RLIMIT_CPU", cpu, cpu + 1),
            ("RLIMIT_CORE", 0, 0),
            ("RLIMIT_FSIZE", 0, 0),
            ("RLIMIT_NOFILE", 64, 64),
            ("RLIMIT_NPROC", 0, 0),
            ("RLIMIT_MEMLOCK", 0, 0),
            ("RLIMIT_MSGQUEUE", 0, 0),
        ):
            resource.setrlimit(getattr(resource, name), (soft, hard))

    def close_in(self) -> None:
        """Raise the walls of the level for this process; there is no way back."""
        libc = self._libc
        one = ctypes.c_ulong(1)
        _prctl(libc, _PR_SET_NO_NEW_PRIVS, one, ctypes.c_ulong(0))
        if self.level != SANDBOX:
            return
        from py_landlock.landlock_sys import restrict_self

        restrict_self(self._ruleset, None)
        os.close(self._ruleset)
        _drop_capabilities(libc)
        _prctl(libc, _PR_SET_DUMPABLE, ctypes.c_ulong(0))
        _prctl(
            libc,
            _PR_SET_SECCOMP,
            ctypes.c_ulong(_SECCOMP_MODE_FILTER),
            ctypes.byref(self._filter),
        )


def _landlock_ruleset(readable: Sequence[str]) -> int:
    try:
        from py_landlock import abi, flags, landlock_sys
    except ImportError as missing:
        raise ConfinementUnavailable(
            f"the sandbox needs the Python package py-landlock ({missing}); "
            "run the set-up again, or ask for the level `process` by name"
        ) from missing
    try:
        version = landlock_sys.get_abi_version()
        attributes = landlock_sys.RulesetAttr()
        attributes.handled_access_fs = abi.get_supported_fs(version)
        attributes.handled_access_net = abi.get_supported_net(version)
        attributes.scoped = abi.get_supported_scope(version)
        ruleset = landlock_sys.create_ruleset(attributes)
        for path in readable:
            rule = landlock_sys.PathBeneathAttr()
            rule.allowed_access = flags.AccessFs.READ_FILE
            if os.path.isdir(path):
                rule.allowed_access |= flags.AccessFs.READ_DIR
            rule.parent_fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                landlock_sys.add_rule(ruleset, rule)
            finally:
                os.close(rule.parent_fd)
        return ruleset
    except landlock_sys.LandlockNotAvailableError as missing:
        raise ConfinementUnavailable(
            "the sandbox needs Landlock, which is in Linux 5.13 and newer "
            f"({missing}); ask for the level `process` by name to go without"
        ) from missing
    except landlock_sys.LandlockDisabledError as missing:
        raise ConfinementUnavailable(
            "the sandbox needs Landlock, which this kernel was started without: add `landlock` "
            "to its `lsm=` list, or ask for the level `process` by name"
        ) from missing


def _compiled_filter() -> _SockFilterProgram:
    try:
        import pyseccomp
    except (ImportError, RuntimeError) as missing:
        raise ConfinementUnavailable(
            f"the sandbox needs libseccomp and the Python package pyseccomp ({missing}); install "
            "libseccomp2, or ask for the level `process` by name"
        ) from missing
    import errno

    program = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    # A binary search tree over call numbers: the filter is run at each read and write.
    program.set_attr(pyseccomp.Attr.CTL_OPTIMIZE, 2)

    def known(names: str) -> list[int]:
        every = names.split()
        numbers = (pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) for name in every)
        return [number for number in numbers if number >= 0]

    for number in known(_ALLOWED):
        program.add_rule(pyseccomp.ALLOW, number)
    for number in known(_DEADLY):
        program.add_rule(pyseccomp.KILL_PROCESS, number)
    # glibc falls back from clone3 to clone only on ENOSYS.
    for number in known("clone3"):
        program.add_rule(pyseccomp.ERRNO(errno.ENOSYS), number)
    reading_only = os.O_ACCMODE | os.O_CREAT | os.O_TRUNC
    for name, position in (("open", 1), ("openat", 2)):
        for number in known(name):
            program.add_rule(
                pyseccomp.ALLOW,
                number,
                pyseccomp.Arg(position, pyseccomp.MASKED_EQ, reading_only, os.O_RDONLY),
            )
    with os.fdopen(os.memfd_create("filter"), "w+b") as file:
        program.export_bpf(file)
        file.seek(0)
        code = file.read()
    buffer = ctypes.create_string_buffer(code, len(code))
    compiled = _SockFilterProgram(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    compiled.keep = buffer
    return compiled


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if libc.capset(header, nothing) != 0:
        raise ConfinementUnavailable(f"capset failed: {os.strerror(ctypes.get_errno())}")
