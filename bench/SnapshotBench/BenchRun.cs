using System.Globalization;

namespace HeapDrift.SnapshotBench;

/// <summary>One run of the bench: what was asked for, and the worker with the large heap, which takes long to fill and serves several rows.</summary>
internal sealed class BenchRun(BenchOptions options, CancellationToken cancellationToken) : IAsyncDisposable
{
    private const int MostBaselineRuns = 3;

    private Worker? _heapWorker;

    public BenchOptions Options => options;

    public CancellationToken CancellationToken => cancellationToken;

    public string ObjectsArgument => options.Objects.ToString(CultureInfo.InvariantCulture);

    public async Task<Worker> HeapWorkerAsync()
    {
        if (_heapWorker is { HasExited: false })
        {
            return _heapWorker;
        }

        await EndHeapWorkerAsync();
        Screen.Progress($"filling a heap of {options.Objects:N0} objects");
        return _heapWorker = await Worker.StartAsync(null, cancellationToken, "heap", ObjectsArgument);
    }

    /// <summary>Before a row that brings a worker of its own: two large heaps are more than a shared machine has.</summary>
    public async Task EndHeapWorkerAsync()
    {
        if (_heapWorker is not null)
        {
            await _heapWorker.DisposeAsync();
            _heapWorker = null;
        }
    }

    public async Task<SnapshotTaken> TakeAsync(Worker worker, string engine, bool isMemorySampled = false)
    {
        SnapshotTaken taken = await SnapshotTool.TakeAsync(worker.Pid, engine, isMemorySampled, cancellationToken);
        return worker.HasExited ? throw new RowException($"the worker did not survive a snapshot by {engine}") : taken;
    }

    /// <summary>The measured engine again and again, after one run that is not counted and warms what has to be warm.</summary>
    public async Task<IReadOnlyList<SnapshotTaken>> TakeManyAsync(Worker worker, bool isMemorySampled = false)
    {
        await TakeAsync(worker, options.Engine, isMemorySampled);
        return await TakeManyAsync(worker, options.Engine, options.Repeat, isMemorySampled);
    }

    /// <summary>The baseline engine; seldom, because it takes long on a large heap and varies little.</summary>
    public Task<IReadOnlyList<SnapshotTaken>> TakeBaselineAsync(Worker worker, bool isMemorySampled = false) =>
        TakeManyAsync(worker, BenchOptions.BaselineEngine, Math.Min(options.Repeat, MostBaselineRuns), isMemorySampled);

    private async Task<IReadOnlyList<SnapshotTaken>> TakeManyAsync(Worker worker, string engine, int times, bool isMemorySampled)
    {
        var taken = new List<SnapshotTaken>();
        for (int i = 0; i < times; i++)
        {
            taken.Add(await TakeAsync(worker, engine, isMemorySampled));
            Screen.Progress($"{engine} {i + 1}/{times}: {taken[^1].DurationMilliseconds:N0} ms");
        }

        return taken;
    }

    public ValueTask DisposeAsync() => new(EndHeapWorkerAsync());
}
