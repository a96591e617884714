using System.Text.Json.Nodes;
using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;

namespace HeapDrift.StartupHook.Tests;

/// <summary>One environment variable on programs that know nothing of HeapDrift.</summary>
public sealed class StartupHookTests
{
    private const int SigUsr2 = 12;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static string Hook => Path.Join(RepositoryPaths.Output("StartupHook"), "HeapDrift.StartupHook.dll");

    [Fact]
    public async Task AConsoleProgramWithoutAHostIsArmedAndNamesItsLeak()
    {
        string reports = Directory.CreateTempSubdirectory("heapdrift-hook-").FullName;
        await using PlainWorker worker = await PlainWorker.StartAsync(new ChildProcessStart(RepositoryPaths.PlainWorker(10), "--nodes", "1000")
        {
            Environment = Hooked(reports),
        });
        Assert.True(IsArmed(worker.Id));

        worker.Process.Signal(SigUsr2);
        await worker.Process.WaitForLineAsync(line => line.Contains("Baseline taken", StringComparison.Ordinal), Deadline);
        await worker.LeakAsync(20_000);
        worker.Process.Signal(SigUsr2);

        Assert.Equal("Targets.LeakedThing", await LeakingTypeAsync(reports, worker.Process));
        await worker.Process.WaitForLineAsync(line => line.Contains("LeakedThing grew by 20,000 objects", StringComparison.Ordinal), Deadline);
        await worker.CollectAsync();
    }

    [Fact]
    public async Task AHostedProgramIsArmedAndTellsItInItsOwnLog()
    {
        string reports = Directory.CreateTempSubdirectory("heapdrift-hook-").FullName;
        await using ChildProcess service = ChildProcess.Start(new ChildProcessStart(
            Path.Join(RepositoryPaths.Output("UnmodifiedHost"), "UnmodifiedHost"), "--urls", "http://127.0.0.1:0")
        {
            Environment = Hooked(reports),
        });
        string listening = await service.WaitForLineAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal), Deadline);
        using var client = new HttpClient { BaseAddress = new Uri(listening[(listening.IndexOf("http", StringComparison.Ordinal))..]) };

        service.Signal(SigUsr2);
        string baseline = await service.WaitForLineAsync(line => line.Contains("Baseline taken", StringComparison.Ordinal), Deadline);
        Assert.Contains("HeapDrift.Instrumentation[", baseline, StringComparison.Ordinal);
        (await client.PostAsync(new Uri("/leak/20000", UriKind.Relative), null, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        service.Signal(SigUsr2);

        Assert.Equal("Targets.Visit", await LeakingTypeAsync(reports, service));
    }

    [Fact]
    public async Task AProgramThatHasThePackageTooCapturesOnceForOneSignal()
    {
        string reports = Directory.CreateTempSubdirectory("heapdrift-hook-").FullName;
        await using ChildProcess service = ChildProcess.Start(new ChildProcessStart(
            Path.Join(RepositoryPaths.Output("LeakyShop"), "LeakyShop"), "--urls", "http://127.0.0.1:0")
        {
            Environment = Hooked(reports),
        });
        await service.WaitForLineAsync(line => line.Contains("Now listening on: ", StringComparison.Ordinal), Deadline);
        await Eventually.HoldsAsync(
            () => service.StdoutLines.Concat(service.StderrLines).Count(line => line.Contains("SIGUSR2 is armed", StringComparison.Ordinal)) == 2,
            Deadline, "the hook and the package have armed", service.Describe);

        service.Signal(SigUsr2);
        await service.WaitForLineAsync(line => line.Contains("Baseline taken", StringComparison.Ordinal), Deadline);
        service.Signal(SigUsr2);
        await Eventually.HoldsAsync(() => Directory.GetFiles(reports, "report.json", SearchOption.AllDirectories).Length == 1, Deadline, "one report is there", service.Describe);

        Assert.Single(service.StdoutLines.Concat(service.StderrLines), line => line.Contains("taking the baseline", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    public async Task OnAnOlderRuntimeTheProgramRunsAsUsualAndOneLineSaysWhy(int major)
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(new ChildProcessStart(RepositoryPaths.PlainWorker(major))
        {
            Environment = Hooked("/tmp"),
        });
        await worker.LeakAsync(1);

        string line = Assert.Single(worker.Process.StderrLines);
        Assert.Contains("SIGUSR2 is not armed", line, StringComparison.Ordinal);
        Assert.Contains($"heapdrift capture --pid {worker.Id}", line, StringComparison.Ordinal);
        Assert.False(IsArmed(worker.Id));
    }

    [Fact]
    public async Task AHookFolderThatMissesAPartDoesNotKeepTheProgramFromStarting()
    {
        string folder = Directory.CreateTempSubdirectory("heapdrift-hook-").FullName;
        File.Copy(Hook, Path.Join(folder, Path.GetFileName(Hook)));
        Dictionary<string, string?> environment = Hooked("/tmp");
        environment["DOTNET_STARTUP_HOOKS"] = Path.Join(folder, Path.GetFileName(Hook));

        await using PlainWorker worker = await PlainWorker.StartAsync(new ChildProcessStart(RepositoryPaths.PlainWorker(10)) { Environment = environment });
        await worker.LeakAsync(1);

        Assert.Contains("SIGUSR2 is not armed", Assert.Single(worker.Process.StderrLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASettingThatMakesNoSenseIsNamedAndItsDefaultUsed()
    {
        Dictionary<string, string?> environment = Hooked("/tmp");
        environment["HeapDrift__Window"] = "soon";

        await using PlainWorker worker = await PlainWorker.StartAsync(new ChildProcessStart(RepositoryPaths.PlainWorker(10)) { Environment = environment });

        Assert.Contains(worker.Process.StderrLines, line => line.Contains("HeapDrift__Window is 'soon'", StringComparison.Ordinal));
        Assert.True(IsArmed(worker.Id));
    }

    private static Dictionary<string, string?> Hooked(string reports) => new()
    {
        ["DOTNET_STARTUP_HOOKS"] = Hook,
        ["HeapDrift__CollectorPath"] = RepositoryPaths.HeapDrift,
        ["HeapDrift__OutputDirectory"] = reports,
    };

    private static bool IsArmed(int pid) => new ProcFileSystem().TryReadStatus(pid).Value?.Usr2 == SignalDisposition.Caught;

    private static async Task<string?> LeakingTypeAsync(string reports, ChildProcess worker)
    {
        string report = await Eventually.ValueAsync(
            () => Directory.GetFiles(reports, "report.json", SearchOption.AllDirectories).SingleOrDefault(file => !file.Contains("/.", StringComparison.Ordinal)),
            Deadline, "the report is on disk", worker.Describe);
        JsonNode json = JsonNode.Parse(await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken))!;
        return (string?)json["findings"]!.AsArray()[0]!["type"];
    }
}
