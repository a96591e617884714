using HeapDrift.Collector.Allocations;
using HeapDrift.Collector.Engines.CopyOnWrite.Analysis;
using HeapDrift.Collector.Engines.CopyOnWrite.Freezing;
using HeapDrift.Profiling.Allocations;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Engines.CopyOnWrite;

/// <summary>
/// Takes a snapshot from a frozen copy of the worker: the kernel forks it, the worker runs on after milliseconds, and the copy is read
/// by a process of its own (<see cref="CopyAnalysis"/>). Here is what comes before and after: whether it is possible at all, another try when
/// the worker was in a garbage collection, and clearing away what is left in the worker, however the other process ended.
/// </summary>
internal sealed class CopyOnWriteEngine(ProcFileSystem proc, TimeProvider clock) : ISnapshotEngine
{
    public const string Name = "copy-on-write";

    /// <summary>Besides the runtime, which takes 60 MB.</summary>
    public const long DefaultBudgetBytes = 256L << 20;

    /// <summary>More threads read no faster: four take all the bandwidth that the kernel's copying has.</summary>
    private const int MostThreads = 4;

    /// <summary>A worker that collects all the time spends perhaps half of it in collections; six in a row are then one in 64.</summary>
    private const int MostAttempts = 6;

    /// <summary>Collections last milliseconds, as the freeze of another snapshot does; the wait doubles each time, to 160 ms.</summary>
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(5);

    /// <summary>Between two words of the process that reads the copy, before it counts the first object.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Afterwards: a level of 2,000 million objects.</summary>
    private static readonly TimeSpan MarkingPatience = TimeSpan.FromMinutes(2);

    public async Task<HeapSnapshot> TakeAsync(SnapshotTarget worker, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            PreflightAnswer answer = new CopyOnWritePreflight(proc, TracingHost.Look()).Check(worker.Pid, worker.IsDeclaredTracer);
            if (answer is { IsPossible: false, Refusal: { MayPass: true } } && attempt < MostAttempts)
            {
                await WaitAsync(attempt, cancellationToken);
                continue;
            }

            if (!answer.IsPossible)
            {
                throw new SnapshotException(answer.Refusal.Outcome, answer.Refusal.Reason);
            }

            try
            {
                return await TakeOnceAsync(answer.Plan, worker.Tracking, progress, cancellationToken);
            }
            catch (AnalysisException failed) when (worker.Lives() && failed.Failure.IsWorthRetrying && attempt < MostAttempts)
            {
                await WaitAsync(attempt, cancellationToken);
            }
            catch (AnalysisException failed)
            {
                if (await worker.HasExitedAsync(cancellationToken))
                {
                    // Whatever it failed at was the worker's end.
                    throw new SnapshotException(CaptureOutcome.WorkerExited, $"process {worker.Pid} exited during the snapshot", failed);
                }

                throw new SnapshotException(failed.Failure.Outcome, failed.Message, failed);
            }
        }
    }

    private Task WaitAsync(int attempt, CancellationToken cancellationToken) =>
        Task.Delay(FirstWait * Math.Pow(2, attempt - 1), clock, cancellationToken);

    private async Task<HeapSnapshot> TakeOnceAsync(
        CopyOnWritePlan plan, AllocationTracking? tracking, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var order = new AnalysisOrder
        {
            Plan = plan,
            BudgetBytes = DefaultBudgetBytes,
            Threads = Math.Min(MostThreads, Environment.ProcessorCount),
            HasSamples = tracking is not null,
        };
        tracking?.Hold();
        try
        {
            using AnalysisProcess analysis = AnalysisProcess.Start();
            return await analysis.RunAsync(
                order,
                new AnalysisPatience(Patience, MarkingPatience, clock),
                progress,
                tracking is null ? null : async frozenAt => ToQuery(await tracking.StopAtAsync(frozenAt)),
                cancellationToken);
        }
        finally
        {
            // The other process clears up after itself, and after those that were killed before it. It may have been killed itself.
            if (CopyReaper.FindsAny(plan.Pid))
            {
                using AnalysisProcess sweeper = AnalysisProcess.Start();
                await sweeper.SweepAsync(order with { IsSweep = true }, new AnalysisPatience(Patience, MarkingPatience, clock));
            }
        }
    }

    private static SampleQuery ToQuery(SampleSet samples) => new()
    {
        Addresses = [.. samples.Samples.Select(sample => sample.Address)],
        MethodTables = [.. samples.Samples.Select(sample => sample.MethodTable)],
        Stacks = [.. samples.Samples.Select(sample => sample.Stack)],
        Callers = [.. samples.Stacks.Callers],
        Frames = [.. samples.Stacks.Addresses],
    };
}
