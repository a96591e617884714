using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Marking;

/// <summary>
/// Marks a frozen heap in parallel, level by level from the roots, and grows its retention tree. The result does not depend on the number of
/// threads, on who comes first, or on whether the heap was copied: every object belongs to the nearest root of the earliest kind, among
/// equals to the holder whose node has the lowest number, and new nodes are numbered by holder and name once a level is over.
/// <para>
/// Memory besides the tree: 1/64 of the heap for marks, 3 MB a thread, and the outboxes: one to four bytes for each reference that leads
/// from one level to the next, up to nine where references go criss-cross.
/// </para>
/// </summary>
internal sealed class HeapMarker : IDisposable
{
    /// <summary>A level with fewer references is over before other threads have woken up (about 10 microseconds).</summary>
    private const int WorthSharing = 4_000;

    /// <summary>Some milliseconds of work. A long list has a level for each of its elements, and a word costs more than ten of them.</summary>
    private const long ObjectsBetweenWords = 100_000;

    private readonly MarkedHeap _heap;
    private readonly RetentionTreeBuilder _tree = new();
    private readonly MarkWorker[] _workers;
    private readonly MarkWorker _main;
    private readonly ListWalk _lists;
    private readonly ParallelOptions _parallel;
    private readonly IProgress<long>? _progress;
    private readonly List<int> _chunks = [];
    private long _nextWord;

    /// <param name="heap">What is marked.</param>
    /// <param name="threads">How many work at once, at least one.</param>
    /// <param name="progress">Told the number of objects now and then, after a level.</param>
    /// <param name="cancellationToken">Ends the marking.</param>
    public HeapMarker(MarkedHeap heap, int threads, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        _heap = heap;
        _workers = [.. Enumerable.Range(0, threads).Select(_ => new MarkWorker(heap, _tree))];
        _main = _workers[0];
        _lists = new ListWalk(_main, _tree);
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        _progress = progress;
    }

    /// <summary>Marks everything that the roots hold. Called once.</summary>
    public MarkResult Run(IEnumerable<HeapRoot> roots)
    {
        long invalidRoots = 0;
        foreach (IGrouping<RootKind, HeapRoot> kind in roots.GroupBy(root => root.Kind).OrderBy(group => group.Key))
        {
            // By name, because the numbers of nodes decide between holders of equal distance.
            foreach (HeapRoot root in kind.OrderBy(root => root.Name, StringComparer.Ordinal))
            {
                if (_main.TypeAt(root.Address) is null)
                {
                    invalidRoots++;
                    continue;
                }

                int node = _tree.Descend(RetentionTreeBuilder.Heap, _tree.Intern(root.Step));
                _main.Found.Add(root.Address, _main.Paths.Alias(node));
            }

            while (RunLevel())
            {
                TellProgress();
            }
        }

        return Finish(invalidRoots);
    }

    public void Dispose()
    {
        foreach (MarkWorker worker in _workers)
        {
            worker.Dispose();
        }
    }

    private void TellProgress()
    {
        long objects = 0;
        foreach (MarkWorker worker in _workers)
        {
            objects += worker.Counts.Objects;
        }

        if (objects >= _nextWord)
        {
            _nextWord = objects + ObjectsBetweenWords;
            _progress?.Report(objects);
        }
    }

    /// <summary>A list has as many levels as elements: one that finds little allocates nothing.</summary>
    /// <returns>False when there was nothing left to visit.</returns>
    private bool RunLevel()
    {
        bool isWorthSharing = BeginLevel();
        if (_chunks.Count == 0 && _lists.IsEmpty)
        {
            return false;
        }

        _parallel.CancellationToken.ThrowIfCancellationRequested();
        if (isWorthSharing)
        {
            Share(_chunks.Count, (worker, at) => worker.Visit(_chunks[at], _workers));
        }
        else
        {
            foreach (int chunk in _chunks)
            {
                _main.Visit(chunk, _workers);
            }
        }

        NumberNewPaths();
        if (!Array.TrueForAll(_workers, worker => worker.Slices.Count == 0))
        {
            FollowSlices();
        }

        _lists.Follow(_workers);
        return true;
    }

