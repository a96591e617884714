using HeapDrift.Instrumentation.Tests.Captures;
using HeapDrift.TestKit;

namespace HeapDrift.Instrumentation.Tests.Signals;

/// <summary>What the helper says beside its progress and its report reaches the log of the worker: it is the only place that its operator looks at.</summary>
[Collection(ProcessCollection.Name)]
public sealed class HelperWordsTests
{
    private const int SigUsr2 = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task WhyAnotherEngineIsTakenIsSaidAndTheBaselineIsToldOnce()
    {
        using var fake = new FakeHelper("""
            cat "$here/baseline" >&2
            sed 's/as a fake says/copy-on-write is not possible here/' "$here/baseline" >&2
            cat "$here/window" >&2
            read -r line
            """);
        await using ChildProcess worker = await SignalledAsync(fake);

        await worker.WaitForLineAsync(Says("Baseline taken"), Patience);

        Assert.Single(worker.StdoutLines, line => line.Contains("taking the baseline", StringComparison.Ordinal));
        Assert.Single(worker.StdoutLines, line => line.Contains("copy-on-write is not possible here.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ItIsSaidWhereTheReportIs()
    {
        using var fake = new FakeHelper($"mkdir \"$here/{FakeHelper.Report.CaptureId}\"; cat \"$here/report\"");
        await using ChildProcess worker = await SignalledAsync(fake);

        await worker.WaitForLineAsync(Says($"The report is in {fake.File(FakeHelper.Report.CaptureId)}"), Patience);
    }

    [Fact]
    public async Task ThatTheDiskDidNotTakeTheReportIsSaidWithTheReason()
    {
        using var fake = new FakeHelper("echo 'heapdrift: the report could not be written: no space' >&2; cat \"$here/report\"; exit 1");
        await using ChildProcess worker = await SignalledAsync(fake);

        await worker.WaitForLineAsync(Says("The report is not on disk. heapdrift: the report could not be written: no space"), Patience);
    }

    private static Func<string, bool> Says(string text) => line => line.Contains(text, StringComparison.Ordinal);

    private static async Task<ChildProcess> SignalledAsync(FakeHelper fake)
    {
        ChildProcess worker = ChildProcess.Start(new ChildProcessStart(Path.Join(RepositoryPaths.Output("HostedWorker"), "HostedWorker"), [])
        {
            Environment = new Dictionary<string, string?> { ["HeapDrift__CollectorPath"] = fake.Path, ["HeapDrift__OutputDirectory"] = fake.Folder },
        });
        await worker.WaitForLineAsync(Says("SIGUSR2 is armed"), Patience);
        worker.Signal(SigUsr2);
        return worker;
    }
}
