using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Collections;
using HeapDrift.Collector.Detection;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Watching;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Watching;
using HeapDrift.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace HeapDrift.Collector.Tests.Watching;

/// <summary>When a session is opened.</summary>
public sealed class WorkerEyeTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly CaptureDesk _desk;

    public WorkerEyeTests() => _desk = new(new CaptureLimits(), CaptureJournal.Load(Path.GetTempPath(), _ => { }), null!, _clock);

    public void Dispose() => _desk.Dispose();

    /// <summary>Before, it may be initialising what the session asks for, and both would wait for each other for ever.</summary>
    [Fact]
    public async Task AWorkerIsNotListenedToBeforeItHasSettled()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10);
        var settling = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using WorkerEye eye = Open(new WorkerDirectory(new ProcFileSystem()).Get(worker.Id), settling);

        Assert.Null(eye.Look()!.Collections);
        settling.Advance(TimeSpan.FromSeconds(15));
        Assert.Null(eye.Look()!.Collections);
        settling.Advance(TimeSpan.FromSeconds(15));
        Assert.NotNull(eye.Look()!.Collections);
    }

    [Fact]
    public async Task AWorkerThatIsOlderThanTheAgentIsListenedToAtOnce()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10);
        await using WorkerEye eye = Open(new WorkerDirectory(new ProcFileSystem()).Get(worker.Id), new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(1)));

        Assert.NotNull(eye.Look()!.Collections);
    }

    private WorkerEye Open(Worker worker, TimeProvider clock) => new(
        worker, new ProcFileSystem(), clock, new WatchOptions(), new DetectorOptions(), new GcSessions(_desk, clock, NullLogger<GcSessions>.Instance));
}
