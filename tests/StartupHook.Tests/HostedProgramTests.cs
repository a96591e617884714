using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;
using static HeapDrift.StartupHook.Tests.HookedProcess;

namespace HeapDrift.StartupHook.Tests;

/// <summary>Services that build a host, with and without the package in their code.</summary>
public sealed class HostedProgramTests : IDisposable
{
    private const int SigTerm = 15;

    private readonly FakeHelper _helper = new();

    public void Dispose() => _helper.Dispose();

    [Theory]
    [InlineData("web")]
    [InlineData("generic")]
    [InlineData("classic")]
    public async Task HostIsArmedAndItsOwnLoggerSaysSo(string kind)
    {
        await using var worker = ChildProcess.Start(Host(kind).With(null, _helper.Environment));
        await worker.WaitForLineAsync(Logs("SIGUSR2 is armed"), Patience);
        await worker.WaitForLineAsync(Logs("Application started"), Patience);
        Assert.Equal(SignalDisposition.Caught, Usr2Of(worker.Id));

        // Before the host there was no other log.
        Assert.StartsWith("heapdrift: SIGUSR2 is armed", await OnlyErrorAsync(worker), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignalIsOneCaptureWhoseStoryIsInTheHostsLog()
    {
        await using var worker = await StartedAsync(Host("web"));

        worker.Signal(SigUsr2);
        await _helper.StartedAsync();
        worker.Signal(SigTerm);
        await worker.WaitForLineAsync(Logs("heapdrift.capture"), Patience);
        var exit = await worker.WaitForExitAsync(Patience);

        Assert.Equal(0, exit.Code);
        Assert.Single(_helper.Starts);
        Assert.Single(_helper.Ends);
        await OnlyErrorAsync(worker);
    }

    [Fact]
    public async Task ApplicationThatAddsHeapDriftItselfHasOneCaptureForASignal()
    {
        await using var worker = ChildProcess.Start(HostedWorker().With(null, _helper.Environment));
        await worker.WaitForLineAsync(Says("Application started"), Patience);
        Assert.Single(worker.StdoutLines, line => Says("SIGUSR2 is armed")(line));

        worker.Signal(SigUsr2);
        await _helper.StartedAsync();
        worker.Signal(SigTerm);
        var exit = await worker.WaitForExitAsync(Patience);

        Assert.Equal(0, exit.Code);
        Assert.Single(_helper.Starts);
        await OnlyErrorAsync(worker);
    }

    [Fact]
    public async Task CaptureFromBeforeTheHostStartedEndsWithTheTakeover()
    {
        await using var worker = ChildProcess.Start(HostedWorker("--slow-start", "3").With(null, _helper.Environment));
        await worker.WaitForLineAsync(Says("starting"), Patience);
        Assert.Equal(SignalDisposition.Caught, Usr2Of(worker.Id));

        worker.Signal(SigUsr2);
        await _helper.StartedAsync();
        Assert.Empty(_helper.Ends);
        await _helper.EndedAsync();

        Assert.False(worker.HasExited);
        Assert.Single(_helper.Starts);
    }

    [Fact]
    public async Task StormAcrossStartAndStopNeverKills()
    {
        await using var worker = ChildProcess.Start(HostedWorker("--slow-start", "0.3", "--slow-stop", "0.3").With(null, _helper.Environment));
        await worker.WaitForLineAsync(Says("heapdrift: SIGUSR2 is armed"), Patience);

        // At least a hundred, and until the host has started.
        for (var signals = 0; signals < 100 || !worker.StdoutLines.Any(Says("Application started")); signals++)
        {
            worker.Signal(SigUsr2);
            await Task.Delay(TimeSpan.FromMilliseconds(2), TestContext.Current.CancellationToken);
        }

        worker.Signal(SigTerm);
        await worker.WaitForLineAsync(Says("stopping"), Patience);
        worker.Signal(SigUsr2);

        Assert.Equal(0, (await worker.WaitForExitAsync(Patience)).Code);
        Assert.Contains("ended", worker.StdoutLines);
    }

    [Fact]
    public async Task BadSettingDoesNotKeepTheHostFromStarting()
    {
        await using var worker = ChildProcess.Start(Host("generic").With(null, [.. _helper.Environment, ("HeapDrift__Window", "soon")]));

        await worker.WaitForLineAsync(Logs("Application started"), Patience);

        await worker.WaitForLineAsync(Says("HeapDrift__Window is 'soon'"), Patience);
        Assert.Equal(SignalDisposition.Caught, Usr2Of(worker.Id));
    }

    [Theory]
    [InlineData("OpenTelemetry.Api.ProviderBuilderExtensions.dll")]
    [InlineData("HeapDrift.Instrumentation.dll")]
    public async Task HookFolderThatLacksAFileDoesNotKeepTheHostFromStarting(string missing)
    {
        using var folder = new BrokenHook(missing);
        await using var worker = ChildProcess.Start(Host("web").With(folder.Path));

        await worker.WaitForLineAsync(Logs("Application started"), Patience);

        await worker.WaitForLineAsync(Says(Path.GetFileNameWithoutExtension(missing)), Patience);
    }

    private static ChildProcessStart HostedWorker(params string[] arguments) =>
        new(Path.Join(RepositoryPaths.Output("HostedWorker"), "HostedWorker"), arguments);

    private async Task<ChildProcess> StartedAsync(ChildProcessStart start)
    {
        var worker = ChildProcess.Start(start.With(null, _helper.Environment));
        await worker.WaitForLineAsync(Logs("Application started"), Patience);
        return worker;
    }
}
