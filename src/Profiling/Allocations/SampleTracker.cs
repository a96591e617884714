namespace HeapDrift.Profiling.Allocations;

/// <summary>
/// Follows sampled objects through the collections of their heap: where they lie now, and which are gone. It is told what the runtime tells, in
/// the runtime's order: each collection begins, says which generations lie where, what it left where it was and what it moved, says where the
/// generations lie now, and ends (GCStart, GCGenerationRange, GCBulkSurvivingObjectRanges, GCBulkMovedObjectRanges, GCEnd in ClrEtwAll.man of
/// dotnet/runtime). Its memory is bounded, however long that goes on: where samples become too many every other one is forgotten, and those
/// that stay stand for twice as much. Not thread-safe.
/// </summary>
/// <param name="random">Decides which are forgotten.</param>
/// <param name="mostSamples">Samples that are kept at once.</param>
/// <param name="mostStackEntries">Of the stacks that are kept at once, see <see cref="StackTable"/>.</param>
internal sealed class SampleTracker(Random random, int mostSamples = SampleTracker.DefaultSamples, int mostStackEntries = SampleTracker.DefaultStackEntries)
{
    /// <summary>48 bytes each: 6 MB. The error of the sum of so many is half a per cent.</summary>
    public const int DefaultSamples = 1 << 17;

    /// <summary>About 50 bytes each with the index, and 30 for the end of a stack: 26 to 42 MB. A service has some ten thousand.</summary>
    public const int DefaultStackEntries = 1 << 19;

    /// <summary>The runtime sends no more.</summary>
    private const int MostFrames = 100;

    /// <summary>Objects of this generation and those above (large, pinned) are collected together and rarely.</summary>
    private const int OldGeneration = 2;

    private readonly Stack<OpenCollection> _open = new();
    private Dictionary<int, long> _firstOfStack = [];
    private List<SampledObject> _young = [];
    private List<SampledObject> _old = [];
    private AddressRanges _generations = new();
    private bool _areGenerationsComplete = true;
    private double _share = 1;

    /// <summary>Samples that came, whatever became of them.</summary>
    public long Seen { get; private set; }

    public ArrivalTimes Arrivals { get; } = new();

    /// <summary>When the first sample of each stack came that is kept, whatever became of its object.</summary>
    public IReadOnlyDictionary<int, long> FirstOfStack => _firstOfStack;

    /// <summary>The collection that ended last; 0 before the first.</summary>
    public int LastCollection { get; private set; }

    /// <summary>Collections of the whole heap that ended, in the background or not.</summary>
    public int FullCollections { get; private set; }

    public StackTable Stacks { get; } = new();

    /// <summary>Those that may still be there: objects that no collection has looked at yet are among them.</summary>
    public IReadOnlyList<SampledObject> Samples
    {
        get
        {
            SettleYoung();
            return [.. _old, .. _young];
        }
    }

    public void Allocate(ulong address, ulong methodTable, long bytes, double probability, ReadOnlySpan<ulong> leafFirst, long at)
    {
        // The program runs again: what a collection in the background began with is over.
        SettleYoung();
        Seen++;
        Arrivals.Add(at);
        if (_share < 1 && Chance() >= _share)
        {
            return;
        }

        int stack = Stacks.Intern(leafFirst, MostFrames);
        _firstOfStack.TryAdd(stack, at);
        _young.Add(new SampledObject(address, methodTable, bytes, probability * _share, stack, at));
        KeepWithinBounds();
    }

    public void Begin(int number, int generation, bool isInBackground)
    {
        SettleYoung();
        _open.Push(new OpenCollection(number, generation, isInBackground, _old.Count));
        _areGenerationsComplete = true;
    }

    /// <param name="generation">0, 1 and 2; 3 for large and 4 for pinned objects.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="reservedBytes">What belongs to it, used or not.</param>
    public void DescribeGeneration(int generation, ulong start, ulong reservedBytes)
    {
        if (_areGenerationsComplete)
        {
            // The first word of a new description.
            (_generations, _areGenerationsComplete) = (new AddressRanges(), false);
            if (_open.TryPeek(out OpenCollection? collection) && collection.Survivors.Count == 0 && collection.Before.Count == 0)
            {
                collection.Before = _generations;
            }
        }

        _generations.Add(start, reservedBytes, generation);
    }

