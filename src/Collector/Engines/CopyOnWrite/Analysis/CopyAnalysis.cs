using HeapDrift.Collector.Engines.CopyOnWrite.Freezing;
using HeapDrift.Collector.Engines.CopyOnWrite.Reading;
using HeapDrift.Collector.Native;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Marking;
using Microsoft.Diagnostics.Runtime;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Analysis;

/// <summary>
/// The story of one copy-on-write snapshot, in a process of its own: freeze, give up all privileges that the worker does not have, load the
/// worker's own DAC, mark the copy, let it go. Whatever happens to this process takes the copy with it and leaves the worker alone.
/// </summary>
/// <param name="order">What to do.</param>
/// <param name="clock">Times it.</param>
/// <param name="progress">Told the number of objects after each level.</param>
/// <param name="onReadable">Told when the copy was made, once it is known that it can be read.</param>
/// <param name="samples">
/// What comes in answer to that; waited for before the marking begins. Who ordered the analysis has a deadline for it, and its end ends the wait. Null
/// where nothing was sampled.
/// </param>
internal sealed class CopyAnalysis(AnalysisOrder order, TimeProvider clock, IProgress<long> progress, Action<long> onReadable, Task<SampleQuery>? samples)
{
    /// <summary>Threads that sit in a system call stop within microseconds; a busy machine needs some scheduler periods.</summary>
    private static readonly TimeSpan StopDeadline = TimeSpan.FromMilliseconds(200);

    /// <exception cref="AnalysisException">There is no snapshot; the exception says why.</exception>
    public HeapSnapshot Run(CancellationToken cancellationToken)
    {
        using RuntimeFilesOfWorker files = RuntimeFilesOfWorker.Open(order.Plan);
        long started = clock.GetTimestamp();
        using FrozenCopy copy = Freeze();
        DateTimeOffset takenAt = clock.GetUtcNow();
        using var memory = new CopyMemory(copy.Pid);
        IReadOnlyDictionary<int, string> threadNames = ThreadNames.Read(order.Plan.Pid, copy.Threads.Keys);
        Privileges.DropTo(order.Plan);
        using var watch = new CopyWatch(order.Plan, copy, clock, cancellationToken);
        try
        {
            HeapSnapshot snapshot = Analyse(copy, memory, files, threadNames, watch.Token);

            // Of a copy that is gone nothing can be read, which is quickly done.
            watch.Token.ThrowIfCancellationRequested();
            return watch.WhyGone() is { } gone ? throw new AnalysisException(gone.Outcome, gone.Reason) : snapshot with
            {
                TakenAt = takenAt,
                Pause = copy.Pause,
                Duration = clock.GetElapsedTime(started),
            };
        }
        catch (Exception failed) when (watch.WhyGone() is { } gone)
        {
            throw new AnalysisException(gone.Outcome, gone.Reason, cause: failed);
        }
        catch (InvalidDataException unusual)
        {
            throw new AnalysisException(CaptureOutcome.Failed, unusual.Message, cause: unusual);
        }
    }

    private FrozenCopy Freeze()
    {
        try
        {
            return FrozenCopy.Take(order.Plan.Pid, StopDeadline);
        }
        catch (FreezeException refused)
        {
            CaptureOutcome outcome = refused.Failure switch
            {
                FreezeFailure.NotPermitted or FreezeFailure.AlreadyTraced => CaptureOutcome.NotPermitted,
                FreezeFailure.Gone => CaptureOutcome.WorkerExited,
                _ => CaptureOutcome.Failed,
            };
            throw new AnalysisException(outcome, refused.Message, refused.Failure is FreezeFailure.Busy or FreezeFailure.AlreadyTraced, refused);
        }
    }

