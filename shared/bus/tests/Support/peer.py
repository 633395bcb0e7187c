"""A stock libzmq peer. peer.py ROLE bind|connect ENDPOINT [IDENTITY]; then one command a line on standard input,
one answer a line on standard output: send HEX,HEX.. / recv / sub TEXT / size (of what is received) / blob BYTES."""
import sys
import zmq

role, how, endpoint = sys.argv[1:4]
sock = zmq.Context.instance().socket(getattr(zmq, role))
sock.setsockopt(zmq.LINGER, 0)
sock.setsockopt(zmq.RCVTIMEO, 20000)
if len(sys.argv) > 4:
    sock.setsockopt(zmq.IDENTITY, sys.argv[4].encode())
getattr(sock, how)(endpoint)
print("ready", flush=True)
for line in sys.stdin:
    word, _, rest = line.strip().partition(" ")
    if word == "send":
        sock.send_multipart([bytes.fromhex(part) for part in rest.split(",")])
        print("sent", flush=True)
    elif word == "blob":
        sock.send(b"x" * int(rest))
        print("sent", flush=True)
    elif word == "recv":
        print(",".join(part.hex() for part in sock.recv_multipart()), flush=True)
    elif word == "size":
        print(sum(len(part) for part in sock.recv_multipart()), flush=True)
    elif word == "sub":
        sock.setsockopt(zmq.SUBSCRIBE, rest.encode())
        print("subscribed", flush=True)
