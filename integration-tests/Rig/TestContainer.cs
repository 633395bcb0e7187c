using System.Diagnostics;
using System.Text;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;
using DotNet.Testcontainers.Images;
using Microsoft.Extensions.Logging.Abstractions;

namespace PvExec.IntegrationTests.Rig;

/// <summary>A container of the tested image, and what tests do in it.</summary>
public sealed partial class TestContainer : IAsyncDisposable
{
    /// <summary>What test.sh finds leftovers by.</summary>
    public const string Label = "pv-exec.integration-test";

    /// <summary>An answered call: the port is open long before the services are ready, and callers wait on it.</summary>
    public const string Answers = "pv_exec process none state";

    private readonly IContainer _container;

    private TestContainer(IContainer container)
    {
        _container = container;
        _client = new Lazy<Task>(MakeClientAsync);
    }

    public static string Image => Environment.GetEnvironmentVariable("PV_EXEC_TEST_IMAGE") ?? "pv-exec-test";

    /// <summary>Starts the container and, where it is a daemon's, waits until the front port answers.</summary>
    public static async Task<TestContainer> StartAsync(ContainerSpec spec)
    {
        var started = new TestContainer(Build(spec));
        try
        {
            await started._container.StartAsync();
            if (spec.Entrypoint is null)
            {
                await started.WaitUntilAsync(Answers);
            }

            return started;
        }
        catch (Exception failure)
        {
            string logs = started._container.State == TestcontainersStates.Undefined ? "" : await started.LogsAsync();
            await started.DisposeAsync();
            throw new InvalidOperationException($"the container did not become ready; it printed:\n{logs}", failure);
        }
    }

    /// <summary>Runs <paramref name="script"/> in bash, with <paramref name="arguments"/> as <c>$1</c> and so on.</summary>
    public async Task<ShellResult> ShellAsync(string script, params string[] arguments)
    {
        ExecResult result = await _container.ExecAsync(["bash", "-c", script, "test", .. arguments]);
        return new ShellResult(result.Stdout, result.Stderr, result.ExitCode ?? -1);
    }

    /// <summary>Waits up to 30 s until <paramref name="script"/> succeeds in the container; it is tried every 50 ms there.</summary>
    public async Task WaitUntilAsync(string script)
    {
        const string Loop = "for i in $(seq 600); do if bash -c \"$1\" >/tmp/.wait 2>&1; then exit 0; fi; sleep 0.05; done; cat /tmp/.wait >&2; exit 1";
        ShellResult result = await ShellAsync(Loop, script);
        if (result.ExitCode != 0)
        {
            Assert.Fail($"did not become true: {script}\n{result.Errors}\nThe container printed:\n{await LogsAsync()}");
        }
    }

    /// <summary>Makes a file, with its directories.</summary>
    public async Task WriteAsync(string path, string content, string mode = "644")
    {
        string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(content));
        _ = (await ShellAsync("mkdir -p \"$(dirname \"$1\")\" && base64 -d <<<\"$2\" >\"$1\" && chmod \"$3\" \"$1\"", path, encoded, mode)).Text;
    }

    /// <summary>All that the first process printed, standard output and error together.</summary>
    public async Task<string> LogsAsync()
    {
        (string output, string errors) = await _container.GetLogsAsync();
        return output + errors;
    }

    /// <summary>Waits up to 30 s until all of these texts are in what the first process printed, which comes a moment after what it tells of; and returns that.</summary>
    public async Task<string> WaitForLogAsync(params string[] texts)
    {
        long began = Stopwatch.GetTimestamp();
        string log = await LogsAsync();
        while (!texts.All(log.Contains) && Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30))
        {
            log = await LogsAsync();
        }

        Assert.All(texts, text => Assert.Contains(text, log, StringComparison.Ordinal));
        return log;
    }

    /// <summary><c>docker stop</c>: SIGTERM, and SIGKILL after ten seconds. Returns the first process's exit code.</summary>
    public async Task<long> StopAsync()
    {
        await _container.StopAsync();
        return await _container.GetExitCodeAsync();
    }

    /// <summary>Waits until the first process has ended by itself, and returns its exit code.</summary>
    public async Task<long> ExitAsync() => await _container.GetExitCodeAsync().WaitAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync() => await _container.DisposeAsync();

    private static IContainer Build(ContainerSpec spec)
    {
        string here = AppContext.BaseDirectory;
        ContainerBuilder builder = new ContainerBuilder(Image)
            .WithImagePullPolicy(PullPolicy.Never)
            .WithLogger(NullLogger.Instance)
            .WithLabel(Label, "true")
            .WithResourceMapping(new DirectoryInfo(Path.Combine(here, "Client")), Paths.Client)
            .WithResourceMapping(new DirectoryInfo(Path.Combine(here, "Trees")), "/opt/trees")
            .WithCommand([.. spec.Arguments])
            .WithEnvironment(spec.Environment)
            .WithCreateParameterModifier(parameters =>
            {
                parameters.Tty = spec.Terminal;
                parameters.OpenStdin = spec.Terminal;
                // Docker leaves IPv6 off where it has no network for it; the loopback address is enough here.
                parameters.HostConfig!.Sysctls = new Dictionary<string, string> { ["net.ipv6.conf.all.disable_ipv6"] = "0" };
                parameters.User = spec.User ?? "";
                parameters.HostConfig.Memory = spec.MemoryBytes ?? 0;
                parameters.HostConfig.MemorySwap = spec.MemoryBytes ?? 0;
                parameters.HostConfig.PidsLimit = spec.MaxProcesses;
                if (spec.RuntimeBytes is { } room)
                {
                    parameters.HostConfig.Tmpfs = new Dictionary<string, string> { [Paths.Runtime] = $"size={room},mode=700" };
                }

                parameters.HostConfig.CgroupnsMode = spec.OwnGroups ? "private" : "";
                if (spec.MayMount)
                {
                    parameters.HostConfig.CapAdd = ["SYS_ADMIN"];
                    parameters.HostConfig.SecurityOpt = ["apparmor=unconfined"];
                }
            });
        if (spec.Entrypoint is { } entrypoint)
        {
            builder = builder.WithEntrypoint([.. entrypoint]);
        }

        if (spec.Store is { } store)
        {
            builder = builder.WithVolumeMount(store, Paths.Store);
        }

        if (spec.NpmProject is { } project)
        {
            builder = builder.WithBindMount(project, Paths.NpmProject, AccessMode.ReadOnly);
        }

        return builder.Build();
    }
}
