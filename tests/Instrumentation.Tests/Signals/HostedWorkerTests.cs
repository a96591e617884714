using System.Globalization;
using HeapDrift.Instrumentation.Tests.Captures;
using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;

namespace HeapDrift.Instrumentation.Tests.Signals;

/// <summary>Real signals to a real service with the package, and a helper that is a script.</summary>
[Collection(ProcessCollection.Name)]
public sealed class HostedWorkerTests : IDisposable
{
    private const int SigTerm = 15;
    private const int SigUsr2 = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FakeHelper _fake = new();

    public void Dispose() => _fake.Dispose();

    [Fact]
    public async Task TwoSignalsAreOneReport()
    {
        await using var worker = await StartArmedAsync("--listen");

        worker.Signal(SigUsr2);
        await worker.WaitForLineAsync(
            Says("Baseline taken (1,234,567 objects, 89.0 MB, pause 2.5 ms); send SIGUSR2 again to finish, or wait until 03:09:05 UTC."), Patience);
        await PauseBetweenSignalsAsync();
        worker.Signal(SigUsr2);
        await worker.WaitForLineAsync(Says("Taking the final snapshot"), Patience);
        await worker.WaitForLineAsync(Says("span heapdrift.capture "), Patience);

        Assert.Equal(["finish"], _fake.Commands);
        Assert.Equal(
            string.Create(CultureInfo.InvariantCulture, $"capture --pid {worker.Id} --format json --supervised --declared-tracer --trigger signal --window 300s --output {_fake.Folder}"),
            Assert.Single(_fake.Starts));
        Assert.Contains("OTEL_SDK_DISABLED=true", _fake.Environment);
        Assert.Single(worker.StdoutLines, line => line.StartsWith("span ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NextTwoSignalsAreTheNextReport()
    {
        await using var worker = await StartArmedAsync("--listen");

        for (int capture = 1; capture <= 2; capture++)
        {
            int before = worker.LineCount;
            worker.Signal(SigUsr2);
            await worker.WaitForLineAsync(Says("Baseline taken"), Patience, before);
            await PauseBetweenSignalsAsync();
            worker.Signal(SigUsr2);
            await worker.WaitForLineAsync(Says("span heapdrift.capture "), Patience, before);
            await PauseBetweenSignalsAsync();
        }

        Assert.Equal(["finish", "finish"], _fake.Commands);
    }

    [Fact]
    public async Task WorkerWithoutListenersLeavesExportingToTheHelper()
    {
        await using var worker = await StartArmedAsync();

        worker.Signal(SigUsr2);
        await worker.WaitForLineAsync(Says("Baseline taken"), Patience);

        Assert.DoesNotContain("OTEL_SDK_DISABLED=true", _fake.Environment);
    }

    [Fact]
    public async Task WorkerStartedWithTheSignalIgnoredIsArmed()
    {
        await using var worker = Start("sh", ["-c", "trap '' USR2; exec \"$0\"", Executable]);
        await worker.WaitForLineAsync(Says("building "), Patience);
        Assert.Equal(SignalDisposition.Ignored, Usr2Of(worker));

        await worker.WaitForLineAsync(Says("SIGUSR2 is armed"), Patience);
        Assert.Equal(SignalDisposition.Caught, Usr2Of(worker));
        worker.Signal(SigUsr2);

        await worker.WaitForLineAsync(Says("Baseline taken"), Patience);
    }

    /// <summary>A moment in which the default action holds is met by most storms, not by all: hence several workers.</summary>
    [Fact]
    public async Task StormFromBeforeTheSignalIsArmedKillsNobodyWhoseParentHadItIgnored()
    {
        for (int attempt = 0; attempt < 5; attempt++)
        {
            await using var worker = Start("sh", ["-c", "trap '' USR2; exec \"$0\"", Executable]);
            await worker.WaitForLineAsync(Says("building "), Patience);

            Task armed = worker.WaitForLineAsync(Says("SIGUSR2 is armed"), Patience);
            while (!armed.IsCompleted && !worker.HasExited)
            {
                worker.Signal(SigUsr2);
            }

            await armed;
            Assert.False(worker.HasExited);
        }
    }

    /// <summary>On one processor .NET has one thread for signals and for what the first of them starts: the others wait, and are heard late.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ThousandSignalsInASecondAreOneCapture(bool isOnOneProcessor)
    {
        await using var worker = isOnOneProcessor
            ? Start("taskset", ["--cpu-list", FirstProcessor(), Executable, "--listen"])
            : Start(Executable, ["--listen"]);
        await worker.WaitForLineAsync(Says("SIGUSR2 is armed"), Patience);

        for (int signal = 0; signal < 1000; signal++)
        {
            worker.Signal(SigUsr2);
            await Task.Yield();
            Thread.SpinWait(10_000);
        }

        await worker.WaitForLineAsync(Says("Baseline taken"), Patience);
        await worker.WaitForLineAsync(Says("Coalesced "), Patience);
        Assert.False(worker.HasExited);
        Assert.Single(_fake.Starts);
        Assert.Empty(_fake.Commands);
        await PauseBetweenSignalsAsync();
        worker.Signal(SigUsr2);
        await worker.WaitForLineAsync(Says("span heapdrift.capture "), Patience);
        Assert.Equal(["finish"], _fake.Commands);
    }

    [Fact]
    public async Task SignalWhileStoppingDoesNotKill()
    {
        await using var worker = await StartArmedAsync("--slow-stop", "1");
        worker.Signal(SigTerm);
        await worker.WaitForLineAsync(Says("stopping"), Patience);

        worker.Signal(SigUsr2);
        await worker.WaitForLineAsync(line => line == "ended", Patience);
        var exit = await worker.WaitForExitAsync(Patience);

        Assert.Equal(0, exit.Code);
        Assert.Empty(_fake.Starts);
    }

    [Fact]
    public async Task StopCancelsARunningCapture()
    {
        await using var worker = await StartArmedAsync();
        worker.Signal(SigUsr2);
        await worker.WaitForLineAsync(Says("Baseline taken"), Patience);

        worker.Signal(SigTerm);
        var exit = await worker.WaitForExitAsync(Patience);

        Assert.Equal(0, exit.Code);
        Assert.Equal(["end of input"], _fake.Commands);
        Assert.Contains(worker.StdoutLines, line => line.Contains("cancelled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task BeforeTheHostHasStartedNothingIsTouched()
    {
        await using var worker = Start(Executable, ["--slow-start", "2"]);
        await worker.WaitForLineAsync(Says("starting"), Patience);

        Assert.Equal(SignalDisposition.Default, Usr2Of(worker));
        await worker.WaitForLineAsync(Says("SIGUSR2 is armed"), Patience);
    }

    [Fact]
    public async Task MissingHelperIsToldWithTheWayOut()
    {
        string nowhere = _fake.File("nowhere");
        await using var worker = Start(Executable, [], nowhere);
        await worker.WaitForLineAsync(Says("SIGUSR2 is armed"), Patience);

        worker.Signal(SigUsr2);
        string line = await worker.WaitForLineAsync(Says("nothing was captured"), Patience);

        Assert.Contains(nowhere, line, StringComparison.Ordinal);
        Assert.Contains("HeapDrift__CollectorPath", line, StringComparison.Ordinal);
        Assert.False(worker.HasExited);
    }

    [Fact]
    public async Task HelperThatIsNotExecutableIsToldAndHarmsNobody()
    {
        using var fake = new FakeHelper(mode: UnixFileMode.UserRead);
        await using var worker = Start(Executable, [], fake.Path);
        await worker.WaitForLineAsync(Says("SIGUSR2 is armed"), Patience);

        worker.Signal(SigUsr2);
        await worker.WaitForLineAsync(Says("cannot be executed"), Patience);

        Assert.False(worker.HasExited);
    }

    private static string Executable => Path.Join(RepositoryPaths.Output("HostedWorker"), "HostedWorker");

    private static Func<string, bool> Says(string text) => line => line.Contains(text, StringComparison.Ordinal);

    private static SignalDisposition? Usr2Of(ChildProcess worker) => new ProcFileSystem().TryReadStatus(worker.Id).Value?.Usr2;

    /// <summary>What a person takes at least; without it the second signal would be of the first one's burst.</summary>
    private static Task PauseBetweenSignalsAsync() => Task.Delay(TimeSpan.FromMilliseconds(600), TestContext.Current.CancellationToken);

    /// <summary>Of those that this process may use ("0-1,4"); proc_pid_status(5).</summary>
    private static string FirstProcessor() =>
        File.ReadLines("/proc/self/status").Single(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split(':', '-', ',')[1].Trim();

    private async Task<ChildProcess> StartArmedAsync(params string[] arguments)
    {
        var worker = Start(Executable, arguments);
        await worker.WaitForLineAsync(Says("SIGUSR2 is armed"), Patience);
        return worker;
    }

    private ChildProcess Start(string file, IReadOnlyList<string> arguments, string? collectorPath = null) =>
        ChildProcess.Start(new ChildProcessStart(file, arguments)
        {
            Environment = new Dictionary<string, string?>
            {
                ["HeapDrift__CollectorPath"] = collectorPath ?? _fake.Path,
                ["HeapDrift__OutputDirectory"] = _fake.Folder,
            },
        });
}
