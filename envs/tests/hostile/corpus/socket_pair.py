# outcome: FORBIDDEN load
import socket

socket.socketpair()
