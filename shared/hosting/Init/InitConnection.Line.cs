using PvExec.Http2.Loop;
using PvExec.InitClient;
using PvExec.Linux;
using PvExec.Linux.Events;
using PvExec.Proto.Init;

namespace PvExec.Hosting.Init;

/// <content>What the loop knows.</content>
public sealed partial class InitConnection
{
    /// <summary>The line, as the loop knows it.</summary>
    private sealed class Line(InitConnection connection) : IPolled
    {
        /// <summary>Others have their turn after that many.</summary>
        private const int MostInTurn = 64;

        public long Token { get; set; }

        public void OnReady(PollEvents events)
        {
            for (int i = 0; i < MostInTurn; i++)
            {
                // What comes with a descriptor is of use without it, when there is no room for it.
                ReceiveResult result = connection._receiver.Receive(connection._socket, out InitPacket packet, out int errno);
                if (result == ReceiveResult.Nothing && errno == Errno.EAGAIN)
                {
                    return;
                }

                if (result is not (ReceiveResult.Message or ReceiveResult.DescriptorsLost))
                {
                    End();
                    return;
                }

                connection.Handle(packet);
                connection._receiver.DropDescriptors();
            }
        }

        /// <summary>What a message leads to has failed: nobody knows what else was missed, and the service starts again.</summary>
        public void Abandon(Exception error) => End();

        private void End()
        {
            connection.Loop.Remove(connection._socket.Handle, Token);
            connection.Lose();
        }
    }
}
