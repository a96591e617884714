using HeapDrift.Collector.Engines.CopyOnWrite.Freezing;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Watching;
using HeapDrift.TestKit;
using Microsoft.Extensions.Time.Testing;
using Reading = HeapDrift.Profiling.Watching.WorkerMemory;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

/// <summary>A worker's memory while half of each page is its copy's.</summary>
public sealed class CopiedMemoryTests
{
    // As long as the machine, which compiles at the same time, may need.
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task WhatWatchesItLooksAwayWhileTheCopyLives()
    {
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(10, "--nodes", "500000");
        var clock = new FakeTimeProvider();
        var watch = new MemoryWatch(ForeignProcess.Pid(worker.Process), new ProcFileSystem(), clock);
        Reading before = watch.Look()!;
        Reading during;
        using (FrozenCopy.Take(watch.Pid, StopDeadline))
        {
            clock.Advance(TimeSpan.FromHours(1));
            during = watch.Look()!;
        }

        clock.Advance(TimeSpan.FromHours(1));
        Reading after = watch.Look()!;

        Assert.Same(before, during);
        Assert.NotSame(before, after);
        Assert.InRange(after.PrivateBytes!.Value, before.PrivateBytes!.Value * 3 / 4, before.PrivateBytes.Value * 2);
    }
}
