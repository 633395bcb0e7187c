using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using PvExec.Http2.Native;

namespace PvExec.Http2.Tests.Native;

/// <summary>The C compiler knows what nghttp2.h says; our structs and numbers have to agree.</summary>
public sealed class LayoutTests
{
    private static readonly string? s_compiler = new[] { "/usr/bin/cc", "/usr/bin/clang", "/usr/bin/gcc" }.FirstOrDefault(File.Exists);

    [Fact]
    public void Structs_have_the_sizes_and_offsets_of_the_header()
    {
        Assert.SkipWhen(s_compiler is null, "there is no C compiler");
        long[] theirs = Ask(
            "sizeof(nghttp2_nv)", "offsetof(nghttp2_nv, value)", "offsetof(nghttp2_nv, namelen)", "offsetof(nghttp2_nv, valuelen)", "offsetof(nghttp2_nv, flags)",
            "offsetof(nghttp2_frame_hd, stream_id)", "offsetof(nghttp2_frame_hd, type)", "offsetof(nghttp2_frame_hd, flags)",
            "offsetof(nghttp2_ping, opaque_data)",
            "sizeof(nghttp2_data_provider)", "offsetof(nghttp2_data_provider, read_callback)",
            "sizeof(nghttp2_settings_entry)", "offsetof(nghttp2_settings_entry, value)");

        long[] ours =
        [
            Marshal.SizeOf<Nv>(), Offset<Nv>("value"), Offset<Nv>("namelen"), Offset<Nv>("valuelen"), Offset<Nv>("flags"),
            Offset<Frame>("stream_id"), Offset<Frame>("type"), Offset<Frame>("flags"),
            Offset<Frame>("opaque_data"),
            Marshal.SizeOf<DataProvider>(), Offset<DataProvider>("read_callback"),
            Marshal.SizeOf<SettingsEntry>(), Offset<SettingsEntry>("value"),
        ];
        Assert.Equal(theirs, ours);
    }

    [Fact]
    public void Numbers_are_those_of_the_header()
    {
        Assert.SkipWhen(s_compiler is null, "there is no C compiler");
        long[] theirs = Ask(
            "NGHTTP2_ERR_DEFERRED", "NGHTTP2_ERR_CALLBACK_FAILURE", "NGHTTP2_ERR_BAD_CLIENT_MAGIC",
            "NGHTTP2_DATA_FLAG_EOF", "NGHTTP2_DATA_FLAG_NO_END_STREAM", "NGHTTP2_NV_FLAG_NO_INDEX",
            "NGHTTP2_DATA", "NGHTTP2_HEADERS", "NGHTTP2_PING", "NGHTTP2_GOAWAY", "NGHTTP2_FLAG_END_STREAM", "NGHTTP2_FLAG_ACK",
            "NGHTTP2_SETTINGS_ENABLE_PUSH", "NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS", "NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE", "NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE",
            "NGHTTP2_NO_ERROR", "NGHTTP2_INTERNAL_ERROR", "NGHTTP2_REFUSED_STREAM", "NGHTTP2_CANCEL");

        long[] ours =
        [
            Nghttp2.ERR_DEFERRED, Nghttp2.ERR_CALLBACK_FAILURE, Nghttp2.ERR_BAD_CLIENT_MAGIC,
            Nghttp2.DATA_FLAG_EOF, Nghttp2.DATA_FLAG_NO_END_STREAM, Nghttp2.NV_FLAG_NO_INDEX,
            Frame.Data, Frame.Headers, Frame.Ping, Frame.GoAway, Frame.EndStream, Frame.Ack,
            SettingsEntry.EnablePush, SettingsEntry.MaxConcurrentStreams, SettingsEntry.InitialWindowSize, SettingsEntry.MaxHeaderListSize,
            (long)ErrorCode.NoError, (long)ErrorCode.InternalError, (long)ErrorCode.RefusedStream, (long)ErrorCode.Cancel,
        ];
        Assert.Equal(theirs, ours);
    }

    private static long Offset<T>(string field) => Marshal.OffsetOf<T>(field).ToInt64();

    private static long[] Ask(params string[] expressions)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("pv-http2-layout-");
        try
        {
            string source = Path.Combine(directory.FullName, "ask.c"), program = Path.Combine(directory.FullName, "ask");
            File.WriteAllText(source, $$"""
                #include <nghttp2/nghttp2.h>
                #include <stddef.h>
                #include <stdio.h>
                int main(void) { {{string.Concat(expressions.Select(e => $"printf(\"%lld\\n\", (long long)({e}));"))}} return 0; }
                """);
            Run(s_compiler!, "-o", program, source);
            return [.. Run(program).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => long.Parse(line, CultureInfo.InvariantCulture))];
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