    public void Survive(ulong start, ulong bytes) => Move(start, start, bytes);

    public void Move(ulong from, ulong to, ulong bytes)
    {
        _areGenerationsComplete = true;
        if (_open.TryPeek(out OpenCollection? collection))
        {
            collection.Survivors.Add(from, bytes, unchecked((long)(to - from)));
        }
    }

    public void End(int number)
    {
        SettleYoung();
        _areGenerationsComplete = true;
        LastCollection = number;

        // The first collection that is told may have begun before.
        while (_open.TryPop(out OpenCollection? collection))
        {
            if (collection.Number == number)
            {
                FullCollections += collection.Generation >= OldGeneration ? 1 : 0;
                Apply(collection);
                return;
            }
        }
    }

    private void Apply(OpenCollection collection)
    {
        if (collection.IsInBackground)
        {
            _old = [.. _old.Where((sample, at) => at >= collection.OldSamples || collection.Survivors.Find(sample.Address) is not null)];
            return;
        }

        List<SampledObject> judged = _young;
        _young = [];
        if (collection.Generation >= OldGeneration)
        {
            judged.InsertRange(0, _old);
            _old = [];
        }

        Judge(judged, collection, collection.Generation);
    }

    /// <summary>
    /// What was told of a collection in the background before the program ran on is of the young generations, and they may have moved. What it tells
    /// later is of the old ones.
    /// </summary>
    private void SettleYoung()
    {
        if (!_open.TryPeek(out OpenCollection? collection) || !collection.IsInBackground || collection.IsYoungSettled)
        {
            return;
        }

        collection.IsYoungSettled = true;
        if (collection.Survivors.Count != 0)
        {
            List<SampledObject> judged = _young;
            _young = [];
            Judge(judged, collection, OldGeneration - 1);
            collection.Survivors = new AddressRanges();
        }
    }

    private void Judge(List<SampledObject> judged, OpenCollection collection, int generation)
    {
        foreach (SampledObject sample in judged)
        {
            // Large and pinned objects go with generation 2.
            if (Math.Min(collection.Before.Find(sample.Address) ?? 0, OldGeneration) > generation)
            {
                File(sample);
            }
            else if (collection.Survivors.Find(sample.Address) is { } distance)
            {
                File(sample with { Address = unchecked(sample.Address + (ulong)distance) });
            }
        }
    }

    private void File(SampledObject sample) => (_generations.Find(sample.Address) >= OldGeneration ? _old : _young).Add(sample);

    private void KeepWithinBounds()
    {
        while (_young.Count + _old.Count > mostSamples)
        {
            _share /= 2;
            _young = Thin(_young);
            _old = Thin(_old);
            foreach (OpenCollection collection in _open)
            {
                collection.OldSamples = 0;
            }
        }

        if (Stacks.Entries > mostStackEntries)
        {
            ForgetStacks();
        }
    }

#pragma warning disable CA5394 // Chance is what is wanted here, and the same one again in a test.
    private double Chance() => random.NextDouble();
#pragma warning restore CA5394

    private List<SampledObject> Thin(List<SampledObject> samples) =>
        [.. samples.Where(_ => Chance() < 0.5).Select(sample => sample with { Probability = sample.Probability / 2 })];

    /// <summary>Where the stacks of those that live are too many already, their samples are too.</summary>
    private void ForgetStacks()
    {
        IReadOnlyDictionary<int, int> moved = Stacks.KeepOnly(_young.Concat(_old).Select(sample => sample.Stack).Distinct());
        _young = [.. _young.Select(sample => sample with { Stack = moved[sample.Stack] })];
        _old = [.. _old.Select(sample => sample with { Stack = moved[sample.Stack] })];
        _firstOfStack = _firstOfStack.Where(first => moved.ContainsKey(first.Key)).ToDictionary(first => moved[first.Key], first => first.Value);
        mostSamples = Stacks.Entries > mostStackEntries / 2 ? Math.Max(1, (_young.Count + _old.Count) / 2) : mostSamples;
    }
}
