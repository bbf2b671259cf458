"""Why the operating system refused something, in words that are the same on every system."""

import errno
import socket

_WORDS = {
    errno.ENOENT: "there is no such file or directory",
    errno.EACCES: "this user has no permission",
    errno.EPERM: "this user has no permission",
    errno.EISDIR: "it is a directory",
    errno.ENOTDIR: "a part of the path is not a directory",
    errno.EEXIST: "it is there already",
    errno.ENOSPC: "there is no room left",
    errno.EDQUOT: "there is no room left",
    errno.EFBIG: "it is larger than 64 MiB",
    errno.EROFS: "it can only be read",
    errno.ENAMETOOLONG: "its name is too long",
    errno.EADDRINUSE: "it is in use",
    errno.EADDRNOTAVAIL: "it is not an address of this machine",
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.ECONNABORTED: "connection reset",
    errno.EPIPE: "connection reset",
    errno.EHOSTUNREACH: "the host cannot be reached",
    errno.ENETUNREACH: "the network cannot be reached",
}


def os_reason(error: OSError) -> str:
    """Return a few words, to follow what could not be done.

    >>> os_reason(FileNotFoundError(errno.ENOENT, "No such file or directory"))
    'there is no such file or directory'
    """
    if isinstance(error, socket.gaierror):
        return "host name not found"
    code = error.errno or 0
    return _WORDS.get(code) or f"the system's error {errno.errorcode.get(code, code)}"
