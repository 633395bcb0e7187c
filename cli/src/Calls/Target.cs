namespace PvExec.Cli.Calls;

/// <summary>Where the daemon's front port is.</summary>
/// <param name="Host">A name or an address, without brackets.</param>
/// <param name="Port">1 to 65535.</param>
public sealed record Target(string Host, int Port)
{
    public Uri Address => new UriBuilder(Uri.UriSchemeHttp, Host, Port).Uri;

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
