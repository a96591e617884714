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
            HeapWalkResult walk = await new HeapWalk(connection, worker, clock).RunAsync(progress, cancellationToken);
            if (!walk.Events.IsFinished && await worker.HasExitedAsync(cancellationToken))
            {
                throw connection.Exited(cause: null);
            }

            return await Task.Run(() => Build(walk, modules, worker, takenAt, started, cancellationToken), cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw await connection.ExplainAsync(failure, cancellationToken);
        }
    }

    private HeapSnapshot Build(
        HeapWalkResult walk, LoadedModules modules, SnapshotTarget worker, DateTimeOffset takenAt, long started, CancellationToken cancellationToken)
    {
        HeapEventReader events = walk.Events;
        IReadOnlyList<PathStep> types = events.BuildTypes(modules.FileName);
        IReadOnlyList<TypeUsage> usage = (events.Tally ?? TypeTally.Of(events.Graph)).ToUsage(types);
        RetentionTree tree = worker.IsTypesOnly
            ? RetentionTree.WithoutHolders(usage)
            : new RetentionWalk(events.Graph, types).Run([.. NameStatics(events, modules, worker), .. events.Roots], cancellationToken);
        long liveBytes = usage.Sum(type => type.Bytes);
        return new HeapSnapshot
        {
            Engine = Name,
            TakenAt = events.TakenAt ?? takenAt,
            Pause = events.Pause,
            Duration = clock.GetElapsedTime(started),
            LiveObjects = events.Objects,
            LiveBytes = liveBytes,
            Types = usage,
            Retention = tree,
            Gaps = [.. events.FindGaps(), .. walk.Lost > 0 ? [$"the runtime dropped {walk.Lost} events: its buffer of {worker.BufferMegabytes} MB was full"] : Array.Empty<string>()],
            Coverage = events.SurvivedBytes is > 0 and long survived ? Math.Min(1, (double)liveBytes / survived) : null,
        };
    }

    private static IEnumerable<HeapRoot> NameStatics(HeapEventReader events, LoadedModules modules, SnapshotTarget worker)
    {
        StaticFieldDeclaration[] declared = [.. modules.Paths.SelectMany(path => StaticFieldMetadata.TryRead(worker.PathOf(path)))];
        IReadOnlyList<string> names = StaticFieldNames.Resolve(events.Statics, declared, events.NameOf);
        return events.Statics.Select((field, at) =>
            new HeapRoot(RootNames.KindOf(names[at], field.IsThreadStatic), names[at], field.Address));
    }
}
