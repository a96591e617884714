using HeapDrift.Profiling.Heap;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Engines;

/// <summary>
/// Snapshots to which something happens when their first objects are there. On a machine that is busy elsewhere all of it can be over
/// before anybody looks at it the first time: what came then is complete, and another worker is tried.
/// </summary>
internal static class InterruptedSnapshot
{
    private const int MostAttempts = 10;
    private const int SigKill = 9;

    /// <summary>Returns what the engine said of the interruption.</summary>
    /// <param name="nodes">How large a heap to interrupt.</param>
    /// <param name="take">Takes a snapshot and interrupts it.</param>
    /// <param name="afterwards">What must hold of the worker then.</param>
    public static async Task<TFailure> FailsAsync<TFailure>(int nodes, Func<PlainWorker, Task<HeapSnapshot>> take, Func<PlainWorker, Task>? afterwards = null)
        where TFailure : Exception
    {
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", $"{nodes}");
            try
            {
                HeapSnapshot snapshot = await take(worker);
                Assert.Empty(snapshot.Gaps);
            }
            catch (TFailure failure)
            {
                await (afterwards?.Invoke(worker) ?? Task.CompletedTask);
                return failure;
            }
        }

        throw new TimeoutException($"{MostAttempts} snapshots were over before the first look at them");
    }

    public static IProgress<long> Kill(PlainWorker worker) => new OnFirstObjects(() => worker.Process.Signal(SigKill));

    public sealed class OnFirstObjects(Action act) : IProgress<long>
    {
        private int _calls;

        public void Report(long value)
        {
            if (Interlocked.Increment(ref _calls) == 1)
            {
                act();
            }
        }
    }
}