    private HeapSnapshot Analyse(
        FrozenCopy copy, CopyMemory memory, RuntimeFilesOfWorker files, IReadOnlyDictionary<int, string> threadNames, CancellationToken cancellationToken)
    {
        var reader = new CopyReader(memory, copy.Pid, files.CoreClrBase, order.Plan.CoreClrPath, copy.Threads);
        using var target = new DataTarget(reader, new DataTargetOptions());
        using ClrRuntime runtime = OpenRuntime(target, files);
        if (!runtime.Heap.CanWalkHeap)
        {
            throw new AnalysisException(CaptureOutcome.Failed, "the worker was in the middle of a garbage collection every time it was frozen", isWorthRetrying: true);
        }

        IReadOnlyList<ClrHandle>? handles = new HandleTables(runtime, reader, Processors.Online()).TryRead();
        using var map = new HeapMap(runtime.Heap.Segments.Select(segment => new HeapRange(segment.ObjectRange.Start, segment.ObjectRange.End)));
        IReadOnlyList<ulong>? threadStatics = new ThreadStaticArrays(runtime, order.Plan.RuntimeMajor).TryFind();
        var origins = new ModuleOrigins($"/proc/{order.Plan.Pid}/root");
        var roots = new RuntimeRoots(runtime, handles ?? [], threadStatics ?? [], thread => threadNames.GetValueOrDefault(thread), origins);
        HeapRoot[] found = [.. roots.Enumerate()];

        // After the stacks, where the DAC sometimes crashes: whoever answers can answer only once.
        onReadable(copy.FrozenAt);
        SampleQuery query = samples?.WaitAsync(cancellationToken).GetAwaiter().GetResult() ?? SampleQuery.Empty;
        var sampled = query.Addresses.Zip(query.MethodTables).ToDictionary(sample => sample.First, sample => sample.Second);
        var heap = new MarkedHeap(map, memory, roots.Dependents(), new RuntimeTypes(runtime, memory, origins).TryResolve, sampled);
        using HeapCopy? whole = map.HeapBytes <= order.BudgetBytes / 2 ? new HeapCopy(map, memory, order.Threads, cancellationToken) : null;
        progress.Report(0);
        using var marker = new HeapMarker(heap, order.Threads, progress, cancellationToken);
        MarkResult result = marker.Run(found);
        return Describe(result, map, whole?.MissingBytes ?? 0, UnseenRoots(handles is not null, threadStatics is not null)) with
        {
            UsedBytes = map.HeapBytes,
            Survivors = samples is null ? null : FindSurvivors(runtime, query, result.Sampled, cancellationToken),
        };
    }

    private static SnapshotSurvivors FindSurvivors(ClrRuntime runtime, SampleQuery query, IReadOnlyList<LiveSample> live, CancellationToken cancellationToken)
    {
        var numbers = query.Addresses.Index().ToDictionary(sample => sample.Item, sample => sample.Index);
        return new SnapshotSurvivors
        {
            Live = live,
            Frames = StackMethods.Find(runtime, query.FramesOf(live.Select(sample => numbers[sample.Address])), cancellationToken),
        };
    }

    private static ClrRuntime OpenRuntime(DataTarget target, RuntimeFilesOfWorker files)
    {
        try
        {
            return target.ClrVersions is [var version, ..]
                ? version.CreateRuntime(files.DacPath, ignoreMismatch: true)
                : throw new AnalysisException(CaptureOutcome.Failed, "ClrMD does not recognise the worker's runtime: use --engine eventpipe");
        }
        catch (Exception failed) when (failed is ClrDiagnosticsException or DllNotFoundException or BadImageFormatException or InvalidOperationException)
        {
            throw new AnalysisException(CaptureOutcome.Failed, $"the worker's libmscordaccore.so could not be used: {failed.Message}", cause: failed);
        }
    }

    private static IEnumerable<string> UnseenRoots(bool hasAllHandles, bool hasAllThreadStatics)
    {
        if (!hasAllHandles)
        {
            yield return "the worker's runtime does not tell all of its handles (dotnet/runtime issue 124872)";
        }

        if (!hasAllThreadStatics)
        {
            yield return "the thread statics of the worker's generic types are not where they are expected";
        }
    }

    private static HeapSnapshot Describe(MarkResult result, HeapMap map, long missingInCopy, IEnumerable<string> unseenRoots)
    {
        long missing = result.MissingBytes + missingInCopy;
        List<string> gaps = [.. unseenRoots];
        if (missing > 0)
        {
            gaps.Add($"{missing:N0} bytes of the heap could not be read");
        }

        if (result.InvalidReferences + result.InvalidObjects is > 0 and long invalid)
        {
            gaps.Add($"{invalid:N0} references lead to no valid object");
        }

        return new HeapSnapshot
        {
            Engine = CopyOnWriteEngine.Name,
            TakenAt = default,
            Pause = null,
            Duration = default,
            LiveObjects = result.Types.Sum(type => type.Objects),
            LiveBytes = result.Types.Sum(type => type.Bytes),
            Types = result.Types,
            Retention = result.Retention,
            Gaps = gaps,
            Coverage = map.HeapBytes == 0 ? null : Math.Max(0, 1 - ((double)missing / map.HeapBytes)),
        };
    }
}
