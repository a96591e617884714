using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;
using HeapDrift.Collector.Engines;
using HeapDrift.Collector.Engines.EventPipe;
using HeapDrift.Profiling.Allocations;
using HeapDrift.Profiling.Captures;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace HeapDrift.Collector.Allocations;

/// <summary>
/// The EventPipe session of one window: sampled allocations with their stacks, and what collections do to them. Costs the worker a stack walk for
/// each 100 KB that it allocates, and a list of what survives for each collection. It never fails a capture: what goes wrong is told by
/// <see cref="Failure"/>, and nothing is said of allocations then.
/// </summary>
internal sealed class AllocationTracking : IAsyncDisposable
{
    /// <summary>GC 0x1 and GCHeapSurvivalAndMovement 0x400000 (dotnet/runtime, ClrEtwAll.man).</summary>
    private const long Collections = 0x400001;

    /// <summary>AllocationSampling, from .NET 10 on. Before that, AllocationTick comes with the collections at the level Verbose.</summary>
    private const long AllocationSampling = 0x80000000000;

    private const int FirstRuntimeWithSampling = 10;

    /// <summary>The most that waits in the worker's own memory. Eight seconds of 280 MB/s were 5.5 MB; events wait for the second in which a snapshot is taken.</summary>
    private const int MostBufferMegabytes = 32;

    /// <summary>The runtime sends what it still holds within a fraction of a second; a snapshot is waiting for it.</summary>
    private static readonly TimeSpan DrainDeadline = TimeSpan.FromSeconds(10);

    private readonly ReadingGate _gate = new();
    private readonly SampleTracker _tracker;
    private readonly EventPipeConnection _connection;
    private readonly EventPipeSession _session;
    private readonly Task _reading;
    private long _countedFrom = long.MinValue;
    private long _lost;
    private bool _isStopped;

    private AllocationTracking(EventPipeConnection connection, EventPipeSession session, SampleTracker tracker)
    {
        (_connection, _session, _tracker) = (connection, session, tracker);
        _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Why nothing can be said of allocations, in a sentence. Null as long as something can.</summary>
    public string? Failure { get; private set; }

    /// <summary>Opens the session.</summary>
    /// <param name="worker">Whose allocations.</param>
    /// <param name="runtimeVersion">Its runtime, <c>10.0.12</c>.</param>
    /// <param name="random">Decides which samples are forgotten where they become too many.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="SnapshotException">There is no session; the message says why.</exception>
    public static async Task<AllocationTracking> StartAsync(
        SnapshotTarget worker, string? runtimeVersion, Random random, CancellationToken cancellationToken)
    {
#pragma warning disable CA2000 // It belongs to what is returned.
        EventPipeConnection connection = await EventPipeConnection.OpenAsync(worker, cancellationToken);
#pragma warning restore CA2000
        try
        {
            int buffer = Math.Min(worker.BufferMegabytes, MostBufferMegabytes);
            EventPipeSession session = await connection.StartWithStacksAsync(ProviderFor(MajorOf(runtimeVersion)), buffer, cancellationToken);
            return new AllocationTracking(connection, session, new SampleTracker(random));
        }
        catch (Exception failed)
        {
            await using (connection)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw await connection.ExplainAsync(failed, cancellationToken);
            }
        }
    }

    /// <summary>What the final snapshot asked for. Null before, and where nothing can be said.</summary>
    public SampleSet? Samples { get; private set; }

    /// <summary>Allocations before this instant belong to the baseline.</summary>
    /// <param name="instant">In the past.</param>
    /// <param name="clock">The clock that told it.</param>
    public void CountFrom(DateTimeOffset instant, TimeProvider clock) =>
        _countedFrom = Stopwatch.GetTimestamp() - (long)((clock.GetUtcNow() - instant).TotalSeconds * Stopwatch.Frequency);

    /// <summary>A snapshot is about to be taken.</summary>
    public void Hold() => _gate.HoldFrom(Stopwatch.GetTimestamp());

    /// <summary>Ends the session and tells where the sampled objects lay at an instant, which <see cref="Hold"/> was called before.</summary>
    public Task<SampleSet> StopAtAsync(long timestamp) => StopAsync(() => _gate.EndAt(timestamp));

    /// <summary>Ends the session and tells where the sampled objects lay after a collection.</summary>
    public Task<SampleSet> StopAfterAsync(int collection) => StopAsync(() => _gate.EndAfter(collection));

    public async ValueTask DisposeAsync()
    {
        await StopAsync(_gate.Abandon);
        _session.Dispose();
        await _reading.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await _connection.DisposeAsync();
    }

    private static int MajorOf(string? runtimeVersion) =>
        runtimeVersion is not null && int.TryParse(runtimeVersion.AsSpan(0, Math.Max(0, runtimeVersion.IndexOf('.', StringComparison.Ordinal))), NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            ? major
            : throw new SnapshotException(CaptureOutcome.Failed, "the version of its runtime is not known");

    private static EventPipeProvider ProviderFor(int runtime) => runtime >= FirstRuntimeWithSampling
        ? new EventPipeProvider(EventProviders.Runtime, EventLevel.Informational, Collections | AllocationSampling)
        : new EventPipeProvider(EventProviders.Runtime, EventLevel.Verbose, Collections);

    private void Read()
    {
        using var source = new EventPipeEventSource(_session.EventStream);
        _ = new AllocationEvents(source, _tracker, _gate);
        source.Process();
        _lost = source.EventsLost;
    }

    private async Task<SampleSet> StopAsync(Action end)
    {
        if (_isStopped)
        {
            // Another attempt at the same snapshot is of another instant, for which there are no events any more. What a collection has moved
            // since is not found where it is looked for.
            Samples = Samples is null ? null : Samples with { IsLate = true };
            return Samples ?? SampleSet.None;
        }

        _isStopped = true;
        end();
        try
        {
            await DrainAsync().WaitAsync(DrainDeadline);
            return Samples = Collect();
        }
#pragma warning disable CA1031 // A stream that breaks off throws whatever the parser stumbles on; the snapshot goes on without.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            Failure = $"the events of allocations broke off: {failed.Message}";
            return SampleSet.None;
        }
    }

    private async Task DrainAsync()
    {
        await EventPipeConnection.StopAsync(_session, CancellationToken.None);
        await _reading;
    }

    /// <summary>Where two samples claim one address the later one has it: the other was not seen to end.</summary>
    private SampleSet Collect() => new()
    {
        Samples =
        [
            .. _tracker.Samples.Where(sample => sample.At >= _countedFrom)
                .GroupBy(sample => sample.Address)
                .Select(same => same.MaxBy(sample => sample.At)),
        ],
        Stacks = _tracker.Stacks,
        Seen = _tracker.Seen,
        Arrivals = _tracker.Arrivals,
        FirstOfStack = _tracker.FirstOfStack.ToDictionary(first => first.Key, first => Math.Max(first.Value, _countedFrom)),
        Lost = _lost,
        FullCollections = _tracker.FullCollections,
    };
}
