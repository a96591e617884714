using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;
using static HeapDrift.StartupHook.Tests.HookedProcess;

namespace HeapDrift.StartupHook.Tests;

/// <summary>Console programs without any host, as they were built, and one environment variable.</summary>
public sealed class ConsoleProgramTests : IDisposable
{
    private readonly FakeHelper _helper = new();

    public void Dispose() => _helper.Dispose();

    [Fact]
    public async Task WithoutTheHookTheSignalKills()
    {
        await using var worker = await PlainWorker.StartAsync(10);
        Assert.Equal(SignalDisposition.Default, Usr2Of(worker.Id));

        worker.Process.Signal(SigUsr2);

        Assert.Equal(SigUsr2, (await worker.Process.WaitForExitAsync(Patience)).Signal);
    }

    [Fact]
    public async Task SignalStartsACaptureAndDoesNotKill()
    {
        await using var worker = await PlainWorker.StartAsync(Plain(10).With(null, _helper.Environment));
        Assert.Equal(SignalDisposition.Caught, Usr2Of(worker.Id));
        Assert.StartsWith("heapdrift: SIGUSR2 is armed", await OnlyErrorAsync(worker.Process), StringComparison.Ordinal);

        worker.Process.Signal(SigUsr2);
        await _helper.StartedAsync();

        Assert.Contains($"--pid {worker.Id} ", Assert.Single(_helper.Starts), StringComparison.Ordinal);
        Assert.Equal(0, (await worker.ExitAsync()).Code);
        await _helper.EndedAsync();
    }

    [Fact]
    public async Task SettingsComeFromTheEnvironment()
    {
        await using var worker = await PlainWorker.StartAsync(
            Plain(10).With(null, [.. _helper.Environment, ("HeapDrift__Window", "00:00:07")]));

        worker.Process.Signal(SigUsr2);
        await _helper.StartedAsync();

        Assert.EndsWith($"--window 7s --output {_helper.OutputFolder}", Assert.Single(_helper.Starts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BadSettingIsToldByNameAndItsDefaultTaken()
    {
        await using var worker = await PlainWorker.StartAsync(Plain(10).With(null, [.. _helper.Environment, ("HeapDrift__Window", "5m")]));
        await worker.Process.WaitForLineAsync(Says("HeapDrift__Window is '5m'"), Patience);

        worker.Process.Signal(SigUsr2);
        await _helper.StartedAsync();

        Assert.Contains("--window 300s ", Assert.Single(_helper.Starts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClosedStandardErrorHarmsNobody()
    {
        await using var worker = await PlainWorker.StartAsync(
            new ChildProcessStart("sh", "-c", "exec \"$0\" 2>&-", RepositoryPaths.PlainWorker(10)).With());

        Assert.Equal(SignalDisposition.Caught, Usr2Of(worker.Id));
        Assert.Equal(0, (await worker.ExitAsync()).Code);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    public async Task OlderRuntimeStartsAsWithoutTheHookAndSaysWhatElseToDo(int major)
    {
        await using var worker = await PlainWorker.StartAsync(Plain(major).With());

        var line = await OnlyErrorAsync(worker.Process);
        Assert.Contains($"it runs on .NET {major}.", line, StringComparison.Ordinal);
        Assert.EndsWith($"heapdrift capture --pid {worker.Id}", line, StringComparison.Ordinal);
        Assert.Equal(SignalDisposition.Default, Usr2Of(worker.Id));
        Assert.Equal(0, (await worker.ExitAsync()).Code);
    }

    [Theory]
    [InlineData("HeapDrift.Instrumentation.dll")]
    [InlineData("HeapDrift.Profiling.dll")]
    [InlineData("Microsoft.Extensions.Logging.Abstractions.dll")]
    public async Task HookFolderThatLacksAFileHarmsNobody(string missing)
    {
        using var folder = new BrokenHook(missing);
        await using var worker = await PlainWorker.StartAsync(Plain(10).With(folder.Path));

        var line = await OnlyErrorAsync(worker.Process);
        Assert.Contains(Path.GetFileNameWithoutExtension(missing), line, StringComparison.Ordinal);
        Assert.EndsWith($"heapdrift capture --pid {worker.Id}", line, StringComparison.Ordinal);
        Assert.Equal(SignalDisposition.Default, Usr2Of(worker.Id));
        Assert.Equal(0, (await worker.ExitAsync()).Code);
    }

    [Fact]
    public async Task ExecutableOfHeapDriftItselfIsLeftAlone()
    {
        // `kubectl exec` into the worker's container inherits the variable.
        var result = await ChildProcess.RunAsync(new ChildProcessStart(RepositoryPaths.HeapDrift, "--version").With(), Patience);

        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Stderr);
    }

    private static ChildProcessStart Plain(int major) => new(RepositoryPaths.PlainWorker(major));
}
