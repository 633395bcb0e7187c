"""A stock libzmq peer. peer.py ROLE bind|connect ENDPOINT [OPTION=VALUE..]; then one command a line on standard input,
one answer a line on standard output: send HEX,HEX.. / burst COUNT HEX (the same frame) / recv / sub TEXT / unsub TEXT / size (of
what is received) / blob BYTES [FRAMES] / stays MS (whether no connection ends for so long)."""
import sys
import zmq

role, how, endpoint = sys.argv[1:4]
sock = zmq.Context.instance().socket(getattr(zmq, role))
sock.setsockopt(zmq.LINGER, 0)
sock.setsockopt(zmq.RCVTIMEO, 20000)
for option in sys.argv[4:]:
    name, _, value = option.partition("=")
    sock.setsockopt(getattr(zmq, name), int(value) if value.isdigit() else value.encode())
ends = sock.get_monitor_socket(zmq.EVENT_DISCONNECTED)
getattr(sock, how)(endpoint)
print("ready", flush=True)
for line in sys.stdin:
    word, _, rest = line.strip().partition(" ")
    if word == "send":
        sock.send_multipart([bytes.fromhex(part) for part in rest.split(",")])
        print("sent", flush=True)
    elif word == "burst":
        count, frame = rest.split(" ")
        for _ in range(int(count)):
            sock.send(bytes.fromhex(frame))
        print("sent", flush=True)
    elif word == "stays":
        print("no" if ends.poll(int(rest)) else "yes", flush=True)
    elif word == "blob":
        size, _, frames = rest.partition(" ")
        sock.send_multipart([b"x" * int(size)] * int(frames or 1))
        print("sent", flush=True)
    elif word == "recv":
        print(",".join(part.hex() for part in sock.recv_multipart()), flush=True)
    elif word == "size":
        print(sum(len(part) for part in sock.recv_multipart()), flush=True)
    elif word == "sub":
        sock.setsockopt(zmq.SUBSCRIBE, rest.encode())
        print("subscribed", flush=True)
    elif word == "unsub":
        sock.setsockopt(zmq.UNSUBSCRIBE, rest.encode())
        print("unsubscribed", flush=True)
