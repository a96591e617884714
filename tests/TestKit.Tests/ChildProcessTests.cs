namespace HeapDrift.TestKit.Tests;

public sealed class ChildProcessTests
{
    private const int SigKill = 9;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task ExitCodeAndBothStreamsAreReturned()
    {
        var result = await ChildProcess.RunAsync(Shell("echo out; echo err >&2; exit 3"), Deadline);

        Assert.Equal(new ProcessResult(3, "out\n", "err\n"), result);
    }

    [Fact]
    public async Task EnvironmentChangesAreExact()
    {
        var start = Shell("echo \"$ADDED-${HOME-none}-$PWD\"") with
        {
            Environment = new Dictionary<string, string?> { ["ADDED"] = "yes", ["HOME"] = null },
            WorkingDirectory = "/",
        };

        Assert.Equal("yes-none-/\n", (await ChildProcess.RunAsync(start, Deadline)).Stdout);
    }

    [Fact]
    public async Task HangingProcessIsKilledAndWhatItPrintedIsTold()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(
            () => ChildProcess.RunAsync(Shell("echo stuck; exec sleep 600"), TimeSpan.FromSeconds(1)));

        Assert.Contains("| stuck", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TerminatingSignalIsReported()
    {
        await using var process = ChildProcess.Start(Shell("echo started; exec sleep 600"));
        await process.WaitForLineAsync(line => line == "started", Deadline);

        process.Signal(SigKill);

        Assert.Equal(SigKill, (await process.WaitForExitAsync(Deadline)).Signal);
        Assert.Throws<InvalidOperationException>(() => process.Signal(SigKill));
    }

    [Fact]
    public async Task DisposingKillsTheWholeTree()
    {
        int grandchild;
        await using (var process = ChildProcess.Start(Shell("sleep 600 & echo $!; wait")))
        {
            grandchild = int.Parse(await process.WaitForLineAsync(_ => true, Deadline), null);
        }

        // A killed orphan may stay a zombie where init does not reap: it has no command line then.
        await Eventually.HoldsAsync(() => !Runs(grandchild), Deadline, "the grandchild is gone");
    }

    [Fact]
    public async Task LineThatNeverComesFailsWhenTheProcessEndsAndNotLater()
    {
        await using var process = ChildProcess.Start(Shell("echo other"));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => process.WaitForLineAsync(line => line == "expected", TimeSpan.FromHours(1)));

        Assert.Contains("| other", failure.Message, StringComparison.Ordinal);
    }

    private static ChildProcessStart Shell(string script) => new("sh", "-c", script);

    private static bool Runs(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/cmdline").Length > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
