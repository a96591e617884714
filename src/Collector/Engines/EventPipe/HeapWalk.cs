using HeapDrift.Profiling.Captures;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>What one walk brought.</summary>
/// <param name="Events">The objects and the books about them.</param>
/// <param name="Lost">Events that the runtime dropped.</param>
internal sealed record HeapWalkResult(HeapEventReader Events, long Lost);

/// <summary>
/// One walk of the heap with two sessions. The first subscribes to the objects and starts to stream. The second only asks for the
/// collection: the runtime runs it before it answers, and reports the objects to the first session meanwhile. With one session for both,
/// as usual, nothing is streamed until the collection is over; the events of the whole heap (880 MB for 20 million objects) would have to
/// fit in the worker's memory, and what does not fit is lost. When the second session answers, the walk is over, and stopping the
/// first makes the runtime send the rest: its streaming thread sleeps on a half-filled buffer (seen on .NET 10.0.12).
/// </summary>
internal sealed class HeapWalk(EventPipeConnection connection, SnapshotTarget worker, TimeProvider clock)
{
    /// <summary>The least that can be asked for: a few events for each collection.</summary>
    private const long Collections = 0x1;

    /// <summary>GC 0x1, Type 0x80000, GCHeapDump 0x100000, GCHeapAndTypeNames 0x1000000 (dotnet/runtime, ClrEtwAll.man).</summary>
    private const long HeapDump = 0x1180001;

    /// <summary>GCHeapCollect: enabling it induces one blocking collection of generation 2.</summary>
    private const long HeapCollect = 0x800000;

    /// <summary>
    /// A collection marks about 20 million objects a second and reports nothing meanwhile; so long without a byte, and no answer, means a
    /// worker that hangs.
    /// </summary>
    private static readonly TimeSpan SilenceDeadline = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(100);

    public async Task<HeapWalkResult> RunAsync(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        await ForgetTypesAsync(cancellationToken);
        using EventPipeSession dump = await connection.StartAsync(EventProviders.Runtime, HeapDump, worker.BufferMegabytes, 0, null, cancellationToken);
        await using var drained = new DrainedStream(dump.EventStream);
        using var source = new EventPipeEventSource(drained);
        var events = new HeapEventReader(source, worker.IsTypesOnly);
        Task<bool> reading = Task.Factory.StartNew(
            source.Process, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await WatchAsync(CollectAsync(cancellationToken), events, progress, cancellationToken);
            await EventPipeConnection.StopAsync(dump, cancellationToken);
            await WatchAsync(reading, events, progress, cancellationToken);
        }
        catch
        {
            // Closing the stream ends the reader; its own complaint about that says nothing new.
            dump.Dispose();
            await reading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }

        return new HeapWalkResult(events, source.EventsLost);
    }

    /// <summary>
    /// The runtime names each type once, until nobody wants names any more. When a walk ends while somebody else listens, such as the agent
    /// to the collections, it counts the session that ends among those that go on (<c>config_compute_keyword_and_level</c> in
    /// src/native/eventpipe/ep-config.c), and the next walk would find all types named already. The start of any session puts it right.
    /// </summary>
    private async Task ForgetTypesAsync(CancellationToken cancellationToken)
    {
        using EventPipeSession nothing = await connection.StartAsync(EventProviders.Runtime, Collections, bufferMegabytes: 1, 0, null, cancellationToken);
        await EventPipeConnection.StopAsync(nothing, cancellationToken);
    }

    private async Task CollectAsync(CancellationToken cancellationToken)
    {
        using EventPipeSession collect = await connection.StartAsync(
            EventProviders.Runtime, HeapCollect, bufferMegabytes: 1, 0, Timeout.InfiniteTimeSpan, cancellationToken);
        await EventPipeConnection.StopAsync(collect, cancellationToken);
    }

    /// <summary>Waits for a step as long as objects keep coming.</summary>
    private async Task WatchAsync(Task step, HeapEventReader events, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        long seen = 0;
        long changedAt = clock.GetTimestamp();
        while (await Task.WhenAny(step, Task.Delay(WatchInterval, clock, cancellationToken)) != step)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long objects = events.Objects;
            if (objects != seen)
            {
                (seen, changedAt) = (objects, clock.GetTimestamp());
                progress?.Report(objects);
            }
            else if (clock.GetElapsedTime(changedAt) > SilenceDeadline)
            {
                throw new SnapshotException(
                    CaptureOutcome.Failed, $"the worker has sent nothing for {SilenceDeadline.TotalMinutes:0} minutes in the middle of the heap walk");
            }
        }

        await step;
    }
}
