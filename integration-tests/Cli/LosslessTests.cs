using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Cli;

/// <summary>Tasks that write far more than is kept, faster than it is read.</summary>
public sealed class LosslessTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private const string Flood = "seq 1 30000000 | head -c 200000000";

    /// <summary>The state of a run, or how much it has written.</summary>
    private const string Show = "show() { pv_exec runs show --json \"$run\" | grep -o \"\\\"$1\\\":[^,]*\" | cut -d: -f2 | tr -d '\" '; }";

    private readonly TestContainer _daemon = shared.Container;

    [Fact]
    public async Task Two_hundred_megabytes_are_passed_on_to_the_last_byte_while_another_reader_stands_still_and_the_service_is_restarted_and_killed()
    {
        await _daemon.AddTaskAsync("flood", Flood);

        ShellResult result = await BoundedAsync($$"""
            set -e
            {{Show}}
            cd "$(mktemp -d)"
            mkfifo late never
            {{Flood}} | sha256sum >sum
            exec 3<>never
            { until [ -e go ]; do sleep 0.02; done; head -c 60000000; touch restart; until [ -e on ]; do sleep 0.02; done; head -c 60000000; touch kill; until [ -e on2 ]; do sleep 0.02; done; cat; } <late | sha256sum >got & reader=$!
            { code=0; pv_exec exec -w --verbose flood >late 2>err || code=$?; echo "$code" >exit; } & waited=$!
            until run=$(sed -n 's/^pv_exec: run //p' err 2>&1) && [ -n "$run" ]; do sleep 0.02; done
            pv_exec runs logs --follow "$run" >never 2>&1 & logs=$!

            # It stands at the head that is kept and a bit: nobody reads.
            until [ "$(show stdoutBytes)" -gt 11000000 ]; do sleep 0.02; done
            [ "$(show stdoutBytes)" -lt 20000000 ]
            touch go
            until [ -e restart ]; do sleep 0.02; done
            pv_exec services restart exec >restarted
            touch on
            until [ -e kill ]; do sleep 0.02; done
            kill -KILL "$(pgrep -nx pv-exec)"
            touch on2
            wait "$waited" "$reader"
            kill "$logs"
            cat exit
            cmp sum got
            """);

        Assert.Equal("0", result.Text);
    }

    [Fact]
    public async Task A_task_whose_caller_stops_reading_ends_without_it_and_the_caller_is_told_what_it_missed()
    {
        await _daemon.AddTaskAsync("unread", Flood);

        ShellResult result = await BoundedAsync($$"""
            set -e
            {{Show}}
            cd "$(mktemp -d)"
            mkfifo never
            { until [ -e go ]; do sleep 0.02; done; cat >/dev/null; } <never &
            { code=0; pv_exec exec -w --verbose unread >never 2>err || code=$?; echo "$code" >exit; } & waited=$!
            until run=$(sed -n 's/^pv_exec: run //p' err 2>&1) && [ -n "$run" ]; do sleep 0.02; done
            until [ "$(show state)" = ended ]; do sleep 0.1; done
            touch go
            wait "$waited"
            cat exit
            grep -c 'bytes of standard output are missing' err
            """);

        Assert.Equal("1\n1", result.Text);
    }

    /// <summary>A script that waits for what never comes fails.</summary>
    private Task<ShellResult> BoundedAsync(string script) => _daemon.ShellAsync("timeout 180 bash -c \"$1\"", script);
}
