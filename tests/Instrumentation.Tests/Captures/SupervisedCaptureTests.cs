using System.ComponentModel;
using System.Diagnostics;
using HeapDrift.Instrumentation.Captures;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Reports;
using HeapDrift.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace HeapDrift.Instrumentation.Tests.Captures;

[Collection(ProcessCollection.Name)]
public sealed class SupervisedCaptureTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly List<CapturePhase> _phases = [];

    [Fact]
    public async Task FinishIsDeliveredAndTheReportComesBack()
    {
        using var fake = new FakeHelper();
        using var helper = Start(fake);
        var running = helper.RunAsync(Limit, OnProgress, CancellationToken.None);
        await Eventually.HoldsAsync(() => Phases().Contains(CapturePhase.Window), Patience, "the window opens");

        await helper.FinishAsync();
        var result = await EndOf(running);

        Assert.Equal(FakeHelper.Report.CaptureId, result.Report?.CaptureId);
        Assert.Null(result.Failure);
        Assert.Equal([CaptureProgress.FinishCommand], fake.Commands);
        Assert.Equal([CapturePhase.Baseline, CapturePhase.Window, CapturePhase.Final], Phases());
    }

    [Fact]
    public async Task GarbageIsAMalformedReport()
    {
        var failure = await FailureAsync("echo 'Hello, this is not JSON'; echo 'something odd' >&2");

        Assert.Equal("malformed-report", failure.ErrorType);
        Assert.Contains("malformed at line 1", failure.Message, StringComparison.Ordinal);
        Assert.Contains("something odd", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MoreThanOneDocumentIsAMalformedReport()
    {
        var failure = await FailureAsync("""cat "$here/report"; echo '{}'""");

        Assert.Equal("malformed-report", failure.ErrorType);
    }

    [Fact]
    public async Task ReportThatBreaksOffIsMalformed()
    {
        var failure = await FailureAsync("""head -c 100 "$here/report" """);

        Assert.Equal("malformed-report", failure.ErrorType);
    }

    [Fact]
    public async Task GarbageDoesNotBlockTheHelper()
    {
        // More than the 64 KB of a pipe.
        var failure = await FailureAsync("head -c 1000000 /dev/zero; exit 1");

        Assert.Equal("failed", failure.ErrorType);
    }

    [Fact]
    public async Task ReportBeyondTheBoundIsRefused()
    {
        var failure = await FailureAsync("""printf '{"captureId":"'; head -c 70000000 /dev/zero | tr '\0' x; printf '"}'""");

        Assert.Contains("exceeds 64 MB", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SilenceIsSaid()
    {
        var failure = await FailureAsync("exit 0");

        Assert.Equal(new CaptureFailure("malformed-report", "The helper ended well, but it printed no report."), failure);
    }

    [Theory]
    [InlineData(1, "failed")]
    [InlineData(2, "wrong-usage")]
    [InlineData(3, "not-permitted")]
    [InlineData(4, "not-found")]
    [InlineData(5, "worker-exited")]
    [InlineData(6, "incomplete")]
    [InlineData(150, "failed")] // The .NET host's "no such runtime": not signal 22.
    public async Task ExitStatusNamesTheError(int status, string errorType)
    {
        var failure = await FailureAsync($"echo 'because of this' >&2; exit {status}");

        Assert.Equal(errorType, failure.ErrorType);
        Assert.EndsWith("because of this", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReportCountsWhateverTheExitStatus()
    {
        using var fake = new FakeHelper("""cat "$here/report"; exit 6""");
        using var helper = Start(fake);

        var result = await EndOf(helper.RunAsync(Limit, OnProgress, CancellationToken.None));

        Assert.NotNull(result.Report);
    }

    [Fact]
    public async Task KilledHelperIsSaid()
    {
        var failure = await FailureAsync("""cat "$here/window" >&2; kill -9 $$""");

        Assert.Equal("killed", failure.ErrorType);
        Assert.Contains("SIGKILL", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnlyTheLastLinesAreKept()
    {
        var failure = await FailureAsync("for i in $(seq 100); do echo \"line $i.\" >&2; done; exit 1");

        Assert.DoesNotContain("line 80.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("line 81.", failure.Message, StringComparison.Ordinal); // 100 - 20 + 1
        Assert.EndsWith("line 100.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LineWithoutEndIsCut()
    {
        var failure = await FailureAsync("head -c 10000000 /dev/zero | tr '\\0' x >&2; echo >&2; exit 1");

        Assert.InRange(failure.Message.Length, 1000, 2000);
    }

    [Fact]
    public async Task DeadlineKills()
    {
        var time = new FakeTimeProvider();
        using var fake = new FakeHelper("""cat "$here/window" >&2; exec sleep 1000""");
        using var helper = Start(fake, time);
        var running = helper.RunAsync(Limit, OnProgress, CancellationToken.None);
        await Eventually.HoldsAsync(() => Phases().Contains(CapturePhase.Window), Patience, "the window opens");

        time.Advance(Limit);
        var result = await EndOf(running);

        Assert.Equal("deadline-exceeded", result.Failure?.ErrorType);
    }

    [Fact]
    public async Task StopClosesTheInput()
    {
        using var fake = new FakeHelper();
        using var helper = Start(fake);
        using var stop = new CancellationTokenSource();
        var running = helper.RunAsync(Limit, OnProgress, stop.Token);
        await Eventually.HoldsAsync(() => Phases().Contains(CapturePhase.Window), Patience, "the window opens");

        await stop.CancelAsync();
        var result = await EndOf(running);

        Assert.Equal("cancelled", result.Failure?.ErrorType);
        Assert.Equal(["end of input"], fake.Commands);
    }

    [Fact]
    public async Task StopKillsAHelperThatDoesNotListen()
    {
        var time = new FakeTimeProvider();
        using var fake = new FakeHelper("""cat "$here/window" >&2; exec sleep 1000""");
        using var helper = Start(fake, time);
        using var stop = new CancellationTokenSource();
        var running = helper.RunAsync(Limit, OnProgress, stop.Token);
        await Eventually.HoldsAsync(() => Phases().Contains(CapturePhase.Window), Patience, "the window opens");

        await stop.CancelAsync();
        Assert.False(running.IsCompleted);
        await Eventually.HoldsAsync(
            () =>
            {
                // It starts to wait a little after the cancellation.
                time.Advance(SupervisedCapture.StopLimit);
                return running.IsCompleted;
            },
            Patience,
            "the helper is killed");
        var result = await EndOf(running);

        Assert.Equal("cancelled", result.Failure?.ErrorType);
    }

    [Fact]
    public async Task FinishAfterTheEndIsNothing()
    {
        using var fake = new FakeHelper("exit 0");
        using var helper = Start(fake);
        await EndOf(helper.RunAsync(Limit, OnProgress, CancellationToken.None));

        await helper.FinishAsync();
    }

    [Fact]
    public void FileThatIsNotExecutableIsRefusedAtStart()
    {
        using var fake = new FakeHelper(mode: UnixFileMode.UserRead);

        Assert.Throws<Win32Exception>(() => Start(fake));
    }

    private static SupervisedCapture Start(FakeHelper fake, TimeProvider? time = null) =>
        SupervisedCapture.Start(Command(fake), time ?? TimeProvider.System);

    private static Task<CaptureResult> EndOf(Task<CaptureResult> running) => running.WaitAsync(Patience, TestContext.Current.CancellationToken);

    private static ProcessStartInfo Command(FakeHelper fake) =>
        CollectorCommand.Create(fake.Path, 42, TriggerKind.Signal, TimeSpan.FromMinutes(5), fake.Folder, workerExports: false);

    private async Task<CaptureFailure> FailureAsync(string body)
    {
        using var fake = new FakeHelper(body);
        using var helper = Start(fake);
        var result = await EndOf(helper.RunAsync(Limit, OnProgress, CancellationToken.None));
        return Assert.IsType<CaptureFailure>(result.Failure);
    }

    private void OnProgress(CaptureProgress progress)
    {
        lock (_phases)
        {
            _phases.Add(progress.Phase);
        }
    }

    private CapturePhase[] Phases()
    {
        lock (_phases)
        {
            return [.. _phases];
        }
    }
}
