using System.Globalization;

namespace HeapDrift.SnapshotBench;

/// <summary>One run of the bench: what was asked for, and the worker with the large heap, which takes long to fill and serves several rows.</summary>
internal sealed class BenchRun(BenchOptions options, CancellationToken cancellationToken) : IAsyncDisposable
{
    private const int MostBaselineRuns = 3;

    /// <summary>On a large heap eventpipe now and then drops events, and its snapshot is incomplete.</summary>
    private const int BaselineAttempts = 3;

    private readonly List<string> _failures = [];

    private Worker? _heapWorker;

    public BenchOptions Options => options;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>What could not be measured though its row has a figure; one line each.</summary>
    public IReadOnlyList<string> Failures => _failures;

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
        var taken = new List<SnapshotTaken>();
        for (int i = 0; i < options.Repeat; i++)
        {
            taken.Add(await TakeAsync(worker, options.Engine, isMemorySampled));
            Screen.Progress($"{options.Engine} {i + 1}/{options.Repeat}: {taken[^1].DurationMilliseconds:N0} ms");
        }

        return taken;
    }

    /// <summary>
    /// The baseline engine; seldom, because it takes long on a large heap and varies little. Empty where it never came to an end: that is
    /// noted as a failure, but does not take the figure from the row.
    /// </summary>
    public async Task<IReadOnlyList<SnapshotTaken>> TakeBaselineAsync(Worker worker, bool isMemorySampled = false)
    {
        try
        {
            var taken = new List<SnapshotTaken>();
            for (int i = 0; i < Math.Min(options.Repeat, MostBaselineRuns); i++)
            {
                taken.Add(await TakeOneBaselineAsync(worker, isMemorySampled));
            }

            return taken;
        }
        catch (RowException failed)
        {
            _failures.Add($"the baseline: {failed.Message}");
            return [];
        }
    }

    /// <exception cref="RowException">No attempt gave a complete snapshot.</exception>
    public async Task<SnapshotTaken> TakeOneBaselineAsync(Worker worker, bool isMemorySampled = false)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                SnapshotTaken taken = await TakeAsync(worker, BenchOptions.BaselineEngine, isMemorySampled);
                Screen.Progress($"baseline {BenchOptions.BaselineEngine}: {taken.DurationMilliseconds:N0} ms");
                return taken;
            }
            catch (RowException failed) when (attempt < BaselineAttempts && !worker.HasExited)
            {
                Screen.Progress($"once more: {failed.Message}");
            }
        }
    }

    public ValueTask DisposeAsync() => new(EndHeapWorkerAsync());
}
