using NetMQ;
using PvExec.Kernel;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Common;

namespace PvExec.Bus.Calls;

// From the socket to one call at a time. Everything here runs on the owner thread.
public sealed partial class BusServer
{
    // What has come and has yet to be looked at; empty between two turns of the poller.
    private readonly List<Arrival> _arrived = [];

    // Where in it a caller gave up: the position of its cancellation, or of its connection's end.
    private readonly Dictionary<(string Peer, ulong? Call), int> _endings = [];

    // What is left is there at the poller's next turn.
    private void Receive()
    {
        var frames = new NetMQMessage(2);
        for (int left = BusOwner.MostPerTurn; left > 0 && _router.TryReceiveMultipartMessage(ref frames, 2); left--)
        {
            Note(frames);
        }

        for (int i = 0; i < _arrived.Count; i++)
        {
            try
            {
                Take(_arrived[i], i);
            }
            catch (Exception e)
            {
                // What a handler left to be told of an end failed: the calls behind it are others'.
                BusLog.OwnerFailed(_log, e, _name);
            }
        }

        _arrived.Clear();
        _endings.Clear();
    }

    private void Note(NetMQMessage frames)
    {
        byte[] identity = frames[0].ToByteArray();
        string name = Convert.ToHexString(identity);
        if (frames.FrameCount != 2)
        {
            BusLog.Unreadable(_log, _name, $"peer {name} sent {frames.FrameCount - 1} frames instead of one");
            return;
        }

        byte[] bytes = frames[1].ToByteArray();
        if (bytes is [GoneMark])
        {
            _endings[(name, null)] = _arrived.Count;
            _arrived.Add(new Arrival(name, identity, null, 0));
        }
        else if (!BusCodec.Decode(bytes).TryGet(out Envelope? envelope, out Fault? malformed))
        {
            // There is no correlation id to answer to.
            BusLog.Unreadable(_log, _name, malformed.Detail);
        }
        else
        {
            if (envelope.Kind == CancelCall.Kind)
            {
                _endings[(name, envelope.Correlation)] = _arrived.Count;
            }

            _arrived.Add(new Arrival(name, identity, envelope, bytes.Length));
        }
    }

    private void Take(Arrival arrival, int position)
    {
        if (arrival.Envelope is not { } envelope)
        {
            End(arrival.Name);
            return;
        }

        // Its caller has given up, and said so right behind it: it waited for this service, say, while that was started.
        if (_endings.GetValueOrDefault((arrival.Name, envelope.Correlation), -1) > position || _endings.GetValueOrDefault((arrival.Name, null), -1) > position)
        {
            return;
        }

        BusPeer peer = Peer(arrival.Name, arrival.Identity);
        if (Refusal(peer, envelope, arrival.Bytes) is { } refusal)
        {
            Send(peer, Encode(FaultReply.From(refusal), envelope.Correlation));
        }
        else if (envelope.Kind == CancelCall.Kind)
        {
            GiveUp(peer, envelope.Correlation);
        }
        else
        {
            Begin(peer, envelope, arrival.Bytes, _handlers[envelope.Kind]);
        }
    }

    private BusPeer Peer(string name, byte[] identity)
    {
        if (!_peers.TryGetValue(name, out BusPeer? peer))
        {
            _peers.Add(name, peer = new BusPeer(identity));
        }

        return peer;
    }

    private void End(string name)
    {
        if (_peers.Remove(name, out BusPeer? peer))
        {
            peer.End();
        }
    }

    /// <param name="Envelope">Null for the end of the connection.</param>
    /// <param name="Bytes">What the message came to.</param>
    private sealed record Arrival(string Name, byte[] Identity, Envelope? Envelope, int Bytes);
}