    /// <summary>Lists the chunks in which something was found, in order.</summary>
    /// <returns>Whether that is enough for several threads.</returns>
    private bool BeginLevel()
    {
        _chunks.Clear();
        long found = 0;
        foreach (MarkWorker worker in _workers)
        {
            found += worker.Found.Count;
            worker.Found.BeginLevel(_chunks);
        }

        if (_chunks.Count > 1)
        {
            int[] chunks = [.. _chunks.Distinct().Order()];
            _chunks.Clear();
            _chunks.AddRange(chunks);
        }

        return found >= WorthSharing;
    }

    private void FollowSlices()
    {
        ArraySlice[] slices = [.. _workers.SelectMany(TakeSlices)];
        if (slices is [var only])
        {
            _main.Follow(only);
        }
        else
        {
            Share(slices.Length, (worker, at) => worker.Follow(slices[at]));
        }
    }

    private void Share(int items, Action<MarkWorker, int> work)
    {
        int next = -1;
        Parallel.For(0, _workers.Length, _parallel, at =>
        {
            for (int item = Interlocked.Increment(ref next); item < items; item = Interlocked.Increment(ref next))
            {
                _parallel.CancellationToken.ThrowIfCancellationRequested();
                work(_workers[at], item);
            }
        });
    }

    private void NumberNewPaths()
    {
        if (Array.TrueForAll(_workers, worker => !worker.Paths.HasNew))
        {
            return;
        }

        IEnumerable<NewPath> found = _workers.SelectMany(worker => worker.Paths.TakeNew())
            .OrderBy(path => path.Holder)
            .ThenBy(path => path.Type.Step.Name, StringComparer.Ordinal)
            .ThenBy(path => path.Type.Step.Module, StringComparer.Ordinal);
        foreach (NewPath path in found)
        {
            path.Type.StepInTree ??= _tree.Intern(path.Type.Step);
            path.Table.Number(path.Path, _tree.Descend(path.Holder, path.Type.StepInTree.Value));
        }
    }

    private static IEnumerable<ArraySlice> TakeSlices(MarkWorker worker)
    {
        ArraySlice[] slices = [.. worker.Slices.Select(slice => slice with { Node = worker.Paths.NodeOf(slice.Node) })];
        worker.Slices.Clear();
        return slices;
    }

    private MarkResult Finish(long invalidRoots)
    {
        foreach (MarkWorker worker in _workers)
        {
            worker.Paths.CountInTree();
        }

        TypeUsage[] types =
        [
            .. _workers.SelectMany(worker => worker.Counts.All.ToArray())
                .Where(count => count.Type is not null)
                .GroupBy(count => (count.Type!.Step.Name, count.Type.Step.Module))
                .Select(same => new TypeUsage
                {
                    Name = same.Key.Name,
                    Module = same.Key.Module,
                    Objects = same.Sum(count => count.Objects),
                    Bytes = same.Sum(count => count.Bytes),
                })
                .OrderByDescending(usage => usage.Bytes)
                .ThenBy(usage => usage.Name, StringComparer.Ordinal)
                .ThenBy(usage => usage.Module, StringComparer.Ordinal),
        ];
        return new MarkResult
        {
            Types = types,
            Retention = _tree.Build(),
            Sampled = [.. _workers.SelectMany(worker => worker.Sampled.Select(found => new LiveSample(found.Address, worker.Paths.NodeOf(found.Path))))],
            InvalidRoots = invalidRoots,
            InvalidReferences = _workers.Sum(worker => worker.Found.InvalidReferences),
            InvalidObjects = _workers.Sum(worker => worker.InvalidObjects),
            MissingBytes = _heap.Reader.MissingBytes,
            OutboxBytes = _workers.Sum(worker => worker.Found.Bytes),
        };
    }
}
