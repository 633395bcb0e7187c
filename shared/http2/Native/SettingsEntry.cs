namespace PvExec.Http2.Native;

/// <summary><c>nghttp2_settings_entry</c>.</summary>
internal struct SettingsEntry(int id, uint value)
{
    public const int EnablePush = 2, MaxConcurrentStreams = 3, InitialWindowSize = 4, MaxHeaderListSize = 6;

    public int settings_id = id;
    public uint value = value;
}
