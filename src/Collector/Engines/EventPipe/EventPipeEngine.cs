using HeapDrift.Profiling.Allocations;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Collector.Engines.EventPipe;

/// <summary>
/// Takes a snapshot through the worker's diagnostics socket alone: the runtime runs a blocking generation 2 collection and reports every
/// surviving object. Needs no permission but the socket's; the worker stands still for the whole walk. No number of objects is too
/// large for it, and what does not arrive is said (<see cref="HeapSnapshot.Gaps"/>).
/// </summary>
internal sealed class EventPipeEngine(TimeProvider clock) : ISnapshotEngine
{
    public const string Name = "eventpipe";

    /// <summary>Takes one snapshot.</summary>
    /// <param name="worker">Whose heap.</param>
    /// <param name="progress">Told how many objects have arrived, now and then.</param>
    /// <param name="cancellationToken">Ends the session; the worker goes on as before.</param>
    /// <exception cref="SnapshotException">The worker exited, refused or did not answer.</exception>
    public async Task<HeapSnapshot> TakeAsync(SnapshotTarget worker, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        DateTimeOffset takenAt = clock.GetUtcNow();
        await using EventPipeConnection connection = await EventPipeConnection.OpenAsync(worker, cancellationToken);
        try
        {
            LoadedModules modules = await ModuleListing.ReadAsync(connection, cancellationToken);
            worker.Tracking?.Hold();
            HeapWalkResult walk = await new HeapWalk(connection, worker, clock).RunAsync(progress, cancellationToken);
            if (!walk.Events.IsFinished && await worker.HasExitedAsync(cancellationToken))
            {
                throw connection.Exited(cause: null);
            }

            SampleSet? samples = worker.Tracking is { } tracking && walk.Events.Collection is { } collection ? await tracking.StopAfterAsync(collection) : null;
            (HeapSnapshot snapshot, IReadOnlyList<LiveSample> live) = await Task.Run(
                () => Build(walk, modules, worker, samples, takenAt, started, cancellationToken), cancellationToken);
            return samples is null ? snapshot : snapshot with { Survivors = await NameAsync(connection, samples, live, cancellationToken) };
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw await connection.ExplainAsync(failure, cancellationToken);
        }
    }

    private static async Task<SnapshotSurvivors> NameAsync(
        EventPipeConnection connection, SampleSet samples, IReadOnlyList<LiveSample> live, CancellationToken cancellationToken)
    {
        var stacks = samples.Samples.ToDictionary(sample => sample.Address, sample => sample.Stack);
        IEnumerable<ulong> frames = live.Select(sample => stacks[sample.Address]).Distinct().SelectMany(samples.Stacks.FramesOf).Distinct();
        return new SnapshotSurvivors { Live = live, Frames = await MethodListing.FindAsync(connection, frames, cancellationToken) };
    }

    private (HeapSnapshot Snapshot, IReadOnlyList<LiveSample> Live) Build(
        HeapWalkResult walk,
        LoadedModules modules,
        SnapshotTarget worker,
        SampleSet? samples,
        DateTimeOffset takenAt,
        long started,
        CancellationToken cancellationToken)
    {
        HeapEventReader events = walk.Events;
        var origins = new ModuleOrigins(worker.Root);
        IReadOnlyList<PathStep> types = events.BuildTypes(modules, origins);
        IReadOnlyList<TypeUsage> usage = (events.Tally ?? TypeTally.Of(events.Graph)).ToUsage(types);
        var walked = new RetentionWalk(events.Graph, types);
        RetentionTree tree = worker.IsTypesOnly
            ? RetentionTree.WithoutHolders(usage)
            : walked.Run([.. NameStatics(events, modules, worker, origins), .. events.Roots], cancellationToken);
        long liveBytes = usage.Sum(type => type.Bytes);
        return (new HeapSnapshot
        {
            Engine = Name,
            TakenAt = events.TakenAt ?? takenAt,
            Pause = events.Pause,
            Duration = clock.GetElapsedTime(started),
            LiveObjects = events.Objects,
            LiveBytes = liveBytes,
            UsedBytes = events.UsedBytes,
            Types = usage,
            Retention = tree,
            Gaps = [.. events.FindGaps(), .. walk.Lost > 0 ? [$"the runtime dropped {walk.Lost} events: its buffer of {worker.BufferMegabytes} MB was full"] : Array.Empty<string>()],
            Coverage = events.SurvivedBytes is > 0 and long survived ? Math.Min(1, (double)liveBytes / survived) : null,
        }, worker.IsTypesOnly ? [] : FindLive(samples, events, walked));
    }

    private static LiveSample[] FindLive(SampleSet? samples, HeapEventReader events, RetentionWalk walked) =>
    [
        .. (samples?.Samples ?? [])
            .Select(sample => (sample.Address, Node: events.NumberOf(sample.MethodTable) is { } type ? walked.NodeOf(sample.Address, type) : null))
            .Where(found => found.Node is not null)
            .Select(found => new LiveSample(found.Address, found.Node!.Value)),
    ];

    private static IEnumerable<HeapRoot> NameStatics(HeapEventReader events, LoadedModules modules, SnapshotTarget worker, ModuleOrigins origins)
    {
        StaticFieldDeclaration[] declared =
        [
            .. modules.Paths.SelectMany(path => StaticFieldMetadata.TryRead(worker.Root, path).Select(field => field with { Origin = origins.Of(path) })),
        ];
        return events.Statics.Zip(StaticFieldNames.Resolve(events.Statics, declared, events.NameOf), (field, named) =>
            new HeapRoot(RootNames.KindOf(named.Name, field.IsThreadStatic), named.Name, field.Address) { Origin = named.Origin });
    }
}
