namespace HeapDrift.TestKit.Tests;

/// <summary>The targets run on the runtimes that they claim, on a machine that has only the .NET 10 SDK.</summary>
public sealed class PlainWorkerTests
{
    private const int SigUsr2 = 12;
    private const int SigTerm = 15;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task WorkerRunsOnItsOwnRuntimeAndCanBeDiagnosed(int major)
    {
        await using var worker = await PlainWorker.StartAsync(major, "--nodes", "1000", "--handle-usr2");
        await worker.LeakAsync(100);
        await worker.CollectAsync();

        Assert.StartsWith($".NET {major}.0.", worker.FrameworkDescription, StringComparison.Ordinal);

        // A process that was killed leaves its socket behind, and pids come round again.
        Assert.NotEmpty(Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{worker.Id}-*"));

        worker.Process.Signal(SigUsr2);
        await worker.Process.WaitForLineAsync(line => line == "usr2", Deadline);
        worker.Process.Signal(SigTerm);
        Assert.Equal(0, (await worker.Process.WaitForExitAsync(Deadline)).Code);
    }

    [Fact]
    public async Task UnhandledSigUsr2KillsTheWorker()
    {
        await using var worker = await PlainWorker.StartAsync(10);

        worker.Process.Signal(SigUsr2);

        // 140 = 128 + 12
        var exit = await worker.Process.WaitForExitAsync(Deadline);
        Assert.Equal((140, SigUsr2), (exit.Code, exit.Signal));
    }

    [Fact]
    public async Task WorkerEndsOnRequestWhileItLeaks()
    {
        await using var worker = await PlainWorker.StartAsync(10, "--leak", "1000");

        Assert.Equal(0, (await worker.ExitAsync()).Code);
    }
}
