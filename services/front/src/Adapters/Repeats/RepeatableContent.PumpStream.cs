namespace PvExec.Front.Adapters.Repeats;

/// <content>What the pump writes to.</content>
internal sealed partial class RepeatableContent
{
    private sealed class PumpStream(RepeatableContent owner) : WriteOnlyStream
    {
        /// <summary>Why not all could be passed on.</summary>
        public Exception? Failure { get; private set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Stream? attempt;
            bool isKept;
            while (!TryKeep(buffer.Span, out attempt, out isKept, out Task attempted))
            {
                // Another attempt has to take what is kept first.
                await attempted.WaitAsync(cancellationToken);
            }

            try
            {
                await (attempt?.WriteAsync(buffer, cancellationToken) ?? ValueTask.CompletedTask);
            }
            catch (Exception) when (isKept)
            {
                Lose(attempt);
            }
            catch (Exception e)
            {
                Failure = e;
                Lose(attempt);
                throw;
            }
        }

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            Stream? attempt;
            lock (owner._lock)
            {
                attempt = owner._attempt;
            }

            try
            {
                await (attempt?.FlushAsync(cancellationToken) ?? Task.CompletedTask);
            }
            catch (Exception)
            {
                // Whether that matters is known to the next write.
                Lose(attempt);
            }
        }

        /// <returns>False when the bytes are neither kept nor can be written to an attempt now.</returns>
        private bool TryKeep(ReadOnlySpan<byte> bytes, out Stream? attempt, out bool isKept, out Task attempted)
        {
            lock (owner._lock)
            {
                attempt = owner._attempt;
                attempted = owner._attempted.Task;
                isKept = owner._kept?.TryAppend(bytes) ?? false;
                if (isKept || attempt is not null)
                {
                    if (!isKept)
                    {
                        owner.Forget();
                    }

                    return true;
                }

                if (owner._kept is null)
                {
                    Failure = new IOException("the service takes no more of the call");
                    throw Failure;
                }

                return false;
            }
        }

        private void Lose(Stream? attempt)
        {
            if (attempt is not null)
            {
                owner.Detach(attempt);
            }
        }
    }
}
